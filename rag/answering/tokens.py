"""Text as the answerer compares it: words with their stem, thesaurus groups and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.schema import Span
from rag.text.folding import searchable
from rag.text.numbers import find_numbers
from rag.text.places import may_begin_place, place_aliases
from rag.text.synonyms import synonym_groups
from rag.text.wordnet import Senses, senses
from rag.text.words import STOPWORDS, stem, word_spans

_PHRASAL: Final = re.compile(r"[a-z]{3,}-(?:up|down|off|out|over|in|on|back|away|through)s?")
"""A noun made of a verb and its particle: "build-up" is also written "buildup"."""
_NO_SENSES: Final = Senses()
_LONGEST_PLACE_NAME = 4  # words: "Democratic Republic of Congo"


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text, and the ways in which another word may equal it."""

    span: Span
    word: str
    """Folded, without a possessive ending."""
    stem: str
    groups: frozenset[int]
    """Thesaurus groups, see `rag.text.synonyms`."""
    senses: Senses
    """WordNet senses, see `rag.text.wordnet`; a capitalised word has none."""
    place: str | None
    """Country that the word, alone or within a phrase, stands for ("Seoul", "South Korean")."""
    number: str | None
    """Normalised value of a number."""
    is_capitalised: bool
    is_acronym: bool = False
    """Written in capitals among words that are not: the WHO is not "who"."""

    @property
    def is_stopword(self) -> bool:
        """Whether the word carries no content by itself."""
        return self.word in STOPWORDS and not self.is_acronym


# A question looks at some 170 sentences, each several times. What is kept for longer costs more in garbage collection
# than it saves: at 20,000 sentences every twentieth question took a second longer.
@lru_cache(maxsize=512)
def tokenize(text: str) -> tuple[Token, ...]:
    """Split a sentence or question into tokens, in order; the parts of a compound ("Korea-Russia") stand alone."""
    spans = [part for span in word_spans(text) for part in _parts(span, text)]
    written = [text[span.start : span.end] for span in spans]
    forms = [_form(one) for one in written]
    numbers = {span.start: value for span, value in find_numbers(text)}
    has_lower = any(one.islower() for one in written)
    return tuple(
        Token(
            span,
            word,
            stem_,
            groups,
            _NO_SENSES if word in STOPWORDS else senses(stem_),
            place,
            numbers.get(span.start),
            one[:1].isupper(),
            has_lower and len(word) > 1 and _bare(one).isupper(),
        )
        for span, one, (word, stem_), groups, place in zip(
            spans, written, forms, synonym_groups([stem_ for _, stem_ in forms]), _places(written), strict=True
        )
    )


# Pairs of strings cost the garbage collector nothing: it stops tracking them.
@lru_cache(maxsize=32_768)
def _form(written: str) -> tuple[str, str]:
    """Return the folded form of a word and its stem."""
    word = _plain(written)
    return word, stem(word)


def _parts(span: Span, text: str) -> Sequence[Span]:
    """Return the parts of a hyphenated compound, or the word itself."""
    written = text[span.start : span.end]
    if "-" not in written or _PHRASAL.fullmatch(written):
        return (span,)
    found = []
    start = span.start
    for part in written.split("-"):
        if part:
            found.append(Span(start, start + len(part)))
        start += len(part) + 1
    return found


def _bare(written: str) -> str:
    """Drop a possessive ending."""
    return written[:-2] if written.endswith(("'s", "’s")) else written


def _plain(written: str) -> str:
    if written == "US":  # the country; "us" is another word
        return "u.s."
    word = searchable(_bare(written))
    if _PHRASAL.fullmatch(word):
        word = word.replace("-", "")
    return word if word == "u.s." else word.replace(".", "") if word.endswith(".") else word


def _places(written: Sequence[str]) -> list[str | None]:
    """Return the country each word stands for, the longest phrase first."""
    found: list[str | None] = [None] * len(written)
    words = [_bare(word) for word in written]
    # "lit" is no Lithuania; only a text typed in lower case throughout may name countries in lower case.
    has_case = any(word[:1].isupper() for word in words[1:])
    position = 0
    while position < len(words):
        first = words[position]
        # "Un" is part of Korean names; only "UN" and "U.N." are the organisation.
        if (first[:1].isupper() or not has_case) and first not in ("the", "The") and may_begin_place(first):
            for length in range(min(_LONGEST_PLACE_NAME, len(words) - position), 0, -1):
                phrase = " ".join(words[position : position + length])
                place = None if phrase in ("Un", "un") else place_aliases(phrase)
                if place is not None:
                    found[position : position + length] = [place] * length
                    position += length - 1
                    break
        position += 1
    return found
