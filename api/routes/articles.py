"""The indexed articles: list, read, add, delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.context import ContextDep, Reader, Writer
from api.problems import documented
from api.uploads import REQUEST_BODY, Upload, read_upload
from rag.catalog import ArticleSummary
from rag.engine import Engine
from rag.schema import SkippedSource, SourceFile
from rag.wire import ArticleObject, PageObject, SpeakerObject, SummaryObject

router = APIRouter(tags=["Articles"])

_READ = documented(400, 401, 403, 408, 413, 421, 422, 429, 500, 503, 504)

ArticleId = Annotated[str, Path(min_length=1, max_length=100, description="As in citations and lists")]


class Speakers(BaseModel):
    """Who speaks in the articles, most statements first."""

    model_config = ConfigDict(extra="forbid")

    speakers: list[SpeakerObject]


class UploadResult(BaseModel):
    """What became of one of several articles: either `article` or `problem` is null."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(description="Name of the file; of a record `file.jsonl#id`, or `file.jsonl#L3` for line 3")
    article: SummaryObject | None
    problem: str | None = Field(description="Why it is not in the index")


class UploadReport(BaseModel):
    """What became of several articles, in the order in which they were sent."""

    model_config = ConfigDict(extra="forbid")

    added: int
    refused: int
    results: list[UploadResult]

    @classmethod
    def of(cls, outcomes: Sequence[ArticleSummary | SkippedSource]) -> UploadReport:
        """Convert from the inside."""
        results = [
            UploadResult(path=one.path, article=None, problem=one.reason)
            if isinstance(one, SkippedSource)
            else UploadResult(path=one.path, article=SummaryObject.of(one), problem=None)
            for one in outcomes
        ]
        refused = sum(result.problem is not None for result in results)
        return cls(added=len(results) - refused, refused=refused, results=results)


@router.get("/v1/articles", dependencies=[Reader], responses=_READ)
async def list_articles(
    context: ContextDep,
    q: Annotated[str, Query(max_length=500, description="Must occur in path, title or publisher")] = "",
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PageObject:
    """List the indexed articles by path."""
    engine = context.require_engine()
    return PageObject.of(await context.work(lambda: engine.articles(query=q, offset=offset, limit=limit)))


@router.get("/v1/speakers", dependencies=[Reader], responses=_READ)
async def list_speakers(context: ContextDep, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Speakers:
    """List who says something in the articles."""
    engine = context.require_engine()
    speakers = await context.work(engine.speakers)
    return Speakers(speakers=[SpeakerObject.of(speaker) for speaker in speakers[:limit]])


@router.get("/v1/articles/{article_id}", dependencies=[Reader], responses=_READ | documented(404))
async def get_article(context: ContextDep, article_id: ArticleId) -> ArticleObject:
    """Return an article's raw text, and which spans of it are article body or were removed and why."""
    engine = context.require_engine()
    article = await context.work(lambda: engine.article(article_id))
    if article is None:
        raise HTTPException(404, "No article has that id; it may have changed and been indexed anew.")
    return ArticleObject.of(article)


@router.post(
    "/v1/articles",
    status_code=201,
    dependencies=[Writer],
    responses=_READ | documented(415),
    openapi_extra={"requestBody": REQUEST_BODY},
)
async def add_article(
    request: Request,
    response: Response,
    context: ContextDep,
    name: Annotated[
        str, Query(min_length=1, max_length=255, description="File name of a body that does not name itself")
    ] = "",
) -> SummaryObject | UploadReport:
    """Index an article, or several at once; they can be asked about as soon as this answers.

    One article gets its summary. JSON lines, and forms with several files, get a report; what cannot be read keeps
    nothing else out, and only where nothing was added is the whole request refused.
    """
    engine = context.require_engine()
    upload = await read_upload(request, name)
    outcomes = await context.work(lambda: _add(engine, upload))
    report = UploadReport.of(outcomes)
    if not report.added:
        raise RequestValidationError(
            [{"loc": ("body", item.path), "type": "bad_source", "msg": item.problem} for item in report.results]
            or [{"loc": ("body",), "type": "missing", "msg": "expected an article a line, found none"}]
        )
    article = report.results[0].article
    if not upload.is_single or article is None:
        return report
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/articles/{article.article_id}"
    return article


def _add(engine: Engine, upload: Upload) -> list[ArticleSummary | SkippedSource]:
    if upload.is_single:
        (source,) = upload.sources()
        assert isinstance(source, SourceFile)  # or it would have raised
        return [engine.add_article(source)]
    outcomes: list[ArticleSummary | SkippedSource | SourceFile] = [*upload.sources()]
    added = iter(engine.add_articles([one for one in outcomes if isinstance(one, SourceFile)]))
    return [next(added) if isinstance(one, SourceFile) else one for one in outcomes]


@router.delete("/v1/articles/{article_id}", status_code=204, dependencies=[Writer], responses=_READ | documented(404))
async def delete_article(context: ContextDep, article_id: ArticleId) -> None:
    """Remove an article; it is gone from every store when this answers. With a file, it returns when that changes."""
    engine = context.require_engine()
    if not await context.work(lambda: engine.delete_article(article_id)):
        raise HTTPException(404, "No article has that id.")
