"""What the three routes have in common: their requests, and how an answer is written for the wire."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field

from api.events import HEARTBEAT, Silence
from api.model_names import DEFAULT_MODEL
from api.models import Selection
from api.openai.answers import Annotation, Piece, Reply
from api.openai.messages import Incoming
from api.problems import Problem, RequestRefused, problem_of
from rag.schema import Notice


class AnswerRequest(Selection, Incoming):
    """What any of the routes may be asked, beside the words. Null is the default, as in OpenAI's API."""

    model: str | None = Field(
        None, min_length=1, max_length=200, examples=[DEFAULT_MODEL], description="One of `GET /v1/models`"
    )
    stream: bool | None = Field(None, strict=True, description="Answer with server-sent events")
    sources: bool | None = Field(
        None,
        strict=True,
        description="End the text with a list of its sources, for clients that drop annotations; "
        "so does the model `newsqa+sources`",
    )
    tools: list[dict[str, Any]] | None = Field(None, description="None is called; 400 where `tool_choice` demands it")
    tool_choice: str | dict[str, Any] | None = None

    def notices(self) -> tuple[Notice, ...]:
        """Say which options have no effect; refuse those that would have to have one."""
        return tool_notices(self.tools, self.tool_choice, param="tools")


def refuse_option(param: str, detail: str) -> RequestRefused:
    """Return the error for an option that would change what a client gets and cannot be honoured."""
    return RequestRefused(400, f"{param}: {detail}", code="unsupported_option", param=param)


def tool_notices(tools: list[dict[str, Any]] | None, choice: object, *, param: str) -> tuple[Notice, ...]:
    """Say of tools that none was called.

    Open WebUI and others offer tools with every question and leave the choice to the model, which may choose none.

    Raises:
        RequestRefused: one has to be called.
    """
    if not tools or choice == "none":
        return ()
    if choice not in (None, "auto"):
        raise refuse_option(param, "newsqa calls no tools; leave them out, or their choice to the model")
    return (Notice("tools_not_called", "newsqa calls no tools; it answers from its articles"),)


class Shape(ABC):
    """Writes one answer as a route's clients expect it."""

    prefix: str
    """Of the answer's id."""

    def __init__(self, request: Request, *, model: str, with_usage: bool = False) -> None:
        """Prepare; `with_usage` is for streams, which tell the tokens only if asked."""
        self.id = f"{self.prefix}{request.scope['request_id']}"
        self.model = model
        self.with_usage = with_usage
        self.created = int(time.time())
        self._request = request

    @abstractmethod
    def whole(self, reply: Reply) -> BaseModel:
        """Return the body of an answer without a stream."""

    def begin(self) -> Iterator[bytes]:
        """Return what a stream begins with."""
        return iter(())

    @abstractmethod
    def text(self, delta: str) -> bytes:
        """Append to the text."""

    @abstractmethod
    def annotation(self, annotation: Annotation) -> bytes:
        """Tell what the text before it rests on."""

    @abstractmethod
    def end(self, reply: Reply) -> Iterator[bytes]:
        """Return what a stream ends with."""

    @abstractmethod
    def error(self, problem: Problem) -> bytes:
        """Return what a stream ends with that failed."""

    async def stream(self, pieces: AsyncIterator[Piece]) -> AsyncIterator[bytes]:
        """Write an answer as it comes; an error becomes the end of it."""
        try:
            for frame in self.begin():
                yield frame
            async for piece in pieces:
                for frame in self._frames(piece):
                    yield frame
        except Exception as exc:
            yield self.error(problem_of(exc, self._request))

    def _frames(self, piece: Piece) -> Iterator[bytes]:
        match piece:
            case Silence():
                yield HEARTBEAT
            case str():
                if piece:
                    yield self.text(piece)
            case Annotation():
                yield self.annotation(piece)
            case Reply():
                yield from self.end(piece)


DONE = b"data: [DONE]\n\n"


def frame(value: dict[str, Any], *, event: str | None = None) -> bytes:
    """Write one server-sent event."""
    name = "" if event is None else f"event: {event}\n"
    return f"{name}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def error_of(problem: Problem) -> dict[str, Any]:
    """Return what `error` holds in a stream: the problem document, and in its words for OpenAI's clients."""
    openai = {} if problem.error is None else problem.error.model_dump()
    return problem.model_dump(mode="json", exclude={"error"}) | openai
