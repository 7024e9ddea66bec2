"""Title and author: from what the source says about itself, else from lines around the article; never guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.cleaning.dates import find_published
from rag.cleaning.furniture import label_reason, phrase_reason
from rag.cleaning.lines import Line, normalise
from rag.schema import PartialDate, SourceFile, Span
from rag.text.language import guess_language
from rag.text.words import STOPWORDS

_HEAD = 25
"""Lines before the first paragraph among which title, byline and date are looked for."""
_TAIL = 6
_TOP = 4  # lines: so near to the beginning of the file, the first line is the title though the article has other words
_PARAGRAPH_WORDS = 12
_LONGEST_TITLE = 250
_BODY_LOOK = 600  # characters of a paragraph that a title is compared with
_TITLE_WORDS = 20
_TITLE_OVERLAP = 0.5  # share of a title's words that the article uses too
_FURNITURE = frozenset(
    "advertisement comments share subscribe related navigation legal cookies copyright list_marker caption".split()
)

_CLOCK = re.compile(r"\b\d{1,2}:\d\d\b|\b(?:[Uu]pdated|[Pp]ublished|[Pp]osted|UPDATED|PUBLISHED|POSTED)\b")
_WORD = re.compile(r"\w+")
_NAME = r"[^\W\d_a-zа-я][\w'’.-]*(?: (?:(?:de|da|del|van|von|der|den|la|le|bin|al|el) )*[^\W\d_a-zа-я][\w'’.-]*){1,3}"
_NAME_ALONE = re.compile(_NAME)
_NAMES = re.compile(rf"{_NAME}(?:,? (?:and|&) {_NAME}|, {_NAME})*")
_BYLINE = re.compile(
    r"(?:(?:[Ww]ritten|[Pp]osted|[Rr]eported|[Ee]dited|[Ss]tory|[Ww]ords|WRITTEN|POSTED)? ?(?:[Bb]y|BY)|"
    r"[Aa]uthor|Von|Par|Por|От|Автор):? "
    rf"(?P<name>{_NAME}(?:,? (?:and|&) {_NAME})*)"
    rf"(?:(?: ?[,|·•/(–—-]| (?:for|in|on|at|[Uu]pdated|[Pp]ublished|[Pp]osted) ).*)?"
)
_JOINT = re.compile(r",? (?:and|&) ")
_SOMEBODY = re.compile(r"(?:by|von|par|por|от) .{2,60}")
_BY_ALONE = re.compile(r"(?:(?:written|posted|reported|story|words) )?(?:by|von|par|por|author|автор):?")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_HANDLE = re.compile(r"@\w{2,30}")
_PUBLISHER = re.compile(
    r"(?:©|\(c\)|[Cc]opyright(?: ©)?) ?(?:19|20)\d\d(?:\s?[-–—]\s?(?:19|20)\d\d)?,? (?:by )?"
    r"(?P<name>(?:The )?[A-Z][\w&.'’]*(?: (?:[A-Z&][\w&.'’]*|of|the|and)){0,4}?)"
    r"(?:[.,|]|$| [Aa]ll [Rr]ights| - |,? Inc\b|,? LLC\b|,? Ltd\b)"
)


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


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the article stands among the lines."""

    lines: Sequence[Line]
    reasons: Sequence[str | None]
    first: int
    """Its first paragraph; the number of lines where there is none."""
    last: int

    @property
    def head(self) -> range:
        return range(max(0, self.first - _HEAD), min(self.first, len(self.lines)))

    @property
    def tail(self) -> range:
        return range(self.last + 1, min(self.last + 1 + _TAIL, len(self.lines)))


def find_metadata(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None]) -> Found:
    """Read title, date, author and publisher; `reasons` says which lines are out already."""
    given = source.metadata
    kept = [row for row, reason in enumerate(reasons) if reason is None]
    first = next((row for row in kept if lines[row].text.count(" ") >= _PARAGRAPH_WORDS), len(lines))
    frame = _Frame(lines, reasons, first, kept[-1] if kept else len(lines))
    found = Found(publisher=given.publisher or _publisher(lines, reasons))
    _title(source, frame, found)
    _author(source, frame, found)
    written = find_published(source, lines, reasons, head=frame.head, first=first, tail=frame.tail)
    found.published, found.published_from = written.published, written.published_from
    if written.cut is not None:
        found.cut[written.cut[0]] = (written.cut[1], "date")
    for row in written.rows:
        found.reasons.setdefault(row, "date")
    found.language = given.language or guess_language(" ".join(lines[row].text[:1000] for row in kept[:8]))
    return found


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


def _title(source: SourceFile, frame: _Frame, found: Found) -> None:
    lines, reasons = frame.lines, frame.reasons
    given = source.metadata.title
    row = None
    if given:
        found.title = given
        wanted = normalise(given)
        row = next((at for at in range(min(frame.first + 1, len(lines))) if _same_title(lines[at].key, wanted)), None)
    elif frame.first < len(lines):
        body = _Body(lines[at].text for at in range(frame.first, len(lines)) if reasons[at] is None)
        # What stands above the byline comes first: below it may be a summary in the same words.
        byline = next((at for at in frame.head if _SOMEBODY.fullmatch(lines[at].key)), frame.first)
        ways: tuple[Callable[[int], bool], ...] = (
            lambda at: at < byline and _is_title(lines[at], reasons[at], body),
            lambda at: _is_title(lines[at], reasons[at], body),
            lambda at: _is_above_byline(frame, at),
            lambda at: at == 0 and frame.first <= _TOP and _is_title(lines[at], reasons[at], None),
        )
        row = next((at for way in ways for at in frame.head if way(at)), None)
        if row is None:
            # Below a menu entry like "Latest news" all lines count as teasers; one of them may be the title.
            teasers = [at for at in frame.head if _is_title(lines[at], _own(lines[at], reasons[at]), body)]
            row = max(teasers, key=lambda at: (body.shared(_stems(lines[at].text)), at), default=None)
        if row is not None:
            found.title = " ".join(lines[row].text.split())
    if row is not None:
        found.reasons[row] = "title"
        for at in frame.head:
            if lines[at].key == lines[row].key:
                found.reasons[at] = "title"


def _same_title(key: str, wanted: str) -> bool:
    return key == wanted or (len(key) > 20 and (wanted.startswith(key) or key.startswith(wanted)))


def _is_above_byline(frame: _Frame, row: int) -> bool:
    if not _is_title(frame.lines[row], frame.reasons[row], None):
        return False
    below = frame.lines[row + 1]
    return frame.reasons[row + 1] == "date" or _BYLINE.fullmatch(below.text) is not None


def _own(line: Line, reason: str | None) -> str | None:
    """Return the reason that a line itself gives, where it was taken for a teaser for what stands above it."""
    return label_reason(line.key) or phrase_reason(line.key) if reason == "related" else reason


def _is_title(line: Line, reason: str | None, body: _Body | None) -> bool:
    """Say whether a line can be the title; its words must be those of the article, where `body` is given."""
    if reason in _FURNITURE or line.bullet or not 20 < len(line.text) < _LONGEST_TITLE:
        return False
    if line.text.endswith((".", ":", ",", "-", "–", "—")) or not 3 <= line.text.count(" ") < _TITLE_WORDS:
        return False
    if _CLOCK.search(line.text) or _SOMEBODY.fullmatch(line.key) or (body is None and _NAMES.fullmatch(line.text)):
        return False
    words = _stems(line.text)
    return len(words) >= 3 and (body is None or body.shares(words, _TITLE_OVERLAP * len(words)))


def _author(source: SourceFile, frame: _Frame, found: Found) -> None:
    """Find bylines: "By NAME", a name above an e-mail address or a handle, and the same name once more."""
    lines, author = frame.lines, None
    rows = (*frame.head, *frame.tail)
    for row in rows:
        text, after = lines[row].text, lines[row + 1] if row + 1 < len(lines) else None
        if len(text) > 120:
            continue
        if match := _BYLINE.fullmatch(text):
            found.reasons[row] = "byline"
            author = author or _JOINT.sub(", ", match.group("name"))
        elif _EMAIL.fullmatch(text) or _HANDLE.fullmatch(text):
            found.reasons[row] = "byline"
            if row and _is_name(lines[row - 1].text) and row - 1 not in found.reasons:
                found.reasons[row - 1] = "byline"
                author = author or lines[row - 1].text
        elif after is not None and _BY_ALONE.fullmatch(lines[row].key) and _is_name(after.text):
            found.reasons[row] = found.reasons[row + 1] = "byline"
            author = author or after.text
    if author is not None:
        author = author.rstrip(".,")
        key = normalise(author)
        for row in rows:
            if lines[row].key.startswith(key) and len(lines[row].text) <= len(author) + 30:
                found.reasons.setdefault(row, "byline")
    found.author = source.metadata.author or author


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words) and bool(_NAME_ALONE.fullmatch(text))


def _publisher(lines: Sequence[Line], reasons: Sequence[str | None]) -> str | None:
    """Return whom a copyright line with a year names; a line without one may be the credit of a picture."""
    for line, reason in zip(lines, reasons, strict=True):
        if reason == "copyright" and (match := _PUBLISHER.search(line.text)):
            return match.group("name").rstrip(".,")
    return None
