"""The catalog: articles with their raw text, passages, statements, names, roots and the manifest of an index."""

from __future__ import annotations

from rag.catalog.protocol import (
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    Catalog,
    EntityMention,
    IndexedFile,
    Manifest,
    SpeakerCount,
)
from rag.catalog.reading import SqliteCatalog
from rag.catalog.rows import ArticleRows, encode, source_digest
from rag.catalog.tables import FORMAT
from rag.catalog.writing import ArticleRow, CatalogWriter, FileRow, Root

__all__ = [
    "FORMAT",
    "ArticleMeta",
    "ArticlePage",
    "ArticleRow",
    "ArticleRows",
    "ArticleSummary",
    "Catalog",
    "CatalogWriter",
    "EntityMention",
    "FileRow",
    "IndexedFile",
    "Manifest",
    "Root",
    "SpeakerCount",
    "SqliteCatalog",
    "encode",
    "source_digest",
]
