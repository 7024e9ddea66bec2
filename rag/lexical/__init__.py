"""The lexical index: BM25 over passages."""

from __future__ import annotations

from rag.lexical.protocol import LexicalEntry, LexicalIndex

__all__ = ["LexicalEntry", "LexicalIndex"]
