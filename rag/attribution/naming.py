"""Names the speaker of a sentence that only has a pronoun: "He also said" -> "[Blinken] also said"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rag.schema import DraftStatement, Evidence, Statement
from rag.text.words import content_words, stem

_PRONOUN: Final = re.compile(r"^(?P<open>[\"“'‘(]*)(?P<pronoun>he|she|they)\b", re.IGNORECASE)
_QUOTES: Final = re.compile("[\"“'‘]")


def reported_in(evidence: Evidence, statements: Sequence[Statement]) -> Statement | None:
    """Return the first statement that a sentence reports, if any."""
    for statement in statements:
        if statement.article_id == evidence.article.id and any(
            span.overlaps(evidence.span) for span in statement.sentences
        ):
            return statement
    return None


def with_name(evidence: Evidence, said: Statement) -> DraftStatement | None:
    """Return a sentence that begins with a pronoun with the speaker's name in brackets; None if nothing names them.

    Inside a quotation "he" is somebody of whom the speaker talks.
    """
    match = _PRONOUN.match(evidence.text)
    if match is None or _QUOTES.search(match["open"]):  # "He was glad," she said
        return None
    naming = naming_sentence(evidence, said.speaker)
    if naming is None:
        return None
    return DraftStatement(
        text=f"{match['open']}[{_as_named(said.speaker, naming.text)}]{evidence.text[match.end() :]}",
        evidence=(evidence, naming),
        speaker=said.speaker,
        speech=said.speech,
    )


def naming_sentence(evidence: Evidence, name: str) -> Evidence | None:
    """Return the nearest earlier sentence of the same passage that holds the last word of `name`."""
    last = stem(content_words(name)[-1]) if content_words(name) else ""
    earlier = [span for span in evidence.passage.sentences if span.start < evidence.span.start]
    for span in reversed(earlier):
        if last in map(stem, content_words(span.of(evidence.article.raw))):
            return Evidence(article=evidence.article, passage=evidence.passage, span=span, also_in=evidence.also_in)
    return None


def _as_named(name: str, text: str) -> str:
    """Return as much of a name as a sentence has of it: "Blinken" where it does not say "Antony"."""
    words = name.split()
    forms = [" ".join(words[start:end]) for start in range(len(words)) for end in range(len(words), start, -1)]
    return max((form for form in forms if form in text), key=len, default=name)
