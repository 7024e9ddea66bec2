"""Whether a statement keeps who said what: what a source only reports is no fact, and what it tells was not said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.attribution import lexicon as lex
from rag.grounding.facts import is_rather_a_name
from rag.grounding.reading import Word, read_sentences
from rag.schema import Evidence, Span, Statement

MOSTLY: Final = 0.6
"""Share of a statement's content words in reported speech from which it says what was said, and not that it was."""
_FRAMES: Final = frozenset("according accordingly quoted quoting citing cited words view opinion".split())


def loses_speaker(text: str, source: Evidence, said: Sequence[Statement]) -> bool:
    """Say whether a text asserts what its source reports, without naming the speaker and without a word of reporting.

    "Nine people died" is no faithful retelling of "Nine people died, the mayor said", nor is "The bishop said that nine
    people died"; "nine people are said to have died" and "the mayor counted nine dead" are.

    Args:
        text: a statement, without citation markers.
        source: the sentence it cites.
        said: the reported speech of the article.
    """
    words = [word for sentence in read_sentences(text) for word in sentence.words]
    wanted = {word.stem for word in words if word.is_content}
    here = wanted & _stems(source.text)
    shares: dict[float, bool] = {}
    for statement in said:
        contents = [part for span in statement.content if (part := _common(span, source.span))]
        if not contents or not any(source.span.overlaps(span) for span in statement.sentences):
            continue
        inside = _stems(" ".join(part.of(source.article.raw) for part in contents))
        share = len(here & inside) / len(here) if here else 0.0
        if share < MOSTLY:
            continue
        speaker = (_stems(_without_owner(statement.speaker)) | _stems(_without_owner(statement.mention))) - inside
        cue = next((place for place, word in enumerate(words) if _reports(word.key) and word.stem not in inside), None)
        is_told = cue is not None and not any(_is_name(word) for word in words[:cue])
        shares[share] = shares.get(share, False) or bool(speaker & wanted) or is_told
    # "According to the ministry, Cho explained the measures": the outer speech is what must not get lost.
    is_kept = not shares or shares[max(shares)]
    return not is_kept and " ".join(text.split()) != " ".join(source.text.split())


def adds_speaker(text: str, source: Evidence, said: Sequence[Statement]) -> bool:
    """Say whether a text puts into somebody's mouth what its source does not report as said.

    "Berg said she fell in Oslo" is no faithful retelling of "Though she fell in Oslo, Berg believes that she is fit".
    """
    words = [word for sentence in read_sentences(text) for word in sentence.words]
    there = _stems(source.text)
    cue = next((place for place, word in enumerate(words) if word.key in lex.SAY_FORMS), None)
    if cue is None or not said:
        return False
    told = {word.stem for word in words[cue + 1 :] if word.is_content} & there
    spans = [part for statement in said for span in statement.content if (part := _common(span, source.span))]
    inside = _stems(" ".join(part.of(source.article.raw) for part in spans))
    return len(told & inside) < MOSTLY * len(told)


def _without_owner(name: str) -> str:
    """Return "top diplomat" for "South Korea's top diplomat": whoever names the country has not named the speaker."""
    return re.split(r"['’]s\s", name)[-1]


def _is_name(word: Word) -> bool:
    return word.is_capitalised and word.is_content and (not word.starts_sentence or is_rather_a_name(word.form))


def _reports(key: str) -> bool:
    return key in lex.SAY_FORMS or key in lex.THINK_FORMS or key in _FRAMES


def _common(one: Span, other: Span) -> Span | None:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Span(start, end) if start < end else None


def _stems(text: str) -> set[str]:
    return {word.stem for sentence in read_sentences(text) for word in sentence.content}
