"""How much of a statement its sources cover: word by word, and in the sentences that fit it best."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from rag.grounding.reading import Sentence, Word
from rag.text.places import find_places
from rag.text.synonyms import synonym_groups

MOST_SENTENCES: Final = 3
"""Source sentences that one sentence of a statement may draw on."""
_SYNONYM_CREDIT: Final = 0.8
_PREFIX_CREDIT: Final = 0.7
_MIN_PREFIX: Final = 5


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the best source sentences say of one sentence of a statement. Shares are 0 to 1, higher is better."""

    sources: tuple[int, ...]
    """Indices of the source sentences that fit best, the best first."""
    share: float
    """Weight of the content words found in those sentences; a synonym counts in part."""
    share_of_best: float
    """The same for the best sentence alone."""
    share_of_all: float
    """The same for all sources together."""
    pairs: float
    """Share of neighbouring content words that stand near each other there as well."""
    missing: tuple[Word, ...]
    """Content words found in none of those sentences, not even by a synonym."""


def cover(sentence: Sentence, sources: Sequence[Sentence], weights: Callable[[str], float]) -> Coverage:
    """Find the source sentences that cover a sentence best, greedily by what each adds."""
    content = sentence.content
    if not content or not sources:
        return Coverage((), 0.0, 0.0, 0.0, 0.0, content)
    weight = np.array([weights(word.stem) for word in content])
    credits = np.array([_credits(content, source) for source in sources])
    total = float(weight.sum())
    chosen: list[int] = []
    covered = np.zeros(len(content))
    for _ in range(min(MOST_SENTENCES, len(sources))):
        gains = (np.maximum(credits, covered) - covered) @ weight
        best = int(gains.argmax())
        if gains[best] <= 0.02 * total:
            break
        chosen.append(best)
        covered = np.maximum(covered, credits[best])
    share_of_best = float(credits[chosen[0]] @ weight) / total if chosen else 0.0
    return Coverage(
        sources=tuple(chosen),
        share=float(covered @ weight) / total,
        share_of_best=share_of_best,
        share_of_all=float(credits.max(axis=0) @ weight) / total,
        pairs=_pairs(content, [sources[index] for index in chosen]),
        missing=tuple(word for word, credit in zip(content, covered, strict=True) if credit < 0.5),
    )


def _credits(content: Sequence[Word], source: Sentence) -> list[float]:
    """Return for each word how well the source has it: 1 for the same stem, less for a synonym or a shared prefix."""
    stems = source.stems
    credits = []
    missing = [word.stem not in stems for word in content]
    if not any(missing):
        return [1.0] * len(content)
    groups_there: frozenset[int] | None = None
    groups_here = synonym_groups([word.stem for word in content])
    same_place = _in_same_country(content, source)
    for place, word in enumerate(content):
        if not missing[place]:
            credits.append(1.0)
            continue
        if groups_there is None:
            groups_there = frozenset[int]().union(*synonym_groups([other.stem for other in source.words]))
        if place in same_place or groups_here[place] & groups_there:
            credits.append(_SYNONYM_CREDIT)
        elif len(word.stem) >= _MIN_PREFIX and any(
            other[:_MIN_PREFIX] == word.stem[:_MIN_PREFIX] and abs(len(other) - len(word.stem)) < 4 for other in stems
        ):
            credits.append(_PREFIX_CREDIT)
        else:
            credits.append(0.0)
    return credits


def _in_same_country(content: Sequence[Word], source: Sentence) -> set[int]:
    """Return the places of words that name a country which the source names in other words."""
    there = {country for _, _, country in find_places([word.form for word in source.words])}
    if not there:
        return set()
    found = find_places([word.form for word in content])
    return {place for start, end, country in found if country in there for place in range(start, end)}


def _pairs(content: Sequence[Word], sources: Sequence[Sentence]) -> float:
    if len(content) < 2:
        return 1.0 if content and any(content[0].stem in source.stems for source in sources) else 0.0
    there: set[tuple[str, str]] = set()
    for source in sources:
        stems = [word.stem for word in source.content]
        for gap in (1, 2, 3):
            there.update(zip(stems, stems[gap:], strict=False))
    here = [(a.stem, b.stem) for a, b in pairwise(content)]
    return sum(pair in there for pair in here) / len(here)


def word_weights(sources: Sequence[Sentence]) -> Callable[[str], float]:
    """Weigh words by how few source sentences have them; with few sentences all words weigh much the same."""
    counts = Counter(stem for sentence in sources for stem in sentence.stems)
    size = len(sources)

    def weight(stem: str) -> float:
        return math.log(2 + size / (1 + counts[stem]))

    return weight
