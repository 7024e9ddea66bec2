"""Title, date, author and publisher: from what the source says about itself, else from its lines; never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.cleaning.lines import Line
from rag.schema import PartialDate, SourceFile, Span
from rag.text.dates import find_dates
from rag.text.words import STOPWORDS

_DATE_PREFIX = re.compile(
    r"(?:(?:date|published|posted|updated|publication date|дата)\s*:?\s*)?(?P<date>\d{4}-\d{2}-\d{2})\s+(?=\S)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:written |posted |reported |edited |story |words )?by:?|author:?|von|par|por|автор:?)\s+(?P<name>.+)",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?P<name>[^\W\d_][\w'’.-]*(?:\s+(?:(?:de|da|del|van|von|der|den|la|le|bin|al|el|of)\s+)*[^\W\d_][\w'’.-]*){1,3})"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_PHOTO_CREDIT = re.compile(
    r"(?:©|\(c\)|photo(?: by| credit)?:?|image(?: credit)?:?|credit:?|picture:)\s*\S.{0,80}", re.IGNORECASE
)
_YEAR = re.compile(r"(?<![\d.,$€£-])(?:19[89]|20[0-9])\d(?![\d%]|[.,]\d)")
_WORD = re.compile(r"\w+")
_FUTURE = re.compile(
    r"\b(?:will|next|upcoming|by|until|before|scheduled|planned|expected|due|plans? to|set to)\b", re.IGNORECASE
)
_HEAD_LINES = 25  # bylines and date lines stand before the article or right behind it


@dataclass(slots=True)
class Found:
    """What the lines of one file say about the article."""

    title: str | None = None
    published: PartialDate | None = None
    published_from: str | None = None
    publisher: str | None = None
    author: str | None = None
    language: str | None = None
    reasons: dict[int, str] = field(default_factory=dict)
    """Line index to the reason it is removed for, beyond what was known before."""
    cut: dict[int, tuple[Span, str]] = field(default_factory=dict)
    """Line index to a part at its beginning that is removed, with the reason."""


def find_metadata(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None]) -> Found:
    """Read title, date and author; `reasons` says which lines are out already."""
    given = source.metadata
    found = Found(publisher=given.publisher, language=given.language)
    first = _first_paragraph(lines, reasons)
    title = _title_line(source, lines, reasons, first)
    if title is not None:
        found.reasons[title] = "title"
        found.title = " ".join(lines[title].text.split())
    found.title = given.title or found.title
    found.author = given.author or _author(lines, reasons, found, first)
    _date(source, lines, reasons, found, first)
    for index, line in enumerate(lines):
        if index not in found.reasons and len(line.text) < 90 and _PHOTO_CREDIT.fullmatch(line.text):
            found.reasons[index] = "caption"
    return found


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that carry meaning: headlines inflect what the text says."""
    return {word[:5] for word in _WORD.findall(text.lower()) if word not in STOPWORDS}


def _first_paragraph(lines: Sequence[Line], reasons: Sequence[str | None]) -> int:
    return next((i for i, line in enumerate(lines) if reasons[i] is None and line.text.count(" ") >= 12), len(lines))


def _title_line(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None], first: int) -> int | None:
    body: set[str] = set()
    for line, reason in zip(lines[first:], reasons[first:], strict=True):
        if reason is None:
            body.update(_stems(line.text[:2000]))
    given = source.metadata.title
    if given:
        wanted = set(_stems(given))
        for index, line in enumerate(lines[: first + 1]):
            if set(_stems(line.text[:300])) == wanted:
                return index
    for index, line in enumerate(lines[: min(first, 60)]):
        wanted = set(_stems(line.text[:300]))
        if len(line.text) > 20 and len(wanted) >= 3 and len(wanted & body) >= 0.5 * len(wanted) and not line.bullet:
            if line.text.endswith((".", ":")):
                continue
            return index
    return None


def _author(lines: Sequence[Line], reasons: Sequence[str | None], found: Found, first: int) -> str | None:
    author = None
    candidates: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if len(line.text) > 120 or (index > first + 3 and reasons[index] is None and line.text.count(" ") > 8):
            continue
        if index <= first and (match := _BYLINE.fullmatch(line.text)) and len(line.text) < 100:
            found.reasons[index] = "byline"
            author = author or _clean_name(match.group("name"))
        elif _EMAIL.fullmatch(line.text):
            found.reasons[index] = "byline"
            before = lines[index - 1].text if index else ""
            if _looks_like_name(before):
                candidates.setdefault(before, []).append(index - 1)
    for name, places in candidates.items():
        author = author or name
        for place in places:
            found.reasons[place] = "byline"
    if author:
        key = author.lower()
        for index, line in enumerate(lines[: first + 1]):
            if line.key.startswith(key) and len(line.text) <= len(author) + 30 and index not in found.reasons:
                found.reasons[index] = "byline"
    return author


def _looks_like_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words) and bool(_NAME.fullmatch(text))


def _clean_name(text: str) -> str | None:
    match = _NAME.match(text)
    return match.group("name") if match else None


def _date(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None], found: Found, first: int) -> None:
    for index, line in enumerate(lines[: first + 1]):
        match = _DATE_PREFIX.match(line.text)
        if match:
            written = _parse(match.group("date"))
            if written is not None:
                start = line.content.start
                found.cut[index] = (Span(line.span.start, start + match.end()), "date")
                found.published, found.published_from = written, "text"
                break
    if source.metadata.published is not None:
        found.published, found.published_from = source.metadata.published, "metadata"
    if found.published is None:
        _latest_day(lines, reasons, found)


def _parse(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _latest_day(lines: Sequence[Line], reasons: Sequence[str | None], found: Found) -> None:
    days: list[PartialDate] = []
    for line, reason in zip(lines, reasons, strict=True):
        if reason is not None:
            continue
        for _, written in find_dates(line.text[:20_000]):
            if written.year is None and written.month is not None and written.day is not None:
                days.append(written)
    if not days:
        return
    latest = max(days, key=lambda day: (day.month or 0, day.day or 0))
    found.published, found.published_from = latest, "text"
    years = {
        (int(year), line.number, line.text)
        for line, reason in zip(lines, reasons, strict=True)
        if reason is not None and len(line.text) < 300
        for year in _YEAR.findall(line.text)
    }
    if len({year for year, _, _ in years}) == 1:
        year, number, text = min(years, key=lambda entry: entry[1])
        found.published = PartialDate(year, latest.month, latest.day)
        found.published_from = f"text; year from line {number}: {text[:80]!r}"
