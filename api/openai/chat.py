"""Chat completions: what `POST /v1/chat/completions` takes and gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.openai.answers import Annotation, AnswerDetails, Reply
from api.openai.messages import Incoming, Message
from api.openai.shapes import DONE, AnswerRequest, Shape, error_of, frame, tool_notices
from api.openai.structured import Schema, wanted_schema
from api.problems import Problem
from rag.schema import Notice
from rag.wire import UsageObject

QUESTION = "What did Blinken say?"


class StreamOptions(Incoming):
    """How to stream."""

    include_usage: bool | None = Field(None, strict=True)


class NamedSchema(Incoming):
    """A JSON schema that the answer is to follow."""

    schema_: dict[str, Any] | None = Field(None, alias="schema")


class ResponseFormat(Incoming):
    """Whether the answer is to be text or JSON."""

    type: str = Field(max_length=100, examples=["json_object"], description="text, json_object or json_schema")
    json_schema: NamedSchema | None = None


class CompletionRequest(AnswerRequest):
    """A conversation whose last message of the user is the question. Parameters of sampling are ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "newsqa", "messages": [{"role": "user", "content": QUESTION}]},
                {
                    "model": "newsqa+sources",
                    "messages": [
                        {"role": "system", "content": "Answer briefly."},
                        {"role": "user", "content": QUESTION},
                        {"role": "assistant", "content": "Blinken thanked Cho. [1]"},
                        {"role": "user", "content": [{"type": "text", "text": "And what did Cho say?"}]},
                    ],
                    "since": "2024-06-01",
                    "max_statements": 4,
                    "stream": True,
                },
                {"messages": [{"role": "user", "content": QUESTION}], "response_format": {"type": "json_object"}},
            ]
        }
    )

    messages: list[Message] = Field(min_length=1)
    stream_options: StreamOptions | None = None
    response_format: ResponseFormat | None = None
    functions: list[dict[str, Any]] | None = Field(None, description="As `tools`")
    function_call: str | dict[str, Any] | None = None

    def said(self) -> list[Message]:
        """Return the messages."""
        return self.messages

    def notices(self) -> tuple[Notice, ...]:
        """See `AnswerRequest.notices`."""
        return (*super().notices(), *tool_notices(self.functions, self.function_call, param="functions"))

    def wanted(self) -> Schema | None:
        """Return what the answer is to follow as JSON; refuse what cannot be done."""
        form = self.response_format
        if form is None:
            return None
        schema = form.json_schema.schema_ if form.json_schema else None
        return wanted_schema(form.type, schema, param="response_format")


class CompletionMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = Field(None, description="The same words when the articles do not answer")
    annotations: list[Annotation]
    newsqa: AnswerDetails | None


class Choice(BaseModel):
    """The only one."""

    index: int = 0
    message: CompletionMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class CompletionUsage(BaseModel):
    """Tokens that the model charged; 0 without one."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0

    @classmethod
    def of(cls, usage: UsageObject) -> CompletionUsage:
        """Add them up."""
        prompt, completion = usage.prompt_tokens, usage.completion_tokens
        return cls(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


class Completion(BaseModel):
    """An answer in OpenAI's shape."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage


class ChatShape(Shape):
    """Writes a chat completion.

    The helpers of OpenAI's packages put chunks together in two ways: Python adds up lists, JavaScript keeps the last.
    So all annotations come in one chunk at the end, and before that each with its text under a name of our own.
    """

    prefix = "chatcmpl-"

    def whole(self, reply: Reply) -> Completion:
        """See `Shape.whole`."""
        message = CompletionMessage(
            content=reply.text, refusal=reply.refusal, annotations=reply.annotations, newsqa=reply.details
        )
        return Completion(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=[Choice(message=message)],
            usage=CompletionUsage.of(reply.usage),
        )

    def begin(self) -> Iterator[bytes]:
        """See `Shape.begin`."""
        self._annotations = 0
        yield self._chunk({"role": "assistant", "content": ""})

    def text(self, delta: str) -> bytes:
        """See `Shape.text`."""
        return self._chunk({"content": delta})

    def annotation(self, annotation: Annotation) -> bytes:
        """See `Shape.annotation`."""
        item = {"index": self._annotations, **annotation.model_dump(mode="json")}
        self._annotations += 1
        return self._chunk({"newsqa_annotations": [item]})

    def end(self, reply: Reply) -> Iterator[bytes]:
        """See `Shape.end`."""
        annotations = [item.model_dump(mode="json") for item in reply.annotations]
        details = reply.details and reply.details.model_dump(mode="json")
        yield self._chunk({"annotations": annotations, "newsqa": details})
        yield self._chunk({}, finish_reason="stop")
        if self.with_usage:
            yield self._chunk(None, usage=CompletionUsage.of(reply.usage))
        yield DONE

    def error(self, problem: Problem) -> bytes:
        """See `Shape.error`."""
        return frame({"error": error_of(problem)}) + DONE

    def _chunk(
        self, delta: dict[str, Any] | None, *, finish_reason: str | None = None, usage: CompletionUsage | None = None
    ) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        return frame(
            {
                "id": self.id,
                "object": "chat.completion.chunk",
                "created": self.created,
                "model": self.model,
                "choices": choices,
                "usage": usage.model_dump() if usage else None,
            }
        )
