"""Raw text to lines with their places: the pieces that cleaning keeps or removes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rag.schema import Span
from rag.text.memo import Memo

_LINE = re.compile(r"[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
_MARGIN = " \t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u2060\x00" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""White space and invisible characters that belong to no block."""
_BULLET = re.compile(
    r"(?:[-*+•·‣◦▪■●○►▶»–—]|\(?\d{1,2}[.)](?!\s[^\W\d]{3,12}\s\d{4}\b))[ \t\xa0]+(?=\S)|[•‣◦▪■●►▶](?=\w)"
)
_LONE_BULLET = re.compile(r"[-*+•·‣◦▪■●○►▶–—_=|~#. ]+\Z")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f]")
_ENDS_SENTENCE = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*\Z")
_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans("‘’‛´`“”„«»–—‐‑‒−\xa0", "'''''\"\"\"\"\"------ ")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_plain = Memo(lambda char: "" if _INVISIBLE.match(char) else char.translate(_QUOTES), size=10_000)
_NARROWEST, _WIDEST = 30, 120  # characters of a line in hard-wrapped text
_FEWEST_PAIRS = 3
_LONGER_SHARE = 0.05  # of all lines: what sticks out is a table or an address
_UNFINISHED_SHARE = 0.4  # of the lines with another one at once below
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
        for char in set(_NOT_ASCII.findall(text)):  # mostly a few quotes and dashes, so faster than to translate
            text = text.replace(char, _plain[char])
    if not text.isprintable() or "  " in text:  # a tab or line break is not printable, a plain space is
        text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    return text.strip().lower()


def is_row(text: str) -> bool:
    """Say whether a line is the row of a table, with cells between bars or tabs."""
    return text.startswith("|") or "\t" in text


def split_lines(raw: str, *, paragraphs: bool = False, body: int = 0) -> list[Line]:
    """Return the lines that hold something, in order.

    Args:
        raw: decoded text with any kind of newlines.
        paragraphs: lines without an empty line between them are one, as in Markdown; otherwise that is decided by
            whether the file looks hard-wrapped.
        body: where the text begins; front matter before it is no part of its first paragraph.
    """
    lines = list(_single_lines(raw))
    if body:
        at = next((at for at, line in enumerate(lines) if line.span.start >= body), len(lines))
        lines[at : at + 1] = [line._replace(blank_before=True) for line in lines[at : at + 1]]
    width = _wrap_width(lines)
    if paragraphs or width is not None:
        lines = list(_joined(raw, lines, width))
    return lines


def _single_lines(raw: str) -> Iterator[Line]:
    number, end = 1, 0
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
        span = inner = Span(start, start + len(content))
        text, is_item = content, False
        if not content[0].isalpha():
            bullet = _BULLET.match(content)
            if bullet:
                text, is_item = content[bullet.end() :], True
                inner = Span(start + bullet.end(), span.end)
            else:
                is_item = _LONE_BULLET.match(content) is not None
        yield Line(number, span, inner, text, is_item, indent, blank, normalise(text))
        blank = False


def _count_breaks(raw: str, start: int, end: int) -> int:
    gap = raw[start:end]
    if gap in {"\n", "\r\n"}:
        return 1
    return len(_BREAK.findall(gap))


def _wrap_width(lines: list[Line]) -> int | None:
    """Return the width at which paragraphs are broken into lines, as in mail and old text files; None if they are not.

    Asks of the lines that stop in mid-sentence, with another one at once below: are they nearly as long as the file
    allows, and does the next one go on in lower case? Or else, would its first word not have fitted any more?
    Menus, lists and paragraphs on one line each fail both.
    """
    pairs = [(line, after) for line, after in pairwise(lines) if not after.blank_before and not after.bullet]
    unfinished = [(line, after) for line, after in pairs if not _ENDS_SENTENCE.search(line.text[-4:])]
    if not unfinished or len(unfinished) < _UNFINISHED_SHARE * len(pairs):
        return None
    widths = sorted(_width(line) for line, _ in unfinished)
    width = widths[int(0.9 * (len(widths) - 1))]
    longer = sum(_width(line) > 1.2 * width for line in lines)
    if not _NARROWEST <= width <= _WIDEST or longer > _LONGER_SHARE * len(lines):
        return None
    full = sum(at >= 0.75 * width for at in widths) / len(unfinished)
    lower = sum(after.text[0].islower() for _, after in unfinished) / len(unfinished)
    filled = sum(_width(line) + 1 + len(after.text.split(None, 1)[0]) > width for line, after in unfinished)
    if len(unfinished) < _FEWEST_PAIRS:
        return width if full == lower == 1 else None
    return width if (full >= 0.7 and lower >= 0.3) or filled >= 0.75 * len(unfinished) else None


def _width(line: Line) -> int:
    return len(line.span) + line.indent


def _joined(raw: str, lines: list[Line], width: int | None) -> Iterator[Line]:
    group: list[Line] = []
    for line in lines:
        stands_alone = line.text.startswith("#") or is_row(line.text)
        if group and (line.blank_before or line.bullet or stands_alone or _ends(group[-1], width)):
            yield _join(raw, group)
            group = []
        group.append(line)
        if stands_alone:
            yield _join(raw, group)
            group = []
    if group:
        yield _join(raw, group)


def _ends(line: Line, width: int | None) -> bool:
    """Say whether a paragraph ends here without an empty line: a sentence does, well before the margin."""
    return width is not None and _width(line) < 0.8 * width and bool(_ENDS_SENTENCE.search(line.text[-4:]))


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
