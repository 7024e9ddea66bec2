"""Which words can mean the same, or one the other's kind, after Princeton WordNet (see `wordnet.txt`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Senses:
    """The commonest senses of a word, as synset numbers."""

    own: frozenset[int] = frozenset()
    """Synsets that the word belongs to or is derived from: "condemnation" shares one with "condemn"."""
    broader: frozenset[int] = frozenset()
    """Synsets one step more general: a "dictator" is a "ruler"."""


_NONE = Senses()


@lru_cache(maxsize=32_768)
def senses(word_stem: str) -> Senses:
    """Return the senses of all words with a stem; of an unknown stem none."""
    line = _table().get(word_stem)
    if line is None:
        return _NONE
    own, broader = line.split(":")
    return Senses(_numbers(own), _numbers(broader))


@cache
def _table() -> Mapping[str, str]:
    """Return the lines by stem; most are never asked for, so each is read when it is."""
    text = files("rag.text").joinpath("wordnet.txt").read_text("utf-8")
    return dict(line.split(":", 1) for line in text.splitlines() if line[0] != "#")


def _numbers(text: str) -> frozenset[int]:
    return frozenset(map(int, text.split(","))) if text else frozenset()
