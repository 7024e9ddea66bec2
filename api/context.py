"""What routes get: the engine, who is asking, and a place among the requests at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.examples import Examples
from api.limits import Limits, TooMany
from api.metrics import Metrics
from api.model_names import ModelNames
from api.security import Client, Keyring, Scope, sent_key
from rag.config import Settings
from rag.engine import Engine
from rag.errors import IndexUnavailable
from rag.schema import Answer, Question

T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """Everything that an application shares between requests."""

    settings: Settings
    models: ModelNames
    metrics: Metrics
    keyring: Keyring
    limits: Limits
    workers: ThreadPoolExecutor
    """Work on questions, so that a slow model keeps no other route waiting."""
    engine: Engine | None = None
    examples: Examples = field(default_factory=Examples)

    def require_engine(self) -> Engine:
        """Return the engine.

        Raises:
            IndexUnavailable: it is not open.
        """
        if self.engine is None:
            raise IndexUnavailable("the index is not open; the server is starting or stopping")
        return self.engine

    async def work(self, function: Callable[[], T]) -> T:
        """Run blocking work on a thread and wait for it, though not for ever.

        Raises:
            TimeoutError: it took longer than the limit. What had not begun never does; what had, finishes.
        """
        limit_s = self.settings.server.request_timeout_s
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self.workers, function), limit_s)
        except TimeoutError:
            raise TimeoutError(f"no answer within {limit_s:g} s; ask for less, or of fewer articles") from None

    async def answer(self, request: Request, question: Question) -> Answer:
        """Answer a question on a thread, which stops working when the time is up or the client has gone.

        Raises:
            TimeoutError: it took longer than the limit.
            ClientDisconnect: nobody is there any more to be answered.
        """
        engine = self.require_engine()
        stop = threading.Event()
        answered = asyncio.ensure_future(self.work(lambda: engine.ask(question, should_stop=stop.is_set)))
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            await asyncio.wait({answered, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answered.done():
                raise ClientDisconnect
            answer = answered.result()
            self.metrics.count_answer(answer)
            return answer
        finally:
            stop.set()
            answered.cancel()
            gone.cancel()


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def get_context(request: Request) -> Context:
    """Return what the application shares."""
    context: Context = request.app.state.context
    return context


ContextDep = Annotated[Context, Depends(get_context)]

_bearer = HTTPBearer(auto_error=False, description="An API key, where the server has any")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same, as a header of its own")


def require(scope: Scope) -> Callable[..., AsyncIterator[Client]]:
    """Return a dependency that lets in who may do `scope`, within the limits, and holds their place until the end."""

    async def admit(
        request: Request,
        context: ContextDep,
        _bearer: Annotated[object, Depends(_bearer)],
        _header: Annotated[object, Depends(_header)],
    ) -> AsyncIterator[Client]:
        client = _identify(request, context)
        request.scope["newsqa.client"] = client
        if scope == "write" and client.scope != "write":
            raise HTTPException(403, f"The key {client.name!r} may read, not write.")
        try:
            context.limits.count(client)
            with context.limits.slot(client):
                yield client
        except TooMany as exc:
            raise HTTPException(429, f"{exc}.", headers={"Retry-After": str(exc.retry_after_s)}) from exc

    return admit


def _identify(request: Request, context: Context) -> Client:
    address = request.client.host if request.client else "unknown"
    if not context.keyring:
        return Client(address, "write", has_key=False)
    sent = sent_key(request.headers)
    client = context.keyring.find(sent) if sent else None
    if client is None:
        # Guessing is limited too, and apart from the honest requests of the same address.
        try:
            context.limits.count(Client(f"unknown key from {address}", "read", has_key=False))
        except TooMany as exc:
            raise HTTPException(429, f"{exc}.", headers={"Retry-After": str(exc.retry_after_s)}) from exc
        detail = "This server needs an API key: Authorization: Bearer KEY." if sent is None else "No such API key."
        raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})
    return client


Reader = Depends(require("read"))
Writer = Depends(require("write"))
