"""A lexical index in memory, written down as the formula has it. For tests and small experiments."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rag.lexical.analysis import fit
from rag.lexical.protocol import LexicalEntry
from rag.text.words import stem

K1, B = 1.2, 0.75  # tantivy's values


class MemoryLexical:
    """A `LexicalIndex` that looks at every passage."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: dict[str, LexicalEntry] = {}

    def search(self, terms: Mapping[str, float], *, limit: int) -> list[tuple[str, float]]:
        """See `LexicalIndex.search`."""
        weights: dict[str, float] = {}
        for term in fit(terms):
            weights[stem(term)] = max(weights.get(stem(term), 0.0), terms[term])
        texts = {one: entry.stems.split() for one, entry in self._entries.items()}
        average = sum(map(len, texts.values())) / max(len(texts), 1)
        found = []
        for one, text in texts.items():
            counts = Counter(text)
            score = 0.0
            for term, weight in weights.items():
                if counts[term] and weight > 0:
                    documents = sum(term in other for other in texts.values())
                    idf = math.log(1 + (len(texts) - documents + 0.5) / (documents + 0.5))
                    length = K1 * (1 - B + B * len(text) / average)
                    score += weight * idf * counts[term] * (K1 + 1) / (counts[term] + length)
            if score > 0:
                found.append((one, score))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def phrase(self, phrase: Sequence[str], *, limit: int) -> list[str]:
        """See `LexicalIndex.phrase`."""
        if not phrase or fit(phrase) != list(phrase):
            return []
        wanted = f" {' '.join(phrase)} "
        return sorted(one for one, entry in self._entries.items() if wanted in f" {entry.words} ")[:limit]

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
