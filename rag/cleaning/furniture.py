"""What a line says outright about not being article text; the words are in `furniture.txt`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

LONGEST_LABEL = 150
"""Longer lines are not looked up as labels; they may still hold a phrase."""
_LONGEST_QUICK = 60  # a longer line that ends in a full stop is a sentence
_WORD = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"[a-z]+")
_COUNT = r"(?: ?[(\[]?[\d.,]+ ?[km]?\+?[)\]]?)?"


@dataclass(frozen=True, slots=True)
class _Phrases:
    reason: str
    longest: int
    words: frozenset[str]
    signs: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(slots=True)
class _Section:
    kind: str
    reason: str
    longest: int
    words: tuple[str, ...] = ()
    patterns: list[str] = field(default_factory=list)


@lru_cache(maxsize=20_000)
def label_reason(key: str) -> str | None:
    """Return the reason if a normalised line is a furniture label and nothing else."""
    if len(key) > LONGEST_LABEL or (len(key) > _LONGEST_QUICK and key.endswith(".")):
        return None
    match = _tables().labels.fullmatch(key)
    return match.lastgroup if match else None


def phrase_reason(key: str, words: Collection[str] | None = None, *, size: int | None = None) -> str | None:
    """Return the reason if a normalised line holds a furniture phrase that speaks for all of it.

    Args:
        key: the line.
        words: its words, where they are known already.
        size: characters of the line, where the key is only its beginning.
    """
    if words is None:
        words = _WORD.findall(key)
    tables = _tables()
    if (
        tables.words.isdisjoint(words)
        and tables.signs.search(key) is None
        and (key.isascii() or tables.foreign_signs.search(key) is None)
    ):
        return None  # as most lines
    size = size or len(key)
    for phrases in tables.phrases:
        if (
            size <= phrases.longest
            and (not phrases.words.isdisjoint(words) or any(sign in key for sign in phrases.signs))
            and phrases.pattern.search(key)
        ):
            return phrases.reason
    return None


@dataclass(frozen=True, slots=True)
class _Tables:
    labels: re.Pattern[str]
    """One group for each reason, by its name."""
    phrases: tuple[_Phrases, ...]
    words: frozenset[str]
    """Of all phrases."""
    signs: re.Pattern[str]
    """Of all phrases, those in ASCII."""
    foreign_signs: re.Pattern[str]


@cache
def _tables() -> _Tables:
    labels: list[str] = []
    phrases: list[_Phrases] = []
    for section in _sections():
        joined = "|".join(section.patterns)
        if section.kind == "label":
            labels.append(rf"(?P<{section.reason}>{joined})")
        else:
            words = frozenset(filter(_PLAIN_WORD.fullmatch, section.words))
            signs = tuple(word for word in section.words if word not in words)
            phrases.append(_Phrases(section.reason, section.longest, words, signs, re.compile(joined)))
    all_signs = sorted({sign for entry in phrases for sign in entry.signs})
    return _Tables(
        re.compile(rf"[-\[( ]*(?:{'|'.join(labels)}){_COUNT}[ :.!?>»…\])-]*"),
        tuple(phrases),
        frozenset().union(*(entry.words for entry in phrases)),
        _any_of(sign for sign in all_signs if sign.isascii()),
        _any_of(sign for sign in all_signs if not sign.isascii()),
    )


def _any_of(signs: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, signs)) or r"(?!)")


def _sections() -> Iterator[_Section]:
    section: _Section | None = None
    for line in resources.files("rag.cleaning").joinpath("furniture.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("=="):
            if section is not None:
                yield section
            kind, reason, *longest = line.removeprefix("==").split()
            section = _Section(kind, reason, int(longest[0]) if longest else LONGEST_LABEL)
        elif section is not None and line.startswith("words:"):
            section.words = tuple(line.removeprefix("words:").split())
        elif section is not None and line and not line.startswith("#"):
            section.patterns.append(line)
    if section is not None:
        yield section
