"""Time in retrieval: filters over partial dates, nearness to a reference date, and the windows questions speak of."""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rag.schema import PartialDate
from rag.text.dates import find_dates


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """The days a question speaks of, both ends included; None is open."""

    since: date | None
    until: date | None
    wants_latest: bool = False
    """The question asks for what is newest ("latest", "now") rather than for a stretch of days."""

    @property
    def is_short(self) -> bool:
        """Whether both ends are known and no more than a quarter apart."""
        return self.since is not None and self.until is not None and (self.until - self.since).days <= 92


def may_lie_within(published: PartialDate | None, since: date | None, until: date | None) -> bool:
    """Say whether a date, completed in some way, lies between two days, both included.

    A date that is not known at all lies nowhere: a filter must not let through what nobody can place.
    """
    if since is None and until is None:
        return True
    if published is None:
        return False
    if published.year is None:
        if since is None or until is None or (until - since).days >= 365:
            return True
        years = range(since.year, until.year + 1)
    else:
        years = range(published.year, published.year + 1)
    return any(
        (since is None or last >= since) and (until is None or first <= until)
        for first, last in (days_of(published, year) for year in years)
    )


def days_of(partial: PartialDate, year: int) -> tuple[date, date]:
    """Return the first and the last day that a partial date can mean in a year."""
    year = max(year, 1)  # an index made before year 0 was refused may hold it
    if partial.month is None:
        return date(year, 1, 1), date(year, 12, 31)
    longest = calendar.monthrange(year, partial.month)[1]
    if partial.day is None:
        return date(year, partial.month, 1), date(year, partial.month, longest)
    day = date(year, partial.month, min(partial.day, longest))
    return day, day


def nearness(
    published: PartialDate | None, since: date | None, until: date | None, *, before_days: float, after_days: float
) -> float:
    """Return 1 inside a stretch of days and exp(-distance / scale) outside; 0 where the date is not known.

    News is asked for after it happened, so articles after the stretch fade faster than those before it. A date
    without a year counts in the year that brings it nearest.

    Args:
        published: date of the article.
        since: first day of the stretch; None is open.
        until: its last day; None is open.
        before_days: distance at which an earlier article has fallen to 1/e.
        after_days: the same of a later one.
    """
    if published is None:
        return 0.0
    near_years = sorted({day.year + shift for day in (since, until) if day is not None for shift in (-1, 0, 1)})
    years = (published.year,) if published.year is not None else tuple(near_years) or (2000,)
    return max(
        math.exp(
            -max(
                (first - until).days / after_days if until is not None else 0.0,
                (since - last).days / before_days if since is not None else 0.0,
                0.0,
            )
        )
        for first, last in (days_of(published, year) for year in years if 1 <= year <= 9999)
    )


_UNITS: Final = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365}
_COUNTS: Final = {"couple of": 2, "few": 3, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_SPAN_BACK: Final = re.compile(
    r"\b(?:in|over|during|within|for)?\s*the (?:last|past) "
    r"(?P<count>\d{1,3}|couple of|few|two|three|four|five|six|seven|ten) (?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"\b(?P<which>this|last|past) (?P<unit>week|month|quarter|year)\b", re.IGNORECASE)
_DAY: Final = re.compile(r"\b(?P<which>today|yesterday)\b", re.IGNORECASE)
_LATEST: Final = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|recent(?:ly)?|currently|now|nowadays|these days|so far)\b", re.IGNORECASE
)
_BOUND: Final = re.compile(
    r"\b(?P<side>since|after|before|until|till|by|through|up to)\s+(?P<the>the\s+)?$", re.IGNORECASE
)
_EVENT: Final = re.compile(
    r"\s+(?!(?:about|on|in|by|at|from|with|and|or|to|for|of|did|do|does|has|have|is|are|was|were)\b)[a-z]"
)
"""What follows the date in "after the June 2024 signing", which bounds no days."""
_LAST_MONTH: Final = re.compile(r"\blast\s+$", re.IGNORECASE)


def time_window(question: str, today: date) -> TimeWindow | None:
    """Return the days that a question speaks of relative to today, or None where it does not.

    Understands "today", "yesterday", "this/last week, month, quarter, year", "the past week", "the past ten days",
    "last September", "since June", "before 3 May 2024", "latest". A plain date ("on June 21", "in September",
    "after the June summit") gives None: the answer's text must match it, and not the day the article appeared.
    """
    if match := _SPAN_BACK.search(question):
        count = match["count"].lower()
        days = (int(count) if count.isdigit() else _COUNTS[count]) * _UNITS[match["unit"].lower()]
        return TimeWindow(today - timedelta(days=days), today)
    if match := _UNIT.search(question):
        return _unit_window(match["which"].lower(), match["unit"].lower(), today)
    if match := _DAY.search(question):
        day = today if match["which"].lower() == "today" else today - timedelta(days=1)
        return TimeWindow(day, day)
    for span, partial in find_dates(question):
        bound = _BOUND.search(question, 0, span.start)
        if bound and bound["the"] and _EVENT.match(question, span.end):
            continue
        is_last = bool(_LAST_MONTH.search(question, 0, span.start))
        if bound or is_last:
            first, last = _latest_past(partial, today)
            if is_last and partial.year is None and last >= today:
                first, last = days_of(partial, today.year - 1)  # "last June" in June is that of the year before
            if not bound:
                return TimeWindow(first, last)
            match bound["side"].lower():
                case "since":
                    return TimeWindow(first, None)
                case "after":
                    return TimeWindow(last + timedelta(days=1), None)
                case "before":
                    return TimeWindow(None, first - timedelta(days=1))
                case _:
                    return TimeWindow(None, last)
    if _LATEST.search(question):
        return TimeWindow(None, None, wants_latest=True)
    return None


def _unit_window(which: str, unit: str, today: date) -> TimeWindow:
    if which == "past":
        return TimeWindow(today - timedelta(days=_UNITS[unit]), today)
    match unit:
        case "week":
            first = today - timedelta(days=today.weekday())
            length = timedelta(days=7)
            start = first if which == "this" else first - length
            return TimeWindow(start, start + timedelta(days=6))
        case "month" | "quarter":
            months = 1 if unit == "month" else 3
            index = today.year * 12 + (today.month - 1) // months * months
            index -= 0 if which == "this" else months
            return TimeWindow(_month_start(index), _month_start(index + months) - timedelta(days=1))
        case _:
            year = today.year if which == "this" else today.year - 1
            return TimeWindow(date(year, 1, 1), date(year, 12, 31))


def _month_start(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


def _latest_past(partial: PartialDate, today: date) -> tuple[date, date]:
    """Return what a partial date means when it is not in the future."""
    if partial.year is not None:
        return days_of(partial, partial.year)
    extent = days_of(partial, today.year)
    return extent if extent[0] <= today else days_of(partial, today.year - 1)
