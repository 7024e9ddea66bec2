"""What OpenAI clients expect: chat completions, streamed or not, and the list of models.

Citations come as `url_citation` annotations whose link opens our page at the quote; each carries our own citation in
`newsqa_citation` beside it. Parameters that have no meaning here (`temperature`, `tools`) are accepted and ignored.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.context import DEFAULT_MODEL, Context, ContextDep, Reader
from api.events import HEADERS, HEARTBEAT, MEDIA_TYPE, Silence, first_and_rest, stream_events
from api.models import QuestionText
from api.problems import RequestRefused, documented, problem_of
from rag.schema import Answer, AnswerEvent, DeltaEvent, Question, StreamEvent, Turn
from rag.wire import CitationObject

router = APIRouter(tags=["OpenAI"])


class _Incoming(BaseModel):
    # OpenAI adds parameters all the time, so unknown ones are no error.
    model_config = ConfigDict(extra="ignore", frozen=True)


class TextPart(_Incoming):
    """One part of a message."""

    type: Literal["text"]
    text: str


class QuestionPart(_Incoming):
    """One part of a question."""

    type: Literal["text"]
    text: QuestionText


class UserMessage(_Incoming):
    """What the user asks. The last one is the question."""

    role: Literal["user"]
    content: QuestionText | Annotated[list[QuestionPart], Field(min_length=1, max_length=1)]

    @property
    def text(self) -> str:
        """The words, whichever way they were sent."""
        return self.content if isinstance(self.content, str) else self.content[0].text


class OtherMessage(_Incoming):
    """An earlier answer. System messages are ignored: what may be said is what the articles say."""

    role: Literal["system", "developer", "assistant"]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        """The words, whichever way they were sent."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class StreamOptions(_Incoming):
    """How to stream."""

    include_usage: bool = Field(False, strict=True)


class CompletionRequest(_Incoming):
    """A conversation whose last message of the user is the question."""

    model: str = Field(DEFAULT_MODEL, min_length=1, max_length=200, examples=[DEFAULT_MODEL])
    messages: list[UserMessage | OtherMessage] = Field(
        min_length=1,
        max_length=200,
        json_schema_extra={
            "contains": {"type": "object", "properties": {"role": {"const": "user"}}, "required": ["role"]}
        },
    )
    stream: bool = Field(False, strict=True)
    stream_options: StreamOptions | None = None

    @model_validator(mode="after")
    def _has_a_question(self) -> CompletionRequest:
        if not any(isinstance(message, UserMessage) for message in self.messages):
            raise ValueError("expected a message of the user, found none")
        return self


class ModelObject(BaseModel):
    """A model that a request may name."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "newsqa"


class ModelList(BaseModel):
    """All of them."""

    object: Literal["list"] = "list"
    data: list[ModelObject]


class UrlCitation(BaseModel):
    """Which part of the message rests on what."""

    start_index: Annotated[int, Field(ge=0, description="Unicode code points from the start of the message")]
    end_index: Annotated[int, Field(ge=0)]
    url: str = Field(description="Opens the article at the quote")
    title: str


class Annotation(BaseModel):
    """A citation of the message."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation
    newsqa_citation: CitationObject


class CompletionMessage(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = Field(None, description="The same words when the articles do not answer")
    annotations: list[Annotation]


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


class Completion(BaseModel):
    """An answer in OpenAI's shape."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: CompletionUsage


_RESPONSES = documented(400, 401, 403, 404, 408, 413, 421, 422, 429, 500, 502, 503, 504) | {
    200: {
        "description": "The answer; with `stream`, as chunks",
        "content": {MEDIA_TYPE: {"schema": {"type": "object", "properties": {"data": {"type": "string"}}}}},
    }
}


@router.get("/v1/models", dependencies=[Reader], responses=documented(401, 403, 413, 421, 429, 500))
async def list_models(context: ContextDep) -> ModelList:
    """List the models that a request may name."""
    return ModelList(data=[ModelObject(id=name) for name in context.allowed_models()])


@router.post("/v1/chat/completions", response_model=Completion, dependencies=[Reader], responses=_RESPONSES)
async def complete(request: Request, body: CompletionRequest, context: ContextDep) -> Response:
    """Answer the last message of a conversation."""
    question = _question(body, context)
    reply = _Reply(request, model=body.model, question=question)
    if body.stream:
        events = await first_and_rest(stream_events(context, question))
        with_usage = body.stream_options is not None and body.stream_options.include_usage
        return StreamingResponse(reply.chunks(events, with_usage=with_usage), media_type=MEDIA_TYPE, headers=HEADERS)
    answer = await context.answer(request, question)
    return Response(reply.whole(answer).model_dump_json(), media_type=JSONResponse.media_type)


def _question(body: CompletionRequest, context: Context) -> Question:
    if body.model not in context.allowed_models():
        detail = f"There is no model {body.model!r}; GET /v1/models lists them."
        raise RequestRefused(404, detail, code="model_not_found", param="model")
    turns = []
    for message in body.messages:
        if isinstance(message, UserMessage):
            turns.append(Turn("user", message.text))
        elif message.role == "assistant":
            turns.append(Turn("assistant", message.text))
    while turns[-1].role != "user":
        turns.pop()
    return Question(text=turns[-1].content, history=tuple(turns[:-1]), model=context.model_of(body.model))


class _Reply:
    """Writes one answer in OpenAI's shape, whole or in chunks."""

    def __init__(self, request: Request, *, model: str, question: Question) -> None:
        self._request = request
        self._model = model
        self._question = question
        self._id = f"chatcmpl-{request.scope['request_id']}"
        self._created = int(time.time())

    def whole(self, answer: Answer) -> Completion:
        message = CompletionMessage(
            content=answer.text,
            refusal=answer.text if answer.status == "abstained" else None,
            annotations=self._annotations(answer),
        )
        return Completion(
            id=self._id,
            created=self._created,
            model=self._model,
            choices=[Choice(message=message)],
            usage=_usage(answer),
        )

    async def chunks(self, events: AsyncIterator[StreamEvent | Silence], *, with_usage: bool) -> AsyncIterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        try:
            async for event in events:
                if isinstance(event, Silence):
                    yield HEARTBEAT
                elif isinstance(event, DeltaEvent):
                    yield self._chunk({"content": event.text})
                elif isinstance(event, AnswerEvent):
                    annotations = [item.model_dump(mode="json") for item in self._annotations(event.answer)]
                    yield self._chunk({"annotations": annotations})
                    yield self._chunk({}, finish_reason="stop")
                    if with_usage:
                        yield self._chunk(None, usage=_usage(event.answer))
        except Exception as exc:
            problem = problem_of(exc, self._request).model_dump(mode="json")
            yield _data({"error": problem | problem.pop("error")})
        yield b"data: [DONE]\n\n"

    def _chunk(
        self,
        delta: dict[str, Any] | None,
        *,
        finish_reason: str | None = None,
        usage: CompletionUsage | None = None,
    ) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        return _data(
            {
                "id": self._id,
                "object": "chat.completion.chunk",
                "created": self._created,
                "model": self._model,
                "choices": choices,
                "usage": usage.model_dump() if usage else None,
            }
        )

    def _annotations(self, answer: Answer) -> list[Annotation]:
        citations = {citation.number: citation for citation in answer.citations}
        base = str(self._request.base_url).rstrip("/")
        return [
            Annotation(
                url_citation=UrlCitation(
                    start_index=statement.span.start,
                    end_index=statement.span.end,
                    url=f"{base}/#article={citation.article_id}&start={citation.raw.start}&end={citation.raw.end}",
                    title=citation.title or citation.path,
                ),
                newsqa_citation=CitationObject.of(citation),
            )
            for statement in answer.statements
            for citation in (citations[number] for number in statement.citations)
        ]


def _usage(answer: Answer) -> CompletionUsage:
    if answer.usage is None:
        return CompletionUsage()
    prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return CompletionUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


def _data(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
