"""The date that a sentence gives for something that happens once, and whether two such dates agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.answering.amounts import CLEARLY_NEARER, COMMA_COST, Verdict, asked_words, means
from rag.answering.analysis import QuestionAnalysis, Term
from rag.answering.tokens import Token, tokenize
from rag.schema import PartialDate, Span
from rag.text.dates import find_dates
from rag.text.words import stem

_ONCE: Final = frozenset(
    stem(word)
    for word in """born birth birthday die died death founded founding foundation established establishment formed
    formation built completed created creation constructed invented discovered released release published introduced
    opened opening premiered unveiled inaugurated incorporated crashed sank collapsed assassinated married dissolved
    abolished enacted ratified adopted signed passed""".split()
)
"""What happens to one thing once, so that two dates for it cannot both be true."""
_BORN: Final = stem("born")
_DIED: Final = frozenset({stem("die"), stem("died"), stem("death")})
_OTHER_TIME: Final = re.compile(
    r"\b(?:first|last|again|re-?opened|re-?built|re-?released|re-?established|re-?issued|re-?formed|second|third|later"
    r"|previous\w*|original\w*|current|new|present|extended|expanded|renovated|anniversary)\b",
    re.IGNORECASE,
)
_ROUGH_DATE: Final = re.compile(
    r"\b(?:about|around|circa|c\.|ca\.|approximately|by|before|after|since|until|between)[\s-]*$",
    re.IGNORECASE,
)
_ANNOUNCED: Final = re.compile(r"\s+dates?\b(?!.*(?:\b(?:is|was|set|to|of|for|as)\b|:))", re.IGNORECASE)
"""A date on which a date was told: "unveiled the release date in 2019"."""
_LIFE: Final = re.compile(r"\s*(?:-|–|—|to|until)\s*")
_DATE_REACH: Final = 12
_NAME_REACH: Final = 8
"""Words between a name and the brackets behind it: "Ruiz, 2nd Duke of Marlow, KG (12 May 1890 ..."."""
_NOT_YET: Final = re.compile(
    r"\b(?:would|could|might|may|[Ii]f|expected|projected|scheduled|planned|due (?:to|for)|set (?:to|for)|will|[Nn]ot"
    r"|[Nn]ever|denied|denies|rumou?r\w*)\b|n['’]t\b"
)
_ONLY_DATES: Final = re.compile(r"\b(?:before|after|since|until) (?:(?:the|its|their) )?$", re.IGNORECASE)
"""What stands before something that only tells when another thing was: "before the opening of the line in 1987"."""
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_ROUGH_YEARS: Final = 10


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as far as the sentence gives it."""

    span: Span
    date: PartialDate
    is_rough: bool

    def compare(self, other: Day) -> Verdict:
        """Say whether both can be the same date."""
        if self.date.agrees_with(other.date):
            return "agree"
        if self.is_rough or other.is_rough:
            near = self.date.year and other.date.year and abs(self.date.year - other.date.year) <= _ROUGH_YEARS
            return "agree" if near else "unlike"
        return "differ"


def asks_when_once(question: QuestionAnalysis) -> bool:
    """Say whether the date of something is asked for that happens once."""
    return question.form == "when" and bool(_asked_once(question))


def _asked_once(question: QuestionAnalysis) -> list[Token]:
    """Return the words for what happens once: "founded", or whatever is asked to have been the first."""
    words = asked_words(question)
    first = _FIRST.search(question.text)
    return [
        word
        for word in words
        if word.stem in _ONCE or (first is not None and word.span.start >= first.end() and not word.is_capitalised)
    ]


_FIRST: Final = re.compile(r"\bfirst\b", re.IGNORECASE)


def read_day(question: QuestionAnalysis, text: str) -> Day | None:
    """Return the date that a sentence gives for what the question asks; None where that is not clearly one."""
    if not asks_when_once(question) or (_NOT_YET.search(text) and not _NOT_YET.search(question.text)):
        return None
    other_time = {match.group().lower() for match in _OTHER_TIME.finditer(text)}
    if not other_time <= {match.group().lower() for match in _OTHER_TIME.finditer(question.text)}:
        return None
    asked = _asked_once(question)
    tokens = tokenize(text)
    dates = find_dates(text)
    if lived := _lifespan(text, dates, asked, tokens, question.names):
        return lived
    found: list[tuple[int, Day]] = []
    for span, date in dates:
        if any(date.agrees_with(known) for known in question.dates):
            continue
        place = next((i for i, token in enumerate(tokens) if token.span.start >= span.start), len(tokens))
        for i, token in enumerate(tokens):
            if any(means(token, word) for word in asked) and not _ONLY_DATES.search(text[: token.span.start]):
                between = text[token.span.end : span.start] if i < place else text[span.end : token.span.start]
                between = _BRACKETS.sub("", between)
                if set(";()") & set(between) or _ANNOUNCED.match(between):
                    continue
                far = len(between.replace(",", " ").split()) + COMMA_COST * between.count(",")
                # What happened stands before its date more often than behind.
                far += 0 if i < place else CLEARLY_NEARER
                if far <= _DATE_REACH:
                    found.append((far, Day(span, date, bool(_ROUGH_DATE.search(text[: span.start])))))
    found.sort(key=lambda pair: (pair[0], pair[1].span.start))
    if not found:
        return None
    best = found[0][1]
    rivals = [day for far, day in found[1:] if far < found[0][0] + CLEARLY_NEARER]
    return best if all(best.compare(rival) == "agree" for rival in rivals) else None


def _lifespan(
    text: str,
    dates: Sequence[tuple[Span, PartialDate]],
    asked: Sequence[Token],
    tokens: Sequence[Token],
    names: Sequence[Term],
) -> Day | None:
    """Read "Ada Ruiz (12 May 1890 - 3 June 1950)": when somebody was born and died."""
    wanted = {token.stem for token in asked}
    named = {token.stem for name in names for token in name.tokens}
    for (first, born), (second, died) in pairwise(dates):
        if not _LIFE.fullmatch(text[first.end : second.start]) or text[: first.start].rstrip()[-1:] != "(":
            continue
        before = [token for token in tokens if token.span.end <= first.start][-_NAME_REACH:]
        if not any(token.stem in named for token in before):
            continue
        if _BORN in wanted:
            return Day(first, born, is_rough=False)
        if wanted & _DIED:
            return Day(second, died, is_rough=False)
    return None
