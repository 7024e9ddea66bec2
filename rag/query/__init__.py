"""Question -> Query: what is asked, of whom, of what kind, without the words that are wrapped around it."""

from rag.query.rewriting import rewrite
from rag.query.understanding import narrowed_to_file, understand

__all__ = ["narrowed_to_file", "rewrite", "understand"]
