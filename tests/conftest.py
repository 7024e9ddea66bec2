"""What holds for every test: settings come from the test and not from the machine it runs on."""

from __future__ import annotations

import os

from rag.config import Settings

_NAMES = tuple(f"NEWSQA_{field.upper()}" for field in Settings.model_fields)


def pytest_configure() -> None:
    """Forget settings of the environment; a key of OpenAI would make every test ask OpenAI."""
    for name in list(os.environ):
        if name.startswith("OPENAI_") or name.startswith(_NAMES):
            del os.environ[name]
