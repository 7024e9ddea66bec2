"""SourceFile to Article: furniture out, title, date and author found, every decision with its reason."""

from rag.cleaning.cleaner import clean, line_keys

__all__ = ["clean", "line_keys"]
