"""Whether a sentence agrees with the time that a question speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from rag.answering.analysis import QuestionAnalysis
from rag.answering.candidates import Candidate
from rag.schema import PartialDate
from rag.text.dates import find_dates


def agrees_in_time(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence can be about the dates that the question names.

    A date in the sentence decides; without one the article's own date does, and a date not known agrees with all.
    """
    if not question.dates:
        return True
    evidence = sentence.evidence
    published = evidence.article.published
    written = [_with_year(date, published) for _, date in find_dates(evidence.text)]
    return any(
        _agrees(asked, written, published) or _tells_year(asked, evidence.text, published) for asked in question.dates
    )


def _tells_year(asked: PartialDate, text: str, published: PartialDate | None = None) -> bool:
    """Say whether a text has the year asked for in any form: "the 2021 regatta", "next year" in an article of 2020."""
    if asked.year is None or asked.month is not None:
        return False
    if str(asked.year) in _FIGURE.findall(text):
        return True
    if published is None or published.year is None:
        return False
    return any(published.year + _YEARS_ON[match[1].lower()] == asked.year for match in _RELATIVE_YEAR.finditer(text))


_FIGURE: Final = re.compile(r"(?<![\w$€£.,])\d+(?![\w%]|[.,]\d)")
_RELATIVE_YEAR: Final = re.compile(r"\b(last|next) year\b", re.IGNORECASE)
_YEARS_ON: Final = {"last": -1, "next": 1}


def _with_year(written: PartialDate, published: PartialDate | None) -> PartialDate:
    """Complete "June 19" by the year of the article: news speaks of days near its own."""
    if written.year is not None or written.month is None or published is None or published.year is None:
        return written
    if published.month is not None and written.month > published.month + _MONTHS_AHEAD:
        return PartialDate(published.year - 1, written.month, written.day)
    return PartialDate(published.year, written.month, written.day)


_MONTHS_AHEAD: Final = 6
"""A month that lies further ahead of the article than this belongs to the year before."""


def writes_date(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether one of the question's dates stands in the sentence."""
    text = sentence.evidence.text
    dates = [date for _, date in find_dates(text)]
    return any(_tells_year(asked, text) or any(_same_time(asked, date) for date in dates) for asked in question.dates)


def writes_day(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a day that the question names stands in the sentence."""
    return any(date.day is not None for date in question.dates) and writes_date(question, sentence)


def agrees_with(asked: PartialDate, sentence: Candidate) -> bool:
    """Say whether a sentence writes a date, or a day of it."""
    return any(_same_time(asked, date) for _, date in find_dates(sentence.evidence.text))


def is_dated(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether the sentence or its article is known to be of one of the question's dates."""
    published = sentence.evidence.article.published
    return writes_date(question, sentence) or (
        published is not None and any(_same_time(asked, published) for asked in question.dates)
    )


def _agrees(asked: PartialDate, written: Sequence[PartialDate], published: PartialDate | None) -> bool:
    if any(_same_time(asked, date) for date in written):
        return True
    if asked.day is not None and (written or published is None):
        return False
    if asked.day is not None and published is not None and _tells_next_day(asked, published):
        return True
    if asked.month is not None and any(date.month is not None for date in written):
        return False
    if published is None or (published.year is None and asked.month is None):
        return True
    return _same_time(asked, published)


def _tells_next_day(asked: PartialDate, published: PartialDate) -> bool:
    """Say whether an article came out the day after the one asked for, of which it then tells."""
    if published.full is None:
        return False
    before = published.full - timedelta(days=1)
    return asked.agrees_with(PartialDate(before.year, before.month, before.day))


def _same_time(asked: PartialDate, found: PartialDate) -> bool:
    """A date in the text answers for the asked one when no known part differs and it says as much of the day."""
    if asked.day is not None and found.day is None:
        return False
    if asked.month is not None and found.month is None:
        return False
    if asked.month is None and found.year is None:
        return False
    return asked.agrees_with(found)


def tells_of_a_plan(question: QuestionAnalysis, sentence: Candidate) -> bool:
    """Say whether a sentence speaks of what is planned, where the question asks what happened."""
    return bool(_ASKS_PAST.search(question.text)) and bool(_PLAN.search(sentence.evidence.text))


_ASKS_PAST: Final = re.compile(
    r"^(?!.*\b(?:plan|expect|intend|schedul|suppos|due|going to|will|would|could|might))"
    r".*\b(?:did|was|were|had|took|held|met)\b",
    re.IGNORECASE,
)
_PLAN: Final = re.compile(
    r"\b(?:plans?|intends?|(?:is|are) (?:expected|due|set|scheduled|likely|planning)) to\b", re.IGNORECASE
)
