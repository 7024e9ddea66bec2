"""Finding the right article: realtimeqa (news of 2022-2026, with and without the question's date) and time1963.

Passages found become a ranking of articles by first occurrence. The baseline is BM25 over whole articles with their
titles; for questions with a date also BM25 with a prior for articles near it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from eval.bench import BenchRequest, BenchResult, Metric, Row, mean_metric, paired_p_value
from eval.bench.articles import ranked_records
from eval.bench.bm25 import BM25, best_first
from eval.indexes import opened_index
from eval.ranking import average_precision, hit_at, ndcg_at, recall_at, reciprocal_rank
from rag.engine import Engine
from rag.schema import Filters

SEARCHED_PASSAGES = 200
PRIOR_WEIGHT, PRIOR_DAYS = 0.7, 14.0  # the baseline's; DESIGN gives its figures with these

Measure = Callable[[Sequence[str], set[str]], float]


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    definition: str
    measure: Measure


def _first(k: int) -> Measure:
    return lambda ranking, gold: hit_at([one in gold for one in ranking], k)


def _reciprocal(ranking: Sequence[str], gold: set[str]) -> float:
    return reciprocal_rank([one in gold for one in ranking], 10)


HITS = (
    _Figure("hit@1", "questions whose first article is a gold one", _first(1)),
    _Figure("hit@5", "questions with a gold article among the first 5", _first(5)),
    _Figure("hit@10", "questions with a gold article among the first 10", _first(10)),
    _Figure("MRR@10", "mean of 1 / rank of the first gold article, 0 beyond rank 10", _reciprocal),
)
JUDGED = (
    _Figure(
        "MAP",
        "mean over queries of the mean precision at each relevant article; those not found count 0",
        lambda ranking, gold: average_precision([one in gold for one in ranking], total=len(gold)),
    ),
    _Figure(
        "recall@10",
        "mean over queries of the share of the relevant articles among the first 10",
        lambda ranking, gold: recall_at([one in gold for one in ranking], 10, total=len(gold)),
    ),
    _Figure(
        "nDCG@10",
        "mean over queries of the discounted gain of the first 10 over the best possible",
        lambda ranking, gold: ndcg_at([one in gold for one in ranking], 10, total=len(gold)),
    ),
)


def run(request: BenchRequest) -> BenchResult:
    """Measure retrieval on `realtimeqa` or `time1963`."""
    request.require_set("realtimeqa", "time1963")
    return _realtimeqa(request) if request.set_name == "realtimeqa" else _time1963(request)


def _realtimeqa(request: BenchRequest) -> BenchResult:
    questions = [row for row in request.rows("id", "question", "date", "kind", limit=False) if row.get("gold")]
    questions = questions[: request.limit]
    corpus = request.companion_files("id", "title", "published", "text")
    plain = PlainRanking(request.companion_rows("id", "title", "published", "text"))
    days = [date.fromisoformat(row["date"]) for row in questions]
    ours: dict[str, list[list[str]]] = {"as_of": [], "no date": []}
    with opened_index(request.settings, corpus, folder=request.index) as engine:
        for row, day in zip(questions, days, strict=True):
            ours["as_of"].append(_search(engine, row["question"], Filters(as_of=day)))
            ours["no date"].append(_search(engine, row["question"], Filters()))
    theirs = {
        "BM25 with date prior": [plain.rank(r["question"], day=d) for r, d in zip(questions, days, strict=True)],
        "BM25": [plain.rank(row["question"]) for row in questions],
    }
    strict = [{gold["doc"] for gold in row["gold"] if gold["grade"] == 2} for row in questions]
    loose = [{gold["doc"] for gold in row["gold"]} for row in questions]
    metrics, baseline = [], []
    for grade, gold in (("grade 2", strict), ("grade >= 1", loose)):
        for name, rankings in ours.items():
            metrics += _metrics(f"{name}, {grade}:", HITS, rankings, gold)
        for name, rankings in theirs.items():
            baseline += _metrics(f"{name}, {grade}:", HITS, rankings, gold)
    return BenchResult(
        n=len(questions),
        metrics=metrics,
        baseline=baseline,
        records=[
            _record(row, gold, {"as_of": ours["as_of"][i], "no_date": ours["no date"][i], "bm25": theirs["BM25"][i]})
            for i, (row, gold) in enumerate(zip(questions, strict, strict=True))
        ],
        notes=(
            "grade 2: holds the answer string and was published 21 days before to 14 after the question; "
            "grade >= 1: holds the answer string",
            *_tests("as_of against BM25 with date prior", HITS, ours["as_of"], theirs["BM25 with date prior"], strict),
            *_tests("no date against BM25", HITS, ours["no date"], theirs["BM25"], strict),
        ),
    )


def _time1963(request: BenchRequest) -> BenchResult:
    queries = request.rows("id", "query", "relevant")
    plain = PlainRanking(request.companion_rows("id", "text"))
    with opened_index(request.settings, request.companion_files("id", "text"), folder=request.index) as engine:
        ours = [_search(engine, row["query"], Filters()) for row in queries]
    theirs = [plain.rank(row["query"]) for row in queries]
    gold = [set(row["relevant"]) for row in queries]
    return BenchResult(
        n=len(queries),
        metrics=_metrics("", JUDGED, ours, gold),
        baseline=_metrics("BM25", JUDGED, theirs, gold),
        records=[
            _record(row, relevant, {"newsqa": ours[i], "bm25": theirs[i]})
            for i, (row, relevant) in enumerate(zip(queries, gold, strict=True))
        ],
        notes=_tests("newsqa against BM25", JUDGED, ours, theirs, gold),
    )


class PlainRanking:
    """BM25 over whole articles with their titles, without or with a prior for articles near a day."""

    def __init__(self, articles: Sequence[Row]) -> None:
        self._ids = [str(row["id"]) for row in articles]
        self._bm25 = BM25(f"{row.get('title') or ''}\n{row['text']}" for row in articles)
        known = [row.get("published") for row in articles]
        self._days = np.asarray([date.fromisoformat(day).toordinal() if day else np.nan for day in known])

    @property
    def bm25(self) -> BM25:
        """The scorer."""
        return self._bm25

    def scores(self, question: str, *, day: date | None = None) -> NDArray[np.float64]:
        """Score every article; with a day, max-normalised BM25 plus the prior."""
        scores = self._bm25.scores(question)
        if day is None:
            return scores
        top = scores.max(initial=0.0) or 1.0
        prior: NDArray[np.float64] = np.exp(-np.abs(self._days - day.toordinal()) / PRIOR_DAYS)
        combined: NDArray[np.float64] = scores / top + PRIOR_WEIGHT * np.nan_to_num(prior)
        return combined

    def rank(self, question: str, *, day: date | None = None) -> list[str]:
        """Return the ids of the best articles, best first."""
        return [self._ids[number] for number in best_first(self.scores(question, day=day), SEARCHED_PASSAGES)]


def _search(engine: Engine, question: str, filters: Filters) -> list[str]:
    return ranked_records(engine.search(question, k=SEARCHED_PASSAGES, filters=filters))


def _metrics(
    name: str, figures: Sequence[_Figure], rankings: Sequence[Sequence[str]], gold: Sequence[set[str]]
) -> list[Metric]:
    return [
        mean_metric(f"{name} {figure.name}".strip(), _values(figure, rankings, gold), definition=figure.definition)
        for figure in figures
    ]


def _values(figure: _Figure, rankings: Sequence[Sequence[str]], gold: Sequence[set[str]]) -> list[float]:
    return [figure.measure(ranking, right) for ranking, right in zip(rankings, gold, strict=True)]


def _tests(
    what: str,
    figures: Sequence[_Figure],
    ours: Sequence[Sequence[str]],
    theirs: Sequence[Sequence[str]],
    gold: Sequence[set[str]],
) -> tuple[str, ...]:
    if not gold:
        return ()
    found = []
    for figure in figures:
        mine, other = _values(figure, ours, gold), _values(figure, theirs, gold)
        difference = float(np.mean(mine) - np.mean(other))
        found.append(f"{figure.name} {difference:+.3f} (p = {paired_p_value(mine, other):.3f})")
    return (f"{what}, paired sign-flip permutation test: {', '.join(found)}",)


def _record(row: Row, gold: set[str], rankings: Mapping[str, Sequence[str]]) -> Row:
    ranks = {
        f"{name}_rank": next((rank for rank, one in enumerate(ranking, 1) if one in gold), None)
        for name, ranking in rankings.items()
    }
    return {
        "id": row["id"],
        "question": row.get("question") or row.get("query"),
        "gold": sorted(gold),
        **ranks,
        **{name: list(ranking[:10]) for name, ranking in rankings.items()},
    }
