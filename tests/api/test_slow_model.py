"""People who leave while a model thinks, or says nothing at all, cost those who stay no time."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import httpx2
import pytest

from rag.config import LLMSettings, ServerSettings, Settings
from rag.engine import Engine
from tests.api.live import running, seeds_indexed
from tests.rag.models.loopback import Behaviour, Handler, event, serve, silence

QUESTION = {"question": "What did Blinken say?"}


def thinking(handler: Handler) -> None:
    """Think in a field of its own for as long as somebody reads."""
    handler.start_stream()
    while not handler.loopback.released.wait(0.05):
        handler.wfile.write(event({"reasoning_content": "hmm "}))
        handler.wfile.flush()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    with seeds_indexed(folder):
        return folder


@pytest.mark.parametrize("behaviour", [silence, thinking])
@pytest.mark.parametrize("stream", [True, False])
def test_eight_abandoned_questions_leave_every_thread_free(index: Path, behaviour: Behaviour, stream: bool) -> None:
    with serve(behaviour) as model:
        settings = Settings(index=index, llm=LLMSettings(model="m", base_url=model.url))
        server = ServerSettings(models=("extractive",), threads=8)
        with Engine.open(settings) as engine, running(engine, server) as address:

            def quote() -> float:
                began = time.monotonic()
                found = httpx2.post(f"{address}/v1/ask", json=QUESTION | {"model": "extractive"}, timeout=30)
                assert found.json()["status"] == "answered"
                return time.monotonic() - began

            def ask() -> socket.socket:
                body = json.dumps(QUESTION | {"stream": stream}).encode()
                head = "POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                person = socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=30)
                person.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
                return person

            quote()
            usual = quote()
            people = [ask() for _ in range(8)]
            until = time.monotonic() + 30
            while len(model.requests) < 8:
                assert time.monotonic() < until, "the model was not asked"
                time.sleep(0.05)
            for person in people:
                person.close()
            assert quote() < usual + 2
