"""Publication dates as metadata writes them: ISO 8601, RFC 2822, or seconds since 1970; nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from rag.schema import PartialDate

_ISO = re.compile(r"\s*(\d{4})(?:[-/.]?(\d{2})(?:[-/.]?(\d{2}))?)?(?![\d])")
_SECONDS_OF_1990, _SECONDS_OF_2100 = 631_152_000, 4_102_444_800


def read_date(value: str | float) -> PartialDate | None:
    """Return the calendar date of a metadata field as written there (no time zone is applied); None if unreadable."""
    if isinstance(value, int | float):
        seconds = value / 1000 if value >= _SECONDS_OF_2100 else value
        if not _SECONDS_OF_1990 <= seconds < _SECONDS_OF_2100:
            return None
        return PartialDate.of(datetime.fromtimestamp(seconds, UTC).date())
    if match := _ISO.match(value):
        year, month, day = (int(part) if part else None for part in match.groups())
        try:
            date(year or 0, month or 1, day or 1)  # there is no year 0
        except ValueError:
            return None
        return PartialDate(year, month, day)
    try:
        return PartialDate.of(parsedate_to_datetime(value).date())
    except (ValueError, IndexError):
        return _in_words(value)


def _in_words(value: str) -> PartialDate | None:
    if len(value) > 100:
        return None
    from rag.text.dates import find_dates

    found = [day for _, day in find_dates(value)]
    return found[0] if len(found) == 1 else None
