"""What the engine asks of whoever answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from rag.schema import Draft, DraftStatement, Query, Rejection, ScoredPassage


class Answerer(Protocol):
    """Proposes statements; whether they hold is for grounding."""

    def answer(
        self, query: Query, passages: Sequence[ScoredPassage]
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Yield statements in the order of the answer, each citing sentences of the passages only.

        Returns:
            All that is no statement: why there is none, what comes near, differences between sources, the model and
            what it used.

        Raises:
            ModelError: a model failed; statements yielded before are whole and may be kept.
        """
