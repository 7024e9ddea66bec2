"""What newsqa asks of an embedding model. Adapters are in `rag/models`; `rag/engine` picks one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def unit_rows(vectors: Vectors) -> Vectors:
    """Scale each row to length 1, in place; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors


class Embedder(Protocol):
    """Turns texts into unit vectors, so that a dot product is the cosine similarity (-1 to 1, higher is nearer).

    The same text gives the same vector on every call. An empty or unknown text may give the zero vector.
    """

    @property
    def name(self) -> str:
        """Identity of the vector space, such as `wordllama/l2_supercat_256`; the index manifest pins it."""

    @property
    def dimensions(self) -> int:
        """Length of every vector."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimensions).

        Raises:
            ModelError: the model failed, or gave vectors of another length.
        """

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (dimensions,).

        Raises:
            ModelError: as above.
        """
