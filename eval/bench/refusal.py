"""Answering what the corpus answers and refusing what it does not: realtimeqa, both kinds of question in one run.

An answer of at most four statements counts when the expected answer string stands in a sentence it cites. The
baseline answers with the four sentences of the ten best BM25 articles that share most idf with the question, and
refuses below a threshold, set so that it refuses as many unanswerable questions as newsqa does in the same run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from eval.bench import BenchRequest, BenchResult, Metric, Row, mean_metric, paired_p_value
from eval.bench.answers import holds_answer
from eval.bench.bm25 import best_first, overlap, plain_sentences, plain_words
from eval.bench.retrieval import PlainRanking
from eval.indexes import opened_index
from rag.schema import Answer, Filters, Question

MAX_STATEMENTS = 4
BASELINE_ARTICLES = 10


@dataclass(frozen=True, slots=True)
class _Reply:
    """What was cited, in order; nothing when refused."""

    quotes: tuple[str, ...]
    reason: str | None = None

    @property
    def refused(self) -> bool:
        return not self.quotes

    def holds(self, answer: str) -> bool:
        return any(holds_answer(quote, answer) for quote in self.quotes)

    def holds_first(self, answer: str) -> bool:
        return holds_answer(self.quotes[0], answer) if self.quotes else False


def run(request: BenchRequest) -> BenchResult:
    """Measure refusal and answers on `realtimeqa`, with the question's date as `as_of` and without."""
    request.require_set("realtimeqa")
    questions = _spread(request.rows("id", "question", "date", "answer", "kind", limit=False), request.limit)
    answerable = [bool(row.get("gold")) for row in questions]
    corpus = request.companion_files("id", "title", "published", "text")
    days = [date.fromisoformat(row["date"]) for row in questions]
    ours: dict[str, list[_Reply]] = {"as_of": [], "no date": []}
    with opened_index(request.settings, corpus, folder=request.index) as engine:
        for row, day in zip(questions, days, strict=True):
            for name, filters in (("as_of", Filters(as_of=day)), ("no date", Filters())):
                asked = Question(text=row["question"], filters=filters, max_statements=MAX_STATEMENTS)
                ours[name].append(_reply(engine.ask(asked)))
    plain = _PlainAnswerer(request.companion_rows("id", "title", "published", "text"))
    metrics: list[Metric] = []
    baseline: list[Metric] = []
    notes: list[str] = []
    for name, replies in ours.items():
        candidates = [
            plain.answer(row["question"], day if name == "as_of" else None)
            for row, day in zip(questions, days, strict=True)
        ]
        theirs = _with_matching_threshold(candidates, replies, answerable)
        metrics += _metrics(f"{name}:", questions, answerable, replies)
        baseline += _metrics(f"overlap, {name}:", questions, answerable, theirs)
        notes += _tests(name, questions, answerable, replies, theirs)
    return BenchResult(
        n=len(questions),
        metrics=metrics,
        baseline=baseline,
        records=[
            {
                "id": row["id"],
                "question": row["question"],
                "answer": row["answer"],
                "kind": row["kind"],
                **{
                    name.replace(" ", "_"): {
                        "refused": replies[i].reason,
                        "holds": replies[i].holds(row["answer"]),
                        "holds_first": replies[i].holds_first(row["answer"]),
                        "quotes": list(replies[i].quotes),
                    }
                    for name, replies in ours.items()
                },
            }
            for i, row in enumerate(questions)
        ],
        notes=notes,
    )


def _spread(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """Take `limit` rows at even distances: the file has all answerable questions first."""
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[number * len(rows) // limit] for number in range(limit)]


def _reply(answer: Answer) -> _Reply:
    if answer.status == "abstained":
        return _Reply((), answer.reason)
    quotes = {citation.number: citation.quote for citation in answer.citations}
    order = dict.fromkeys(number for statement in answer.statements for number in statement.citations)
    return _Reply(tuple(quotes[number] for number in order))


def _metrics(
    name: str, questions: Sequence[Row], answerable: Sequence[bool], replies: Sequence[_Reply]
) -> list[Metric]:
    asked = list(zip(questions, answerable, replies, strict=True))
    with_answer = [(row, reply) for row, is_answerable, reply in asked if is_answerable]
    return [
        mean_metric(
            f"{name} unanswerable refused",
            [float(reply.refused) for _, is_answerable, reply in asked if not is_answerable],
            definition="questions without an answer in the corpus (silver) that were refused",
        ),
        mean_metric(
            f"{name} answer cited",
            [float(reply.holds(row["answer"])) for row, reply in with_answer],
            definition="answerable questions with the answer string in a cited sentence, at most 4 statements",
        ),
        mean_metric(
            f"{name} answer cited first",
            [float(reply.holds_first(row["answer"])) for row, reply in with_answer],
            definition="answerable questions with the answer string in the first cited sentence",
        ),
        mean_metric(
            f"{name} answerable answered",
            [float(not reply.refused) for _, reply in with_answer],
            definition="answerable questions that were not refused, rightly or wrongly answered",
        ),
    ]


def _tests(
    name: str,
    questions: Sequence[Row],
    answerable: Sequence[bool],
    ours: Sequence[_Reply],
    theirs: Sequence[_Reply],
) -> list[str]:
    asked = [
        (row["answer"], mine, other)
        for row, is_answerable, mine, other in zip(questions, answerable, ours, theirs, strict=True)
        if is_answerable
    ]
    if not asked:
        return []
    mine = [float(reply.holds(answer)) for answer, reply, _ in asked]
    other = [float(reply.holds(answer)) for answer, _, reply in asked]
    difference = float(np.mean(mine) - np.mean(other))
    p_value = paired_p_value(mine, other)
    return [
        f"{name}, answer cited, newsqa less overlap at the same share of refusals: {difference:+.3f} "
        f"(paired sign-flip permutation test, p = {p_value:.3f})"
    ]


class _PlainAnswerer:
    """Four sentences by idf-weighted overlap from the ten best articles."""

    def __init__(self, articles: Sequence[Row]) -> None:
        self._texts = [str(row["text"]) for row in articles]
        self._ranking = PlainRanking(articles)
        self._sentences = lru_cache(maxsize=None)(lambda number: plain_sentences(self._texts[number]))

    def answer(self, question: str, day: date | None) -> tuple[float, tuple[str, ...]]:
        """Return the score of the best sentence, from 0 to 1, and the four best sentences."""
        words = plain_words(question)
        best = best_first(self._ranking.scores(question, day=day), BASELINE_ARTICLES)
        sentences = [sentence for number in best for sentence in self._sentences(number)]
        scored = [(overlap(words, sentence, self._ranking.bm25), sentence) for sentence in sentences]
        chosen = sorted(scored, key=lambda pair: -pair[0])[:MAX_STATEMENTS]
        return (chosen[0][0] if chosen else 0.0), tuple(sentence for _, sentence in chosen)


def _with_matching_threshold(
    candidates: Sequence[tuple[float, tuple[str, ...]]], ours: Sequence[_Reply], answerable: Sequence[bool]
) -> list[_Reply]:
    refused = sum(reply.refused for reply, is_answerable in zip(ours, answerable, strict=True) if not is_answerable)
    scores = sorted(
        score for (score, _), is_answerable in zip(candidates, answerable, strict=True) if not is_answerable
    )
    threshold = scores[refused - 1] if refused else -1.0
    return [_Reply(()) if score <= threshold else _Reply(sentences) for score, sentences in candidates]
