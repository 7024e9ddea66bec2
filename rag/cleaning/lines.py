"""Raw text to lines with their places: the pieces that cleaning keeps or removes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rag.schema import Span

_LINE = re.compile(r"[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_MARGIN = " \t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u2060\x00" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""White space and invisible characters that belong to no block."""
_BULLET = re.compile(r"(?:[-*+•·‣◦▪■●○►▶»–—]|\(?\d{1,2}[.)])[ \t\xa0]+(?=\S)|[•‣◦▪■●►▶](?=\w)")
_LONE_BULLET = re.compile(r"[-*+•·‣◦▪■●○►▶–—_=|~#. ]+\Z")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f]")
_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans("‘’‛´`“”„«»–—‐‑‒−\xa0", "'''''\"\"\"\"\"------ ")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*\Z")
LONGEST_KEY = 400  # characters of a line that are normalised; what tells lines apart stands at their beginning


class Line(NamedTuple):
    """A line, or the lines of one hard-wrapped paragraph, without the white space around it."""

    number: int
    """1-based number of its first line in the raw text."""
    span: Span
    """With its bullet, without the margins."""
    content: Span
    """Without bullet and margins."""
    text: str
    """What a reader sees of `content`: the same characters, in Markdown without link targets and emphasis marks."""
    bullet: bool
    indent: int
    blank_before: bool
    """An empty line, or the beginning of the file, stands before it."""
    key: str
    """Normalised, for comparing."""


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """Fold what two prints of the same line may differ in: case, quotes, dashes, white space, invisible characters."""
    text = text[:LONGEST_KEY]
    if not text.isascii():
        text = _INVISIBLE.sub("", text.translate(_QUOTES))
    if not text.isprintable() or "  " in text:  # a tab or line break is not printable, a plain space is
        text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return text.strip().lower()


def split_lines(raw: str, *, paragraphs: bool = False) -> list[Line]:
    """Return the lines that hold something, in order.

    Args:
        raw: decoded text with any kind of newlines.
        paragraphs: lines without an empty line between them are one, as in Markdown; otherwise that is decided by
            whether the file looks hard-wrapped.
    """
    lines = list(_single_lines(raw))
    if paragraphs or _is_wrapped(lines):
        lines = list(_joined(raw, lines))
    return lines


def _single_lines(raw: str) -> Iterator[Line]:
    number, end, position = 1, 0, 0
    blank = True
    for match in _LINE.finditer(raw):
        breaks = _count_breaks(raw, end, match.start())
        number += breaks
        position = match.start()
        blank = blank or breaks > 1
        end = match.end()
        whole = match.group()
        left = whole.lstrip(_MARGIN)
        indent = len(whole) - len(left)
        content = left.rstrip(_MARGIN)
        if not content:
            blank = True
            continue
        start = position + indent
        bullet = _BULLET.match(content)
        text = content[bullet.end() :] if bullet else content
        if not bullet and _LONE_BULLET.match(content):
            bullet_only, text = True, content
        else:
            bullet_only = False
        yield Line(
            number=number,
            span=Span(start, start + len(content)),
            content=Span(start + len(content) - len(text), start + len(content)),
            text=text,
            bullet=bullet is not None or bullet_only,
            indent=indent,
            blank_before=blank,
            key=normalise(text),
        )
        blank = False


def _count_breaks(raw: str, start: int, end: int) -> int:
    gap = raw[start:end]
    if gap in {"\n", "\r\n"}:
        return 1
    return len(_BREAK.findall(gap))


def _is_wrapped(lines: list[Line]) -> bool:
    """Say whether paragraphs are broken into lines of one width, as in mail and old text files.

    Asks of the lines that another one follows at once: are they about as long as the longest, and do they stop
    in mid-sentence? Scraped paragraphs fail on width, menus on both.
    """
    inner = [line for line, after in itertools.pairwise(lines) if not after.blank_before]
    if len(inner) < 3 or len(inner) < 0.4 * len(lines):
        return False
    widths = sorted(line.span.end - line.span.start + line.indent for line in inner)
    width = widths[int(0.95 * (len(widths) - 1))]
    if not 40 <= width <= 110:
        return False
    full = sum(w >= 0.75 * width for w in widths)
    open_ended = sum(not _ENDS_SENTENCE.search(line.text[-4:]) for line in inner)
    lower = sum(after.text[:1].islower() for line, after in itertools.pairwise(lines) if not after.blank_before)
    return full >= 0.7 * len(inner) and open_ended >= 0.7 * len(inner) and lower >= 0.3 * len(inner)


def _joined(raw: str, lines: list[Line]) -> Iterator[Line]:
    group: list[Line] = []
    for line in lines:
        if group and (line.blank_before or line.bullet or line.text.startswith("#")):
            yield _join(raw, group)
            group = []
        group.append(line)
        if line.text.startswith("#"):
            yield _join(raw, group)
            group = []
    if group:
        yield _join(raw, group)


def _join(raw: str, group: list[Line]) -> Line:
    first, last = group[0], group[-1]
    if first is last:
        return first
    start = first.content.start
    text = raw[start : last.span.end]
    return Line(
        number=first.number,
        span=Span(first.span.start, last.span.end),
        content=Span(start, last.span.end),
        text=text,
        bullet=first.bullet,
        indent=first.indent,
        blank_before=first.blank_before,
        key=normalise(text),
    )
