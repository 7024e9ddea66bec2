"""The one place that wires real parts together: open an index, fill it, ask it.

with Engine.open(Settings()) as engine:
engine.index([Path("seeds")])
print(engine.ask(Question(text="What did Blinken say?")).text)
"""

from __future__ import annotations

import dataclasses
import gc
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from rag.answering.by_model import draft_by_model, left_out
from rag.answering.choosing import LARGE_FROM
from rag.answering.conversation import standalone
from rag.answering.corpus import Corpus
from rag.answering.extractive import Extractive
from rag.answering.form import WithInstructions
from rag.answering.listing import asked_mention, list_mentions
from rag.answering.selection import ScoredSentence
from rag.catalog import ArticlePage, ArticleSummary, SpeakerCount
from rag.config import EmbeddingSettings, Settings
from rag.embedding import Embedder, Vectors
from rag.errors import IndexUnavailable, ModelError, QuestionError, Stopped
from rag.grounding import Accepted, AnswerBuilder
from rag.indexing import (
    DoctorReport,
    IngestProgress,
    IngestReport,
    OpenIndex,
    add_article,
    delete_article,
    examine,
    ingest,
    wanted_manifest,
)
from rag.indexing.operations import add_articles
from rag.llm import ChatMessage, ChatModel, Interruptible
from rag.models.factory import make_chat_model, make_embedder
from rag.retrieval import Retriever
from rag.schema import (
    Answer,
    AnswerEvent,
    Article,
    CitationEvent,
    DeltaEvent,
    Draft,
    DraftStatement,
    Evidence,
    Filters,
    Near,
    Notice,
    Question,
    Rejection,
    ScoredPassage,
    SkippedSource,
    SourceFile,
    SourcesEvent,
    StreamEvent,
)
from rag.sources import Freshness
from rag.text.words import words

logger = logging.getLogger(__name__)

MAX_QUESTION_CHARS: Final = 4000
PASSAGES: Final = 16
"""Passages whose sentences are looked at for one question."""
PASSAGES_OF_MANY: Final = 12
"""The same in a large index. Of 125 questions to 6,264 articles as many are answered rightly with 12 passages as with
24, in half the time; over five articles 12 lose one question in sixty."""
SHOWN_SENTENCES: Final = 5
"""Sentences that a model is shown, and all that answer where these are more; others lead a small model astray."""
MOST_KNOWN_WORDS: Final = 30_000
"""Words whose vectors are kept; 1 KB each."""
YOUNG_OBJECTS: Final = 50_000
"""What the garbage collector lets come together before it looks. A question makes some 10,000 objects that nothing
holds when it is answered; looking at every 700th took a sixth of its processor time, and a thirtieth of what it takes
to write an ingest."""
LOCK_WAIT_S: Final = 30.0
"""How long an ingest waits for another one to finish."""


class Engine:
    """Everything one index can do. Safe to share between threads; writing operations wait for one another."""

    def __init__(
        self,
        settings: Settings,
        *,
        llm: ChatModel | None = None,
        embedder: Embedder | None = None,
        clock: Callable[[], date] = date.today,
    ) -> None:
        """Prepare; nothing is opened or loaded before it is needed. Most callers want `Engine.open`."""
        self.settings = settings
        self.folder = settings.index_folder()
        self._llm = llm
        self._given_embedder = embedder
        self._clock = clock
        self._freshness = Freshness()
        self._lock = threading.Lock()
        self._index: OpenIndex | None = None
        self._corpus: Corpus | None = None
        self._known_words: dict[str, Vectors] = {}
        self._models: dict[str | None, ChatModel | None] = {}

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        llm: ChatModel | None = None,
        embedder: Embedder | None = None,
        clock: Callable[[], date] = date.today,
    ) -> Engine:
        """Open the index that the settings name; it need not exist before `index` is called.

        Args:
            settings: everything that can be set.
            llm: a model to answer with in place of the configured one.
            embedder: likewise.
            clock: says what day it is; "this week" in a question depends on it.
        """
        return cls(settings, llm=llm, embedder=embedder, clock=clock)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and threads; the engine opens them again when it is used again."""
        with self._lock:
            index, self._index = self._index, None
        if index is not None:
            index.close()

    @cached_property
    def embedder(self) -> Embedder:
        """The model that turns text into vectors."""
        return self._given_embedder or make_embedder(self.settings.embedding)

    # --- writing ------------------------------------------------------------------------------------------------

    def index(
        self,
        paths: Sequence[Path] = (),
        *,
        rebuild: bool = False,
        progress: Callable[[IngestProgress], None] | None = None,
    ) -> IngestReport:
        """Bring the index into agreement with its folders; see `rag.indexing.ingest`."""
        _collect_seldom()
        return ingest(
            self.folder,
            self.settings,
            self.embedder,
            [Path(path) for path in paths],
            rebuild=rebuild,
            progress=progress,
            wait_s=LOCK_WAIT_S,
        )

    def add_article(self, source: SourceFile) -> ArticleSummary:
        """Add an article that has no file; see `rag.indexing.add_article`."""
        return add_article(self.folder, self.settings, self.embedder, source)

    def add_articles(self, sources: Sequence[SourceFile]) -> list[ArticleSummary | SkippedSource]:
        """Add several at once; see `rag.indexing.operations.add_articles`."""
        return add_articles(self.folder, self.settings, self.embedder, sources)

    def delete_article(self, article_id: str) -> bool:
        """Delete an article from every store; see `rag.indexing.delete_article`."""
        return delete_article(self.folder, self.settings, self.embedder, article_id)

    def doctor(self, *, repair: bool = False) -> DoctorReport:
        """Compare folders, catalog, postings and vectors; with `repair`, mend what disagrees."""
        return examine(self.folder, self.settings, self.embedder, repair=repair)

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def index_id(self) -> str:
        """Identity of the index; another one after a rebuild."""
        return self._opened().catalog.index_id

    def article(self, article_id: str) -> Article | None:
        """Return an article with its raw text, or None."""
        return self._opened().catalog.articles([article_id]).get(article_id)

    def articles(self, *, query: str = "", offset: int = 0, limit: int = 50) -> ArticlePage:
        """List articles by path; see `Catalog.article_summaries`."""
        return self._opened().catalog.article_summaries(query=query, offset=offset, limit=limit)

    def speakers(self) -> tuple[SpeakerCount, ...]:
        """Return who speaks how often."""
        return self._opened().catalog.speakers()

    def file_of(self, article_id: str) -> Path | None:
        """Return the file an article was read from, or None for an uploaded one."""
        indexed = self._opened().catalog.file_of(article_id)
        return indexed.path if indexed else None

    def search(self, query: str, *, k: int = 10, filters: Filters = Filters()) -> tuple[ScoredPassage, ...]:
        """Return the best passages for a query, best first.

        Raises:
            QuestionError: the query is empty or too long.
        """
        _check(query)
        return self._retriever(self._opened()).search(query, k=k, filters=filters)

    def ranked_sentences(self, question: str, *, k: int = PASSAGES) -> list[ScoredSentence]:
        """Return the sentences of the best `k` passages as scored for a question, best first; for evaluations."""
        index = self._opened()
        extractive = self._extractive(self._corpus_of(index))
        return extractive.rank(extractive.analyse(question), self.search(question, k=k))

    def ask(self, question: Question, *, should_stop: Callable[[], bool] = lambda: False) -> Answer:
        """Answer a question, with citations that hold, or say why there is no answer.

        Args:
            question: what is asked.
            should_stop: whether nobody waits any more; asked between the stages and the pieces of a model's reply.

        Raises:
            QuestionError: the question is empty, too long, or names an unusable model.
            IndexUnavailable: there is no index, or it was built otherwise.
            Stopped: `should_stop` said so.
        """
        for event in self.stream(question, should_stop=should_stop):
            if isinstance(event, AnswerEvent):
                return event.answer
        raise AssertionError("a stream ends in an answer")

    def stream(self, question: Question, *, should_stop: Callable[[], bool] = lambda: False) -> Iterator[StreamEvent]:
        """Answer piece by piece: sources, then text with citations, then the whole answer.

        Raises as `ask`, at the first event.
        """
        began = time.perf_counter()
        _check(question.text)

        def check() -> None:
            if should_stop():
                raise Stopped("nobody waits for this answer any more")

        check()
        index = self._opened()
        corpus = self._corpus_of(index)
        rewritten = standalone(question.text, question.history, is_name=corpus.is_name) if question.history else None
        asked = dataclasses.replace(question, text=rewritten or question.text)
        retriever = self._retriever(index)
        passages = retriever.search(asked.text, k=_depth(corpus), filters=asked.filters)
        retrieval_ms = _ms_since(began)
        yield SourcesEvent(passages)

        builder = AnswerBuilder(
            is_stale=lambda article: self._is_stale(index, article),
            aliases=lambda article, name: [
                mention.entity.variants
                for mention in index.catalog.find_entities(name)
                if mention.article_id == article.id
            ],
            said=lambda article: index.catalog.statements_of([article.id]),
        )
        check()
        draft = yield from self._drafted(asked, passages, retriever, corpus, builder, check)
        check()
        if not builder.statements:
            draft = self._outside_dates(asked, draft, retriever, corpus)
        answer = builder.finish(
            draft,
            question=question.text,
            standalone_question=rewritten,
            timings_ms={"retrieval": retrieval_ms, "total": _ms_since(began)},
            index_id=index.catalog.index_id,
        )
        if not builder.statements:
            yield DeltaEvent(answer.text)
        logger.info(
            "answered status=%s reason=%s statements=%d rejected=%d model=%s seconds=%.3f",
            answer.status,
            answer.reason,
            len(answer.statements),
            len(answer.rejected),
            answer.model,
            time.perf_counter() - began,
        )
        yield AnswerEvent(answer)

    def _drafted(
        self,
        question: Question,
        passages: Sequence[ScoredPassage],
        retriever: Retriever,
        corpus: Corpus,
        builder: AnswerBuilder,
        check: Callable[[], None],
    ) -> Generator[StreamEvent, None, Draft]:
        """Let the model, or the extractive answerer, propose statements; pass on those that hold."""
        extractive = self._extractive(corpus)
        window = retriever.window(question.text, question.filters)

        def search(query: str) -> Sequence[ScoredPassage]:
            check()
            if query == question.text:
                return passages
            return retriever.search(query, k=_depth(corpus), filters=question.filters)

        mentioned = asked_mention(question.text)
        if mentioned is not None:
            found = retriever.articles_mentioning(mentioned, filters=question.filters)
            listed = list_mentions(mentioned, found, corpus.catalog, limit=question.max_statements)
            yield from _added(listed, builder)
            return listed
        quoted = extractive.draft(question, search, window=window)
        model = self._model(question.model)
        asks_model = bool(quoted.statements) or (
            self.settings.llm.answers_beyond_quotes and quoted.reason != "subject_not_found"
        )
        if model is None or not asks_model:
            yield from _added(quoted, builder)
            return quoted
        if question.instructions is not None:
            model = WithInstructions(model, question.instructions)
        answering = sum(len(statement.evidence) for statement in quoted.statements)
        evidence = extractive.evidence(question, quoted, passages, most=max(SHOWN_SENTENCES, answering))
        written = dataclasses.replace(quoted, statements=(), reason=quoted.reason or "fact_not_stated")
        failure: ModelError | None = None
        used: list[DraftStatement] = []
        try:
            for item in draft_by_model(
                question.text,
                evidence,
                Interruptible(model, check),
                max_statements=question.max_statements,
                settings=self.settings.llm,
                within=None if self.settings.llm.answers_beyond_quotes else _cited_by(quoted),
            ):
                if isinstance(item, DraftStatement):
                    outcome = builder.add(item)
                    used += [item] if isinstance(outcome, Accepted) else []
                    yield from _events(outcome)
                elif isinstance(item, Rejection):
                    builder.note(item)
                else:
                    written = dataclasses.replace(written, model=item.model, usage=item.usage)
        except ModelError as exc:
            logger.warning("model failed: %s", exc)
            failure = exc
        if used:
            room = question.max_statements - len(used)
            missing = left_out(quoted.statements, used)[: max(room, 0)]
            yield from _added(dataclasses.replace(quoted, statements=tuple(missing)), builder)
            cut = Notice("model_failed", f"{failure}; what it had written is kept, and the rest is quoted")
            return dataclasses.replace(written, reason=None, model=model.name, notices=(cut,) if failure else ())
        if failure is not None or quoted.statements:
            why = _why_quoted(builder, failure)
            yield from _added(quoted, builder)
            return dataclasses.replace(quoted, notices=(why,), usage=written.usage)
        return dataclasses.replace(written, model=model.name)

    def _outside_dates(self, question: Question, draft: Draft, retriever: Retriever, corpus: Corpus) -> Draft:
        """Where a date filter left nothing, find out whether other dates would have answered."""
        filters = question.filters
        if filters.since is None and filters.until is None:
            return draft
        open_filters = dataclasses.replace(filters, since=None, until=None)
        open_question = dataclasses.replace(question, filters=open_filters)
        found = self._extractive(corpus).draft(
            open_question,
            lambda query: retriever.search(query, k=_depth(corpus), filters=open_filters),
            window=retriever.window(question.text, open_filters),
        )
        if not found.statements:
            return draft if draft.reason != "subject_not_found" else found
        near = tuple(
            Near("article", evidence.article.title or evidence.article.path, evidence.article.path)
            for evidence in (found.statements[0].evidence[0],)
        )
        return dataclasses.replace(draft, reason="outside_dates", near=near)

    def _model(self, override: str | None) -> ChatModel | None:
        """Return the model that answers, or None where answers are extracted."""
        if override is None and self._llm is not None:
            return self._llm
        with self._lock:
            if override not in self._models:
                self._models[override] = make_chat_model(self.settings.llm, override)
            return self._models[override]

    def _extractive(self, corpus: Corpus) -> Extractive:
        return Extractive(
            corpus=corpus, sentence_similarity=self._sentence_similarity, word_similarity=self._word_similarity
        )

    @cached_property
    def _local_embedder(self) -> Embedder:
        """Sentences of a question's passages are compared here, also where the index was embedded by a server."""
        if self.settings.embedding.provider == "wordllama":
            return self.embedder
        return make_embedder(EmbeddingSettings())

    def _sentence_similarity(self, text: str, sentences: Sequence[str]) -> Sequence[float]:
        cosines = self._local_embedder.embed_documents(sentences) @ self._local_embedder.embed_query(text)
        return [float(cosine) for cosine in cosines]

    def _word_similarity(self, some: Sequence[str], others: Sequence[str]) -> Sequence[Sequence[float]]:
        rows: Sequence[Sequence[float]] = (self._word_vectors(some) @ self._word_vectors(others).T).tolist()
        return rows

    def _word_vectors(self, words: Sequence[str]) -> Vectors:
        """Return one row a word; every word is embedded once."""
        known = self._known_words
        missing = sorted({word for word in words if word not in known})
        if missing:
            if len(known) > MOST_KNOWN_WORDS:
                known = self._known_words = {}
                missing = sorted(set(words))
            # Threads may embed a word twice; both get the same vector.
            known.update(zip(missing, self._local_embedder.embed_documents(missing), strict=True))
        return np.concatenate([known[word] for word in words]).reshape(len(words), -1)  # np.stack takes twice as long

    def _is_stale(self, index: OpenIndex, article: Article) -> bool:
        file = index.catalog.file_of(article.id)
        if file is None:
            return False
        return self._freshness.is_stale(article.sha256, file.path, size=file.size, mtime_ns=file.mtime_ns)

    def _retriever(self, index: OpenIndex) -> Retriever:
        return Retriever(
            catalog=index.catalog,
            lexical=index.lexical,
            vectors=index.vectors,
            embedder=self.embedder,
            settings=self.settings.retrieval,
            today=self._clock,
        )

    def _corpus_of(self, index: OpenIndex) -> Corpus:
        """Return what is known of the words of an index; it remembers its names until they change."""
        with self._lock:
            if self._corpus is None or self._corpus.catalog is not index.catalog:
                self._corpus = Corpus(index.catalog, index.lexical)
                index.catalog.article_dates()
                self._corpus.is_name("newsqa")  # reads the names
                # What was just read stays as long as the index does. Left to the collector, it is walked through again
                # and again: over 6,000 articles that made every twentieth question take 0.3 s longer.
                gc.freeze()
                _collect_seldom()
            return self._corpus

    def _opened(self) -> OpenIndex:
        """Return the index in its last finished state."""
        with self._lock:
            if self._index is None:
                if not self.folder.is_dir():
                    raise IndexUnavailable(f"no index in {str(self.folder)!r}; make one with `newsqa index FOLDER`")
                wanted = wanted_manifest(self.settings, self.embedder)
                self._index = OpenIndex(self.folder, wanted=wanted, chroma_url=self.settings.chroma_url)
            else:
                self._index.refresh()
            return self._index

    # --- beside the articles ------------------------------------------------------------------------------------

    def write(self, prompt: str, *, model: str | None = None, max_tokens: int = 200) -> str | None:
        """Let the answering model write something that is no news, such as the title of a chat.

        Returns:
            What it wrote, unchecked; None where answers are extracted without a model.

        Raises:
            ModelError: it failed.
        """
        writer = self._model(model)
        if writer is None:
            return None
        return "".join(delta.text for delta in writer.stream([ChatMessage("user", prompt)], max_tokens=max_tokens))


def _depth(corpus: Corpus) -> int:
    return PASSAGES_OF_MANY if corpus.size() >= LARGE_FROM else PASSAGES


def _cited_by(draft: Draft) -> list[Evidence]:
    return [item for statement in draft.statements for item in statement.evidence]


def _why_quoted(builder: AnswerBuilder, failure: ModelError | None) -> Notice:
    if failure is not None:
        return Notice("model_failed", f"{failure}; the answer quotes the articles instead")
    if builder.rejected:
        said = "nothing that the model wrote is in the articles; the answer quotes them instead"
        return Notice("model_unsupported", said)
    return Notice("model_abstained", "the model found no answer in these sentences; judge them yourself")


def _added(draft: Draft, builder: AnswerBuilder) -> Iterator[StreamEvent]:
    for statement in draft.statements:
        yield from _events(builder.add(statement))


def _events(outcome: Accepted | Rejection) -> Iterator[StreamEvent]:
    """Return what the reader gets of a checked statement: nothing, or its text and the citations it brings."""
    if isinstance(outcome, Accepted):
        yield DeltaEvent(outcome.text)
        for citation in outcome.new_citations:
            yield CitationEvent(citation)


def _collect_seldom() -> None:
    if 0 < gc.get_threshold()[0] < YOUNG_OBJECTS:
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _check(text: str) -> None:
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"expected a question of at most {MAX_QUESTION_CHARS:,} characters, found {len(text):,}; shorten it"
        )
    if not words(text):
        raise QuestionError(f"expected a question, found {text[:40]!r} without a word in it; ask in words")


def _ms_since(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 1)
