"""Makes quoted sentences readable by themselves: no "He also said" without a name to hold on to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.answering.kinds import tells_parts
from rag.answering.selection import ScoredSentence
from rag.attribution.naming import reported_in, with_name
from rag.schema import DraftStatement, Evidence, Statement

_PRONOUN: Final = re.compile(r"^(?P<open>[\"“'‘(]*)(?P<pronoun>he|she|they)\b", re.IGNORECASE)
_POINTS_BACK: Final = re.compile(
    r"^[\"“'‘(]*(?:he|she|they|it|his|her|their|its|this|these|that|those|both|in response|after that|such)\b",
    re.IGNORECASE,
)


def in_context(
    chosen: Sequence[ScoredSentence], statements: Sequence[Statement], *, limit: int
) -> Iterator[DraftStatement]:
    """Yield the chosen sentences as statements, each able to stand where it does.

    A pronoun that begins a sentence is replaced by the name in brackets where the article says whose it is; the
    sentence that has the name is cited too. Where it does not say, the sentence before is shown first.
    """
    shown: set[tuple[str, int]] = set()
    count = 0
    for sentence in chosen:
        evidence = sentence.candidate.evidence
        for statement in _readable(evidence, statements):
            key = (evidence.article.id, statement.evidence[0].span.start)
            if key not in shown and count < limit:
                shown.add(key)
                count += 1
                yield statement


def _readable(evidence: Evidence, statements: Sequence[Statement]) -> Iterator[DraftStatement]:
    said = reported_in(evidence, statements)
    speaker = said.speaker if said else None
    speech = said.speech if said else None
    match = _PRONOUN.match(evidence.text)
    if match and said and said.mention.lower() == match["pronoun"].lower():
        named = with_name(evidence, said)
        if named is not None:
            yield named
            return
    if _POINTS_BACK.match(evidence.text):
        before = _sentence_before(evidence)
        if before is not None:
            yield DraftStatement(text=before.text, evidence=(before,))
    yield DraftStatement(text=evidence.text, evidence=(evidence,), speaker=speaker, speech=speech)


def telling_parts(evidence: Evidence) -> list[Evidence]:
    """Return the next sentence of the passage where it tells the parts of what was named: "This includes ..."."""
    later = [span for span in evidence.passage.sentences if span.start > evidence.span.start]
    if not later or not tells_parts(later[0].of(evidence.article.raw)):
        return []
    return [Evidence(article=evidence.article, passage=evidence.passage, span=later[0], also_in=evidence.also_in)]


def _sentence_before(evidence: Evidence) -> Evidence | None:
    earlier = [span for span in evidence.passage.sentences if span.start < evidence.span.start]
    if not earlier:
        return None
    return Evidence(article=evidence.article, passage=evidence.passage, span=earlier[-1], also_in=evidence.also_in)
