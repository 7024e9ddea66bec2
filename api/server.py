"""uvicorn with the limits it lacks: on requests that arrive slowly, on clients that do not read, on connections.

A request has no middleware before its last header line has come, so these limits sit in the protocol. uvicorn 0.54
drops its keep-alive timer at a connection's first byte and has none after that; it counts connections only when one of
them sends a whole request, and its parser (httptools) takes headers of any length.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from functools import partial
from http import HTTPStatus
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.middleware import CROWDED
from api.problems import MEDIA_TYPE
from rag.config import ServerSettings

MAX_HEAD_BYTES = 64_000
"""Longest line and headers of a request together; browsers stay below 16,000."""

_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def make_server(app: FastAPI, settings: ServerSettings) -> uvicorn.Server:
    """Return a server of an application, ready to run."""
    config = uvicorn.Config(
        Forwarded(app, settings),
        proxy_headers=False,
        host=settings.host,
        port=settings.port,
        http=partial(Connection, limits=settings),  # type: ignore[arg-type]  # uvicorn calls it as it calls a class
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
    )
    return uvicorn.Server(config)


class Forwarded(ProxyHeadersMiddleware):
    """Believes a trusted proxy about who asks, by which scheme, and under which path it serves us."""

    def __init__(self, app: FastAPI, settings: ServerSettings) -> None:
        super().__init__(app, list(settings.trusted_proxies))  # type: ignore[arg-type]  # two spellings of ASGI's types
        self._root_path = settings.root_path

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            root_path = self._root_path or self._sent_prefix(scope)
            scope["root_path"] = root_path
            # ASGI has the root in the path too; a proxy may have taken it off, or left it there.
            if not f"{scope['path']}/".startswith(f"{root_path}/"):
                scope["path"] = f"{root_path}{scope['path']}"
        await super().__call__(scope, receive, send)

    def _sent_prefix(self, scope: HTTPScope) -> str:
        if not scope["client"] or scope["client"][0] not in self.trusted_hosts:
            return ""
        prefix = dict(scope["headers"]).get(b"x-forwarded-prefix", b"").decode("latin-1").rstrip("/")
        return prefix if _PREFIX.fullmatch(prefix) else ""


class Connection(HttpToolsProtocol):
    """One connection of a client, which may neither send nor read too slowly, nor be one of too many."""

    def __init__(self, *args: Any, limits: ServerSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits
        self._is_head = True
        """Whether what comes next belongs to the head of a request: line and headers."""
        self._head_bytes = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._read_deadline: asyncio.TimerHandle | None = None

    # --- the client sends ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request; more than twice as many connections as may be are closed unheard."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self._limits.max_connections:
            transport.abort()
            return
        if len(self.connections) > self._limits.max_connections:
            self.app_state = {**self.app_state, CROWDED: True}
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Pass on what came, while the headers are short enough."""
        if self._is_head:
            self._head_bytes += len(data.partition(b"\r\n\r\n")[0])
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(431, f"The line and headers of a request may have {MAX_HEAD_BYTES} bytes.")
                return
        super().data_received(data)
        if not self._is_answering and self._deadline is None and not self.transport.is_closing():
            self._expect_request()

    def on_headers_complete(self) -> None:
        """Start answering."""
        self._is_head, self._head_bytes = False, 0
        self._forget_request()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await the next request."""
        self._is_head = True
        super().on_message_complete()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(self._limits.header_timeout_s, self._give_up)

    def _forget_request(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._is_answering or self.transport.is_closing():
            return
        if self._head_bytes:
            self._refuse(408, f"The headers did not arrive within {self._limits.header_timeout_s:g} s.")
        else:
            self._hang_up()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer without the application, which has not been told of this request, and close."""
        if self.transport.get_write_buffer_size():  # it has not even read the last answer
            self.transport.abort()
            return
        phrase = HTTPStatus(status).phrase
        problem = {
            "type": f"urn:newsqa:problem:{phrase.lower().replace(' ', '-')}",
            "title": phrase,
            "status": status,
            "detail": detail,
            "instance": "",
            "request_id": uuid.uuid4().hex,
        }
        self.logger.warning("refused a request: %d %s", status, detail, extra={"request_id": problem["request_id"]})
        body = json.dumps(problem).encode()
        lines = (
            f"HTTP/1.1 {status} {phrase}",
            f"content-type: {MEDIA_TYPE}",
            f"content-length: {len(body)}",
            f"x-request-id: {problem['request_id']}",
            "connection: close",
        )
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.transport.close()

    # --- the client reads ---

    def pause_writing(self) -> None:
        """Give a client that does not read a while to go on."""
        super().pause_writing()
        self._read_deadline = self.loop.call_later(self._limits.body_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        """Forget the deadline: the client reads."""
        super().resume_writing()
        self._forget_stall()

    def _forget_stall(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection."""
        self._hang_up()

    def _hang_up(self) -> None:
        # Closing waits until everything is sent, which is for ever where the client does not read.
        (self.transport.abort if self.transport.get_write_buffer_size() else self.transport.close)()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the deadlines."""
        self._forget_request()
        self._forget_stall()
        super().connection_lost(exc)
