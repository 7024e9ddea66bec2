"""The catalog: articles with their raw text, passages, statements, names, roots and the manifest of an index."""

from __future__ import annotations

from rag.catalog.protocol import (
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    Catalog,
    EntityMention,
    Manifest,
    SpeakerCount,
)
from rag.catalog.reading import SqliteCatalog

__all__ = [
    "ArticleMeta",
    "ArticlePage",
    "ArticleSummary",
    "Catalog",
    "EntityMention",
    "Manifest",
    "SpeakerCount",
    "SqliteCatalog",
]
