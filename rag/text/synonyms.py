"""A small thesaurus of general news English, read from `synonyms.txt`: which words stand for one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

from rag.text.words import stem

_NO_GROUPS: Final[frozenset[int]] = frozenset()


@cache
def _groups() -> Mapping[tuple[str, ...], frozenset[int]]:
    found: dict[tuple[str, ...], set[int]] = {}
    lines = files("rag.text").joinpath("synonyms.txt").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("#"):
            for entry in line.split():
                found.setdefault(tuple(stem(word) for word in entry.split("_")), set()).add(number)
    return {stems: frozenset(numbers) for stems, numbers in found.items()}


@cache
def _by_first_stem() -> Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[int]]]]:
    """Return the phrases that begin with a stem, with their groups."""
    found: dict[str, list[tuple[tuple[str, ...], frozenset[int]]]] = {}
    for stems, groups in _groups().items():
        found.setdefault(stems[0], []).append((stems, groups))
    return found


def synonym_groups(stems: Sequence[str]) -> list[frozenset[int]]:
    """Return, for each stem of a text in order, the groups it belongs to, alone or as part of a phrase.

    Two stems that share a group number may stand for one another.
    """
    table = _by_first_stem()
    found = [_NO_GROUPS] * len(stems)
    for start, first in enumerate(stems):
        for phrase, groups in table.get(first, ()):
            end = start + len(phrase)
            if len(phrase) == 1 or tuple(stems[start:end]) == phrase:
                for position in range(start, end):
                    found[position] |= groups
    return found
