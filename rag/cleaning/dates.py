"""The publication date: from metadata, a date line, a dateline, the address, or the days that the text names.

What is not known stays None. A day without a year gets one only from evidence, and the evidence is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rag.cleaning.bylines import BYLINE
from rag.cleaning.lines import Line
from rag.schema import PartialDate, SourceFile, Span
from rag.text.dates import find_dates

_LONGEST_DATE_LINE = 140
_LONGEST_REST = 30  # characters beside the date
_DATE_SHARE, _BYLINE_SHARE = 0.2, 0.1  # of the characters of a line that is about a day
_LONGEST_LOOK = 20_000  # characters of a paragraph in which days are looked for
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = {
    name: english
    for english, names in {
        "January": "januar janvier enero janeiro gennaio января січня",
        "February": "februar février febrero fevereiro febbraio февраля лютого",
        "March": "märz mars marzo março марта березня",
        "April": "avril abril aprile апреля квітня",
        "May": "mai mayo maio maggio мая травня",
        "June": "juni juin junio junho giugno июня червня",
        "July": "juli juillet julio julho luglio июля липня",
        "August": "août agosto августа серпня",
        "September": "septembre septiembre setiembre setembro settembre сентября вересня",
        "October": "oktober octobre octubre outubro ottobre октября жовтня",
        "November": "novembre noviembre novembro ноября листопада",
        "December": "dezember décembre diciembre dezembro dicembre декабря грудня",
    }.items()
    for name in names.split()
}
_FOREIGN_MONTH = re.compile(
    r"(?<=\d)(?:\.|º|er)?\s+(?:de\s+)?"
    rf"(?P<name>{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})\b(?:\s+del?\b)?\s*",
    re.IGNORECASE,
)
_DATE_PREFIX = re.compile(
    r"(?:(?:date|published|posted|updated|publication date)\s*:?\s*)?(?P<date>\d{4}-\d{2}-\d{2})\s+(?=\S)",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"\b(?:publish|posted|created|first published|published on|veröffentlicht|publié|publicado|дата)", re.I
)
_UPDATED = re.compile(r"\b(?:updated|modified|last update|actualizado|mis à jour)", re.IGNORECASE)
_DATELINE = re.compile(r"[A-ZÀ-Þ][\w .,'’/()-]{2,80}?(?:—|–|--| - |/[A-Z]{2,}/)")
_URL_DATE = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>0[1-9]|1[0-2])(?:[/-](?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
# A digit first, and what stands before it looked up afterwards: `re` then skips to digits in one go.
_DIGITS = re.compile(r"\d(?<![\d.,:$€£]\d)\d?(?![\d:%]|[.,]\d)")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"[12](?<![\d.,$€£/-][12])(?:(?<=1)9[89]\d|(?<=2)0\d\d)(?![\d%]|[.,]\d)")
_FUTURE = re.compile(
    r"\b(?:will|would|next|upcoming|scheduled|planned|plans? to|expected|set (?:to|for)|deadline)\b[^.!?]{0,60}$|"
    r"\b(?:by|until|till|before|due) (?:on )?$",
    re.IGNORECASE,
)
_HAPPENED = re.compile(r"\b(?:\w{2,}ed|said|told|met|held|began|came|went|took|made|was|were|had|won|lost)\b", re.I)
_FORTNIGHT = 14  # days
_WINDOW = 60  # characters before a day in which a word about the future makes it no evidence


@dataclass(frozen=True, slots=True)
class Published:
    """The date, where it comes from, and what of the text is a date and not body."""

    published: PartialDate | None = None
    published_from: str | None = None
    rows: tuple[int, ...] = ()
    """Lines that are dates."""
    cut: tuple[int, Span] | None = None
    """A date at the beginning of a line that stays."""


def find_published(
    source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None], *, head: range, first: int, tail: range
) -> Published:
    """Find the publication date.

    Args:
        source: for its metadata.
        lines: all lines.
        reasons: why each goes, None where it stays.
        head: the lines right before the article.
        first: its first paragraph.
        tail: the lines right behind it.
    """
    cut = _prefix(lines, (*head, first) if first < len(lines) else head)
    dated = _date_lines(lines, reasons, (*head, *tail))
    rows = tuple(row for row, _ in dated)
    span = None if cut is None else (cut[0], cut[1])

    def result(published: PartialDate, origin: str) -> Published:
        return Published(published, origin, rows, span)

    if source.metadata.published is not None:
        return result(source.metadata.published, "metadata")
    if cut is not None:
        return result(cut[2], "text")
    partial: tuple[PartialDate, str] | None = None
    candidates = [*((day, "text") for _, day in _best_first(lines, dated))]
    if first < len(lines) and (day := _dateline(lines[first])) is not None:
        candidates.append((day, "dateline"))
    address = _url_date(source.metadata.url)
    if address is not None:
        candidates.append((address, "url"))
    for day, origin in candidates:
        if day.full is not None:
            return result(day, origin)
        partial = partial or (day, origin)
    partial = partial or _latest_day(lines, reasons)
    if partial is None:
        return Published(None, None, rows, span)
    day, origin = partial
    if day.year is not None:
        return result(day, origin)
    evidence = _year(lines, reasons, address)
    if evidence is not None and _exists(PartialDate(evidence[0], day.month, day.day)):
        return result(PartialDate(evidence[0], day.month, day.day), f"{origin}; year from {evidence[1]}")
    return result(day, origin)


def _in_english(text: str) -> str:
    """Write the month names of some other languages in English, for reading a line that is only a date."""
    if not any(map(str.isalpha, text)):
        return text
    return _FOREIGN_MONTH.sub(lambda match: f" {_ENGLISH[match.group('name').lower()]} ", text)


def is_date_line(text: str) -> bool:
    """Say whether a line is a complete date and little else: "Updated: 19 November 2019, 09:01 AM"."""
    if len(text) > _LONGEST_DATE_LINE or not any(map(str.isdigit, text)):
        return False
    days = find_dates(_in_english(text))
    rest = len(text) - sum(len(span) for span, _ in days)
    return rest <= _LONGEST_REST and any(day.full is not None for _, day in days)


def _prefix(lines: Sequence[Line], rows: Sequence[int]) -> tuple[int, Span, PartialDate] | None:
    for row in rows:
        line = lines[row]
        match = _DATE_PREFIX.match(line.text)
        if match and len(line.text) > _LONGEST_DATE_LINE / 2:
            try:
                day = PartialDate.parse(match.group("date"))
            except ValueError:
                continue
            return row, Span(line.span.start, line.content.start + match.end()), day
    return None


def _date_lines(
    lines: Sequence[Line], reasons: Sequence[str | None], rows: Sequence[int]
) -> list[tuple[int, PartialDate]]:
    """Return the lines that were removed for their shape and are about a day: "Nov 20, 2019 01:41 PM | Source"."""
    found = []
    for row in rows:
        text = lines[row].text
        if reasons[row] is None or reasons[row] in {"related", "comments", "copyright", "caption"}:
            continue
        if len(text) > _LONGEST_DATE_LINE or not any(map(str.isdigit, text)):
            continue
        days = [
            (span, day) for span, day in find_dates(_in_english(text)) if day.month is not None or day.year is not None
        ]
        covered = sum(len(span) for span, _ in days)
        share = _BYLINE_SHARE if BYLINE.fullmatch(text) else _DATE_SHARE
        if days and (covered >= share * len(text) or _MARKED.search(text)):
            marked = _MARKED.search(text)
            is_marked = marked is not None
            behind = [day for span, day in days if marked is not None and span.start >= marked.end()]
            best = max(behind[:1] or [day for _, day in days], key=lambda day: sum(map(_is_known, _parts(day))))
            if is_marked or best.full is not None or covered >= 0.5 * len(text):
                found.append((row, best))
    return found


def _best_first(lines: Sequence[Line], dated: Sequence[tuple[int, PartialDate]]) -> list[tuple[int, PartialDate]]:
    """Order date lines: said to be the publication, then unmarked, then updates; within these as they stand."""

    def rank(entry: tuple[int, PartialDate]) -> int:
        text = lines[entry[0]].text
        return 0 if _MARKED.search(text) else 2 if _UPDATED.search(text) else 1

    return sorted(dated, key=rank)


def _dateline(line: Line) -> PartialDate | None:
    match = _DATELINE.match(line.text[:120])
    days = [day for _, day in find_dates(match.group())] if match else []
    return next((day for day in days if day.day is not None), None)


def _url_date(url: str | None) -> PartialDate | None:
    match = _URL_DATE.search(url) if url else None
    if match is None:
        return None
    day = PartialDate(*(int(part) if part else None for part in match.group("year", "month", "day")))
    return day if _exists(day) else None


def _latest_day(lines: Sequence[Line], reasons: Sequence[str | None]) -> tuple[PartialDate, str] | None:
    """Return the latest day of those that the text reports something of without naming their year, with where.

    News writes the year only of days that are far, so days without one are near the day of writing, and the latest is
    the nearest. One such day alone may be any anniversary: there must be two within a fortnight.
    """
    ordinals: dict[PartialDate, int] = {}
    numbers: dict[PartialDate, int] = {}
    for line, reason in zip(lines, reasons, strict=True):
        if reason is None:
            for day in _reported_days(line.text):
                ordinals[day] = date(2000, day.month or 1, day.day or 1).timetuple().tm_yday
                numbers.setdefault(day, line.number)
    if not ordinals:
        return None
    if max(ordinals.values()) - min(ordinals.values()) > 183:  # December and January: January is the later one
        ordinals = {day: at + 366 if at < 183 else at for day, at in ordinals.items()}
    latest = max(ordinals, key=lambda day: ordinals[day])
    near = sum(ordinals[latest] - at <= _FORTNIGHT for at in ordinals.values())
    return (latest, f"text; latest day named in line {numbers[latest]}") if near >= 2 else None


def _reported_days(text: str) -> Iterator[PartialDate]:
    text = text[:_LONGEST_LOOK]
    if _DIGIT.search(text) is None:
        return
    last_end = 0
    for match in _DIGITS.finditer(text):
        if match.start() < last_end:
            continue
        start, end = max(0, match.start() - 16), match.end() + 26
        window = text[start:end]
        lowered = window.lower()
        if not any(month in lowered for month in _MONTHS):
            continue
        for span, day in find_dates(window):
            last_end = max(last_end, start + span.end)
            if day.year is None and day.month is not None and day.day is not None:
                before = text[max(0, start + span.start - _WINDOW) : start + span.start]
                if not _FUTURE.search(before) and _HAPPENED.search(text, max(0, start - 200), end + 200):
                    yield day


def _year(lines: Sequence[Line], reasons: Sequence[str | None], address: PartialDate | None) -> tuple[int, str] | None:
    """Return the one year that stands around the article, with where; None where there is none, or several.

    Years inside the article are no evidence: they are written because they are not the year of writing.
    """
    if address is not None and address.year is not None:
        return address.year, "url"
    found: dict[int, str] = {}
    for line, reason in zip(lines, reasons, strict=True):
        if reason is None or len(line.text) > 300:
            continue
        years = _YEAR.findall(line.text)
        if years:
            # of a range ("© 2011-2019") the end
            found.setdefault(int(max(years)), f"line {line.number}: {' '.join(line.text.split())[:80]!r}")
    if len(found) != 1:
        return None
    return next(iter(found.items()))


def _exists(day: PartialDate) -> bool:
    try:
        PartialDate.parse(str(day))
    except ValueError:
        return False
    return True


def _is_known(part: int | None) -> bool:
    return part is not None


def _parts(day: PartialDate) -> tuple[int | None, int | None, int | None]:
    return day.year, day.month, day.day
