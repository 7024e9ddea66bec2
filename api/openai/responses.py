"""Responses, in their minimal form: what `POST /v1/responses` takes and gives. Nothing is kept between requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.openai.answers import Annotation, AnswerDetails, Reply
from api.openai.chat import QUESTION
from api.openai.messages import Incoming, Message, Part
from api.openai.shapes import AnswerRequest, Shape, error_of, frame, refuse_option
from api.openai.structured import Schema, wanted_schema
from api.problems import Problem
from rag.wire import CitationObject, UsageObject


class InputItem(Incoming):
    """One part of a conversation. Those that are no messages (calls of tools, reasoning) are left out."""

    type: str | None = Field(None, max_length=100)
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | list[Part] | None = None


class TextFormat(Incoming):
    """Whether the answer is to be text or JSON."""

    type: str = Field(max_length=100, examples=["json_object"], description="text, json_object or json_schema")
    schema_: dict[str, Any] | None = Field(None, alias="schema")


class TextOptions(Incoming):
    """What the text is to look like."""

    format: TextFormat | None = None


class ResponseRequest(AnswerRequest):
    """A question, or a conversation whose last message of the user is the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model": "newsqa", "input": QUESTION},
                {"input": [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}], "stream": True},
            ]
        }
    )

    input: str | list[InputItem]
    instructions: str | None = Field(None, description="As a system message")
    text: TextOptions | None = None
    previous_response_id: str | None = Field(None, description="Refused, as nothing is kept; send earlier messages")
    conversation_: str | dict[str, Any] | None = Field(None, alias="conversation", description="Refused likewise")
    background: bool | None = Field(None, strict=True, description="Refused when true")

    def said(self) -> list[Message]:
        """Return the messages."""
        items = [InputItem(role="user", content=self.input)] if isinstance(self.input, str) else self.input
        said = [Message(role=item.role, content=item.content) for item in items if item.role is not None]
        return [Message(role="system", content=self.instructions), *said]

    def wanted(self) -> Schema | None:
        """Return what the answer is to follow as JSON; refuse what cannot be done."""
        for param, value in (("previous_response_id", self.previous_response_id), ("conversation", self.conversation_)):
            if value is not None:
                raise refuse_option(param, "the server keeps no conversation; send the earlier messages in `input`")
        if self.background:
            raise refuse_option("background", "answers are not kept to be fetched later; leave it out")
        form = self.text and self.text.format
        return wanted_schema(form.type, form.schema_, param="text.format") if form else None


class ResponseAnnotation(BaseModel):
    """A citation of the text."""

    type: Literal["url_citation"] = "url_citation"
    start_index: int = Field(ge=0, description="Unicode code points from the start of the text")
    end_index: int = Field(ge=0)
    url: str = Field(description="Opens the article at the quote")
    title: str
    newsqa_citation: CitationObject

    @classmethod
    def of(cls, annotation: Annotation) -> ResponseAnnotation:
        """Convert from the shape of chat completions."""
        return cls(**annotation.url_citation.model_dump(), newsqa_citation=annotation.newsqa_citation)


class OutputText(BaseModel):
    """The words of the answer."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[ResponseAnnotation] = []
    logprobs: list[Any] = []
    newsqa: AnswerDetails | None = None


class OutputMessage(BaseModel):
    """The answer."""

    type: Literal["message"] = "message"
    id: str
    status: Literal["in_progress", "completed"]
    role: Literal["assistant"] = "assistant"
    content: list[OutputText]


class TokenDetails(BaseModel):
    """OpenAI tells more of tokens than newsqa knows."""

    cached_tokens: int = 0
    reasoning_tokens: int = 0


class ResponseUsage(BaseModel):
    """Tokens that the model charged; 0 without one."""

    input_tokens: int
    input_tokens_details: TokenDetails = TokenDetails()
    output_tokens: int
    output_tokens_details: TokenDetails = TokenDetails()
    total_tokens: int

    @classmethod
    def of(cls, usage: UsageObject) -> ResponseUsage:
        """Add them up."""
        prompt, completion = usage.prompt_tokens, usage.completion_tokens
        return cls(input_tokens=prompt, output_tokens=completion, total_tokens=prompt + completion)


class ResponseObject(BaseModel):
    """An answer in the shape of OpenAI's Responses API."""

    id: str
    object: Literal["response"] = "response"
    created_at: int
    status: Literal["in_progress", "completed"]
    error: None = None
    incomplete_details: None = None
    instructions: None = None
    metadata: dict[str, str] = {}
    model: str
    output: list[OutputMessage]
    parallel_tool_calls: bool = False
    previous_response_id: None = None
    temperature: None = None
    tool_choice: Literal["none"] = "none"
    tools: list[Any] = []
    top_p: None = None
    usage: ResponseUsage | None = None


class ResponseShape(Shape):
    """Writes a response. Each event of a stream has a number and a type, which is also the event's name."""

    prefix = "resp_"

    def whole(self, reply: Reply) -> ResponseObject:
        """See `Shape.whole`."""
        return self._response("completed", [self._message(reply)], usage=ResponseUsage.of(reply.usage))

    def begin(self) -> Iterator[bytes]:
        """See `Shape.begin`."""
        self._sent = self._annotations = 0
        started = self._response("in_progress", []).model_dump(mode="json")
        yield self._event("response.created", response=started)
        yield self._event("response.in_progress", response=started)
        message = OutputMessage(id=self._message_id, status="in_progress", content=[])
        yield self._event("response.output_item.added", output_index=0, item=message.model_dump(mode="json"))
        yield self._part("response.content_part.added", part=OutputText(text="").model_dump(mode="json"))

    def text(self, delta: str) -> bytes:
        """See `Shape.text`."""
        return self._part("response.output_text.delta", delta=delta, logprobs=[])

    def annotation(self, annotation: Annotation) -> bytes:
        """See `Shape.annotation`."""
        item = ResponseAnnotation.of(annotation).model_dump(mode="json")
        self._annotations += 1
        return self._part(
            "response.output_text.annotation.added", annotation_index=self._annotations - 1, annotation=item
        )

    def end(self, reply: Reply) -> Iterator[bytes]:
        """See `Shape.end`."""
        message = self._message(reply).model_dump(mode="json")
        yield self._part("response.output_text.done", text=reply.text, logprobs=[])
        yield self._part("response.content_part.done", part=message["content"][0])
        yield self._event("response.output_item.done", output_index=0, item=message)
        yield self._event("response.completed", response=self.whole(reply).model_dump(mode="json"))

    def error(self, problem: Problem) -> bytes:
        """See `Shape.error`."""
        error = error_of(problem)
        return self._event("error", **{name: error[name] for name in ("code", "message", "param")}, error=error)

    @property
    def _message_id(self) -> str:
        return f"msg_{self.id.removeprefix(self.prefix)}"

    def _message(self, reply: Reply) -> OutputMessage:
        annotations = [ResponseAnnotation.of(item) for item in reply.annotations]
        text = OutputText(text=reply.text, annotations=annotations, newsqa=reply.details)
        return OutputMessage(id=self._message_id, status="completed", content=[text])

    def _response(
        self,
        status: Literal["in_progress", "completed"],
        output: list[OutputMessage],
        *,
        usage: ResponseUsage | None = None,
    ) -> ResponseObject:
        return ResponseObject(
            id=self.id, created_at=self.created, status=status, model=self.model, output=output, usage=usage
        )

    def _part(self, type_: str, **fields: Any) -> bytes:
        return self._event(type_, item_id=self._message_id, output_index=0, content_index=0, **fields)

    def _event(self, type_: str, **fields: Any) -> bytes:
        self._sent += 1
        return frame({"type": type_, "sequence_number": self._sent - 1, **fields}, event=type_)
