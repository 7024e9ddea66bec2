"""A vector store in memory: exact, and gone when it is closed. For tests and small experiments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rag.vectors.protocol import Vector, VectorEntry


class MemoryVectors:
    """A `VectorStore` that compares with every vector."""

    def __init__(self) -> None:
        """Begin empty."""
        self._entries: dict[str, VectorEntry] = {}

    def query(self, vector: Vector, *, limit: int) -> list[tuple[str, float]]:
        """See `VectorStore.query`."""
        if not np.any(vector):
            return []
        scores = [(one, float(np.dot(entry.vector, vector))) for one, entry in self._entries.items()]
        return sorted(scores, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def similarity(self, vector: Vector, ids: Sequence[str]) -> dict[str, float]:
        """See `VectorStore.similarity`."""
        return {one: float(np.dot(other, vector)) for one, other in self.get(ids).items()}

    def get(self, ids: Sequence[str]) -> dict[str, Vector]:
        """See `VectorStore.get`."""
        return {one: self._entries[one].vector for one in ids if one in self._entries}

    def ids(self) -> set[str]:
        """See `VectorStore.ids`."""
        return set(self._entries)

    def ids_of(self, article_ids: Iterable[str]) -> set[str]:
        """See `VectorStore.ids_of`."""
        wanted = set(article_ids)
        return {one for one, entry in self._entries.items() if entry.article_id in wanted}

    def upsert(self, entries: Sequence[VectorEntry]) -> None:
        """See `VectorStore.upsert`."""
        self._entries.update((entry.passage_id, entry) for entry in entries)

    def delete(self, ids: Iterable[str]) -> None:
        """See `VectorStore.delete`."""
        for one in ids:
            self._entries.pop(one, None)

    def reload(self) -> None:
        """Do nothing: there is one process."""

    def close(self) -> None:
        """Do nothing."""
