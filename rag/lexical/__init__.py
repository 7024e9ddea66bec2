"""The lexical index: BM25 over passages, and word counts of whole articles."""

from __future__ import annotations

from rag.lexical.analysis import entries
from rag.lexical.protocol import LexicalEntry, LexicalIndex
from rag.lexical.tantivy_index import TantivyIndex

__all__ = ["LexicalEntry", "LexicalIndex", "TantivyIndex", "entries"]
