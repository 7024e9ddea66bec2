"""The indexed articles: list, read, add, delete."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.context import ContextDep, Reader, Writer
from api.models import VISIBLE, UploadRequest
from api.problems import documented
from rag.errors import SourceError
from rag.schema import Metadata, SourceFile
from rag.sources import source_from_upload
from rag.sources.published import read_date
from rag.wire import ArticleObject, PageObject, SpeakerObject, SummaryObject

router = APIRouter(tags=["Articles"])

_READ = documented(400, 401, 403, 408, 413, 421, 422, 429, 500, 503, 504)

# Types of a body that is the article itself; its name comes from the query and the extension from here.
_RAW_TYPES = {"text/plain": ".txt", "text/markdown": ".md", "text/html": ".html"}

_UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": UploadRequest.model_json_schema()},
            **{kind: {"schema": {"type": "string", "minLength": 1, "pattern": VISIBLE}} for kind in _RAW_TYPES},
        },
    }
}

ArticleId = Annotated[str, Path(min_length=1, max_length=100, description="As in citations and lists")]


class Speakers(BaseModel):
    """Who speaks in the articles, most statements first."""

    model_config = ConfigDict(extra="forbid")

    speakers: list[SpeakerObject]


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
    openapi_extra=_UPLOAD_BODY,
)
async def add_article(
    request: Request,
    response: Response,
    context: ContextDep,
    name: Annotated[str, Query(min_length=1, max_length=255, description="File name of a body that is no JSON")] = "",
) -> SummaryObject:
    """Index an article; it can be asked about as soon as this answers."""
    engine = context.require_engine()
    source = _source(request.headers.get("content-type", ""), await request.body(), name)
    summary = await context.work(lambda: engine.add_article(source))
    response.headers["Location"] = f"/v1/articles/{summary.id}"
    return SummaryObject.of(summary)


@router.delete("/v1/articles/{article_id}", status_code=204, dependencies=[Writer], responses=_READ | documented(404))
async def delete_article(context: ContextDep, article_id: ArticleId) -> None:
    """Remove an article; it is gone from every store when this answers. With a file, it returns when that changes."""
    engine = context.require_engine()
    if not await context.work(lambda: engine.delete_article(article_id)):
        raise HTTPException(404, "No article has that id.")


def _source(content_type: str, body: bytes, name: str) -> SourceFile:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            upload = UploadRequest.model_validate_json(body)
        except ValidationError as exc:
            raise RequestValidationError([item | {"loc": ("body", *item["loc"])} for item in exc.errors()]) from exc
        return source_from_upload(_file_name(upload.name), upload.text, _metadata(upload))
    suffix = _RAW_TYPES.get(kind)
    if suffix is None:
        expected = ", ".join(["application/json", *_RAW_TYPES])
        raise HTTPException(415, f"Expected one of {expected}, found {kind or 'no content type'}.")
    name = _file_name(name)
    if kind == "text/plain":  # whose name may say more: the browser sends Markdown as plain text
        return source_from_upload(name, body)
    return source_from_upload(name if name.lower().endswith(suffix) else f"{name.removesuffix('.txt')}{suffix}", body)


def _file_name(name: str) -> str:
    """Return a name that can be shown and that no folder can be reached by."""
    shown = "".join(char if char.isprintable() and char not in "/\\" else "_" for char in name).strip(". ")
    return shown or "upload.txt"


def _metadata(upload: UploadRequest) -> Metadata:
    published = None
    if upload.published:
        published = read_date(upload.published)
        if published is None:
            raise SourceError(f"expected a date such as 2024-06-21 as `published`, found {upload.published!r}")
    return Metadata(
        title=upload.title,
        published=published,
        publisher=upload.publisher,
        author=upload.author,
        url=upload.url,
    )
