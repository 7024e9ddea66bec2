"""What happens to every request before its route: a request id, a log line, limits of size and time, headers.

Plain ASGI, because a response that streams must pass through untouched.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import Metrics
from api.problems import GONE, INTERNAL, problem_of, problem_response, refusal, route_path
from api.security import is_own_origin, is_trusted_host
from rag.config import ServerSettings

logger = logging.getLogger(__name__)

REQUEST_ID = "x-request-id"
_GOOD_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
# A route that needs another policy sets its own.
SECURITY_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
CROWDED = "newsqa.crowded"
"""Key of a request's `state` where its connection is one too many; see `api/server.py`."""
_ALWAYS = frozenset({"/healthz", "/readyz"})  # a busy server is neither dead nor to be restarted
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestContext:
    """Names, measures and logs each request, and answers one that nobody could handle."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        sent_id = request.headers.get(REQUEST_ID, "")
        scope["request_id"] = sent_id if _GOOD_REQUEST_ID.fullmatch(sent_id) else uuid.uuid4().hex
        status = 0
        started = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = scope["request_id"]
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as exc:
            problem = problem_of(exc, request)
            if status:  # the response has begun, so it can only be cut off
                raise
            await problem_response(problem.model_copy(update={"status": INTERNAL.status}))(
                scope, receive, send_with_headers
            )
        finally:
            self._metrics.in_flight.dec()
            self._record(scope, status or GONE, time.perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # A label for each path that a stranger tries would fill the memory, so unknown ones share one.
        route = getattr(scope.get("route"), "path", None) or "unknown"
        self._metrics.requests.labels(scope["method"], route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        client = scope.get("newsqa.client")
        logger.info(
            "request",
            extra={
                "request_id": scope["request_id"],
                "client": client.name if client else None,
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round(seconds * 1000, 1),
            },
        )


class Guard:
    """Refuses requests that are too many, too long, too slow, or sent by a page that is not ours."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, has_keys: bool) -> None:
        self._app = app
        self._settings = settings
        self._has_keys = has_keys
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = self._refusal(request)
        if refused is not None:
            await refused(scope, receive, send)
            return
        body = BodyLimit(receive, max_bytes=self._settings.max_body_bytes, timeout_s=self._settings.body_timeout_s)
        self._in_flight += 1
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._in_flight -= 1

    def _refusal(self, request: Request) -> ASGIApp | None:
        settings = self._settings
        host = request.headers.get("host", "")
        origin = request.headers.get("origin")
        is_limited = route_path(request) not in _ALWAYS
        if CROWDED in request.scope.get("state", ()) and is_limited:
            detail = f"The server has {settings.max_connections} connections at once; try again."
            return refusal(request, 503, "busy", detail, headers={"Retry-After": "1", "Connection": "close"})
        if self._in_flight >= settings.max_in_flight and is_limited:
            detail = f"The server works on {settings.max_in_flight} requests at once; try again."
            return refusal(request, 503, "busy", detail, headers={"Retry-After": "1"})
        if not self._has_keys and not is_trusted_host(host, settings.allowed_hosts):
            detail = "This server is not called by that name; NEWSQA_SERVER__ALLOWED_HOSTS can allow it."
            return refusal(request, 421, "unknown-host", detail)
        changes = request.method not in _SAFE_METHODS
        if changes and origin is not None and not is_own_origin(origin, host, settings.cors_origins):
            detail = "A page of another origin may not do this; NEWSQA_SERVER__CORS_ORIGINS can allow it."
            return refusal(request, 403, "foreign-origin", detail)
        length = request.headers.get("content-length", "0")
        if length.isdecimal() and int(length) > settings.max_body_bytes:
            detail = _too_large(settings.max_body_bytes)
            return refusal(request, 413, "content-too-large", detail, headers={"Connection": "close"})
        return None


class BodyLimit:
    """Reads a request's body, as long as it is short and quick enough."""

    def __init__(self, receive: Receive, *, max_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._ends_at = time.monotonic() + timeout_s
        self._bytes = 0
        self._complete = False

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            HTTPException: the body is over a limit. FastAPI turns any other type into a 400.
        """
        if self._complete:  # what comes now is the disconnect, and may take as long as it likes
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), max(0.001, self._ends_at - time.monotonic()))
        except TimeoutError:
            detail = f"The body did not arrive within {self._timeout_s:g} s."
            raise HTTPException(408, detail, headers={"Connection": "close"}) from None
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._bytes > self._max_bytes:
                raise HTTPException(413, _too_large(self._max_bytes), headers={"Connection": "close"})
        return message


def _too_large(max_bytes: int) -> str:
    return f"A request body may have {max_bytes} bytes."
