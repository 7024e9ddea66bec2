"""What holds for every test: settings come from the test and not from the machine it runs on."""

from __future__ import annotations

import os


def pytest_configure() -> None:
    """Forget settings of the environment; a key of OpenAI would make every test ask OpenAI."""
    for name in list(os.environ):
        if name.startswith("OPENAI_") or (name.startswith("NEWSQA_") and not name.startswith("NEWSQA_TEST_")):
            del os.environ[name]
