"""The one place that wires real parts together: open an index, fill it, ask it.

Example:
    with Engine.open(Settings()) as engine:
        engine.index([Path("seeds")])
        print(engine.ask(Question(text="What did Blinken say?")).text)

Asking is four steps, each called once per question: understand, retrieve, answer, verify; see `Engine.stream`.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from rag.answering import Answerer
from rag.answering.choosing import LARGE_FROM
from rag.answering.conversation import standalone
from rag.answering.corpus import Corpus
from rag.answering.extractive import Extractive
from rag.answering.listing import Listing
from rag.answering.overviews import OVERVIEWS, Overview
from rag.answering.prompts import within_budget
from rag.answering.quoting import Quoting
from rag.answering.selection import ScoredSentence
from rag.answering.similarity import LocalSimilarity
from rag.answering.talking import about_index, small_talk
from rag.answering.writing import Writing
from rag.catalog import ArticlePage, ArticleSummary, SpeakerCount
from rag.config import EmbeddingSettings, Settings
from rag.embedding import Embedder
from rag.errors import ContextExceeded, IndexUnavailable, ModelError, QuestionError, Stopped
from rag.grounding import Accepted, AnswerBuilder, Claim, Prover, Verdict, ask_verdicts
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
from rag.models.daily_limit import DailyLimit
from rag.models.factory import is_in_process, make_chat_model, make_embedder
from rag.query import narrowed_to_file, rewrite, understand
from rag.retrieval import Retriever, retrieve
from rag.schema import (
    Answer,
    AnswerEvent,
    Article,
    CitationEvent,
    DeltaEvent,
    Draft,
    DraftStatement,
    Filters,
    Near,
    Notice,
    Query,
    Question,
    Rejection,
    ScoredPassage,
    SkippedSource,
    SourceFile,
    SourcesEvent,
    StreamEvent,
    Usage,
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
PASSAGES_FOR_MODEL: Final = 64
"""Passages retrieved for a model; as many of them are shown as its prompt has room for."""
LOCK_WAIT_S: Final = 30.0
"""How long an ingest waits for another one to finish."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """What the steps of one question share."""

    question: Question
    index: OpenIndex
    corpus: Corpus
    retriever: Retriever
    model: ChatModel | None
    """Who writes the answer; None where it is quoted."""
    builder: AnswerBuilder
    standalone: str | None = None
    usage: list[Usage] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


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
        self._models: dict[str | None, ChatModel | None] = {}
        self._prompt_rooms: dict[str, int] = {}

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
        """Compare folders, catalog, postings and vectors; with `repair`, repair inconsistencies."""
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
        extractive = self._extractive(self._corpus_of(self._opened()))
        return extractive.rank(extractive.analyse(question), self.search(question, k=k))

    # --- asking -------------------------------------------------------------------------------------------------

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
        run = self._start(question, should_stop)
        queries = self._understand(run)
        retrieving = time.perf_counter()
        found = [self._retrieve(query, run) for query in queries]
        retrieval_ms = _ms_since(retrieving)
        yield SourcesEvent(_once(passage for passages in found for passage in passages))
        drafts = []
        for query, passages in zip(queries, found, strict=True):
            answered = self._answer(query, passages, run)
            drafts.append((yield from self._verify(query, answered, run)))
        timings = {"retrieval": retrieval_ms, "total": _ms_since(began)}
        yield from self._finish(run, _together(drafts, run), timings)

    def _start(self, question: Question, should_stop: Callable[[], bool]) -> _Run:
        _check(question.text)

        def check() -> None:
            if should_stop():
                raise Stopped("nobody waits for this answer any more")

        check()
        index = self._opened()
        model = self._model(question.model)
        prover = Prover(
            aliases=lambda article, name: [
                mention.entity.variants
                for mention in index.catalog.find_entities(name)
                if mention.article_id == article.id
            ],
            said=lambda article: index.catalog.statements_of([article.id]),
        )
        return _Run(
            question=question,
            index=index,
            corpus=self._corpus_of(index),
            retriever=self._retriever(index),
            model=Interruptible(model, check) if model is not None else None,
            builder=AnswerBuilder(is_stale=lambda article: self._is_stale(index, article), prover=prover),
        )

    def _understand(self, run: _Run) -> tuple[Query, ...]:
        """Read the question; a follow-up is rewritten first, by the model where there is one."""
        question = run.question
        queries = understand(question)
        if question.history and queries[0].intent not in ("talk", "about_the_index"):
            if run.model is None:
                run.standalone = standalone(question.text, question.history, is_name=run.corpus.is_name)
            else:
                try:
                    run.standalone, usage = rewrite(question.text, question.history, run.model)
                    run.usage += [usage] if usage else []
                except ModelError as exc:
                    logger.warning("the follow-up was not rewritten: %s", exc)
            queries = understand(question, standalone=run.standalone) if run.standalone else queries
        return tuple(self._grounded(query, run) for query in queries)

    def _grounded(self, query: Query, run: _Run) -> Query:
        """Return a query as the index allows it: kept to a file it names, and a list only of what articles mention."""
        paths = [meta.path for meta in run.index.catalog.article_dates().values()]
        query = dataclasses.replace(query, filters=narrowed_to_file(query.filters, query.text, paths))
        if query.intent not in ("list", "count") or run.model is None:
            return query
        mentions = run.retriever.articles_mentioning(query.topic or "", filters=query.filters)
        return query if mentions else dataclasses.replace(query, intent="fact")

    def _retrieve(self, query: Query, run: _Run) -> tuple[ScoredPassage, ...]:
        """Find what may be cited: for a model, as many passages as its prompt has room for."""
        if query.intent in ("talk", "about_the_index"):
            return ()
        catalog = run.index.catalog
        if run.model is None:
            k = PASSAGES_OF_MANY if run.corpus.size() >= LARGE_FROM else PASSAGES
            return retrieve(query, run.retriever, catalog, k=k)
        found = retrieve(query, run.retriever, catalog, k=PASSAGES_FOR_MODEL)
        if query.intent in ("list", "count"):
            return found
        return within_budget(found, query.asked, max_tokens=self._prompt_room(run.model, run.question))

    def _answer(
        self, query: Query, passages: Sequence[ScoredPassage], run: _Run
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Let the model write, or quote; where the model fails before its first statement, quote instead."""
        catalog = run.index.catalog
        if query.intent == "talk":
            return small_talk(catalog)
        if query.intent == "about_the_index":
            return about_index(catalog)
        quoting = self._quoting(run)
        answerer: Answerer = Overview() if query.intent in OVERVIEWS and passages else quoting
        if run.model is not None:
            answerer = Writing(model=run.model, settings=self.settings.llm, refusal=quoting.refusal)
        if query.intent in ("list", "count"):
            answerer = Listing()
        written = False
        try:
            drafts = answerer.answer(query, passages)
            while True:
                try:
                    item = next(drafts)
                except StopIteration as stop:
                    draft: Draft = stop.value
                    break
                written = written or isinstance(item, DraftStatement)
                yield item
            if not draft.was_cut or run.model is None:
                return draft
            room = self._halve_prompt(run.model, run)
            if written:
                return draft
        except ContextExceeded as exc:
            assert run.model is not None
            room = self._halve_prompt(run.model, run, known=exc.context_tokens)
        except ModelError as exc:
            logger.warning("model failed: %s", exc)
            if written:
                run.notices.append(Notice("model_failed", f"{exc}; what it had written is kept"))
                return Draft(model=run.model.name if run.model else "extractive")
            run.notices.append(Notice("model_failed", f"{exc}; the answer quotes the articles instead"))
            return (yield from quoting.answer(query, passages))
        fewer = within_budget(passages, query.asked, max_tokens=room)
        if len(fewer) == len(passages) or not fewer:
            return (yield from quoting.answer(query, passages))
        return (yield from self._answer(query, fewer, run))

    def _prompt_room(self, model: ChatModel, question: Question) -> int:
        """Return the longest prompt in tokens, or what the model was seen to read where that is less."""
        room = self.settings.llm.prompt_room(model.context_tokens, in_process=self._is_in_process(question))
        return min(room, self._prompt_rooms.get(model.name, room))

    def _halve_prompt(self, model: ChatModel, run: _Run, *, known: int | None = None) -> int:
        """Remember that a model reads less than it is given, say so once per answer, and return the new limit."""
        room = self._prompt_room(model, run.question)
        smaller = room // 2
        if known is not None:
            smaller = min(max(known - self.settings.llm.max_answer_tokens, room // 4), room * 3 // 4)
        self._prompt_rooms[model.name] = smaller
        said = (
            f"model {model.name!r} reads less than the {room:,} tokens it was given, so it is now given {smaller:,}; "
            "raise the context of the server, or set NEWSQA_LLM__CONTEXT_TOKENS to what it has"
        )
        if not any(notice.code == "context_too_small" for notice in run.notices):
            run.notices.append(Notice("context_too_small", said))
        return smaller

    def _verify(
        self, query: Query, answered: Generator[DraftStatement | Rejection, None, Draft], run: _Run
    ) -> Generator[StreamEvent, None, Draft]:
        """Show what is proven, and ask the model about what is open."""
        builder = run.builder
        builder.question = query.asked
        shown, stated = builder.counts["shown"], len(builder.statements)
        while True:
            try:
                item = next(answered)
            except StopIteration as stop:
                draft: Draft = stop.value
                break
            if isinstance(item, Rejection):
                builder.note(item)
            else:
                yield from _events(builder.add(item))

        def verify(claims: Sequence[Claim]) -> Mapping[int, Verdict]:
            assert run.model is not None
            try:
                verdicts, usage = ask_verdicts(run.model, query.asked, claims)
            except ModelError as exc:
                logger.warning("verification failed: %s", exc)
                run.notices.append(Notice("verification_failed", f"{exc}; unproven statements are quoted instead"))
                return {}
            run.usage += [usage] if usage else []
            return verdicts

        asks = run.model is not None and self.settings.llm.verifies(in_process=self._is_in_process(run.question))
        yield from _events(builder.settle(verify if asks else None, draft.conflicts))
        if len(builder.statements) > stated and builder.counts["shown"] == shown:
            said = "what the model wrote was not confirmed by the sentences it cites; they are quoted instead"
            run.notices.append(Notice("not_confirmed", said))
        if len(builder.statements) == stated:
            draft = self._outside_dates(query, draft, run)
        return dataclasses.replace(draft, reason=draft.reason if len(builder.statements) == stated else None)

    def _finish(self, run: _Run, draft: Draft, timings_ms: Mapping[str, float]) -> Iterator[StreamEvent]:
        answer = run.builder.finish(
            draft,
            question=run.question.text,
            standalone_question=run.standalone,
            timings_ms=timings_ms,
            index_id=run.index.catalog.index_id,
        )
        if not answer.statements:
            yield DeltaEvent(answer.text)
        counts = run.builder.counts
        logger.info(
            "answered status=%s reason=%s statements=%d proven=%d asked=%d replaced=%d rejected=%d model=%s "
            "seconds=%.3f",
            answer.status,
            answer.reason,
            len(answer.statements),
            *(counts[name] for name in ("proven", "asked", "replaced", "rejected")),
            answer.model,
            timings_ms["total"] / 1000,
        )
        yield AnswerEvent(answer)

    def _outside_dates(self, query: Query, draft: Draft, run: _Run) -> Draft:
        """Where a date filter left nothing, find out whether other dates would have answered."""
        filters = query.filters
        if (filters.since is None and filters.until is None) or query.intent in ("talk", "about_the_index"):
            return draft
        anytime = dataclasses.replace(query, filters=dataclasses.replace(filters, since=None, until=None))
        passages = retrieve(anytime, run.retriever, run.index.catalog, k=PASSAGES)
        found = [item for item in self._quoting(run).answer(anytime, passages) if isinstance(item, DraftStatement)]
        if not found:
            return draft
        article = found[0].evidence[0].article
        near = (Near("article", article.title or article.path, article.path),)
        return dataclasses.replace(draft, reason="outside_dates", near=near)

    # --- parts --------------------------------------------------------------------------------------------------

    def _model(self, override: str | None) -> ChatModel | None:
        """Return the model that answers, or None where answers are quoted."""
        if override is None and self._llm is not None:
            return self._llm
        with self._lock:
            if override not in self._models:
                model = make_chat_model(self.settings.llm, override)
                limit = self.settings.llm.max_calls_per_day
                if model is not None and limit is not None:
                    model = DailyLimit(model, limit, file=self.folder / "model_calls.json", clock=self._clock)
                self._models[override] = model
            return self._models[override]

    def _is_in_process(self, question: Question) -> bool:
        return (question.model is not None or self._llm is None) and is_in_process(
            question.model or self.settings.llm.model
        )

    def _quoting(self, run: _Run) -> Quoting:
        return Quoting(extractive=self._extractive(run.corpus), window=run.retriever.window)

    def _extractive(self, corpus: Corpus) -> Extractive:
        similarity = self._similarity
        return Extractive(
            corpus=corpus, sentence_similarity=similarity.of_sentences, word_similarity=similarity.of_words
        )

    @cached_property
    def _similarity(self) -> LocalSimilarity:
        """Sentences of a question's passages are compared here, also where the index was embedded by a server."""
        is_local = self.settings.embedding.provider == "wordllama"
        return LocalSimilarity(self.embedder if is_local else make_embedder(EmbeddingSettings()))

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


def _once(passages: Iterable[ScoredPassage]) -> tuple[ScoredPassage, ...]:
    return tuple({scored.passage.id: scored for scored in passages}.values())


def _together(drafts: Sequence[Draft], run: _Run) -> Draft:
    """Return one draft for the questions of a text, with what the whole run used and has to tell."""
    answered = [draft for draft in drafts if draft.reason is None and draft.text is None]
    unanswered = len(drafts) - len(answered)
    notices = [notice for draft in drafts for notice in draft.notices] + run.notices
    if answered and unanswered:
        notices.append(Notice("partly_answered", f"{unanswered} of {len(drafts)} questions found no answer"))
    usage = [*run.usage, *(draft.usage for draft in drafts if draft.usage is not None)]
    total = Usage(sum(one.prompt_tokens for one in usage), sum(one.completion_tokens for one in usage))
    first = answered[0] if answered else drafts[0]
    return dataclasses.replace(first, notices=tuple(notices), usage=total if usage else None)


def _events(accepted: Iterable[Accepted]) -> Iterator[StreamEvent]:
    """Return what the reader gets of statements let through: their text and the citations they bring."""
    for one in accepted:
        yield DeltaEvent(one.text)
        for citation in one.new_citations:
            yield CitationEvent(citation)


def _check(text: str) -> None:
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"expected a question of at most {MAX_QUESTION_CHARS:,} characters, found {len(text):,}; shorten it"
        )
    if not words(text):
        raise QuestionError(f"expected a question, found {text[:40]!r} without a word in it; please type a question")


def _ms_since(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 1)
