"""How well passages and their articles fit a question: each measure apart, and then together.

A passage speaks for itself by BM25 and by the cosine of its vector. Its article speaks by the words it has anywhere:
BM25 over the whole of it, the share of the question it covers at all, and the share that its title and first passage
do, for news tells first what it is about. Each measure is divided by its best among the candidates, but for that of
the lead (in a handful of articles the best may cover next to nothing), and the weighted sum taken: a convex combination
after Bruch et al., "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023. Figures are in docs/retrieval.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.config import RetrievalSettings
from rag.schema import OriginScore

K1, B = 1.2, 0.75
LATER_PASSAGES = 0.8
"""What the second-best passage of an article keeps of its article's merit, the third of that, and so on: without
it the passages of one article would fill the first ranks."""


@dataclass(frozen=True, slots=True)
class ArticleEvidence:
    """What a whole article has of a question; all from 0, higher is better."""

    bm25: float
    coverage: float
    """Share of the question's words, weighed by idf, that stand anywhere in the article."""
    lead: float
    """The same of its title and first passage."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score and where it comes from."""

    passage_id: str
    article_id: str
    score: float
    origins: Mapping[str, OriginScore]


def idf(having: int, total: int) -> float:
    """Return how telling a word is that `having` of `total` articles hold, as in BM25; above 0."""
    return math.log(1 + (total - having + 0.5) / (having + 0.5))


def article_evidence(
    counts: Mapping[str, Sequence[int]],
    terms: Mapping[str, float],
    *,
    leads: Mapping[str, Sequence[bool]],
    lengths: Mapping[str, float],
    years: Mapping[str, str],
) -> dict[str, ArticleEvidence]:
    """Weigh articles.

    Args:
        counts: by article id, how often each word of the question stands in the article.
        terms: the words, in the order of the counts, with their idf.
        leads: by article id, whether each word stands in its title or first passage; one that is missing has none.
        lengths: by article id, length over the mean.
        years: by article id, in which year it appeared, where that is known: it need not say so, "the 2024 final" may
            be what it speaks of all along.
    """
    if not counts or not terms:
        return {}
    idfs = np.fromiter(terms.values(), dtype=np.float64)
    total = float(idfs.sum())
    table = np.asarray(list(counts.values()), dtype=np.float64)
    nowhere = (False,) * len(terms)
    in_lead = np.asarray([leads.get(one, nowhere) for one in counts])
    appeared = np.asarray([[years.get(one) == term for term in terms] for one in counts])
    table, in_lead = np.maximum(table, appeared), in_lead | appeared
    norms = K1 * (1 - B + B * np.asarray([lengths[one] for one in counts]))
    bm25 = (idfs * table * (K1 + 1) / (table + norms[:, None])).sum(axis=1).tolist()
    coverage = ((table > 0) @ idfs / total).tolist()
    lead = (in_lead @ idfs / total).tolist()
    return {
        article_id: ArticleEvidence(bm25[place], coverage[place], lead[place])
        for place, article_id in enumerate(counts)
    }


def combine(
    owners: Mapping[str, str],
    lexical: Mapping[str, OriginScore],
    dense: Mapping[str, OriginScore],
    cosines: Mapping[str, float],
    articles: Mapping[str, ArticleEvidence],
    *,
    weights: RetrievalSettings,
    nearness: Mapping[str, float],
) -> list[Hit]:
    """Score the candidates, best first, ties by passage id.

    Args:
        owners: article id of every candidate passage.
        lexical: rank and BM25 of the passages that the lexical search found.
        dense: rank and cosine of the passages that the dense search found.
        cosines: of every candidate.
        articles: evidence of the articles; one that is missing has none.
        weights: of the measures.
        nearness: in time, from 0 to 1, by article id; empty where time does not matter.
    """
    best_bm25 = _best(one.score for one in lexical.values())
    best_cosine = _best(cosine for cosine in cosines.values() if cosine > 0)
    own: dict[str, list[tuple[float, str]]] = {}
    for passage_id, article_id in owners.items():
        bm25 = lexical[passage_id].score / best_bm25 if passage_id in lexical else 0.0
        cosine = max(cosines.get(passage_id, 0.0), 0.0) / best_cosine
        score = weights.lexical_weight * bm25 + weights.dense_weight * cosine
        own.setdefault(article_id, []).append((score, passage_id))
    merits = _merits(articles, weights)
    hits = []
    for article_id, scored in own.items():
        scored.sort(key=lambda one: (-one[0], one[1]))
        lift = merits.get(article_id, 0.0)
        near = weights.date_weight * nearness.get(article_id, 0.0)
        for score, passage_id in scored:
            origins = {}
            if passage_id in lexical:
                origins["lexical"] = lexical[passage_id]
            if passage_id in dense:
                origins["dense"] = dense[passage_id]
            hits.append(Hit(passage_id, article_id, score + lift + near, origins))
            lift *= LATER_PASSAGES
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage_id))


def _merits(articles: Mapping[str, ArticleEvidence], weights: RetrievalSettings) -> dict[str, float]:
    best_bm25 = _best(one.bm25 for one in articles.values())
    best_coverage = _best(one.coverage for one in articles.values())
    return {
        article_id: weights.article_weight * one.bm25 / best_bm25
        + weights.coverage_weight * one.coverage / best_coverage
        + weights.lead_weight * one.lead
        for article_id, one in articles.items()
    }


def _best(values: Iterable[float]) -> float:
    """Return the highest value as a divisor; 1 where nothing is above 0."""
    return max(values, default=0.0) or 1.0
