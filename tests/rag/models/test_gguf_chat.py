"""The GGUF adapter over a stand-in for the `xllamacpp` extension; `-m live` runs it over a real file."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

from rag.config import LLMSettings
from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatMessage
from rag.models.factory import make_chat_model
from rag.models.gguf_chat import GGUFChatModel
from rag.schema import Usage
from tests.rag.models.replies import told

PROMPT = [ChatMessage("user", "Why?")]


def chunk(text: str | None, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}


class FakeServer:
    """Sends prepared chunks, stops when told to, and remembers what it was asked."""

    chunks: ClassVar[list[Any]] = []
    requests: ClassVar[list[dict[str, Any]]] = []
    loaded: ClassVar[list[Any]] = []
    hangs = False

    def __init__(self, params: Any) -> None:
        if "damaged" in params.model.path:
            raise RuntimeError("failed to load model")
        self.loaded.append(params)

    def handle_chat_completions(self, request: dict[str, Any], callback: Callable[[Any], bool]) -> None:
        self.requests.append(request)
        for item in self.chunks:
            if isinstance(item, Exception):
                raise item
            if callback(item):
                self.requests.append({"stopped": True})
                return
        if self.hangs:
            threading.Event().wait(1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[FakeServer]:
    """Put a fresh stand-in where the extension would be."""
    bound = type("BoundServer", (FakeServer,), {"chunks": [], "requests": [], "loaded": []})
    module = ModuleType("xllamacpp")

    def params() -> SimpleNamespace:
        return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace())

    vars(module).update(Server=bound, CommonParams=params)
    monkeypatch.setitem(sys.modules, "xllamacpp", module)
    return bound


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF" + bytes(16))
    return path


def test_the_reply_streams_and_the_file_is_loaded_once(server: type[FakeServer], file: Path) -> None:
    server.chunks = [chunk(None), chunk("It "), chunk("began."), chunk(None, "stop"), USAGE]
    model = GGUFChatModel(str(file), LLMSettings(context_tokens=2048))
    for _ in range(2):
        assert told(model.stream(PROMPT, max_tokens=9)) == ("It began.", Usage(5, 2), "stop")
    assert (model.name, model.context_tokens) == ("small", 2048)
    assert [(params.n_ctx, params.model.path) for params in server.loaded] == [(2048, str(file))]
    assert server.requests[0]["messages"] == [{"role": "user", "content": "Why?"}]
    assert (server.requests[0]["max_tokens"], server.requests[0]["temperature"]) == (9, 0)


def test_a_model_that_thinks_gets_room_for_it(server: type[FakeServer], file: Path) -> None:
    server.chunks = [chunk("<think>hm"), chunk(None, "length")]
    with pytest.raises(ModelOutputError, match="used all of its 709 tokens for thinking"):
        list(GGUFChatModel(str(file), LLMSettings(thinking_tokens=700)).stream(PROMPT, max_tokens=9))
    assert [request["max_tokens"] for request in server.requests] == [9, 709]


def test_closing_the_stream_stops_the_model(server: type[FakeServer], file: Path) -> None:
    server.chunks = [chunk("la ")] * 100_000
    stream = GGUFChatModel(str(file), LLMSettings()).stream(PROMPT, max_tokens=400)
    next(stream)
    stream.close()
    for _ in range(200):
        if {"stopped": True} in server.requests:
            break
        threading.Event().wait(0.01)
    assert {"stopped": True} in server.requests


@pytest.mark.parametrize(
    ("chunks", "kind", "message"),
    [
        ([chunk("It"), RuntimeError("out of memory")], ModelOutputError, "out of memory"),
        ([{"error": {"message": "exceeds the available context"}}], ModelUnavailable, "exceeds the available context"),
        ([chunk("It")], ModelUnavailable, "broke off"),
        (["text"], ModelOutputError, "no object"),
    ],
)
def test_failures_become_errors_of_ours(
    server: type[FakeServer], file: Path, chunks: list[Any], kind: type[Exception], message: str
) -> None:
    server.chunks = chunks
    with pytest.raises(kind, match=message):
        list(GGUFChatModel(str(file), LLMSettings()).stream(PROMPT, max_tokens=9))


def test_silence_is_given_up(server: type[FakeServer], file: Path) -> None:
    server.chunks, server.hangs = [chunk("It")], True
    with pytest.raises(ModelUnavailable, match=r"silent for 0\.1 s"):
        list(GGUFChatModel(str(file), LLMSettings(timeout_s=0.1)).stream(PROMPT, max_tokens=9))


def test_a_damaged_file_is_said_so(server: type[FakeServer], tmp_path: Path) -> None:
    path = tmp_path / "damaged.gguf"
    path.write_bytes(b"GGUF")
    with pytest.raises(ModelUnavailable, match="cannot load"):
        list(GGUFChatModel(str(path), LLMSettings()).stream(PROMPT, max_tokens=9))


@pytest.mark.live
def test_a_real_file_answers() -> None:
    path = Path(
        os.environ.get("NEWSQA_TEST_GGUF", "~/.cache/newsqa-models/smollm2-135m-instruct-q4_1.gguf")
    ).expanduser()
    if not path.is_file():
        pytest.skip(f"no model at {path}")
    model = make_chat_model(LLMSettings(model=f"gguf:{path}", context_tokens=1024))
    assert model is not None
    *pieces, last = model.stream([ChatMessage("user", "Name three colours.")], max_tokens=20)
    assert "".join(piece.text for piece in pieces)
    assert last.usage is not None
