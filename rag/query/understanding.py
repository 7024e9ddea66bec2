"""Understands a question: several in one, what is wrapped around it, what kind of answer it asks for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Final

from rag.attribution import parse_speech_question
from rag.query import wording
from rag.schema import Filters, Intent, Query, Question
from rag.text.sentences import split_sentences
from rag.text.words import content_words, words

_MOST_WRAPPINGS: Final = 8
MOST_QUESTIONS: Final = 6
"""Of one text that are answered."""


def understand(question: Question, *, standalone: str | None = None) -> tuple[Query, ...]:
    """Return what a text asks, one query for each question in it, at most `MOST_QUESTIONS`.

    Numbered questions, and sentences that each ask and do not point back to the one before, are questions of their
    own. Everything else is one.

    Args:
        question: as typed.
        standalone: the question as rewritten from the conversation, where it was.
    """
    asked = standalone or question.text
    listed = _listed(asked)
    if not listed:
        return (_query(question, asked, asked),)
    return tuple(_query(question, part, part) for part in listed[:MOST_QUESTIONS])


def _query(question: Question, asked: str, text: str) -> Query:
    query = Query(
        asked=asked,
        text=text,
        instructions=question.instructions,
        filters=question.filters,
        max_statements=question.max_statements,
    )
    if wording.TALK.match(text):
        return dataclasses.replace(query, intent="talk")
    bare = unwrapped(text)
    if wording.ABOUT_INDEX.match(bare):
        return dataclasses.replace(query, intent="about_the_index", text=bare)
    if mention := wording.MENTIONS.match(bare):
        intent: Intent = "count" if (mention["how"] or "").lower() == "how many" else "list"
        return dataclasses.replace(query, intent=intent, text=bare, topic=mention["what"])
    for found, pattern in wording.INTENTS:
        if pattern.search(bare):
            topic = wording.OF_ALL.sub(" ", pattern.sub(" ", bare))
            return dataclasses.replace(
                query, intent=found, text=bare, topic=topic.strip() if content_words(topic) else None
            )
    sentences = split_sentences(bare)
    speech = parse_speech_question(sentences[0].of(bare)) if sentences else None
    if speech is not None and speech.speaker is not None:
        return dataclasses.replace(query, intent="said", text=bare, speaker=speech.speaker, topic=speech.topic)
    return dataclasses.replace(query, text=bare)


def unwrapped(text: str) -> str:
    """Return the part of a text that asks: without background, greetings, and words about the form of the answer.

    A question that points back ("why did she do it?") keeps the sentences before it.
    """
    bare = _without_wrapping(_asking(" ".join(_without_wrapping(text).split())))
    return bare if words(bare) else " ".join(text.split())


def file_named(text: str) -> str | None:
    """Return the file that a question names ("summarise bridge-3.txt"), or None."""
    found = wording.FILE.search(text)
    return found.group() if found else None


def narrowed_to_file(filters: Filters, text: str, paths: Sequence[str]) -> Filters:
    """Return filters that keep to the file a question names, where one of the indexed paths is or ends in it."""
    named = (file_named(text) or "").lower()
    fitting = tuple(path for path in paths if named and (path.lower() == named or path.lower().endswith(f"/{named}")))
    escaped = tuple(re.sub(r"([*?\[])", r"[\1]", path) for path in fitting)
    return dataclasses.replace(filters, paths=escaped) if fitting and not filters.paths else filters


def _listed(text: str) -> list[str]:
    """Return the questions of a list, or the sentences of which each asks something by itself; none if there is one."""
    items = [found["text"].strip() for line in text.splitlines() if (found := wording.ITEM.match(line))]
    asking = [item for item in items if wording.ASKS.search(item)]
    if len(asking) > 1:
        return asking
    flat = " ".join(text.split())
    sentences = [span.of(flat) for span in split_sentences(flat)]
    questions = [one for one in sentences if words(one) and one.rstrip(' "”’)').endswith("?")]
    if len(questions) > 1 and not any(_depends(sentence) for sentence in questions[1:]):
        return questions
    return []


def _depends(sentence: str) -> bool:
    """Say whether a question needs the one before it."""
    bare = _without_wrapping(sentence)
    return (
        bool(wording.POINTS_BACK.search(bare)) or len(words(bare)) < 3 or bare[:4].lower() in ("and ", "but ", "or w")
    )


def _asking(text: str) -> str:
    sentences = [span.of(text) for span in split_sentences(text)]
    if len(sentences) < 2:
        return text
    asking = [s for s in sentences if s.rstrip().endswith("?")] or [s for s in sentences if wording.ASKS.search(s)]
    if not asking or len(asking) == len(sentences) or wording.POINTS_BACK.search(asking[0]):
        return text
    return " ".join(asking)


def _without_wrapping(text: str) -> str:
    text = text.strip()
    for _ in range(_MOST_WRAPPINGS):
        shorter = text
        for pattern in wording.OPENINGS:
            rest = pattern.sub("", shorter, count=1)
            shorter = rest if words(rest) else shorter
        for pattern in wording.CLOSINGS:
            rest = pattern.sub("", shorter, count=1)
            shorter = rest if content_words(rest) else shorter
        if shorter == text:
            break
        text = shorter.strip()
    return text
