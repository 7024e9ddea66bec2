"""Whether a sentence speaks of the very thing that a question asks about, and whether two speak of the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rag.answering.amounts import quantity_noun
from rag.answering.analysis import QuestionAnalysis
from rag.answering.parallel import is_hard
from rag.answering.selection import ScoredSentence
from rag.answering.tokens import Token, tokenize

COVERAGE_SHARE: Final = 0.75
"""How near another sentence must come to the answering one to count against it."""
UNNAMED_SHARE: Final = 0.6
"""The same where it need not have the noun asked for: "killed 19" tells a "death toll"."""
MOST_DAYS_APART: Final = 92
"""Articles further apart tell of other events, where something is counted that happened."""
_NAMED_FROM: Final = 0.45


def is_of_what_is_asked(question: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether a sentence can speak of the thing asked about, and not of its sequel, its tenth season or its owner.

    Where a name goes on in capitals at every mention ("Marlow Bridge Trust") it is another's, and so is what belongs
    to its bearer ("Ruiz's father died") unless that is asked.
    """
    text, tokens = sentence.candidate.evidence.text, sentence.candidate.tokens
    if not _serials(text) <= _serials(question.text):
        return False
    asked = {token.stem for token in tokenize(question.text)}
    for name in question.names:
        last = name.tokens[-1].stem
        mentions = [i for i, token in enumerate(tokens) if token.stem == last]
        if mentions and all(_goes_on(tokens, i, text, asked) for i in mentions):
            return False
        owners = [_OWNER.search(tokens[i].span.of(text)) for i in mentions]
        is_owner_asked = _OWNER.search(name.tokens[-1].span.of(question.text)) is not None
        if question.form == "when" and owners and all(owners) and not is_owner_asked:
            return False
    return True


def _goes_on(tokens: Sequence[Token], place: int, text: str, asked: set[str]) -> bool:
    for one, following in pairwise(tokens[place:]):
        between = text[one.span.end : following.span.start]
        if not is_hard(following) or between not in (" ", ": ", "-"):
            return False
        if following.stem not in asked:
            return True
    return False


def _serials(text: str) -> set[str]:
    return {match.group().lower() for match in _SERIAL.finditer(text)}


_OWNER: Final = re.compile(r"['’]s?$")
_SERIAL: Final = re.compile(
    r"\b(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|final|(?:season|series|episode|part"
    r"|volume|phase|round|stage|game|chapter|edition|version|book) (?:\d+|[IVX]+\b))",
    re.IGNORECASE,
)


def is_as_good(question: QuestionAnalysis, sentence: ScoredSentence, best: ScoredSentence) -> bool:
    """Say whether a sentence speaks of all that the best one does, and of everything that the question names.

    A "population" or "toll" asked for need not be called so.
    """
    noun = quantity_noun(question.text)
    share = COVERAGE_SHARE if noun is None else UNNAMED_SHARE
    return (
        sentence.date_agrees
        and sentence.relations_hold
        and sentence.own_coverage >= share * best.own_coverage
        and names_what_is_asked(question, sentence)
        and all(
            credit >= 0.5 * of_best or term.weight < 1 or term.tokens[0].word == noun
            for term, credit, of_best in zip(question.terms, sentence.credits, best.credits, strict=True)
        )
    )


def names_what_is_asked(question: QuestionAnalysis, sentence: ScoredSentence) -> bool:
    """Say whether every name, place and figure of the question is in a sentence or near it."""
    return all(
        credit >= _NAMED_FROM
        for term, credit in zip(question.terms, sentence.credits, strict=True)
        if term.kind in ("name", "place", "number")
    )


def is_of_same_time(question: QuestionAnalysis, one: ScoredSentence, other: ScoredSentence) -> bool:
    """Say whether two articles are near enough in time to count the same thing; other values do not change."""
    if question.form not in ("how_many", "how_long", "how_old"):
        return True
    days = [sentence.candidate.evidence.article.published for sentence in (one, other)]
    full = [day.full for day in days if day is not None and day.full is not None]
    return len(full) < 2 or abs((full[0] - full[1]).days) <= MOST_DAYS_APART
