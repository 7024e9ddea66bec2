"""The objects that leave the program as JSON, the same from the command line and the HTTP API.

They are apart from `rag/schema`, so that a rename inside is not a break outside. Offsets are half-open, in Unicode code
points: `text` and `statements` point into the answer, `start` and `end` of a citation into the decoded source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.indexing.concerns import Concern, ConcernKind
from rag.schema import (
    AbstentionReason,
    Answer,
    Article,
    Citation,
    Copy,
    DecodingErrors,
    PartialDate,
    ScoredPassage,
    SourceKind,
    Speech,
    TitleOrigin,
)

if TYPE_CHECKING:  # the packages of the stores are slow to import, and `newsqa clean` needs none
    from rag.catalog import ArticlePage, ArticleSummary, SpeakerCount
    from rag.indexing.doctor import DoctorReport, Finding
    from rag.indexing.report import IngestReport

Offset = Annotated[int, Field(ge=0, description="Unicode code points from the start")]
DateText = Annotated[
    str,
    Field(
        description="Date as far as it is known: `2024-06-21`, `2024-06`, `2024`; without a year `--06-21` or `--06`",
        examples=["2024-06-21"],
    ),
]


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CopyObject(_Object):
    """Another article with the same words."""

    path: str
    article_id: str

    @classmethod
    def of(cls, copy: Copy) -> CopyObject:
        """Convert from the inside."""
        return cls(path=copy.path, article_id=copy.article_id)


class StatementObject(_Object):
    """A sentence of the answer: `text[start:end]` of the answer; its markers stand after it."""

    text: str
    start: Offset
    end: Offset
    citations: list[int] = Field(description="Numbers of the citations that support it")
    speaker: str | None = Field(description="Who said it, when the statement reports speech")
    speech: Speech | None = Field(description="Whether it quotes or reports")


class CitationObject(_Object):
    """A quotation that was found in a source: the decoded source at `[start, end)` is `quote`."""

    number: int = Field(ge=1, description="What the reader sees as `[1]`")
    path: str
    article_id: str
    title: str | None
    published: DateText | None
    quote: str = Field(description="Exactly as printed in the source")
    start: Offset
    end: Offset
    line_start: int = Field(ge=1)
    line_end: int = Field(ge=1)
    sha256: str = Field(description="Of the file's bytes; of a JSON record, of its text in UTF-8")
    encoding: str = Field(description="Python codec that decodes the file")
    errors: DecodingErrors = Field(description="What becomes of bytes that the codec does not know, as Python names it")
    stale: bool = Field(description="The file has changed or gone since it was indexed")
    also_in: list[CopyObject] = Field(description="Syndicated copies")

    @classmethod
    def of(cls, citation: Citation) -> CitationObject:
        """Convert from the inside."""
        return cls(
            number=citation.number,
            path=citation.path,
            article_id=citation.article_id,
            title=citation.title,
            published=date_text(citation.published),
            quote=citation.quote,
            start=citation.raw.start,
            end=citation.raw.end,
            line_start=citation.line_start,
            line_end=citation.line_end,
            sha256=citation.sha256,
            encoding=citation.encoding,
            errors=citation.errors,
            stale=citation.stale,
            also_in=[CopyObject.of(copy) for copy in citation.also_in],
        )


class ConflictValueObject(_Object):
    """One of several values that the sources give for a fact."""

    text: str
    citations: list[int]


class ConflictObject(_Object):
    """A fact on which the cited sources disagree."""

    fact: str
    values: list[ConflictValueObject]


class NearObject(_Object):
    """Something close to what was asked that the index does hold."""

    kind: Literal["name", "article", "sentence"]
    text: str
    path: str | None


class NoticeObject(_Object):
    """Something the reader should know about how the answer came about."""

    code: str
    message: str


class UsageObject(_Object):
    """Tokens that the model charged."""

    prompt_tokens: int
    completion_tokens: int


class AnswerObject(_Object):
    """Verified statements with their citations, or a refusal with its reason."""

    question: str
    standalone_question: str | None = Field(description="The question as completed from the conversation")
    status: Literal["answered", "abstained"]
    reason: AbstentionReason | None = Field(description="Why there is no answer")
    text: str
    statements: list[StatementObject]
    citations: list[CitationObject]
    conflicts: list[ConflictObject]
    near: list[NearObject]
    notices: list[NoticeObject]
    rejected: int = Field(ge=0, description="Drafted statements that the sources do not support; never shown")
    model: str = Field(description="What wrote the answer: a model's name, or `extractive`")
    usage: UsageObject | None
    timings_ms: dict[str, float]
    index_id: str

    @classmethod
    def of(cls, answer: Answer) -> AnswerObject:
        """Convert from the inside."""
        return cls(
            question=answer.question,
            standalone_question=answer.standalone_question,
            status=answer.status,
            reason=answer.reason,
            text=answer.text,
            statements=[
                StatementObject(
                    text=item.text,
                    start=item.span.start,
                    end=item.span.end,
                    citations=list(item.citations),
                    speaker=item.speaker,
                    speech=item.speech,
                )
                for item in answer.statements
            ],
            citations=[CitationObject.of(citation) for citation in answer.citations],
            conflicts=[
                ConflictObject(
                    fact=conflict.fact,
                    values=[
                        ConflictValueObject(text=value.text, citations=list(value.citations))
                        for value in conflict.values
                    ],
                )
                for conflict in answer.conflicts
            ],
            near=[NearObject(kind=near.kind, text=near.text, path=near.path) for near in answer.near],
            notices=[NoticeObject(code=notice.code, message=notice.message) for notice in answer.notices],
            rejected=len(answer.rejected),
            model=answer.model,
            usage=answer.usage
            and UsageObject(prompt_tokens=answer.usage.prompt_tokens, completion_tokens=answer.usage.completion_tokens),
            timings_ms={name: round(value, 3) for name, value in answer.timings_ms.items()},
            index_id=answer.index_id,
        )


class OriginObject(_Object):
    """Where one retriever ranked a passage."""

    rank: int = Field(ge=1)
    score: float = Field(description="Higher is better; comparable within one retriever and query")


class ResultObject(_Object):
    """A passage found for a query, with the reasons."""

    rank: int = Field(ge=1)
    score: float = Field(description="Fused; higher is better, comparable within one query")
    path: str
    article_id: str
    title: str | None
    published: DateText | None
    passage_id: str
    text: str
    start: Offset
    end: Offset
    origins: dict[str, OriginObject] = Field(description="By retriever")
    also_in: list[CopyObject]

    @classmethod
    def of(cls, rank: int, found: ScoredPassage) -> ResultObject:
        """Convert from the inside."""
        return cls(
            rank=rank,
            score=round(found.score, 6),
            path=found.article.path,
            article_id=found.article.id,
            title=found.article.title,
            published=date_text(found.article.published),
            passage_id=found.passage.id,
            text=found.passage.text,
            start=found.passage.span.start,
            end=found.passage.span.end,
            origins={
                name: OriginObject(rank=origin.rank, score=round(origin.score, 6))
                for name, origin in found.origins.items()
            },
            also_in=[CopyObject.of(copy) for copy in found.also_in],
        )


class SearchObject(_Object):
    """Passages for a query, best first."""

    query: str
    results: list[ResultObject]

    @classmethod
    def of(cls, query: str, found: Sequence[ScoredPassage]) -> SearchObject:
        """Convert from the inside."""
        return cls(query=query, results=[ResultObject.of(rank, item) for rank, item in enumerate(found, start=1)])


class RemovalObject(_Object):
    """A part of the source that is not article body."""

    start: Offset
    end: Offset
    line_start: int = Field(ge=1)
    line_end: int = Field(ge=1)
    reason: str


class CleanedObject(_Object):
    """What cleaning made of one source: `text` is the kept spans of the source, joined."""

    path: str
    title: str | None
    title_from: TitleOrigin | None = Field(description="`first sentence` stands in where no title was found")
    published: DateText | None
    published_from: str | None
    publisher: str | None
    author: str | None
    text: str
    kept: list[tuple[int, int]]
    removed: list[RemovalObject]

    @classmethod
    def of(cls, article: Article) -> CleanedObject:
        """Convert from the inside."""
        return cls(
            path=article.path,
            title=article.title,
            title_from=article.title_from,
            published=date_text(article.published),
            published_from=article.published_from,
            publisher=article.publisher,
            author=article.author,
            text=article.text,
            kept=[(span.start, span.end) for span in article.kept],
            removed=removals(article),
        )


class ArticleObject(_Object):
    """An article as indexed: `raw` is what every offset points into."""

    article_id: str
    path: str
    title: str | None
    title_from: TitleOrigin | None = Field(description="`first sentence` stands in where no title was found")
    published: DateText | None
    published_from: str | None
    publisher: str | None
    author: str | None
    url: str | None
    kind: SourceKind
    sha256: str
    encoding: str
    errors: DecodingErrors
    raw: str
    kept: list[tuple[int, int]] = Field(description="Spans of `raw` that are article body")
    removed: list[RemovalObject] = Field(description="Spans of `raw` that are not, with the reason")
    kept_share: float = Field(ge=0, le=1, description="Of the text's characters, white space aside")
    is_uncleaned: bool = Field(description="Cleaning would have left nothing to cite, so the text stays")

    @classmethod
    def of(cls, article: Article) -> ArticleObject:
        """Convert from the inside."""
        return cls(
            article_id=article.id,
            path=article.path,
            title=article.title,
            title_from=article.title_from,
            published=date_text(article.published),
            published_from=article.published_from,
            publisher=article.publisher,
            author=article.author,
            url=article.url,
            kind=article.kind,
            sha256=article.sha256,
            encoding=article.encoding,
            errors=article.errors,
            raw=article.raw,
            kept=[(span.start, span.end) for span in article.kept],
            removed=removals(article),
            kept_share=round(article.kept_share, 3),
            is_uncleaned=article.is_uncleaned,
        )


class SummaryObject(_Object):
    """An article as a list shows it."""

    article_id: str
    path: str
    title: str | None
    published: DateText | None
    publisher: str | None
    url: str | None
    kind: SourceKind
    sha256: str
    passages: int
    statements: int = Field(description="Reported statements found in it")
    uploaded: bool = Field(description="Added by hand rather than found in a folder")

    @classmethod
    def of(cls, summary: ArticleSummary) -> SummaryObject:
        """Convert from the inside."""
        return cls(
            article_id=summary.id,
            path=summary.path,
            title=summary.title,
            published=date_text(summary.published),
            publisher=summary.publisher,
            url=summary.url,
            kind=summary.kind,
            sha256=summary.sha256,
            passages=summary.passages,
            statements=summary.statements,
            uploaded=summary.uploaded,
        )


class PageObject(_Object):
    """Part of the list of articles, in order of path."""

    total: int = Field(ge=0, description="Articles that match, on all pages")
    items: list[SummaryObject]

    @classmethod
    def of(cls, page: ArticlePage) -> PageObject:
        """Convert from the inside."""
        return cls(total=page.total, items=[SummaryObject.of(item) for item in page.items])


class SkippedObject(_Object):
    """A file or record that is not in the index, and why."""

    path: str
    reason: str


class ConcernObject(_Object):
    """An article of which little or nothing is left, or which has wrong bytes."""

    path: str
    kind: ConcernKind
    what: str
    kept_share: float = Field(ge=0, le=1, description="Of the text's characters, white space aside")

    @classmethod
    def of(cls, concern: Concern) -> ConcernObject:
        """Convert from the inside."""
        return cls(path=concern.path, kind=concern.kind, what=concern.what, kept_share=concern.kept_share)


class IngestObject(_Object):
    """What an ingest did, in articles unless it says otherwise."""

    indexed: int = Field(description="New ones")
    unchanged: int
    changed: int
    removed: int
    skipped: int = Field(description="Files and records")
    duplicates: int = Field(description="Articles of the whole index with the same words as another one")
    embedded: int = Field(description="Texts given to the embedding model")
    written: int = Field(description="Passages")
    articles: int = Field(description="In the index now")
    passages: int = Field(description="In the index now")
    seconds: float
    skipped_files: list[SkippedObject]
    concerns: list[ConcernObject] = Field(description="About articles that this run took in")

    @classmethod
    def of(cls, report: IngestReport) -> IngestObject:
        """Convert from the inside."""
        return cls(
            indexed=report.indexed,
            unchanged=report.unchanged,
            changed=report.changed,
            removed=report.removed,
            skipped=len(report.skipped),
            duplicates=report.duplicates,
            embedded=report.embedded,
            written=report.written,
            articles=report.articles,
            passages=report.passages,
            seconds=round(report.seconds, 3),
            skipped_files=[SkippedObject(path=item.path, reason=item.reason) for item in report.skipped],
            concerns=[ConcernObject.of(item) for item in report.concerns],
        )


class FindingObject(_Object):
    """One way in which the index does not agree with itself or with its folders."""

    kind: str
    what: str
    count: int
    where: list[str] = Field(description="The first few paths or passage ids")
    repair: str = Field(description="What a repair does about it")

    @classmethod
    def of(cls, finding: Finding) -> FindingObject:
        """Convert from the inside."""
        return cls(
            kind=finding.kind,
            what=finding.what,
            count=finding.count,
            where=list(finding.where),
            repair=finding.repair,
        )


class DoctorObject(_Object):
    """What the doctor saw."""

    ok: bool = Field(description="Everything agrees now")
    repaired: bool = Field(description="A repair was asked for")
    articles: int
    passages: int
    files: int = Field(description="Files and records read")
    findings: list[FindingObject] = Field(description="Before any repair")
    remaining: list[FindingObject] = Field(description="After it")
    skipped_files: list[SkippedObject]
    concerns: list[ConcernObject] = Field(description="Articles worth a look; nothing is wrong with the index")

    @classmethod
    def of(cls, report: DoctorReport) -> DoctorObject:
        """Convert from the inside."""
        return cls(
            ok=report.ok,
            repaired=report.repaired,
            articles=report.articles,
            passages=report.passages,
            files=report.files,
            findings=[FindingObject.of(finding) for finding in report.findings],
            remaining=[FindingObject.of(finding) for finding in report.remaining],
            skipped_files=[SkippedObject(path=item.path, reason=item.reason) for item in report.skipped],
            concerns=[ConcernObject.of(item) for item in report.concerns],
        )


class SpeakerObject(_Object):
    """Somebody who speaks in the articles."""

    name: str
    statements: int
    articles: int

    @classmethod
    def of(cls, speaker: SpeakerCount) -> SpeakerObject:
        """Convert from the inside."""
        return cls(name=speaker.name, statements=speaker.statements, articles=speaker.articles)


def date_text(value: PartialDate | None) -> str | None:
    """Write a date, or None where nothing of it is known."""
    return None if value is None else str(value)


def read_date(text: str) -> date:
    """Read a day from ISO 8601: a date, or a moment of which the day is kept.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text).date()


def removals(article: Article) -> list[RemovalObject]:
    """Return what was removed from an article, with 1-based line numbers."""
    lines = LineNumbers(article.raw)
    return [
        RemovalObject(
            start=removal.span.start,
            end=removal.span.end,
            line_start=lines.at(removal.span.start),
            line_end=lines.at(max(removal.span.start, removal.span.end - 1)),
            reason=removal.reason,
        )
        for removal in article.removed
    ]


class LineNumbers:
    """Finds the line of an offset; a line ends with its LF, CR or CRLF."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]

    def at(self, offset: int) -> int:
        """Return the 1-based line that holds the character at `offset`."""
        return bisect_right(self._starts, offset)
