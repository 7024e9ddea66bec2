"""The vector store: a unit vector for each passage, compared by cosine."""

from __future__ import annotations

from rag.vectors.chroma import ChromaVectors, drop_collection
from rag.vectors.protocol import Vector, VectorEntry, VectorStore

__all__ = ["ChromaVectors", "Vector", "VectorEntry", "VectorStore", "drop_collection"]
