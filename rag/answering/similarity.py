"""Compares sentences and words by a local embedder; a word is embedded once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rag.embedding import Embedder, Vectors

MOST_KNOWN_WORDS: Final = 30_000
"""Words whose vectors are kept; 1 KB each."""


class LocalSimilarity:
    """Cosines by one embedder. Safe to share between threads."""

    def __init__(self, embedder: Embedder) -> None:
        """Compare by this embedder."""
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def of_sentences(self, text: str, sentences: Sequence[str]) -> Sequence[float]:
        """Return the cosine of a text with each sentence."""
        cosines = self._embedder.embed_documents(sentences) @ self._embedder.embed_query(text)
        return [float(cosine) for cosine in cosines]

    def of_words(self, some: Sequence[str], others: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the cosines of words; shape (len(some), len(others))."""
        rows: Sequence[Sequence[float]] = (self._vectors(some) @ self._vectors(others).T).tolist()
        return rows

    def _vectors(self, words: Sequence[str]) -> Vectors:
        """Return one row per word."""
        known = self._known
        missing = sorted({word for word in words if word not in known})
        if missing:
            if len(known) > MOST_KNOWN_WORDS:
                known = self._known = {}
                missing = sorted(set(words))
            # Threads may embed a word twice; both get the same vector.
            known.update(zip(missing, self._embedder.embed_documents(missing), strict=True))
        return np.concatenate([known[word] for word in words]).reshape(len(words), -1)  # np.stack takes twice as long
