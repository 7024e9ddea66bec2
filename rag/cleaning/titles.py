"""The article's title: given by the source, or a line above the article; else its first sentence stands in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.cleaning.bylines import BYLINE, NAMES, SOMEBODY
from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line, normalise
from rag.schema import Span
from rag.text.sentences import split_sentences
from rag.text.words import STOPWORDS

_TOP = 4  # lines: so near to the beginning of the file, the first line is the title though the article has other words
_LONGEST_TITLE = 250
_LONGEST_STAND_IN = 200
_BODY_LOOK = 600  # characters of a paragraph that a title is compared with
_TITLE_WORDS = 20
_TITLE_OVERLAP = 0.5  # share of a title's words that the article uses too
_FEWEST_WORDS_TO_CUT = 3  # a title of fewer words may be the subject of the sentence ("Weather: rain until Friday")
_SITE_WORDS = 5
_FURNITURE = frozenset(
    "advertisement comments share subscribe related navigation legal cookies copyright list_marker caption".split()
)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b|\b(?:[Uu]pdated|[Pp]ublished|[Pp]osted|UPDATED|PUBLISHED|POSTED)\b")
_WORD = re.compile(r"\w+")
_SEPARATOR = re.compile(r"\s*(?:[.!?…]+[\"'”’»)]*(?=\s|\Z)|[|·•—](?=.)|\s[-–:](?=\s)|[\r\n])\s*")
"""What divides a title from the text behind it on its line; a sentence that goes on has none of it."""
_ENDED = re.compile(r"[.!?…][\"'”’»)]*\Z")
_SITE = re.compile(r"\s*(?:\s[-–—:]|[|·•—])\s*(?P<site>[^.!?]{2,60})\Z")
_MARK = re.compile(r"[*_#]+[ \t]*")


class GivenTitle(NamedTuple):
    """Where a title that the source gives stands in the text."""

    row: int
    cut: Span | None
    """The part of the line that is the title; None where that is the whole line."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the article stands among the lines."""

    raw: str
    lines: Sequence[Line]
    reasons: Sequence[str | None]
    first: int
    """Its first paragraph; the number of lines where there is none."""
    last: int
    head: range
    """The lines right above it, among which title, byline and date are looked for."""
    tail: range


def find_given(frame: Frame, title: str) -> GivenTitle | None:
    """Find the line, or the beginning of a line, that repeats the given title above or at the first paragraph.

    A line goes whole only if nothing else stands on it: a story may begin with the words of its title.
    """
    wanted = normalise(title)
    site = _SITE.search(title)
    shorter = normalise(title[: site.start()]) if site and len(site["site"].split()) <= _SITE_WORDS else wanted
    for row in range(min(frame.first + 1, len(frame.lines))):
        line = frame.lines[row]
        if line.key in {wanted, shorter} or (len(line.key) > 20 and wanted.startswith(line.key)):
            return GivenTitle(row, None)
        for key in dict.fromkeys((wanted, shorter)):
            if line.key.startswith(key):
                found = _beginning(frame.raw, line, key)
                if found is not None:
                    return GivenTitle(row, found if found.end < line.content.end else None)
    return None


def _beginning(raw: str, line: Line, wanted: str) -> Span | None:
    """Return the part of a line that is the title with what divides it from the rest; None where the line goes on."""
    text = line.content.of(raw)
    mark = _MARK.match(text)
    start = mark.end() if mark else 0
    end = next((end for end in range(start + len(wanted), len(text) + 1) if normalise(text[start:end]) == wanted), None)
    if end is None:
        return None
    rest = text[end:]
    site = _SITE.fullmatch(rest)
    if site and len(site["site"].split()) <= _SITE_WORDS and site["site"][0].isupper():
        return Span(line.span.start, line.content.end)
    divider = _SEPARATOR.match(rest)
    if divider is None and rest[:1].isspace() and _ENDED.search(wanted):
        divider = re.match(r"\s+", rest)
    if divider is None or wanted.count(" ") + 1 < _FEWEST_WORDS_TO_CUT:
        return None
    return Span(line.span.start, line.content.start + end + divider.end())


def find_title(frame: Frame) -> int | None:
    """Return the line above the article that is its title."""
    lines, reasons = frame.lines, frame.reasons
    if frame.first >= len(lines):
        return None
    body = _Body(lines[at].text for at in range(frame.first, len(lines)) if reasons[at] is None)
    # What stands above the byline comes first: below it may be a summary in the same words.
    byline = next((at for at in frame.head if SOMEBODY.fullmatch(lines[at].key)), frame.first)
    ways: tuple[Callable[[int], bool], ...] = (
        lambda at: at < byline and _is_title(lines[at], reasons[at], body),
        lambda at: _is_title(lines[at], reasons[at], body),
        lambda at: _is_above_byline(frame, at),
        lambda at: at == 0 and frame.first <= _TOP and _is_title(lines[at], reasons[at], None),
        lambda at: at == 0 and frame.first <= _TOP and _is_short_title(lines[at], reasons[at]),
    )
    row = next((at for way in ways for at in frame.head if way(at)), None)
    if row is None:
        # Below a menu entry like "Latest news" all lines count as teasers; one of them may be the title.
        teasers = [at for at in frame.head if _is_title(lines[at], _own(lines[at], reasons[at]), body)]
        row = max(teasers, key=lambda at: (body.shared(_stems(lines[at].text)), at), default=None)
    return row


def stand_in(paragraph: str) -> str:
    """Return the first sentence of a paragraph, to stand in for a title that was not found."""
    text = " ".join(paragraph[:1000].split())
    sentence = split_sentences(text)[0].of(text)
    if len(sentence) > _LONGEST_STAND_IN:
        sentence = f"{sentence[:_LONGEST_STAND_IN].rsplit(' ', 1)[0]} …"
    return sentence


def _stems(text: str) -> set[str]:
    """Return the beginnings of the words that carry meaning: headlines inflect what the text says."""
    return {word[:5] for word in set(_WORD.findall(text.lower())) - STOPWORDS}


class _Body:
    """The stems of the article's paragraphs, read as far as they are needed: a title shows in the first few."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._read: set[str] = set()

    def shares(self, stems: set[str], enough: float) -> bool:
        """Say whether at least `enough` of the stems are in the article."""
        while len(stems & self._read) < enough:
            text = next(self._texts, None)
            if text is None:
                return False
            self._read |= _stems(text[:_BODY_LOOK])
        return True

    def shared(self, stems: set[str]) -> int:
        """Count the stems that are in the article."""
        self.shares(stems, math.inf)
        return len(stems & self._read)


def _is_above_byline(frame: Frame, row: int) -> bool:
    if not _is_title(frame.lines[row], frame.reasons[row], None):
        return False
    below = frame.lines[row + 1]
    return frame.reasons[row + 1] == "date" or BYLINE.fullmatch(below.text) is not None


def _own(line: Line, reason: str | None) -> str | None:
    """Return the reason that a line itself gives, where it was taken for a teaser for what stands above it."""
    return label_reason(line.key) or phrase_reason(line.key) if reason == "related" else reason


def _is_title(line: Line, reason: str | None, body: _Body | None) -> bool:
    """Say whether a line can be the title; its words must be those of the article, where `body` is given."""
    if reason in _FURNITURE or line.bullet or not 20 < len(line.text) < _LONGEST_TITLE:
        return False
    if line.text.endswith((".", ":", ",", "-", "–", "—")) or not 3 <= line.text.count(" ") < _TITLE_WORDS:
        return False
    if _CLOCK.search(line.text) or SOMEBODY.fullmatch(line.key) or (body is None and NAMES.fullmatch(line.text)):
        return False
    words = _stems(line.text)
    return len(words) >= 3 and (body is None or body.shares(words, _TITLE_OVERLAP * len(words)))


def _is_short_title(line: Line, reason: str | None) -> bool:
    """Say whether the first line of a file is a headline of a few words: "Road closed in Ennis"."""
    words = line.text.split()
    return (
        reason not in _FURNITURE
        and not line.bullet
        and 3 <= len(words) <= _TITLE_WORDS
        and line.text[-1] not in ".:,;-–—"
        and any(word.islower() and word not in STOPWORDS for word in words[1:])
        and not (_CLOCK.search(line.text) or SOMEBODY.fullmatch(line.key))
    )
