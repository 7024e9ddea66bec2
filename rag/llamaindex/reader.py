"""Reads articles as newsqa reads them, for a LlamaIndex application that indexes them itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

from rag.cleaning import clean
from rag.config import Settings
from rag.llamaindex.nodes import hidden_metadata
from rag.schema import SourceFile
from rag.sources import FoundFile, read_sources, walk

logger = logging.getLogger(__name__)


class NewsqaReader(BaseReader):
    """Yields one document an article: its raw text, decoded, with path, encoding and hash as metadata.

    Offsets of any node cut from it point into the file as it is on disk. Hand the documents to `NewsqaNodeParser`,
    which leaves out menus, advertisements and the like.
    """

    def __init__(self, *, max_file_bytes: int | None = None) -> None:
        """Prepare; larger files than `max_file_bytes` (default: newsqa's own) are skipped and logged."""
        self._max_file_bytes = max_file_bytes or int(Settings.model_fields["max_file_bytes"].default)

    def lazy_load_data(self, *paths: str | Path, **_: Any) -> Iterable[Document]:
        """Read files and folders, one after another; what cannot be read is logged and left out."""
        for found in walk([Path(path) for path in paths], max_file_bytes=self._max_file_bytes):
            if not isinstance(found, FoundFile):
                logger.warning("skipped %s: %s", found.path, found.reason)
                continue
            for source in read_sources(found):
                if isinstance(source, SourceFile):
                    yield source_document(source)
                else:
                    logger.warning("skipped %s: %s", source.path, source.reason)


def source_document(source: SourceFile) -> Document:
    """Make the document of an article as it was read; its id is the article's."""
    known = {
        "path": source.path,
        "sha256": source.sha256,
        "encoding": source.encoding,
        "kind": source.kind,
        "title": source.metadata.title,
        "published": str(source.metadata.published) if source.metadata.published else None,
        "publisher": source.metadata.publisher,
        "author": source.metadata.author,
        "url": source.metadata.url,
        "language": source.metadata.language,
    }
    metadata = {name: value for name, value in known.items() if value is not None}
    hidden = hidden_metadata(metadata)
    return Document(
        id_=clean(source).id,
        text=source.raw,
        metadata=metadata,
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )
