"""What cleaning did to a file, line by line, as plain values for whoever shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.schema import Article

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; the reason it was removed for, or None where it stays."""

    text: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line of the raw text, without its line break."""

    number: int
    """1-based."""
    text: str
    pieces: tuple[Piece, ...]
    """In order; together they are the line. None for an empty line."""

    @property
    def is_kept(self) -> bool:
        """Whether anything that can be read stays."""
        return any(piece.reason is None and piece.text.strip() for piece in self.pieces)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why parts of it were removed, each reason once."""
        return tuple(
            dict.fromkeys(piece.reason for piece in self.pieces if piece.reason is not None and piece.text.strip())
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A line that is judged otherwise than before; a reason is None where the line stays."""

    number: int
    text: str
    before: str | None
    after: str | None


def report_lines(article: Article) -> tuple[ReportLine, ...]:
    """Return every line of the raw text with what became of it."""
    parts = sorted(
        [(span.start, span.end, None) for span in article.kept]
        + [(removal.span.start, removal.span.end, removal.reason) for removal in article.removed],
        key=lambda part: part[0],
    )
    lines, at = [], 0
    for number, (start, end) in enumerate(_lines(article.raw), start=1):
        pieces = []
        while at < len(parts) and parts[at][1] <= start:
            at += 1
        for first, last, reason in parts[at:]:
            if first >= end:
                break
            text = article.raw[max(first, start) : min(last, end)]
            if text:
                pieces.append(Piece(text, reason))
        lines.append(ReportLine(number, article.raw[start:end], tuple(pieces)))
    return tuple(lines)


def changes(before: Article, after: Article) -> tuple[Change, ...]:
    """Return the lines on which two cleanings of one source differ, as of a file alone and within its corpus.

    Raises:
        ValueError: the articles are not of the same text.
    """
    if before.raw != after.raw:
        raise ValueError(f"expected two cleanings of one source, found {before.path!r} and {after.path!r}")
    found = []
    for old, new in zip(report_lines(before), report_lines(after), strict=True):
        was, now = _verdict(old), _verdict(new)
        if was != now and old.text.strip():
            found.append(Change(old.number, old.text, was, now))
    return tuple(found)


def _verdict(line: ReportLine) -> str | None:
    return None if line.is_kept else next(iter(line.reasons), None)


def _lines(raw: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(raw):
        if match.start() < len(raw) or not raw:
            yield match.start(), match.end() - len(match.group()) + len(match.group().rstrip("\r\n"))
