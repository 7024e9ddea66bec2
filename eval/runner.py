"""Asking an engine every golden question."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from eval.cases import Case
from eval.scoring import ReadSource, Score, score
from rag.schema import Answer, Filters, Question, ScoredPassage

SEARCHED_PASSAGES = 10


class Answerer(Protocol):
    """What is measured: `rag.engine.Engine`, or a table in a test."""

    def ask(self, question: Question) -> Answer:
        """Answer a question, or refuse."""

    def search(self, query: str, *, k: int, filters: Filters) -> tuple[ScoredPassage, ...]:
        """Find passages, best first."""


def ask_all(
    engine: Answerer,
    cases: Sequence[Case],
    *,
    read_source: ReadSource,
    progress: Callable[[int], None] | None = None,
) -> tuple[Score, ...]:
    """Ask and search for each case, in order, and judge what comes back.

    Args:
        engine: what is measured.
        cases: the golden set.
        read_source: gives the text a citation points into.
        progress: called with the number of cases done, after each.
    """
    scores = []
    for case in cases:
        question = case.ask()
        started = time.perf_counter()
        answer = engine.ask(question)
        milliseconds = (time.perf_counter() - started) * 1000
        ranking = engine.search(case.question, k=SEARCHED_PASSAGES, filters=question.filters)
        scores.append(score(case, answer, ranking, read_source=read_source, milliseconds=milliseconds))
        if progress:
            progress(len(scores))
    return tuple(scores)
