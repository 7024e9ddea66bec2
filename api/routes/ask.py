"""Questions and searches."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.context import ContextDep, Reader
from api.events import EVENT_SCHEMA, HEADERS, MEDIA_TYPE, as_server_sent, first_and_rest, stream_events
from api.models import AskRequest, Day, QuestionText
from api.problems import documented
from rag.schema import Filters
from rag.wire import AnswerObject, SearchObject

router = APIRouter(tags=["Questions"])

_ASK_RESPONSES = documented(400, 401, 403, 408, 413, 421, 422, 429, 500, 502, 503, 504) | {
    200: {
        "description": "The answer; with `stream` as events `sources`, `delta`, `citation`, `answer`, `error`",
        "content": {MEDIA_TYPE: {"schema": EVENT_SCHEMA}},
    }
}


@router.post("/v1/ask", response_model=AnswerObject, dependencies=[Reader], responses=_ASK_RESPONSES)
async def ask(request: Request, body: AskRequest, context: ContextDep) -> Response:
    """Answer a question from the indexed articles, each statement with its citations.

    What the articles do not answer is a normal answer too: `status` is `abstained`, and `reason` says why.
    """
    question = body.question_of(context.models.engine_name(body.model))
    wants_stream = MEDIA_TYPE in request.headers.get("accept", "") if body.stream is None else body.stream
    if wants_stream:
        events = await first_and_rest(stream_events(context, question))
        return StreamingResponse(as_server_sent(request, question, events), media_type=MEDIA_TYPE, headers=HEADERS)
    return _json(AnswerObject.of(await context.answer(request, question)))


@router.get(
    "/v1/search",
    response_model=SearchObject,
    dependencies=[Reader],
    responses=documented(400, 401, 403, 408, 413, 421, 422, 429, 500, 502, 503, 504),
)
async def search(
    context: ContextDep,
    q: Annotated[QuestionText, Query(description="What to look for")],
    path: Annotated[
        list[str], Query(default_factory=list, description="fnmatch globs over the whole path", max_length=100)
    ],
    k: Annotated[int, Query(ge=1, le=200, description="Longest result")] = 10,
    since: Annotated[Day | None, Query(description="Only articles of this day or later")] = None,
    until: Annotated[Day | None, Query(description="Only articles of this day or earlier")] = None,
    as_of: Annotated[Day | None, Query(description="Articles near this day weigh more")] = None,
) -> Response:
    """Find passages, best first, with the reasons."""
    filters = Filters(since=since, until=until, as_of=as_of, paths=tuple(path))
    engine = context.require_engine()
    found = await context.work(lambda: engine.search(q, k=k, filters=filters))
    return _json(SearchObject.of(q, found))


class ExampleQuestions(BaseModel):
    """Questions that the index answers."""

    model_config = ConfigDict(extra="forbid")

    questions: list[str]


@router.get(
    "/v1/examples",
    dependencies=[Reader],
    responses=documented(400, 401, 403, 408, 413, 421, 422, 429, 500, 503, 504),
)
async def examples(context: ContextDep) -> ExampleQuestions:
    """Offer a few questions to try, drawn from the indexed articles."""
    engine = context.require_engine()
    return ExampleQuestions(questions=await context.work(lambda: context.examples.of(engine)))


def _json(model: AnswerObject | SearchObject) -> Response:
    # Written once by pydantic; FastAPI would validate the finished object again.
    return Response(model.model_dump_json(), media_type=JSONResponse.media_type)
