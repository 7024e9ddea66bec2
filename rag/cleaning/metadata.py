"""Title and author: from what the source says about itself, else from lines around the article; never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.cleaning.bylines import BYLINE, NAME_ALONE, author_name
from rag.cleaning.dates import find_published
from rag.cleaning.lines import Line, normalise
from rag.cleaning.titles import Frame, find_given, find_title
from rag.schema import PartialDate, SourceFile, Span, TitleOrigin
from rag.text.language import guess_language

_HEAD = 25
"""Lines before the first paragraph among which title, byline and date are looked for."""
_TAIL = 6
_PARAGRAPH_WORDS = 12
_SENTENCE = re.compile(r"(?:\S+\s+){2,}\S*[.!?…]+[\"'”’»)]*")
_RUN_ON = re.compile(r"(?<=[a-z])\.(?=[A-Z])")
_ENDED = re.compile(r"[.!?…:;,。！？—–-][\"'”’»)\]]*\Z")
_JOINT = re.compile(r",? (?:and|&) ")
_BY_ALONE = re.compile(r"(?:(?:written|posted|reported|story|words) )?(?:by|von|par|por|author|автор):?")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}")
_HANDLE = re.compile(r"@\w{2,30}")
_PUBLISHER = re.compile(
    r"(?:©|\(c\)|[Cc]opyright(?: ©)?) ?(?:19|20)\d\d(?:\s?[-–—]\s?(?:19|20)\d\d)?,? (?:by )?"
    r"(?P<name>(?:The )?[A-Z][\w&.'’]*(?: (?:[A-Z&][\w&.'’]*|of|the|and)){0,4}?)"
    r"(?:[.,|](?!\w)|$| [Aa]ll [Rr]ights| - |,? Inc\b|,? LLC\b|,? Ltd\b)"
)


@dataclass(slots=True)
class Found:
    """What the lines of one file say about the article."""

    title: str | None = None
    title_from: TitleOrigin | None = None
    published: PartialDate | None = None
    published_from: str | None = None
    publisher: str | None = None
    author: str | None = None
    language: str | None = None
    reasons: dict[int, str] = field(default_factory=dict)
    """Line index to the reason it is removed for, beyond what was known before."""
    cuts: dict[int, list[tuple[Span, str]]] = field(default_factory=dict)
    """Line index to parts of it that are removed, with the reasons."""


def find_metadata(source: SourceFile, lines: Sequence[Line], reasons: Sequence[str | None]) -> Found:
    """Read title, date, author and publisher; `reasons` says which lines are out already."""
    given = source.metadata
    frame = _frame(source.raw, lines, reasons)
    found = Found(publisher=given.publisher or _publisher(lines, reasons))
    _title(given.title, frame, found)
    _author(source, frame, found)
    known = ["byline" if found.reasons.get(row) == "byline" else reason for row, reason in enumerate(reasons)]
    written = find_published(source, lines, known, head=frame.head, first=frame.first, tail=frame.tail)
    found.published, found.published_from = written.published, written.published_from
    if written.cut is not None:
        found.cuts.setdefault(written.cut[0], []).append((written.cut[1], "date"))
    for row in written.rows:
        found.reasons.setdefault(row, "date")
    kept = [row for row, reason in enumerate(reasons) if reason is None]
    found.language = given.language or guess_language(" ".join(lines[row].text[:1000] for row in kept[:8]))
    return found


def _frame(raw: str, lines: Sequence[Line], reasons: Sequence[str | None]) -> Frame:
    kept = [row for row, reason in enumerate(reasons) if reason is None]
    long = [row for row in kept if lines[row].text.count(" ") >= _PARAGRAPH_WORDS]
    if len(long) > 1 and not _ENDED.search(lines[long[0]].text) and _ENDED.search(lines[long[1]].text):
        long.pop(0)  # a title of many words
    paragraph = long[0] if long else next((row for row in kept if _SENTENCE.match(lines[row].text)), len(lines))
    last = kept[-1] if kept else len(lines)
    return Frame(
        raw,
        lines,
        reasons,
        paragraph,
        last,
        head=range(max(0, paragraph - _HEAD), min(paragraph, len(lines))),
        tail=range(last + 1, min(last + 1 + _TAIL, len(lines))),
    )


def _title(given: str | None, frame: Frame, found: Found) -> None:
    lines = frame.lines
    row: int | None
    if given:
        found.title, found.title_from = given, "metadata"
        place = find_given(frame, given)
        row = place.row if place else None
        if place is not None and place.cut is not None:
            found.cuts[place.row] = [(place.cut, "title")]
            return
    else:
        row = find_title(frame)
        if row is not None:
            found.title, found.title_from = " ".join(lines[row].text.split()), "text"
    if row is not None:
        found.reasons[row] = "title"
        for at in frame.head:
            if lines[at].key == lines[row].key:
                found.reasons[at] = "title"


def _author(source: SourceFile, frame: Frame, found: Found) -> None:
    """Find bylines: "By NAME", a name above an e-mail address or a handle, and the same name once more."""
    lines, author = frame.lines, None
    rows = (*frame.head, *frame.tail)
    for row in rows:
        text, after = lines[row].text, lines[row + 1] if row + 1 < len(lines) else None
        if len(text) > 120:
            continue
        if match := BYLINE.fullmatch(text):
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
        author = author_name(author)
        key = normalise(author)
        for row in rows:
            if lines[row].key.startswith(key) and len(lines[row].text) <= len(author) + 30:
                found.reasons.setdefault(row, "byline")
    given = source.metadata.author
    found.author = author_name(given) if given and "," not in given else given or author


def _is_name(text: str) -> bool:
    words = text.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words) and bool(NAME_ALONE.fullmatch(text))


def _publisher(lines: Sequence[Line], reasons: Sequence[str | None]) -> str | None:
    """Return whom a copyright line with a year names; a line without one may be the credit of a picture."""
    for line, reason in zip(lines, reasons, strict=True):
        if reason == "copyright" and (match := _PUBLISHER.search(line.text)):
            return _RUN_ON.split(match.group("name"))[0].rstrip(".,")
    return None
