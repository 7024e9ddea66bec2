"""The routes of OpenAI's API: chat completions, responses, completions, and the list of models.

Sampling parameters (`temperature`, `seed`, `max_tokens`) have no meaning here and are ignored; options that would
change what a client gets (`tools`, `response_format`) are honoured or refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.context import Context, ContextDep, Reader
from api.events import HEADERS, MEDIA_TYPE
from api.model_names import DEFAULT_MODEL, WITH_SOURCES
from api.openai.answers import Answerer, Asked
from api.openai.chat import ChatShape, Completion, CompletionRequest, StreamOptions
from api.openai.completions import LegacyCompletion, LegacyCompletionRequest, LegacyShape
from api.openai.frontend import ChoreWriter, read_chore
from api.openai.messages import read_conversation
from api.openai.responses import ResponseObject, ResponseRequest, ResponseShape
from api.openai.shapes import Shape
from api.problems import RequestRefused, documented
from rag.errors import ConfigError

router = APIRouter(tags=["OpenAI"])

AnyRequest = CompletionRequest | LegacyCompletionRequest | ResponseRequest

_STREAMED = {"type": "object", "properties": {"event": {"type": "string"}, "data": {"type": "string"}}}


def _answers(*events: str) -> dict[int | str, dict[str, Any]]:
    """Describe what a route answers; `events` are examples of what it streams."""
    examples = [{"data": event} for event in events]
    stream = {MEDIA_TYPE: {"schema": {**_STREAMED, "examples": examples}}}
    answer = {"description": "The answer; with `stream`, as events", "content": stream}
    return documented(400, 401, 403, 404, 408, 413, 421, 422, 429, 500, 502, 503, 504) | {200: answer}


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


@router.get("/v1/models", dependencies=[Reader], responses=documented(401, 403, 413, 421, 429, 500))
async def list_models(context: ContextDep) -> ModelList:
    """List the models that a request may name, each once."""
    first, *others = context.models.listed
    return ModelList(data=[ModelObject(id=name) for name in (first, WITH_SOURCES, *others)])


@router.get(
    "/v1/models/{model_id:path}", dependencies=[Reader], responses=documented(401, 403, 404, 413, 421, 422, 429, 500)
)
async def get_model(
    context: ContextDep, model_id: Annotated[str, Path(max_length=200, examples=[DEFAULT_MODEL])]
) -> ModelObject:
    """Say whether a request may name a model."""
    _engine_name(context, model_id)
    return ModelObject(id=model_id)


@router.post(
    "/v1/chat/completions",
    response_model=Completion,
    dependencies=[Reader],
    responses=_answers(
        '{"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Blinken ... [1]"}}]}',
        '{"object": "chat.completion.chunk", "choices": [{"delta": {"newsqa_annotations": [...]}}]}',
        '{"object": "chat.completion.chunk", "choices": [{"delta": {"annotations": [...], "newsqa": {}}}]}',
    ),
)
async def complete_chat(request: Request, body: CompletionRequest, context: ContextDep) -> Response:
    """Answer the last message of a conversation."""
    with_usage = _wants_usage(body.stream_options)
    shape = ChatShape(request, model=body.model or DEFAULT_MODEL, with_usage=with_usage)
    return await _answer(request, context, body, shape)


@router.post(
    "/v1/completions",
    response_model=LegacyCompletion,
    dependencies=[Reader],
    responses=_answers('{"object": "text_completion", "choices": [{"index": 0, "text": "Blinken ... [1]"}]}'),
)
async def complete(request: Request, body: LegacyCompletionRequest, context: ContextDep) -> Response:
    """Answer a question the legacy way."""
    with_usage = _wants_usage(body.stream_options)
    shape = LegacyShape(request, model=body.model or DEFAULT_MODEL, with_usage=with_usage)
    return await _answer(request, context, body, shape)


@router.post(
    "/v1/responses",
    response_model=ResponseObject,
    dependencies=[Reader],
    responses=_answers(
        '{"type": "response.output_text.delta", "sequence_number": 4, "delta": "Blinken ... [1]"}',
        '{"type": "response.output_text.annotation.added", "annotation_index": 0, "annotation": {...}}',
        '{"type": "response.completed", "response": {...}}',
    ),
)
async def respond(request: Request, body: ResponseRequest, context: ContextDep) -> Response:
    """Answer the last message of a conversation in the shape of the Responses API."""
    return await _answer(request, context, body, ResponseShape(request, model=body.model or DEFAULT_MODEL))


@router.post("/v1/embeddings", dependencies=[Reader], responses=documented(401, 403, 404, 413, 421, 429, 500))
async def embed() -> None:
    """Say that newsqa offers no embeddings."""
    detail = "newsqa offers no embeddings; GET /v1/search finds passages, and POST /v1/chat/completions answers."
    raise RequestRefused(404, detail, code="not_offered")


async def _answer(request: Request, context: Context, body: AnyRequest, shape: Shape) -> Response:
    chore = read_chore(body.said())
    if chore is None:
        answerer: Answerer | ChoreWriter = Answerer(request, context, _asked(context, body))
    else:
        answerer = ChoreWriter(context, chore, _engine_name(context, body.model))
    if body.stream:
        frames = shape.stream(await answerer.pieces())
        return StreamingResponse(frames, media_type=MEDIA_TYPE, headers=HEADERS)
    reply = await answerer.whole()
    return Response(shape.whole(reply).model_dump_json(), media_type=JSONResponse.media_type)


def _asked(context: Context, body: AnyRequest) -> Asked:
    model = _engine_name(context, body.model)
    schema = body.wanted()
    conversation = read_conversation(body.said())
    question = body.to_question(
        conversation.question, history=conversation.history, model=model, instructions=conversation.instructions
    )
    by_default = body.model == WITH_SOURCES or context.settings.server.list_sources
    lists_sources = by_default if body.sources is None else body.sources
    notices = (*conversation.notices, *body.notices())
    return Asked(question=question, notices=notices, lists_sources=lists_sources, schema=schema)


def _engine_name(context: Context, name: str | None) -> str | None:
    try:
        return None if name == WITH_SOURCES else context.models.engine_name(name)
    except ConfigError:
        detail = f"There is no model {name!r}; GET /v1/models lists them."
        raise RequestRefused(404, detail, code="model_not_found", param="model") from None


def _wants_usage(options: StreamOptions | None) -> bool:
    return options is not None and bool(options.include_usage)
