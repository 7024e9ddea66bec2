"""Knows the countries by all their names: demonyms, capitals, abbreviations, seats of government.

"Seoul's foreign minister" and "the South Korean Minister of Foreign Affairs" speak for the same country; the table in
`places.json`, written by hand from general knowledge, says so. A handful of unions (EU, UN, NATO), states of the past
and regions with a government of their own stand in it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from rag.text.folding import searchable

_EDGES = re.compile(r"^(?:the\s+)|(?:'s?)$")


@lru_cache(maxsize=1)
def _countries() -> list[dict[str, Any]]:
    """Read the table: of each country its `key` and lists of `names`, `demonyms`, `capitals` and `seats`."""
    found: list[dict[str, Any]] = json.loads((files(__package__) / "places.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Map every folded form, dots dropped, to the country's key; an earlier country wins a shared form."""
    table: dict[str, str] = {}
    for country in _countries():
        for field in ("names", "demonyms", "capitals", "seats"):
            for form in country[field]:
                table.setdefault(_normal(form), country["key"])
    return table


@lru_cache(maxsize=1)
def _demonyms() -> frozenset[str]:
    return frozenset(form.lower() for country in _countries() for form in country["demonyms"])


@lru_cache(maxsize=1)
def _capitals() -> re.Pattern[str]:
    names = sorted({re.escape(form) for country in _countries() for form in country["capitals"]}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(names)})\b")


def capitals_in(text: str) -> list[str]:
    """Return the capitals that a text names, in order."""
    return _capitals().findall(text)


DEMONYMS: frozenset[str] = _demonyms()
"""Words for the people of a country, lower case ("russian", "russians", "north korean")."""


def _normal(phrase: str) -> str:
    folded = " ".join(searchable(phrase).replace(".", "").replace("-", " ").split())
    return _EDGES.sub("", _EDGES.sub("", folded))


_NEEDS_CAPITAL = frozenset("us car rf hk male pole poles".split())
"""Everyday words when written in lower case."""


@lru_cache(maxsize=16384)
def place_aliases(phrase: str) -> str | None:
    """Return the key of the country that a word or phrase stands for, or None.

    "Seoul", "South Korean", "ROK" and "South Korea's" all give "South Korea"; "the Kremlin" gives "Russia". Case does
    not matter, except that "us", "car" and other everyday words must be written with a capital.
    """
    normal = _normal(phrase)
    if normal in _NEEDS_CAPITAL and phrase == phrase.lower() and "." not in phrase:
        return None
    return _table().get(normal)


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(form.split(" ", 1)[0] for form in _table() if form)


@lru_cache(maxsize=32_768)
def may_begin_place(word: str) -> bool:
    """Say whether `place_aliases` can know a phrase that begins with a word; most begin none, which saves looking."""
    parts = searchable(word).replace(".", "").replace("-", " ").split()
    if not parts or parts[0] == "the":
        return True
    return parts[0] in _first_words() or _EDGES.sub("", parts[0]) in _first_words()


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {_normal(form): country["key"] for country in _countries() for form in country["names"]}


@lru_cache(maxsize=1)
def countries_by_side() -> dict[str, tuple[str, ...]]:
    """Return the countries that are named after a side: "South" gives "South Africa", "South Korea", "South Sudan"."""
    names = [name.split() for country in _countries() for name in country["names"]]
    return {
        side: tuple(" ".join(name) for name in names if len(name) == _WORDS_WITH_SIDE and name[0] == side)
        for side in ("North", "South", "East", "West")
    }


_WORDS_WITH_SIDE = 2


@lru_cache(maxsize=4096)
def country_named(phrase: str) -> str | None:
    """Return the key of the country that a phrase names outright ("U.S.", "DPRK"), not by capital or people."""
    return _names().get(_normal(phrase)) if place_aliases(phrase) is not None else None


def find_places(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Find the countries in a sequence of words: (first index, index after the last, key), longest form first."""
    found: list[tuple[int, int, str]] = []
    position = 0
    while position < len(words):
        for size in range(min(5, len(words) - position), 0, -1):
            key = place_aliases(" ".join(words[position : position + size]))
            if key is not None:
                found.append((position, position + size, key))
                position += size - 1
                break
        position += 1
    return found
