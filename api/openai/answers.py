"""One answer for OpenAI's clients, whole or piece by piece, before it takes the shape of a route.

Citations are `url_citation` annotations whose link opens our page at the quote; each carries our own citation beside
it. Some clients drop annotations, so the text can end with a list of the sources.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import Request
from pydantic import BaseModel, Field

from api.context import Context
from api.events import Silence, first_and_rest, stream_events
from api.openai.marked import MarkedText
from api.openai.messages import SOURCES_HEADING
from api.openai.structured import Schema, cut_to
from rag.engine import Engine
from rag.schema import Answer, AnswerEvent, Citation, CitationEvent, DeltaEvent, Notice, Question, Span, StreamEvent
from rag.wire import AnswerObject, CitationObject, ConflictObject, NearObject, NoticeObject, UsageObject, date_text


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


class AnswerDetails(BaseModel):
    """What newsqa says of an answer beside its text and citations; OpenAI's API has no place for it."""

    status: Literal["answered", "abstained"]
    reason: str | None
    model: str = Field(description="What wrote the answer: a model's name, or `extractive`")
    standalone_question: str | None
    notices: list[NoticeObject]
    conflicts: list[ConflictObject]
    near: list[NearObject]
    rejected: int
    stale: list[int] = Field(description="Numbers of citations whose file has changed or gone since it was indexed")
    index_id: str

    @classmethod
    def of(cls, answer: AnswerObject, notices: Iterable[Notice]) -> AnswerDetails:
        """Choose from an answer, adding notices about the request."""
        return cls(
            status=answer.status,
            reason=answer.reason,
            model=answer.model,
            standalone_question=answer.standalone_question,
            notices=[*(NoticeObject(code=notice.code, message=notice.message) for notice in notices), *answer.notices],
            conflicts=answer.conflicts,
            near=answer.near,
            rejected=answer.rejected,
            stale=[citation.number for citation in answer.citations if citation.stale],
            index_id=answer.index_id,
        )


NO_USAGE = UsageObject(prompt_tokens=0, completion_tokens=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for, on whichever route it came."""

    question: Question
    notices: tuple[Notice, ...] = ()
    """About the request itself."""
    lists_sources: bool = False
    schema: Schema | None = None
    """What the answer is to follow as JSON; None for text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as every route sends it."""

    text: str
    refusal: str | None = None
    """The same words where the articles do not answer."""
    annotations: list[Annotation] = field(default_factory=list)
    details: AnswerDetails | None = None
    """None where no article was asked about."""
    usage: UsageObject = NO_USAGE


Piece = Silence | str | Annotation | Reply
"""Text to append, a citation of the text before it, or at the end the whole reply."""


class Answerer:
    """Answers one request."""

    def __init__(self, request: Request, context: Context, asked: Asked) -> None:
        self._request = request
        self._context = context
        self._asked = asked
        self._base = str(request.base_url).rstrip("/")

    async def whole(self) -> Reply:
        """Answer at once."""
        return await self._reply(await self._context.answer(self._request, self._asked.question))

    async def pieces(self) -> AsyncIterator[Piece]:
        """Answer as the text comes; an error before the first event is raised here."""
        events = await first_and_rest(stream_events(self._context, self._asked.question))
        return self._as_json(events) if self._asked.schema is not None else self._as_text(events)

    async def _as_json(self, events: AsyncIterator[StreamEvent | Silence]) -> AsyncIterator[Piece]:
        async for event in events:
            if isinstance(event, Silence):
                yield event
            elif isinstance(event, AnswerEvent):
                reply = await self._reply(event.answer)
                yield reply.text
                yield reply

    async def _as_text(self, events: AsyncIterator[StreamEvent | Silence]) -> AsyncIterator[Piece]:
        marked = MarkedText()
        sent: list[Annotation] = []
        async for event in events:
            if isinstance(event, AnswerEvent):
                reply = await self._reply(event.answer)
                for annotation in reply.annotations:
                    if annotation not in sent:
                        yield annotation
                yield reply.text.removeprefix(event.answer.text)
                yield reply
            elif isinstance(event, Silence):
                yield event
            elif isinstance(event, DeltaEvent):
                yield event.text
                marked.append(event.text)
            elif isinstance(event, CitationEvent):
                marked.add(event.citation)
            for span, citation in marked.cited():
                sent.append(self._annotation(span, citation))
                yield sent[-1]

    async def _reply(self, answer: Answer) -> Reply:
        asked, whole, text = self._asked, AnswerObject.of(answer), answer.text
        if asked.schema is not None:
            text = json.dumps(cut_to(whole.model_dump(mode="json"), asked.schema, asked.schema), ensure_ascii=False)
        elif asked.lists_sources and answer.citations:
            engine = self._context.require_engine()
            text += await self._context.work(lambda: _source_list(answer, engine, self._base))
        return Reply(
            text=text,
            refusal=answer.text if answer.status == "abstained" else None,
            annotations=[] if asked.schema is not None else self._annotations(answer),
            details=AnswerDetails.of(whole, self._notices(answer)),
            usage=whole.usage or NO_USAGE,
        )

    def _notices(self, answer: Answer) -> tuple[Notice, ...]:
        if self._asked.question.instructions is None or answer.model != "extractive":
            return self._asked.notices
        said = "what system messages ask for was not followed: the answer quotes the articles word for word"
        return (*self._asked.notices, Notice("instructions_ignored", said))

    def _annotations(self, answer: Answer) -> list[Annotation]:
        citations = {citation.number: citation for citation in answer.citations}
        return [
            self._annotation(statement.span, citations[number])
            for statement in answer.statements
            for number in statement.citations
        ]

    def _annotation(self, span: Span, citation: Citation) -> Annotation:
        return Annotation(
            url_citation=UrlCitation(
                start_index=span.start,
                end_index=span.end,
                url=_link(self._base, citation),
                title=citation.title or citation.path,
            ),
            newsqa_citation=CitationObject.of(citation),
        )


def _link(base: str, citation: Citation) -> str:
    return f"{base}/#article={citation.article_id}&start={citation.raw.start}&end={citation.raw.end}"


def _source_list(answer: Answer, engine: Engine, base: str) -> str:
    """Write a line for each citation: `[1] title, publisher, date, link`."""
    lines = []
    for citation in answer.citations:
        article = engine.article(citation.article_id)
        title = " ".join((citation.title or citation.path).split())
        known = (title, article and article.publisher, date_text(citation.published), _link(base, citation))
        lines.append(f"[{citation.number}] {', '.join(part for part in known if part)}")
    return SOURCES_HEADING + "\n".join(lines)
