"""A small HTTP server on loopback that does what a test tells it, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


@dataclass
class Loopback:
    """What the server was asked, and where it listens."""

    url: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    models: tuple[str, ...] = ()
    """What it says it has; without any it does not say."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set at the end of the test, so that a silent handler ends."""
    hung_up: threading.Event = field(default_factory=threading.Event)
    """Set by handlers that notice when the client closes the connection."""


class Handler(BaseHTTPRequestHandler):
    loopback: Loopback
    behaviours: list[Behaviour]

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self.loopback.requests.append(json.loads(self.rfile.read(length) or b"{}"))
        self.loopback.paths.append(self.path)
        self.loopback.headers.append({name.lower(): value for name, value in self.headers.items()})
        position = min(len(self.loopback.requests), len(self.behaviours)) - 1
        with suppress(BrokenPipeError, ConnectionResetError):  # the client hangs up, which some tests are about
            self.behaviours[position](self)
        self.close_connection = True

    def do_GET(self) -> None:
        listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.loopback.models]}
        known = self.path.endswith("/models") and bool(self.loopback.models)
        self.send(200, json.dumps(listed).encode()) if known else self.send(404, b"404 page not found", "text/plain")

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test output clean."""

    def send(self, status: int, body: bytes, content_type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()


def chunk(text: str | None, finish: str | None = None, usage: dict[str, int] | None = None) -> bytes:
    """Return one server-sent event of a streamed reply."""
    choices = [] if usage else [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}]
    event: dict[str, Any] = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": choices,
    }
    if usage:
        event["usage"] = usage
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def reply(*pieces: str, usage: bool = True, done: bool = True) -> Behaviour:
    """Stream the pieces as a good server does."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        for piece in pieces:
            handler.wfile.write(chunk(piece))
        handler.wfile.write(chunk(None, "stop"))
        if usage:
            handler.wfile.write(chunk(None, usage={"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}))
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")

    return behave


def raw_stream(*parts: bytes) -> Behaviour:
    """Stream these bytes and hang up."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        for part in parts:
            handler.wfile.write(part)

    return behave


def error(status: int, message: str = "no", **headers: str) -> Behaviour:
    """Answer with an error."""
    return answer(status, {"error": {"message": message}}, **headers)


def answer(status: int, body: object, **headers: str) -> Behaviour:
    """Answer with JSON."""
    return lambda handler: handler.send(status, json.dumps(body).encode(), **headers)


def event(delta: dict[str, Any], finish: str | None = None, **more: object) -> bytes:
    """Return one server-sent event of a streamed reply, with any delta."""
    body = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def silence(handler: Handler) -> None:
    """Accept the request and never answer."""
    handler.loopback.released.wait(20)


def silence_after(*parts: bytes) -> Behaviour:
    """Stream these bytes, then nothing."""

    def behave(handler: Handler) -> None:
        raw_stream(*parts)(handler)
        handler.wfile.flush()
        handler.loopback.released.wait(20)

    return behave


def trickle(piece: str, seconds: float) -> Behaviour:
    """Stream the same piece again and again until the client hangs up."""

    def behave(handler: Handler) -> None:
        handler.start_stream()
        while not handler.loopback.released.is_set():
            handler.wfile.write(chunk(piece))
            handler.wfile.flush()
            time.sleep(seconds)

    return behave


@contextmanager
def serve(*behaviours: Behaviour) -> Iterator[Loopback]:
    """Serve on a free port; the n-th request meets the n-th behaviour, later ones the last."""
    handler = type("BoundHandler", (Handler,), {"behaviours": list(behaviours)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    loopback = Loopback(f"http://127.0.0.1:{server.server_address[1]}/v1")
    handler.loopback = loopback  # type: ignore[attr-defined]  # a class made for this server
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
