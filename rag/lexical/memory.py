"""A lexical index in memory, written down as the formula has it. For tests and small experiments."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from rag.lexical.analysis import fit, step_term
from rag.lexical.protocol import COUNT_STEPS, LexicalEntry
from rag.text.words import stem

K1, B = 1.2, 0.75  # tantivy's values


class MemoryLexical:
    """A `LexicalIndex` that looks at every passage."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: dict[str, LexicalEntry] = {}

    def search(
        self,
        terms: Mapping[str, float],
        *,
        limit: int,
        pairs: Mapping[tuple[str, str], float] = MappingProxyType({}),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.search`."""
        weights: dict[str, float] = {}
        for term in fit(terms):
            weights[stem(term)] = max(weights.get(stem(term), 0.0), terms[term])
        texts = {one: entry.stems.split() for one, entry in self._entries.items()}
        average = sum(map(len, texts.values())) / max(len(texts), 1)
        found = []
        for one, text in texts.items():
            counts = Counter(text)
            length = K1 * (1 - B + B * len(text) / average)
            score = 0.0
            for term, weight in weights.items():
                if counts[term] and weight > 0:
                    score += weight * _idf(term, texts) * counts[term] * (K1 + 1) / (counts[term] + length)
            for pair, weight in pairs.items():
                first, second = map(stem, pair)
                close = _close(first, second, text)
                if close and weight > 0:
                    idf = _idf(first, texts) + _idf(second, texts)
                    score += weight * idf * close * (K1 + 1) / (close + length)
            if score > 0 and (articles is None or self._entries[one].article_id in articles):
                found.append((one, score))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def phrase(self, phrase: Sequence[str], *, limit: int) -> list[str]:
        """See `LexicalIndex.phrase`."""
        if not phrase or fit(phrase) != list(phrase):
            return []
        wanted = f" {' '.join(phrase)} "
        return sorted(one for one, entry in self._entries.items() if wanted in f" {entry.words} ")[:limit]

    def article_counts(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[int, ...]]:
        """See `LexicalIndex.article_counts`."""
        found = {}
        for entry in self._entries.values():
            held = set(entry.spread.split())
            if entry.article_id in articles:
                counts = tuple(
                    max((step for step in COUNT_STEPS if step_term(stem(term), step) in held), default=0)
                    for term in terms
                )
                if any(counts):
                    found[entry.article_id] = counts
        return found

    def lead_words(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[bool, ...]]:
        """See `LexicalIndex.lead_words`."""
        found = {}
        for entry in self._entries.values():
            held = set(entry.stems.split())
            if entry.spread and entry.article_id in articles and (here := [stem(term) in held for term in terms]):
                found[entry.article_id] = tuple(here)
        return {article_id: here for article_id, here in found.items() if any(here)}

    def article_freq(self, term: str) -> int:
        """See `LexicalIndex.article_freq`."""
        return sum(stem(term) in entry.spread.split() for entry in self._entries.values())

    def doc_freq(self, term: str) -> int:
        """See `LexicalIndex.doc_freq`."""
        return sum(stem(term) in entry.stems.split() for entry in self._entries.values())

    def num_docs(self) -> int:
        """See `LexicalIndex.num_docs`."""
        return len(self._entries)

    def ids(self) -> set[str]:
        """See `LexicalIndex.ids`."""
        return set(self._entries)

    def write(self, entries: Iterable[LexicalEntry], *, replaced_articles: Iterable[str] = ()) -> None:
        """See `LexicalIndex.write`."""
        replaced = set(replaced_articles)
        self._entries = {one: entry for one, entry in self._entries.items() if entry.article_id not in replaced}
        self._entries.update((entry.passage_id, entry) for entry in entries)

    def delete(self, passage_ids: Iterable[str]) -> None:
        """See `LexicalIndex.delete`."""
        for one in passage_ids:
            self._entries.pop(one, None)

    def deleted_share(self) -> float:
        """See `LexicalIndex.deleted_share`."""
        return 0.0

    def finish_writing(self) -> None:
        """Do nothing."""

    def reload(self) -> None:
        """Do nothing: there is one process."""

    def close(self) -> None:
        """Do nothing."""


def _idf(term: str, texts: Mapping[str, Sequence[str]]) -> float:
    documents = sum(term in text for text in texts.values())
    return math.log(1 + (len(texts) - documents + 0.5) / (documents + 0.5))


def _close(first: str, second: str, text: Sequence[str]) -> int:
    """Count where the first is followed by the second among the next three words, or directly preceded by it."""
    return sum(
        second in text[place + 1 : place + 4] or second in text[max(place - 1, 0) : place]
        for place, word in enumerate(text)
        if word == first
    )
