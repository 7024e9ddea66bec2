"""Text as the answerer compares it: words with their stem, thesaurus groups and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import starmap
from typing import Final, NamedTuple

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


class Token(NamedTuple):
    """One word of a text, and the ways in which another word may equal it.

    A named tuple, because a question makes some 3,000 of them and a frozen dataclass takes three times as long to make.
    """

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
    if not spans:
        return ()
    forms = zip(*[_form(text[span.start : span.end]) for span in spans], strict=True)
    bare, words, stems, capitalised, acronyms, lower, begin_places = forms
    numbers = {span.start: value for span, value in find_numbers(text)}
    fields = zip(
        spans,
        words,
        stems,
        synonym_groups(stems),
        [_NO_SENSES if word in STOPWORDS else senses(stem_) for word, stem_ in zip(words, stems, strict=True)],
        _places(bare, capitalised, begin_places),
        [numbers.get(span.start) for span in spans],
        capitalised,
        acronyms if any(lower) else [False] * len(spans),
        strict=True,
    )
    return tuple(starmap(Token, fields))


# Tuples of strings and truth values cost the garbage collector nothing: it stops tracking them.
@lru_cache(maxsize=32_768)
def _form(written: str) -> tuple[str, str, str, bool, bool, bool, bool]:
    """Return what a word is wherever it stands.

    That is the word without a possessive ending; folded; its stem; whether it begins with a capital, is an acronym if
    other words are in lower case, is in lower case, and may begin the name of a place.
    """
    bare, word = _bare(written), _plain(written)
    return (
        bare,
        word,
        stem(word),
        written[:1].isupper(),
        len(word) > 1 and bare.isupper(),
        written.islower(),
        bare not in ("the", "The") and may_begin_place(bare),
    )


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


def _places(words: Sequence[str], capitalised: Sequence[bool], begin_places: Sequence[bool]) -> list[str | None]:
    """Return the country each word stands for, the longest phrase first."""
    found: list[str | None] = [None] * len(words)
    # "lit" is no Lithuania; only a text typed in lower case throughout may name countries in lower case.
    has_case = any(capitalised[1:])
    after = 0
    for position, (is_capitalised, may_begin) in enumerate(zip(capitalised, begin_places, strict=True)):
        if position < after or not may_begin or (has_case and not is_capitalised):
            continue
        for length in range(min(_LONGEST_PLACE_NAME, len(words) - position), 0, -1):
            phrase = " ".join(words[position : position + length])
            # "Un" is part of Korean names; only "UN" and "U.N." are the organisation.
            place = None if phrase in ("Un", "un") else place_aliases(phrase)
            if place is not None:
                after = position + length
                found[position:after] = [place] * length
                break
    return found
