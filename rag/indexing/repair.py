"""Mends what the doctor found."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from rag.config import Settings
from rag.embedding import Embedder
from rag.indexing.batches import BatchWriter
from rag.indexing.doctor import Examination
from rag.indexing.lock import IndexLock
from rag.indexing.operations import open_writer, rebuild_index, run
from rag.indexing.processing import prepare
from rag.indexing.repetition import NO_LINES
from rag.indexing.report import IngestProgress

logger = logging.getLogger(__name__)


def mend(
    folder: Path,
    settings: Settings,
    embedder: Embedder,
    seen: Examination,
    progress: Callable[[IngestProgress], None] | None,
) -> None:
    """Do what the findings say, and nothing that needs no doing."""
    with IndexLock(folder):
        if "catalog_damaged" in seen.found:
            rebuild_index(folder, settings, embedder, (), progress)
            return
        with open_writer(folder, settings, embedder) as writer:
            writer.recover()
            writer.fill()
            index = writer.index
            if "catalog_orphans" in seen.found:
                with index.catalog.transaction():
                    index.catalog.drop_orphans()
            index.lexical.delete(set(seen.found.get("lexical_orphans", ())))
            index.vectors.delete(set(seen.found.get("vectors_orphans", ())))
            writer.restore(index.catalog.articles_of(seen.found.get("lexical_missing", ())), vectors=False)
            writer.restore(index.catalog.articles_of(seen.found.get("vectors_missing", ())), lexical=False)
            _make_again(writer, settings, seen)
            with index.catalog.transaction():
                index.catalog.set_meta("dirty", "1")  # so that the ingest below looks at everything
                index.catalog.next_generation()
            if index.catalog.roots():
                run(writer, settings, (), progress)
            else:
                writer.settle()


def _make_again(writer: BatchWriter, settings: Settings, seen: Examination) -> None:
    catalog = writer.index.catalog
    stale = {*seen.found.get("text_damaged", ()), *seen.found.get("file_changed", ())}
    again = {*stale, *seen.found.get("passages_damaged", ())}
    rows = [row for row in catalog.article_rows() if row.path in again]
    if again or "file_new" in seen.found:
        with catalog.transaction():
            catalog.expire_files()
    for row in rows:
        if row.file is not None:
            # Removed here and read again by the ingest that follows; a reader misses it for that long.
            writer.remove([row.id])
        elif row.path not in stale:
            source = catalog.sources([row.id])[row.id]
            (prepared,) = prepare([source], repeated=NO_LINES, max_tokens=settings.passages.max_tokens)
            writer.add([prepared], replaced=[row.id], record=dict.fromkeys([row.path]).copy)
