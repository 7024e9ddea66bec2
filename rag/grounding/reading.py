"""Reads a text into the words that are compared: folded, stemmed, compounds in their parts, each with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.schema import Span
from rag.text.numbers import find_numbers
from rag.text.sentences import split_sentences
from rag.text.words import STOPWORDS, stem, word_spans, words

_PART: Final = re.compile(r"[^-–]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, or one part of a hyphenated word."""

    form: str
    """As written."""
    key: str
    """Folded, without possessive ending; acronyms without dots."""
    stem: str
    span: Span
    starts_sentence: bool
    is_content: bool

    @property
    def is_capitalised(self) -> bool:
        """Say whether it begins with a capital, as names do."""
        return self.form[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a statement or of its evidence."""

    text: str
    words: tuple[Word, ...]

    @property
    def content(self) -> tuple[Word, ...]:
        """The words that are no stop words."""
        return tuple(word for word in self.words if word.is_content)

    @property
    def stems(self) -> frozenset[str]:
        """The stems of all its words."""
        return frozenset(word.stem for word in self.words)


@lru_cache(maxsize=4096)
def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text, read."""
    return tuple(read_sentence(span.of(text)) for span in split_sentences(text))


@lru_cache(maxsize=16384)
def read_sentence(text: str) -> Sentence:
    """Return one sentence, read."""
    found: list[Word] = []
    in_capitals = text.isupper()
    first = True
    for span in word_spans(text):
        for match in _PART.finditer(span.of(text)):
            form = match.group()
            key = _key(form, in_capitals)
            if not key:
                continue
            place = Span(span.start + match.start(), span.start + match.end())
            found.append(Word(form, key, stem(key), place, first, key not in STOPWORDS))
            first = False
    return Sentence(text, tuple(found))


def _key(form: str, in_capitals: bool) -> str:
    parts = words(form.lower() if in_capitals else form)
    key = parts[0] if parts else ""
    return key[:-2] if key.endswith("'s") else key.rstrip("'")


@lru_cache(maxsize=4096)
def word_units(text: str) -> frozenset[str]:
    """Return what a text tells, without order: the stems of its content words, and its numbers in one spelling."""
    numbers = find_numbers(text)
    content = {
        word.stem
        for sentence in read_sentences(text)
        for word in sentence.words
        if word.is_content and not any(word.form in span.of(text) for span, _ in numbers)
    }
    return frozenset(content | {value for _, value in numbers})


def phrase_keys(text: str) -> tuple[str, ...]:
    """Return the keys of a phrase such as a name, in order."""
    return tuple(word.key for word in read_sentence(text).words)


def find_phrase(phrase: Sequence[str], keys: Sequence[str]) -> list[int]:
    """Return the places in `keys` at which `phrase` stands."""
    size = len(phrase)
    if not size:
        return []
    return [place for place in range(len(keys) - size + 1) if tuple(keys[place : place + size]) == tuple(phrase)]
