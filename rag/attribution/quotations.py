"""Finds quotations: stretches of a paragraph between double quotation marks, and those that run over paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.schema import Span

# One set of characters first, and what follows it looked up afterwards: `re` skips to it in one go.
_DOUBLE = re.compile("[“”„\"«»'`](?:(?<=[^'`])|(?<=')'{1,2}|(?<=`)`)")
_SINGLE_OPEN = re.compile(r"(?<![\w])[‘'](?=\w)")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…])[’'](?!\w)")


@dataclass(slots=True)
class Quotation:
    """One quotation; `span` holds its marks. A quotation that runs over paragraphs has one object for each."""

    span: Span
    continued: bool = False
    """It goes on a quotation that the paragraph before left open."""


def find_quotations(raw: str, paragraphs: Sequence[Span]) -> list[Quotation]:
    """Return the quotations of an article in order.

    Marks are taken by turns, so a mark that leans the wrong way still counts. A quotation left open is continued
    where the next paragraph begins with a mark, as newspapers print long ones; otherwise it ends with its paragraph.
    Single marks count only in an article that has no double ones.
    """
    body = [span.of(raw) for span in paragraphs]
    double = any(_DOUBLE.search(text) for text in body)
    found: list[Quotation] = []
    open_before = False
    for span, text in zip(paragraphs, body, strict=True):
        marks = _marks(text, double)
        start: int | None = None
        continued = False
        for position, after, leans in marks:
            if start is None:
                if leans == "close" and not _could_open(text, position, after):
                    continue
                start = position
                continued = open_before and not text[:position].strip()
            elif leans == "open":
                start = position  # the one before was never closed
            else:
                found.append(Quotation(Span(span.start + start, span.start + after), continued))
                start, continued = None, False
        open_before = start is not None
        if start is not None:
            found.append(Quotation(Span(span.start + start, span.end), continued))
    return _drop_unclosed(found, paragraphs, raw)


def _marks(text: str, double: bool) -> list[tuple[int, int, str]]:
    if double:
        kinds = {"“": "open", "„": "open", "«": "open", "``": "open", "”": "close", "»": "close"}
        marks = []
        for match in _DOUBLE.finditer(text):
            leans = kinds.get(match.group(), "either")
            if (
                leans == "open"
                and text[match.start() - 1 : match.start()].strip()
                and not text[match.end() :][:1].strip()
            ):
                leans = "close"  # “like this“
            marks.append((match.start(), match.end(), leans))
        return marks
    if not any(mark in text for mark in "'’‘"):
        return []
    marks = [(m.start(), m.end(), "open") for m in _SINGLE_OPEN.finditer(text)]
    marks += [(m.start(), m.end(), "close") for m in _SINGLE_CLOSE.finditer(text)]
    return sorted(marks)


def _could_open(text: str, position: int, after: int) -> bool:
    """A closing mark with space before it and a word after it was meant to open."""
    before = text[position - 1] if position else " "
    return before.isspace() and text[after : after + 2].strip() != "" and "”" in text[after:]


def _drop_unclosed(found: list[Quotation], paragraphs: Sequence[Span], raw: str) -> list[Quotation]:
    """Drop a quotation left open that nothing continues, unless it opens its paragraph or a sentence of it."""
    ends = {span.end: span for span in paragraphs}
    kept = []
    for number, quotation in enumerate(found):
        paragraph = ends.get(quotation.span.end)
        closed = raw[quotation.span.end - 1] in "”\"»'’" and len(quotation.span) > 1
        if paragraph is None or closed:
            kept.append(quotation)
            continue
        goes_on = number + 1 < len(found) and found[number + 1].continued
        before = raw[paragraph.start : quotation.span.start].rstrip()
        if goes_on or len(before) <= 1 or before[-1] in '.?!,:”"':
            kept.append(quotation)
    return kept
