"""What the rest of newsqa asks of the vector store: unit vectors of passages, compared by cosine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorEntry:
    """A passage's vector with what the store keeps beside it."""

    passage_id: str
    article_id: str
    path: str
    start: int
    end: int
    date: str | None
    vector: Vector
    text: str | None = None
    """Kept only where the settings ask for it."""


class VectorStore(Protocol):
    """Vectors by passage id. Cosine similarity is in [-1, 1], higher is nearer."""

    def query(self, vector: Vector, *, limit: int) -> list[tuple[str, float]]:
        """Return the nearest passages with their cosine similarity, best first, ties by id."""

    def similarity(self, vector: Vector, ids: Sequence[str]) -> dict[str, float]:
        """Return the cosine similarity of given passages; ids without a vector are left out."""

    def get(self, ids: Sequence[str]) -> dict[str, Vector]:
        """Return vectors by id; ids without one are left out."""

    def ids(self) -> set[str]:
        """Return every passage id."""

    def ids_of(self, article_ids: Iterable[str]) -> set[str]:
        """Return the passage ids kept for articles."""

    def upsert(self, entries: Sequence[VectorEntry]) -> None:
        """Write vectors, replacing those of the same id."""

    def delete(self, ids: Iterable[str]) -> None:
        """Drop vectors; unknown ids are ignored."""

    def reload(self) -> None:
        """See what was last written, by whichever process."""

    def close(self) -> None:
        """Let go of files and threads."""
