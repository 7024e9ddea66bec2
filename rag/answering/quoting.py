"""Answers by quoting, without a model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from rag.answering.extractive import Extractive
from rag.retrieval import TimeWindow
from rag.schema import Draft, DraftStatement, Filters, Query, Question, Rejection, ScoredPassage


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoting:
    """Quotes the sentences that answer. See `Answerer`."""

    extractive: Extractive
    window: Callable[[str, Filters], TimeWindow | None]
    """Returns the days that a question speaks of."""

    def answer(
        self, query: Query, passages: Sequence[ScoredPassage]
    ) -> Generator[DraftStatement | Rejection, None, Draft]:
        """Yield the sentences that answer."""
        draft = self._draft(query, passages)
        yield from draft.statements
        return draft

    def refusal(self, query: Query, passages: Sequence[ScoredPassage]) -> Draft:
        """Say who or what is in no article, and which sentences come near."""
        found = [scored for scored in passages if scored.origins]
        analysis = self.extractive.analyse(query.text)
        draft = self.extractive.refuse(analysis, self.extractive.rank(analysis, found))
        if draft.reason == "no_match" and query.speaker:
            return self.extractive.refuse_speaker(query.speaker)
        return draft

    def _draft(self, query: Query, passages: Sequence[ScoredPassage]) -> Draft:
        asked = Question(text=query.text, filters=query.filters, max_statements=query.max_statements)
        return self.extractive.draft(asked, passages, window=self.window(query.text, query.filters))
