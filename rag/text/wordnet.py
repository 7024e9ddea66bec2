"""Which words can mean the same, or one the other's kind, after Princeton WordNet (see `wordnet.txt`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.text.words import stem


@dataclass(frozen=True, slots=True)
class Senses:
    """The commonest senses of a word, as synset numbers."""

    own: frozenset[int] = frozenset()
    """Synsets that the word belongs to or is derived from: "condemnation" shares one with "condemn"."""
    broader: frozenset[int] = frozenset()
    """Synsets one step more general: a "dictator" is a "ruler"."""


_NONE = Senses()


def senses(word_stem: str) -> Senses:
    """Return the senses of all words with a stem; of an unknown stem none."""
    return _table().get(word_stem, _NONE)


@cache
def _table() -> Mapping[str, Senses]:
    table: dict[str, Senses] = {}
    for line in files("rag.text").joinpath("wordnet.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, own, broader = (line + " ").split(" ")[:3]
        key = stem(word)
        known = table.get(key, _NONE)
        table[key] = Senses(known.own | _numbers(own), known.broader | _numbers(broader))
    return table


def _numbers(text: str) -> frozenset[int]:
    return frozenset(map(int, text.split(","))) if text else frozenset()
