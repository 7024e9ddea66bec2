"""Interviews and transcripts: paragraphs that begin with who speaks, each turn whole.

"MS. PRATT: The clinic stays open." or "A: We have 45,000 doses." A text counts as one where such labels come again and
again; "Goals:" or "Correction:" alone labels no speech.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from rag.attribution import lexicon as lex
from rag.attribution.document import Document, Found, Reading
from rag.attribution.entities import Entity
from rag.attribution.recognition import Mention, recognize
from rag.attribution.tokens import tokenize
from rag.schema import Span

_FEWEST_TURNS: Final = 3
_FEWEST_OF_ONE: Final = 2
_SHARE: Final = 0.3
"""Of the paragraphs from the first label to the last, at least so many have one."""
_NAME: Final = r"(?:[A-Z][a-z]{0,3}\.|[A-Z]{2,4}\.|[A-Z][\w'’.-]*|de|van|von|der|al|bin)"
_LABEL: Final = re.compile(rf"(?P<name>{_NAME}(?: {_NAME}){{0,4}})(?: ?\([^()\n]{{1,60}}\))? ?:(?=\s)")
_QUESTIONS: Final = frozenset({"q", "question", "interviewer", "moderator"})
_ANSWERS: Final = frozenset({"a", "answer"})
_NO_SPEAKERS: Final = frozenset(
    """photo photos picture image video caption source sources update updated correction note editor related read more
    location date time place when where who what why how contact price goals result score venue watch listen key tags
    topics share published posted background context summary""".split()
)


def read_turns(document: Document) -> set[int]:
    """Note the turns of a transcript, and return the numbers of the sentences in them; none where it is no transcript.

    The names of these sentences are linked; nothing else is to be read in them, for all of it is somebody's words.
    """
    labels = _labels(document)
    if not labels:
        return set()
    turns: list[tuple[re.Match[str], list[Reading]]] = []
    current: list[Reading] | None = None
    readings: dict[int, list[Reading]] = {}
    for reading in document.readings:
        readings.setdefault(reading.paragraph, []).append(reading)
    last = max(labels)
    for paragraph in range(len(document.article.blocks)):
        label = labels.get(paragraph)
        if label is not None:
            current = []
            turns.append((label, current))
        elif paragraph > last or document.article.blocks[paragraph].kind == "heading":
            current = None  # what follows the last turn's own paragraph may be the reporter's
        if current is not None:
            current.extend(readings.get(paragraph, ()))
    covered = {reading.number for _, turn in turns for reading in turn}
    answering = _interviewee(document, min(labels))
    for reading in document.readings:
        document.link(reading)
    for label, turn in turns:
        speaker = answering if label["name"].lower() in _ANSWERS else _speaker(document, label["name"], turn)
        if speaker is not None and turn:
            turn[0].found.append(_found(document, label, turn, speaker))
    return covered


def _labels(document: Document) -> dict[int, re.Match[str]]:
    """Return the label of each paragraph that has one, where the article is a transcript."""
    found = {
        number: match
        for number, block in enumerate(document.article.blocks)
        if (match := _LABEL.match(document.raw, block.span.start, block.span.end))
        and match["name"].split()[0].lower() not in _NO_SPEAKERS
    }
    names = Counter(match["name"] for match in found.values())
    if len(found) < _FEWEST_TURNS or max(names.values()) < _FEWEST_OF_ONE:
        return {}
    return found if len(found) >= _SHARE * (max(found) - min(found) + 1) else {}


def _interviewee(document: Document, first: int) -> Entity | None:
    """Return who answers: the one person that title and introduction name."""
    start = document.article.blocks[first].span.start
    mentions = [m for reading in document.readings if reading.span.start < start for m in reading.mentions]
    if document.article.title:
        mentions.extend(recognize(tokenize(document.article.title, 0), frozenset()))
    people = {entity for m in mentions if (entity := document.entities.find(m)) and entity.kind == "person"}
    return people.pop() if len(people) == 1 else None


def _speaker(document: Document, name: str, turn: list[Reading]) -> Entity | None:
    words = name.split()
    titles = tuple(low for word in words if (low := word.lower().rstrip(".")) in lex.TITLES)
    rest = [word for word in words if word.lower().rstrip(".") not in lex.TITLES] or words[-1:]  # "SENATOR KING"
    if name.lower() in _QUESTIONS or not turn:
        return None
    shown = " ".join(word.title() if word.isupper() and len(word) > 2 else word for word in rest)
    mention = Mention(0, len(rest) - 1, shown, "person" if titles or name.isupper() else "unknown", titles, 0)
    entity = document.entities.link(mention, turn[0].number)
    if entity.name.isupper():
        entity.name = shown
    return entity


def _found(document: Document, label: re.Match[str], turn: list[Reading], speaker: Entity) -> Found:
    return Found(
        speaker=speaker.name,
        entity=speaker,
        mention=label["name"],
        cue=":",
        cue_position=0,
        subject_first=0,
        reading=turn[0],
        content=list(_content(document, label.end(), turn)),
        sentences=[reading.span for reading in turn],
        quotations=[],
    )


def _content(document: Document, start: int, turn: list[Reading]) -> Iterator[Span]:
    for reading in turn:
        begin = max(reading.span.start, start)
        while begin < reading.span.end and document.raw[begin].isspace():
            begin += 1
        if begin < reading.span.end:
            yield Span(begin, reading.span.end)
