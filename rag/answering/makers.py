"""Who made something, where a sentence says so with "by": "a song by Ruiz", "directed by Holt"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answering.amounts import UNREAL, Verdict, asked_words, means
from rag.answering.analysis import QuestionAnalysis
from rag.answering.tokens import Token, tokenize
from rag.attribution.names import edit_distance
from rag.schema import Span
from rag.text.words import stem

_AT_LARGE: Final = frozenset(
    stem(word) for word in "artist author writer creator singer band musician group maker performer performing".split()
)
"""Whoever a work is "by", whatever they did for it."""
_MAKING: Final = {
    stem(word): stem(verb)
    for verb, words in {
        "directed": "director direct directs",
        "written": "writer author write wrote writes",
        "composed": "composer compose composes",
        "produced": "producer produce produces",
        "created": "creator create creates",
        "designed": "designer architect design designs",
        "painted": "painter artist paint paints",
        "founded": "founder found founds established",
        "invented": "inventor invent invents",
        "discovered": "discoverer discover discovers",
        "recorded": "record records artist",
        "performed": "performer perform performs singer",
        "sung": "singer sing sang",
        "built": "builder build",
    }.items()
    for word in (verb, *words.split())
}
"""How the maker asked for stands in "... by": "director" as "directed by"."""
_PASSIVE: Final = re.compile(r"\w+ed|written|sung|built|made|drawn|shot|led|held|won|sold|run|hosted|seen|taken|given")
_ANOTHER: Final = re.compile(r"\b(?:will|next|upcoming|sequel|prequel|remake|cover(?:ed|s)?)\b", re.IGNORECASE)
_DESCRIPTION: Final = 5
"""Words between "by" and a name: "by the American singer"."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A name that stands behind "by"."""

    span: Span
    words: frozenset[str]
    """Its words, folded, without stopwords."""

    def compare(self, other: Maker) -> Verdict:
        """Say whether both can be the same bearer: they share a word, or one that is spelt almost so."""
        alike = any(
            edit_distance(one, two, min(len(one), len(two)) // 4) <= min(len(one), len(two)) // 4
            for one in self.words
            for two in other.words
        )
        return "agree" if alike else "differ"


def read_maker(question: QuestionAnalysis, text: str) -> Maker | None:
    """Return the one maker that a sentence names for what the question asks about; None where that is not clear."""
    if question.form not in ("who", "role") or UNREAL.search(text) or _ANOTHER.search(text):
        return None
    asked = {word.stem for word in asked_words(question)}
    verbs = {_MAKING[word] for word in asked if word in _MAKING}
    is_at_large = bool(asked & _AT_LARGE)
    if not verbs and not is_at_large:
        return None
    named = {token.stem for name in question.names for token in name.tokens}
    found = [
        maker
        for place, maker in _by(tokenize(text), text, named)
        if _is_made(tokenize(text), place, verbs, question, is_at_large=is_at_large)
    ]
    return found[0] if found and all(found[0].compare(other) == "agree" for other in found) else None


def _is_made(
    tokens: Sequence[Token], by: int, verbs: set[str], question: QuestionAnalysis, *, is_at_large: bool
) -> bool:
    """Say whether what stands before "by" is what the question asks for: "directed", or the work itself."""
    before = tokens[by - 1] if by else None
    if before is None:
        return False
    if _PASSIVE.fullmatch(before.word):
        return before.stem in verbs
    return is_at_large and any(means(before, word) for word in _works(question))


def _works(question: QuestionAnalysis) -> list[Token]:
    return [token for word in (*question.names, *question.terms) for token in word.tokens]


def _by(tokens: Sequence[Token], text: str, named: set[str]) -> Iterator[tuple[int, Maker]]:
    """Yield each name behind a "by", with the place of the "by"."""
    for place, token in enumerate(tokens):
        if token.word != "by":
            continue
        start = place + 1
        while start < len(tokens) and start - place <= _DESCRIPTION and not _is_name(tokens[start]):
            if text[tokens[start - 1].span.end : tokens[start].span.start].strip():
                break
            start += 1
        stop = _end_of_name(tokens, start, text)
        words = frozenset(t.word for t in tokens[start:stop] if not t.is_stopword and t.stem not in named)
        if words and not _describes(tokens[start : stop + 1]):
            yield place, Maker(Span(tokens[start].span.start, tokens[stop - 1].span.end), words)


def _end_of_name(tokens: Sequence[Token], start: int, text: str) -> int:
    stop = start
    while stop < len(tokens):
        between = text[tokens[stop - 1].span.end : tokens[stop].span.start] if stop > start else ""
        joins = tokens[stop].word in _JOINING and stop + 1 < len(tokens) and tokens[stop + 1].is_capitalised
        is_part = tokens[stop].is_capitalised or between == "-" or (stop > start and joins)
        if between.strip(" .-") or not (is_part if stop > start else _is_name(tokens[stop])):
            break
        stop += 1
    return stop


def _describes(tokens: Sequence[Token]) -> bool:
    """Say whether a single capitalised word belongs to the noun behind it: "by English artists"."""
    if len(tokens) != 2 or tokens[1].is_capitalised or tokens[1].is_stopword:
        return False
    return not _PASSIVE.fullmatch(tokens[1].word)


_JOINING: Final = frozenset("the of de del di da la le van von der bin al ibn".split())


def _is_name(token: Token) -> bool:
    return token.is_capitalised and token.place is None and (not token.is_stopword or token.word == "the")
