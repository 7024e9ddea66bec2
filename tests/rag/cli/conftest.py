from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rag.cli.group import run
from rag.engine import Engine
from tests.fake_engine import FakeEngine, seeds


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine(seeds())
    monkeypatch.setattr(Engine, "open", lambda settings: fake)
    return fake


@pytest.fixture
def newsqa(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    def invoke(*arguments: str) -> Result:
        code = run(arguments)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return invoke
