"""SourceFile to Article: furniture out, title, date and author found, every decision with its reason."""

from rag.cleaning.cleaner import clean, line_keys

CLEANER_VERSION = 3
"""Raised whenever the same file may be cleaned differently; the index manifest pins it."""

__all__ = ["CLEANER_VERSION", "clean", "line_keys"]
