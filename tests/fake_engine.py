"""A stand-in for `rag.engine.Engine` that answers at once, by simple rules, from really cleaned articles.

It is no engine: whatever contains the last word of the question is an answer. What it returns has the right shape and
citations that hold, so the command line and the API can be tested apart from retrieval.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

from rag.catalog import ArticlePage, ArticleSummary, SpeakerCount
from rag.cleaning import clean
from rag.engine import MAX_QUESTION_CHARS, Engine
from rag.errors import QuestionError
from rag.schema import (
    Answer,
    AnswerEvent,
    AnswerStatement,
    Article,
    Citation,
    CitationEvent,
    DeltaEvent,
    Filters,
    Near,
    OriginScore,
    Passage,
    Question,
    ScoredPassage,
    SkippedSource,
    SourceFile,
    SourcesEvent,
    Span,
    StreamEvent,
)
from rag.sources import read_sources, walk


class FakeEngine:
    """Answers with the sentences that hold the question's last word."""

    index_id = "fake-index"

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.articles_by_id: dict[str, Article] = {}
        self.uploaded: set[str] = set()
        self.questions: list[Question] = []
        self.prompts: list[str] = []
        """What was to be written beside the articles."""
        self.written: str | None = None
        """What a model would have written there; None is no model."""
        self.error: Exception | None = None
        self.before_event: Callable[[], None] = lambda: None
        self.should_stop: Callable[[], bool] = lambda: False
        """What the last asker gave along."""
        self.closed_streams = 0
        self.is_closed = False
        self._lock = threading.Lock()
        if folder is not None:
            for found in walk([folder], max_file_bytes=1_000_000):
                assert not isinstance(found, SkippedSource)
                for source in read_sources(found):
                    assert isinstance(source, SourceFile)
                    self._add(source)

    def as_engine(self) -> Engine:
        """Return itself under the type that callers expect."""
        return cast(Engine, self)

    def __enter__(self) -> FakeEngine:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.is_closed = True

    def ask(self, question: Question, *, should_stop: Callable[[], bool] = lambda: False) -> Answer:
        self.questions.append(question)
        self.should_stop = should_stop
        self.before_event()
        if self.error:
            raise self.error
        if not question.text.strip():
            raise QuestionError("the question is empty")
        if len(question.text) > MAX_QUESTION_CHARS:
            raise QuestionError("the question is too long")
        word = question.text.rstrip("?!. ").rpartition(" ")[2]
        return self._answer(question, word)

    def stream(self, question: Question, *, should_stop: Callable[[], bool] = lambda: False) -> Iterator[StreamEvent]:
        answer = self.ask(question, should_stop=should_stop)
        try:
            yield SourcesEvent(self.search(question.text, k=3))
            shown: set[int] = set()
            for statement in answer.statements:
                self.before_event()
                for citation in answer.citations:
                    if citation.number in statement.citations and citation.number not in shown:
                        shown.add(citation.number)
                        yield CitationEvent(citation)
                markers = "".join(f" [{number}]" for number in statement.citations)
                lead = " " if statement.span.start else ""
                yield DeltaEvent(f"{lead}{statement.text}{markers}")
            if answer.status == "abstained":
                yield DeltaEvent(answer.text)
            yield AnswerEvent(answer)
        finally:
            self.closed_streams += 1

    def write(self, prompt: str, *, model: str | None = None, max_tokens: int = 200) -> str | None:
        self.prompts.append(prompt)
        return self.written

    def search(self, query: str, *, k: int = 10, filters: Filters = Filters()) -> tuple[ScoredPassage, ...]:
        found = [
            ScoredPassage(passage=passage, article=article, score=1.0, origins={"lexical": OriginScore(1, 12.5)})
            for article in sorted(self.articles_by_id.values(), key=lambda item: item.path)
            for passage in [_passage(article)]
            if passage is not None
        ]
        return tuple(found[:k])

    def article(self, article_id: str) -> Article | None:
        return self.articles_by_id.get(article_id)

    def articles(self, *, query: str = "", offset: int = 0, limit: int = 50) -> ArticlePage:
        found = [
            article
            for article in sorted(self.articles_by_id.values(), key=lambda item: item.path)
            if query.lower() in f"{article.path} {article.title}".lower()
        ]
        return ArticlePage(len(found), tuple(self._summary(article) for article in found[offset : offset + limit]))

    def add_article(self, source: SourceFile) -> ArticleSummary:
        with self._lock:
            article = self._add(source)
            self.uploaded.add(article.id)
            return self._summary(article)

    def add_articles(self, sources: Sequence[SourceFile]) -> list[ArticleSummary | SkippedSource]:
        return [self.add_article(source) for source in sources]

    def delete_article(self, article_id: str) -> bool:
        with self._lock:
            return self.articles_by_id.pop(article_id, None) is not None

    def speakers(self) -> tuple[SpeakerCount, ...]:
        return (SpeakerCount(name="Antony Blinken", key="antony blinken", statements=4, articles=1),)

    def file_of(self, article_id: str) -> Path | None:
        article = self.articles_by_id.get(article_id)
        return None if article is None or self.folder is None else self.folder / article.path

    def _add(self, source: SourceFile) -> Article:
        article = clean(source)
        self.articles_by_id[article.id] = article
        return article

    def _summary(self, article: Article) -> ArticleSummary:
        return ArticleSummary(
            id=article.id,
            path=article.path,
            title=article.title,
            published=article.published,
            publisher=article.publisher,
            url=article.url,
            kind=article.kind,
            sha256=article.sha256,
            passages=1,
            statements=0,
            uploaded=article.id in self.uploaded,
        )

    def _answer(self, question: Question, word: str) -> Answer:
        statements: list[AnswerStatement] = []
        citations: list[Citation] = []
        text = ""
        for article, span in self._sentences(word):
            if len(statements) == min(3, question.max_statements):
                break
            quote = span.of(article.raw)
            number = len(citations) + 1
            citations.append(_citation(article, span, number))
            text += " " if text else ""
            statements.append(
                AnswerStatement(text=quote, span=Span(len(text), len(text) + len(quote)), citations=(number,))
            )
            text += f"{quote} [{number}]"
        answered = bool(statements)
        return Answer(
            question=question.text,
            standalone_question=None,
            status="answered" if answered else "abstained",
            reason=None if answered else "subject_not_found",
            text=text or f"The articles do not mention {word}.",
            statements=tuple(statements),
            citations=tuple(citations),
            conflicts=(),
            near=() if answered else (Near("name", "Antony Blinken", "001_8d2cb2aa2a8e2621.txt"),),
            notices=(),
            rejected=(),
            model=question.model or "extractive",
            usage=None,
            timings_ms={"total": 1.0},
            index_id=self.index_id,
        )

    def _sentences(self, word: str) -> Iterator[tuple[Article, Span]]:
        for article in sorted(self.articles_by_id.values(), key=lambda item: item.path):
            for block in article.blocks:
                text = block.span.of(article.raw)
                at = text.lower().find(word.lower())
                if at < 0 or block.kind == "heading":
                    continue
                start = text.rfind(". ", 0, at) + 2 if ". " in text[:at] else 0
                end = text.find(". ", at)
                yield article, Span(block.span.start + start, block.span.start + (end + 1 if end >= 0 else len(text)))


def _citation(article: Article, span: Span, number: int) -> Citation:
    return Citation(
        number=number,
        path=article.path,
        article_id=article.id,
        title=article.title,
        published=article.published,
        quote=span.of(article.raw),
        raw=span,
        line_start=article.raw.count("\n", 0, span.start) + 1,
        line_end=article.raw.count("\n", 0, span.end) + 1,
        sha256=article.sha256,
        encoding=article.encoding,
    )


def _passage(article: Article) -> Passage | None:
    if not article.blocks:
        return None
    span = article.blocks[0].span
    return Passage(
        id=f"{article.id}-0",
        article_id=article.id,
        ordinal=0,
        span=span,
        text=span.of(article.raw),
        sentences=(span,),
    )


def seeds() -> Path:
    """Return the folder of seed articles."""
    return Path(__file__).parent.parent / "seeds"


def questions_of(engine: FakeEngine) -> Sequence[str]:
    """Return what was asked, oldest first."""
    return [question.text for question in engine.questions]
