"""What those who run the server ask: is it alive, is it ready, what does it do."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from api.context import ContextDep, Reader
from api.metrics import CONTENT_TYPE
from api.problems import documented

router = APIRouter(tags=["Operation"])


class Health(BaseModel):
    """The process answers."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Questions can be answered."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready"] = "ready"
    index_id: str
    articles: int


@router.get("/healthz", responses=documented(413, 421, 500))
async def healthz() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/readyz", responses=documented(413, 421, 500, 503, 504))
async def readyz(context: ContextDep) -> Readiness:
    """Say whether questions can be answered."""
    engine = context.require_engine()
    page = await context.work(lambda: engine.articles(limit=1))
    context.metrics.articles.set(page.total)
    return Readiness(index_id=engine.index_id, articles=page.total)


@router.get(
    "/metrics",
    dependencies=[Reader],
    response_class=Response,
    responses=documented(401, 403, 413, 421, 429, 500)
    | {200: {"description": "Prometheus text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(context: ContextDep) -> Response:
    """Give the counters to Prometheus."""
    return Response(context.metrics.text(), media_type=CONTENT_TYPE)
