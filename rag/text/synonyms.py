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
def _longest_phrase() -> int:
    return max(len(stems) for stems in _groups())


def synonym_groups(stems: Sequence[str]) -> list[frozenset[int]]:
    """Return, for each stem of a text in order, the groups it belongs to, alone or as part of a phrase.

    Two stems that share a group number may stand for one another.
    """
    table = _groups()
    found: list[set[int]] = [set() for _ in stems]
    for start in range(len(stems)):
        for length in range(1, min(_longest_phrase(), len(stems) - start) + 1):
            groups = table.get(tuple(stems[start : start + length]))
            if groups:
                for position in range(start, start + length):
                    found[position] |= groups
    return [frozenset(groups) if groups else _NO_GROUPS for groups in found]
