"""An answer as server-sent events: `sources`, then `delta` and `citation` in turn, then `answer`; or `error`.

Text once sent is never rewritten. A comment every so often keeps proxies from closing a silent stream. When the client
goes, the engine is told to stop and its iterator is closed, and with it the model.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict

from api.context import Context
from api.problems import problem_of
from rag.schema import AnswerEvent, CitationEvent, DeltaEvent, Question, SourcesEvent, StreamEvent
from rag.wire import AnswerObject, CitationObject, SearchObject

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"enum": ["sources", "delta", "citation", "answer", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
HEARTBEAT = b": still here\n\n"


class DeltaObject(BaseModel):
    """Text to append to the answer."""

    model_config = ConfigDict(extra="forbid")

    text: str


class Silence:
    """Nothing has happened for a while."""


async def stream_events(context: Context, question: Question) -> AsyncIterator[StreamEvent | Silence]:
    """Yield the engine's events as they come, and `Silence` between them so that the client hears something.

    Raises:
        TimeoutError: the answer as a whole took too long.
        RagError: as `Engine.stream`; before the first event if the question itself is wrong.
    """
    stop = threading.Event()
    events = context.require_engine().stream(question, should_stop=stop.is_set)
    settings = context.settings.server
    ends_at = time.monotonic() + settings.request_timeout_s
    waiting: Future[StreamEvent | None] | None = None
    try:
        while True:
            waiting = context.workers.submit(next, events, None)
            shared = asyncio.wrap_future(waiting)
            while not await _done(shared, min(settings.heartbeat_s, ends_at - time.monotonic())):
                if time.monotonic() >= ends_at:
                    raise TimeoutError(f"no answer within {settings.request_timeout_s:g} s")
                yield Silence()
            event = shared.result()
            if event is None:
                return
            if isinstance(event, AnswerEvent):
                context.metrics.count_answer(event.answer)
            yield event
    finally:
        stop.set()
        _close(events, waiting)


async def _done(future: asyncio.Future[StreamEvent | None], timeout_s: float) -> bool:
    return bool((await asyncio.wait({future}, timeout=max(0.0, timeout_s)))[0])


def _close(events: Iterator[StreamEvent], waiting: Future[StreamEvent | None] | None) -> None:
    """Close the engine's iterator, as soon as the thread that runs it is between two events."""
    close = getattr(events, "close", None)
    if close is None:
        return
    if waiting is None or waiting.done():
        close()
    elif not waiting.cancel():
        waiting.add_done_callback(lambda _: close())


async def first_and_rest(
    events: AsyncIterator[StreamEvent | Silence],
) -> AsyncIterator[StreamEvent | Silence]:
    """Wait for the first event, so that an error before it still gets its HTTP status; return them all."""
    first = await anext(events)
    while isinstance(first, Silence):
        first = await anext(events)
    first_event = first

    async def rest() -> AsyncIterator[StreamEvent | Silence]:
        yield first_event
        async for event in events:
            yield event

    return rest()


async def as_server_sent(
    request: Request, question: Question, events: AsyncIterator[StreamEvent | Silence]
) -> AsyncIterator[bytes]:
    """Write events for the wire; an error becomes the last one."""
    try:
        async for event in events:
            yield HEARTBEAT if isinstance(event, Silence) else _write(question, event)
    except Exception as exc:
        yield _frame("error", problem_of(exc, request))


def _write(question: Question, event: StreamEvent) -> bytes:
    match event:
        case SourcesEvent(passages):
            return _frame("sources", SearchObject.of(question.text, passages))
        case DeltaEvent(text):
            return _frame("delta", DeltaObject(text=text))
        case CitationEvent(citation):
            return _frame("citation", CitationObject.of(citation))
        case AnswerEvent(answer):
            return _frame("answer", AnswerObject.of(answer))


def _frame(name: str, data: BaseModel) -> bytes:
    return f"event: {name}\ndata: {data.model_dump_json()}\n\n".encode()
