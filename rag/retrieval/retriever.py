"""Finds the passages that may answer, and says why each was found."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np

from rag.catalog import ArticleMeta, Catalog
from rag.config import RetrievalSettings
from rag.embedding import Embedder
from rag.lexical import LexicalIndex
from rag.retrieval.dates import TimeWindow, may_lie_within, time_window
from rag.retrieval.evidence import ArticleEvidence, Hit, article_evidence, combine, idf
from rag.retrieval.mentions import ArticleMention, articles_mentioning
from rag.retrieval.query import QueryWords, query_words
from rag.retrieval.table import Nearness, table_of
from rag.schema import Copy, Filters, OriginScore, ScoredPassage
from rag.vectors import Vector, VectorStore

_WIDENING: Final = 8
"""With a filter, how much more is taken from the vectors on every try until enough has passed."""
_NEAREST_ARTICLES: Final = 1000
"""Where time matters, so many of the nearest articles are searched apart, so that none is lost to older ones."""
_LATEST_SHARE: Final = 0.2
"""How much of the weight of nearness "latest" and "recently" give to the newest articles: what is asked about may have
happened long before them, so they settle near ties only."""
_WINDOW_SHARE: Final = 0.5
"""What the question's own days weigh beside `as_of`: "introduced last year" is asked of this week's articles."""
_LONG_WINDOW_SHARE: Final = 0.2
"""The same of a year or of "since 2022", which speak of the event more often than of the day of the article."""
_FAINT: Final = 0.05
"""Nearness in time below which an article has nothing of it: three times the scale away."""


class Retriever:
    """Hybrid search over one index. Thread-safe where its stores are."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        lexical: LexicalIndex,
        vectors: VectorStore,
        embedder: Embedder,
        settings: RetrievalSettings,
        today: Callable[[], date],
    ) -> None:
        """Search the given stores; `today` is what "this week" refers to unless a filter says `as_of`."""
        self._catalog = catalog
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self._settings = settings
        self._today = today

    def window(self, question: str, filters: Filters) -> TimeWindow | None:
        """Return the days the question speaks of, relative to `as_of` or today."""
        return time_window(question, filters.as_of or self._today())

    def search(self, query: str, *, k: int, filters: Filters = Filters()) -> tuple[ScoredPassage, ...]:
        """Return the best passages, best first, ties by passage id.

        Near-duplicate articles count once: the one whose passage scores best stands, the others are its `also_in`.

        Args:
            query: a question or keywords.
            k: how many passages at most.
            filters: which articles may answer, and the reference date.
        """
        metas = self._catalog.article_dates()
        allowed = self._allowed(metas, filters)
        if not metas or (allowed is not None and not allowed):
            return ()
        near = self._nearness(metas, allowed, query, filters)
        hits = self._hits(query, k, metas, allowed, near)
        return self._collapse(hits, metas, allowed, k)

    def _allowed(self, metas: Mapping[str, ArticleMeta], filters: Filters) -> set[str] | None:
        """Return the articles that pass the filters; None when all do."""
        if filters.since is None and filters.until is None and not filters.paths:
            return None
        return {
            article_id
            for article_id, meta in metas.items()
            if may_lie_within(meta.published, filters.since, filters.until)
            and (not filters.paths or any(fnmatch.fnmatchcase(meta.path, glob) for glob in filters.paths))
        }

    def _hits(
        self,
        query: str,
        k: int,
        metas: Mapping[str, ArticleMeta],
        allowed: set[str] | None,
        near: Nearness | None,
    ) -> list[Hit]:
        """Ask both retrievers, weigh what they found together with its articles, best first."""
        asked = query_words(query, pair_weight=self._settings.pair_weight)
        vector = self._embedder.embed_query(query)
        limit = max(self._settings.candidates, 2 * k)
        lexical = self._lexical_hits(asked, limit, metas, allowed, near)
        dense, owners = self._dense_hits(vector, k, limit, metas, allowed, lexical)
        missing = sorted(owners.keys() - dense.keys())
        cosines = dense | self._vectors.similarity(vector, missing)
        return combine(
            owners,
            _ranked({one: score for one, score in lexical.items() if one in owners}),
            _ranked({one: score for one, score in dense.items() if one in owners}),
            {one: cosines.get(one, 0.0) for one in owners},
            self._article_evidence(asked, set(owners.values()), metas),
            weights=self._settings,
            nearness=table_of(metas).near_of(near, set(owners.values())),
        )

    def _lexical_hits(
        self,
        asked: QueryWords,
        limit: int,
        metas: Mapping[str, ArticleMeta],
        allowed: set[str] | None,
        near: Nearness | None,
    ) -> dict[str, float]:
        """Return passages with BM25; where time matters, also the best of the articles nearest in time."""
        found = dict(self._lexical.search(asked.terms, limit=limit, pairs=asked.pairs, articles=allowed))
        around = table_of(metas).nearest(near, above=_FAINT) if near is not None else []
        some = [one for one in around if allowed is None or one in allowed][:_NEAREST_ARTICLES]
        if some:
            found.update(self._lexical.search(asked.terms, limit=limit, pairs=asked.pairs, articles=some))
        return found

    def _dense_hits(
        self,
        vector: Vector,
        k: int,
        limit: int,
        metas: Mapping[str, ArticleMeta],
        allowed: set[str] | None,
        lexical: Mapping[str, float],
    ) -> tuple[dict[str, float], dict[str, str]]:
        """Return passages with their cosine, and the article of every passage found so far.

        The vector store knows no filter of ours, so the wider it is asked the more a filter takes away.
        """
        total = self._lexical.num_docs()
        while True:
            dense = dict(self._vectors.query(vector, limit=limit))
            owners = {
                passage_id: article_id
                for passage_id, article_id in self._catalog.owners(lexical.keys() | dense.keys()).items()
                if article_id in metas and (allowed is None or article_id in allowed)
            }
            if allowed is None or len(owners) >= k or limit >= total:
                return {one: score for one, score in dense.items() if one in owners}, owners
            limit *= _WIDENING

    def _article_evidence(
        self, asked: QueryWords, article_ids: set[str], metas: Mapping[str, ArticleMeta]
    ) -> dict[str, ArticleEvidence]:
        terms = {term: idf(self._lexical.article_freq(term), len(metas)) for term in sorted(asked.terms)}
        mean = table_of(metas).mean_passages
        return article_evidence(
            self._lexical.article_counts(list(terms), article_ids),
            terms,
            leads=self._lexical.lead_words(list(terms), article_ids),
            years={one: str(day.year) for one in article_ids if (day := metas[one].published) is not None},
            lengths={article_id: metas[article_id].passages / mean for article_id in article_ids},
        )

    def _nearness(
        self, metas: Mapping[str, ArticleMeta], allowed: set[str] | None, query: str, filters: Filters
    ) -> Nearness | None:
        """Return how near each dated article is to the day that is asked about; None where none is."""
        table, as_of, window = table_of(metas), filters.as_of, self.window(query, filters)
        scales = {"before_days": self._settings.date_scale_days, "after_days": self._settings.date_ahead_days}
        newest = table.newest(allowed) if window is not None and window.wants_latest and as_of is None else None
        near: Nearness | None = None
        if as_of is not None:
            near = table.nearness(as_of, as_of, **scales)
        if newest is not None:
            near = _at_least(near, table.nearness(newest, newest, **scales), share=_LATEST_SHARE)
        if window is not None and not window.wants_latest:
            inside = table.nearness(window.since, window.until, **scales)
            share = 1.0 if as_of is None else _WINDOW_SHARE
            near = _at_least(near, inside, share=share if window.is_short else _LONG_WINDOW_SHARE)
        return near

    def _collapse(
        self, hits: Sequence[Hit], metas: Mapping[str, ArticleMeta], allowed: set[str] | None, k: int
    ) -> tuple[ScoredPassage, ...]:
        standing: dict[str, str] = {}
        kept: list[Hit] = []
        for hit in hits:
            meta = metas.get(hit.article_id)
            if meta is not None and standing.setdefault(meta.group, hit.article_id) == hit.article_id:
                kept.append(hit)
                if len(kept) == k:
                    break
        articles = self._catalog.articles({hit.article_id for hit in kept})
        passages = self._catalog.passages({hit.passage_id for hit in kept})
        copies = self.copies({hit.article_id for hit in kept}, allowed)
        return tuple(
            ScoredPassage(
                passage=passages[hit.passage_id],
                article=articles[hit.article_id],
                score=hit.score,
                origins=hit.origins,
                also_in=copies.get(hit.article_id, ()),
            )
            for hit in kept
            if hit.article_id in articles and hit.passage_id in passages
        )

    def articles_mentioning(self, name: str, *, filters: Filters = Filters()) -> tuple[ArticleMention, ...]:
        """Return every article that mentions a name or phrase, newest first; see `rag.retrieval.mentions`."""
        allowed = self.allowed(filters)
        return articles_mentioning(self._catalog, self._lexical, name, allowed=allowed)

    def allowed(self, filters: Filters) -> set[str] | None:
        """Return the articles that pass the filters; None when all do."""
        return self._allowed(self._catalog.article_dates(), filters)

    def copies(self, article_ids: Iterable[str], allowed: set[str] | None = None) -> dict[str, tuple[Copy, ...]]:
        """Return, for each article that has near-duplicates, the others, in order of path."""
        table = table_of(self._catalog.article_dates())
        found = {article_id: table.copies(article_id) for article_id in article_ids}
        return {
            article_id: kept
            for article_id, copies in found.items()
            if (kept := tuple(copy for copy in copies if allowed is None or copy.article_id in allowed))
        }


def _at_least(near: Nearness | None, other: Nearness, *, share: float) -> Nearness:
    """Return the higher of nearness and a share of another, by article."""
    return share * other if near is None else np.maximum(near, share * other)


def _ranked(scores: Mapping[str, float]) -> dict[str, OriginScore]:
    order = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    return {passage_id: OriginScore(rank, score) for rank, (passage_id, score) in enumerate(order, start=1)}
