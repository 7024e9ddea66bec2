"""Calendar dates as news writes them; what is not written stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rag.schema import PartialDate, Span

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

_MONTH: Final = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_YEAR: Final = r"(?P<year>(?:1[6-9]|20)\d\d)(?!\d|[.,]\d|:\d)"
_DAY: Final = (
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d|\s*(?:percent|per cent|million|billion)\b)"
)
_MORE_DAYS: Final = (
    r"(?:\s*(?:[-–—]|and|to|through|,)\s*(?P<last>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:%]|[.,]\d))?"
)

_DATE: Final = re.compile(
    "|".join(
        pattern.replace("?P<", f"?P<{letter}_")
        for letter, pattern in {
            "i": r"(?<![\d-])(?P<year>(?:1[6-9]|20)\d\d)[-/](?P<month>0?[1-9]|1[0-2])[-/]"
            r"(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)",
            "n": r"(?<![\d/.])(?P<first>3[01]|[12]\d|0?[1-9])[/.](?P<second>3[01]|[12]\d|0?[1-9])[/.]"
            r"(?P<year>(?:19|20)\d\d)(?!\d)",
            "m": rf"\b{_MONTH}\s+{_DAY}(?:{_MORE_DAYS}(?:\s*,\s*|\s+)(?:of\s+)?{_YEAR}"
            rf"|{_MORE_DAYS.replace('last', 'until')})",
            "d": rf"(?<![\d.,:$€£-])\b{_DAY}(?:\s+of)?[\s-]{_MONTH}(?:(?:\s*,\s*|[\s-])(?:of\s+)?{_YEAR})?",
            "y": rf"\b{_MONTH}(?:\s*,\s*|\s+)(?:of\s+)?{_YEAR}",
            "o": rf"\b{_MONTH}(?!\w)",
            "a": r"\b(?:in|of|since|by|during|from|until|till|before|after|early|late|mid|year|spring|summer|autumn"
            rf"|fall|winter|between|and|to|for)[\s-]+(?P<mark>){_YEAR}(?![\w-]|\s*(?:people|men|women|percent|%))",
        }.items()
    ),
    re.IGNORECASE,
)
_BEFORE_MONTH: Final = re.compile(
    r"\b(?:in|of|since|by|during|until|till|before|after|early|late|last|next|this|from|through|mid)[\s-]+$",
    re.IGNORECASE,
)
_WORDS_TOO: Final = frozenset({"may", "march"})
_SHORT: Final = frozenset({"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec"})


def find_dates(text: str) -> list[tuple[Span, PartialDate]]:
    """Return the dates written in `text` with their places, in order; weekdays and relative words are not dates.

    Of a range ("June 18-19, 2024") both ends are given. A month alone counts when written out and, for "May" and
    "March", only after a word like "in" or "last". Of figures such as 06/07/2024, where day and month cannot be told
    apart, the year alone is given.
    """
    found: list[tuple[Span, PartialDate]] = []
    for match in _DATE.finditer(text):
        found.extend(_read(match, text))
    return found


def _read(match: re.Match[str], text: str) -> Iterator[tuple[Span, PartialDate]]:
    groups = {name[2:]: value for name, value in match.groupdict().items() if value is not None}
    form = next(name[0] for name, value in match.groupdict().items() if value is not None)
    span = Span(*match.span())
    year = int(groups["year"]) if "year" in groups else None
    if form == "a":
        yield Span(match.start("a_year"), match.end("a_year")), PartialDate(year)
        return
    if form == "n":
        first, second = int(groups["first"]), int(groups["second"])
        if first > 12 >= second or ("." in match.group() and second <= 12):  # with full stops the day is first
            first, second = second, first
        month, day = (first, second) if second > 12 or first == second or "." in match.group() else (None, None)
    else:
        name = groups["month"].casefold()
        month = int(name) if name.isdigit() else _MONTHS[name]
        day = int(groups["day"]) if "day" in groups else None
        if form == "o" and not _stands_alone(match, text, name):
            return
        if name == "may" and form in "my" and not groups["month"][0].isupper():
            return
    last = groups.get("last") or groups.get("until")
    if last is not None:
        group = "m_last" if "last" in groups else "m_until"
        if day is not None and int(last) > day and (ending := _date(year, month, int(last))):
            if start := _date(year, month, day):
                yield Span(span.start, match.end("m_day")), start
            yield Span(match.start(group), span.end), ending
            return
        if "year" not in groups:
            span = Span(span.start, match.end("m_day"))
    if written := _date(year, month, day):
        yield span, written


def _stands_alone(match: re.Match[str], text: str, name: str) -> bool:
    if name in _SHORT:
        return False
    if name in _WORDS_TOO:
        return bool(_BEFORE_MONTH.search(text, max(0, match.start() - 12), match.start()))
    return True


def _date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    """Return the date, or None where the calendar has no such day."""
    written = PartialDate(year, month, day)
    try:
        return PartialDate.parse(str(written))
    except ValueError:
        return None
