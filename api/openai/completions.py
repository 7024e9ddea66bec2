"""Completions the legacy way: what `POST /v1/completions` takes and gives, for clients that know nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.openai.answers import Annotation, AnswerDetails, Reply
from api.openai.chat import QUESTION, CompletionUsage, StreamOptions
from api.openai.messages import Message
from api.openai.shapes import DONE, AnswerRequest, Shape, error_of, frame
from api.problems import Problem


class LegacyCompletionRequest(AnswerRequest):
    """A question without a conversation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"model": "newsqa", "prompt": QUESTION}]})

    prompt: str | Annotated[list[str], Field(min_length=1, max_length=1)] = Field(description="The question")
    stream_options: StreamOptions | None = None

    def said(self) -> list[Message]:
        """Return the question as a message."""
        return [Message(role="user", content=self.prompt if isinstance(self.prompt, str) else self.prompt[0])]

    def wanted(self) -> None:
        """Return nothing: this route gives text only."""


class LegacyChoice(BaseModel):
    """The only one."""

    index: int = 0
    text: str
    logprobs: None = None
    finish_reason: Literal["stop"] | None = "stop"
    annotations: list[Annotation]
    newsqa: AnswerDetails | None = None


class LegacyCompletion(BaseModel):
    """An answer in OpenAI's older shape."""

    id: str
    object: Literal["text_completion"] = "text_completion"
    created: int
    model: str
    choices: list[LegacyChoice]
    usage: CompletionUsage | None


class LegacyShape(Shape):
    """Writes a completion; in a stream each chunk is one too."""

    prefix = "cmpl-"

    def whole(self, reply: Reply) -> LegacyCompletion:
        """See `Shape.whole`."""
        choice = LegacyChoice(text=reply.text, annotations=reply.annotations, newsqa=reply.details)
        return self._completion([choice], usage=CompletionUsage.of(reply.usage))

    def text(self, delta: str) -> bytes:
        """See `Shape.text`."""
        return self._chunk(LegacyChoice(text=delta, finish_reason=None, annotations=[]))

    def annotation(self, annotation: Annotation) -> bytes:
        """See `Shape.annotation`."""
        return self._chunk(LegacyChoice(text="", finish_reason=None, annotations=[annotation]))

    def end(self, reply: Reply) -> Iterator[bytes]:
        """See `Shape.end`."""
        yield self._chunk(LegacyChoice(text="", annotations=[], newsqa=reply.details))
        if self.with_usage:
            yield _frame(self._completion([], usage=CompletionUsage.of(reply.usage)))
        yield DONE

    def error(self, problem: Problem) -> bytes:
        """See `Shape.error`."""
        return frame({"error": error_of(problem)}) + DONE

    def _chunk(self, choice: LegacyChoice) -> bytes:
        return _frame(self._completion([choice], usage=None))

    def _completion(self, choices: list[LegacyChoice], *, usage: CompletionUsage | None) -> LegacyCompletion:
        return LegacyCompletion(id=self.id, created=self.created, model=self.model, choices=choices, usage=usage)


def _frame(completion: LegacyCompletion) -> bytes:
    value: dict[str, Any] = completion.model_dump(mode="json")
    return frame(value)
