"""The two values in the one place where two sentences of the same words differ, if a question asks for their kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.answering.amounts import UNREAL, asked_units, asked_words, may_answer, means, plain_amount
from rag.answering.analysis import QuestionAnalysis
from rag.answering.matching import Bag
from rag.answering.parallel import Difference, differences, is_hard, replaced_name, replaced_words
from rag.answering.selection import ScoredSentence
from rag.answering.tokens import Token, tokenize
from rag.attribution.lexicon import SAY_FORMS, TITLES
from rag.attribution.names import edit_distance
from rag.schema import Span
from rag.text.dates import find_dates
from rag.text.numbers import find_numbers

ALIKE_FROM: Final = 0.55
"""Share of common words from which two sentences are compared word by word."""
_ATTRIBUTE: Final = re.compile(
    r"^\W*(?:\w+ )?(?:what|which) (?:(?:is|was|are|were) the [\w -]+? (?P<owner>of|for|in|on) (?:the )?"
    r"|(?!(?:did|does|do|is|was|are|were|has|have|had|can|will|would|happened|if)\b)\w+(?: \w+){0,2} "
    r"(?:is|was|are|were|did|does|do|has|will)\b)",
    re.IGNORECASE,
)
"""Asks for one property of one thing: "what is the genre of ...", "which party did ... belong to"."""


def asks_for_property(question: QuestionAnalysis) -> bool:
    """Say whether one property of one thing is asked for."""
    return _ATTRIBUTE.search(question.text) is not None


def is_alike(one: Bag, other: Bag) -> bool:
    """Say whether two sentences share enough words to be compared word by word."""
    shortest = min(len(one.stems), len(other.stems))
    return shortest > 0 and len(one.stems & other.stems) >= ALIKE_FROM * shortest


def differing(question: QuestionAnalysis, one: ScoredSentence, other: ScoredSentence) -> tuple[str, str] | None:
    """Return the two values in the one place where two sentences differ, if they are of the kind asked for."""
    texts = one.candidate.evidence.text, other.candidate.evidence.text
    if {m.group().lower() for m in UNREAL.finditer(texts[0])} != {m.group().lower() for m in UNREAL.finditer(texts[1])}:
        return None
    tokens = one.candidate.tokens, other.candidate.tokens
    if asked_units(question) is not None:
        return _differing_numbers(question, *texts)
    if question.form == "when":
        return _differing_dates(*texts)
    difference = replaced_name(*tokens)
    if difference is not None and not _is_name_asked_for(question, difference, *tokens):
        return None
    if difference is None and question.form not in ("who", "where", "role"):
        difference = replaced_words(*tokens)
        if difference is not None and not _stands_by_what_is_asked(question, difference, tokens[0]):
            return None
    if difference is None:
        return None
    spans = difference.spans(*tokens)
    return spans[0].of(texts[0]), spans[1].of(texts[1])


def _is_name_asked_for(
    question: QuestionAnalysis, difference: Difference, one: Sequence[Token], other: Sequence[Token]
) -> bool:
    """Say whether two names are of different bearers, and neither is a title, a day, or whom somebody spoke to."""
    names = [one[i] for i in difference.one], [other[j] for j in difference.other]
    stop = difference.one.stop
    before_name = stop < len(one) and one[stop].is_capitalised  # "Mr" for the "President" of "President Okoro"
    for name in names:
        words = {token.word.rstrip(".") for token in name if not token.is_stopword}
        if words <= _DAYS or (before_name and words <= TITLES.keys()):
            return False
    if any(a.word[:1] == b.word[:1] and _is_same_spelt(a.word, b.word) for a in names[0] for b in names[1]):
        return False
    before = one[difference.one.start - 1].word if difference.one.start else ""
    if question.form == "where":
        return before in _PLACE_PREPOSITIONS
    return before not in _SPOKEN_TO and before not in SAY_FORMS


def _is_same_spelt(one: str, other: str) -> bool:
    """Say whether two names are spellings of one: "Zelensky" and "Zelenskyy"."""
    most = min(len(one), len(other)) // 4
    return edit_distance(one, other, most) <= most


def _stands_by_what_is_asked(question: QuestionAnalysis, difference: Difference, tokens: Sequence[Token]) -> bool:
    """Say whether words stand right before or after what is asked for: "drama" in "drama film"."""
    match = _ATTRIBUTE.search(question.text)
    if match is None:
        return False
    place = difference.one
    beside = [tokens[i] for i in (place.start - 1, place.stop) if 0 <= i < len(tokens)]
    named = asked_words(question)
    asked = [word for word in named if word.span.start < match.end()]
    asked += [word for word in named if word.span.start >= match.end()][:1] if match["owner"] else []
    return any(means(token, word) for token in beside for word in asked)


_DAYS: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december today yesterday".split()
)
_PLACE_PREPOSITIONS: Final = frozenset("in at near to from outside inside of around toward towards across".split())
_SPOKEN_TO: Final = frozenset("told to with via".split())


def _differing_numbers(question: QuestionAnalysis, one: str, other: str) -> tuple[str, str] | None:
    found = _only_pair(one, other, find_numbers(one), find_numbers(other))
    if found is None:
        return None
    left, right = (plain_amount(text, span) for text, span in zip((one, other), found, strict=True))
    if not may_answer(question, one, found[0]) or not may_answer(question, other, found[1]):
        return None
    return (left.span.of(one), right.span.of(other)) if left.compare(right) == "differ" else None


def _differing_dates(one: str, other: str) -> tuple[str, str] | None:
    dates = find_dates(one), find_dates(other)
    found = _only_pair(one, other, *([(span, str(date)) for span, date in each] for each in dates))
    if found is None:
        return None
    left, right = (dict(each)[span] for each, span in zip(dates, found, strict=True))
    return None if left.agrees_with(right) else (found[0].of(one), found[1].of(other))


def _only_pair(
    one: str, other: str, of_one: Sequence[tuple[Span, str]], of_other: Sequence[tuple[Span, str]]
) -> tuple[Span, Span] | None:
    """Return the places of the two values that differ, if each has its like in the other text and all others agree."""
    if len(of_one) != len(of_other):
        return None
    tokens = tokenize(one), tokenize(other)
    differing = [(a, b) for a, b in zip(of_one, of_other, strict=True) if a[1] != b[1]]
    found = differences(*tokens) if len(differing) == 1 else None
    if not found:
        return None
    (left, _), (right, _) = differing[0]
    for difference in found:
        spans = difference.spans(*tokens)
        if left.overlaps(spans[0]) and right.overlaps(spans[1]):
            continue
        if any(map(is_hard, tokens[0][difference.one.start : difference.one.stop])) and any(
            map(is_hard, tokens[1][difference.other.start : difference.other.stop])
        ):
            return None  # another name: they speak of different things
    return left, right
