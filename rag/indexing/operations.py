"""What can be done to an index from outside: fill it, rebuild it, add and delete single articles.

Each function takes the lock, opens the stores, does its work and lets go of everything again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rag.catalog import ArticleSummary, CatalogWriter, Root, SqliteCatalog
from rag.config import Settings
from rag.embedding import Embedder
from rag.errors import IndexDamagedError, IndexMismatchError, IndexUnavailable, ModelUnavailable, SourceError
from rag.indexing.batches import BatchWriter
from rag.indexing.lock import IndexLock
from rag.indexing.pipeline import Ingest
from rag.indexing.processing import PreparedArticle, prepare
from rag.indexing.repetition import NO_LINES
from rag.indexing.report import IngestProgress, IngestReport
from rag.indexing.stores import (
    CATALOG,
    REBUILD,
    WritableIndex,
    collections_of,
    remove_leftovers,
    retire,
    wanted_manifest,
)
from rag.schema import SkippedSource, SourceFile

logger = logging.getLogger(__name__)

UPLOAD_BATCH = 100  # articles that become visible at once
WAIT_S = 60.0  # an article that is added or deleted waits this long for an ingest under way

Progress = Callable[[IngestProgress], None]


def ingest(
    folder: Path,
    settings: Settings,
    embedder: Embedder,
    paths: Sequence[Path] = (),
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
    wait_s: float = 0.0,
) -> IngestReport:
    """Bring an index into agreement with its roots; make it where there is none.

    Args:
        folder: the index.
        settings: passages, workers, limits, Chroma server.
        embedder: the model.
        paths: new roots, or what to compare of the known ones; none means all known roots.
        rebuild: make everything anew beside the old index, and switch when that is done. Uploaded articles and what
            was deleted by hand are taken over; roots that are gone are an error, unless paths are named.
        progress: is told how far it is.
        wait_s: how long to wait for another writer.

    Raises:
        RagError: see `Ingest.run` and `IndexLock`; also when the index was built otherwise.
    """
    with IndexLock(folder, wait_s=wait_s):
        if rebuild:
            return rebuild_index(folder, settings, embedder, paths, progress)
        with open_writer(folder, settings, embedder) as writer:
            remove_leftovers(folder, writer.index.catalog, chroma_url=settings.chroma_url)
            try:
                return run(writer, settings, paths, progress)
            except ModelUnavailable as exc:
                raise ModelUnavailable(
                    f"{exc}; what was indexed until then is kept, and the same command goes on from there"
                ) from exc


def add_article(folder: Path, settings: Settings, embedder: Embedder, source: SourceFile) -> ArticleSummary:
    """Add an article that has no file; one that was added under the same path before is replaced.

    Raises:
        SourceError: a file under one of the roots has this path, or the article cannot be processed.
    """
    (added,) = add_articles(folder, settings, embedder, [source])
    if isinstance(added, SkippedSource):
        raise SourceError(added.reason)
    return added


def add_articles(
    folder: Path, settings: Settings, embedder: Embedder, sources: Sequence[SourceFile]
) -> list[ArticleSummary | SkippedSource]:
    """Add articles that have no files, as `add_article` does; one that cannot be added keeps no other out.

    Returns:
        For each source its article, or why it is not in the index.
    """
    with IndexLock(folder, wait_s=WAIT_S), open_writer(folder, settings, embedder) as writer:
        writer.recover()
        uploaded = _upload(writer, settings, sources)
        writer.settle()
    catalog = SqliteCatalog(folder / CATALOG)
    try:
        return [one if isinstance(one, SkippedSource) else _summary(catalog, one) for one in uploaded]
    finally:
        catalog.close()


def _summary(catalog: SqliteCatalog, article_id: str) -> ArticleSummary:
    summary = catalog.article_summary(article_id)
    assert summary is not None  # written just now, and the lock kept everybody else out until then
    return summary


def delete_article(folder: Path, settings: Settings, embedder: Embedder, article_id: str) -> bool:
    """Delete an article; one that has a file stays out until that file changes. Say whether it was there."""
    with IndexLock(folder, wait_s=WAIT_S), open_writer(folder, settings, embedder) as writer:
        writer.recover()
        catalog = writer.index.catalog
        if article_id not in catalog.article_ids():
            return False
        owner = catalog.file_of(article_id)

        def record() -> None:
            if owner is not None:
                root, name, digest = owner
                catalog.put_deleted(root.id, name, digest)

        writer.remove([article_id], record=record)
        writer.settle()
    return True


@contextmanager
def open_writer(folder: Path, settings: Settings, embedder: Embedder) -> Iterator[BatchWriter]:
    """Open an index for writing, made where there is none; the caller holds the lock."""
    wanted = wanted_manifest(settings, embedder)
    if (folder / CATALOG).exists():
        index = WritableIndex.open(folder, chroma_url=settings.chroma_url, wanted=wanted)
    else:
        index = WritableIndex.create(folder, manifest=wanted, chroma_url=settings.chroma_url)
    try:
        yield _batch_writer(index, settings, embedder)
    finally:
        index.close()


def _batch_writer(index: WritableIndex, settings: Settings, embedder: Embedder) -> BatchWriter:
    return BatchWriter(
        index, embedder, embed_batch=settings.embedding.batch_size, stores_text=settings.store_text_in_chroma
    )


def run(writer: BatchWriter, settings: Settings, paths: Sequence[Path], progress: Progress | None) -> IngestReport:
    """Run an ingest as the settings say."""
    return Ingest(
        writer,
        workers=settings.workers,
        max_file_bytes=settings.max_file_bytes,
        max_tokens=settings.passages.max_tokens,
        progress=progress,
    ).run(paths)


def _upload(writer: BatchWriter, settings: Settings, sources: Sequence[SourceFile]) -> list[str | SkippedSource]:
    """Write articles without files, a batch at a time; return the id of each, or why it cannot be added."""
    there = {row.path: row for row in writer.index.catalog.article_rows()}
    paths: set[str] = set()
    outcomes: list[str | SkippedSource] = []
    for start in range(0, len(sources), UPLOAD_BATCH):
        batch: dict[str, PreparedArticle] = {}
        for source in sources[start : start + UPLOAD_BATCH]:
            old = there.get(source.path)
            reason = None
            if old is not None and old.file is not None:
                reason = f"expected a new name for the article, found that {source.path!r} is a file in the index"
            elif source.path in paths:
                reason = f"expected another name for each article, found {source.path!r} twice"
            if reason is not None:
                outcomes.append(SkippedSource(source.path, f"{reason}; choose another"))
                continue
            paths.add(source.path)
            try:
                (prepared,) = prepare([source], repeated=NO_LINES, max_tokens=settings.passages.max_tokens)
            except Exception as exc:  # one article that trips the cleaner must not cost all the others
                logger.exception("cannot process the upload %r", source.path)
                outcomes.append(SkippedSource(source.path, f"the uploaded article cannot be processed: {exc}"))
                continue
            outcomes.append(prepared.rows.id)
            if old is None or old.digest != prepared.rows.digest:
                batch[source.path] = prepared
        if batch:
            replaced = [there[path].id for path in batch if path in there]
            writer.add(list(batch.values()), replaced=replaced, record=partial(dict[str, int | None].fromkeys, batch))
    return outcomes


def rebuild_index(
    folder: Path, settings: Settings, embedder: Embedder, paths: Sequence[Path], progress: Progress | None
) -> IngestReport:
    """Build beside the old index, then switch in one transaction of its catalog; the caller holds the lock."""
    _tidy(folder, settings)
    old = _take_over(folder)
    lost = [root.path for root in old.roots if not root.path.exists()]
    if lost and not paths:
        raise SourceError(
            f"expected the folder {str(lost[0])!r}, found nothing; its articles would be lost: bring it back, or "
            "name the folders to rebuild from, as in `newsqa index --rebuild FOLDER`"
        )
    if not old.readable and not paths:
        raise IndexDamagedError(
            f"the catalog in {str(folder)!r} does not say what was indexed; name the folders to rebuild from, as "
            "in `newsqa index --rebuild FOLDER`"
        )
    index = WritableIndex.create(
        folder,
        manifest=wanted_manifest(settings, embedder),
        chroma_url=settings.chroma_url,
        catalog_name=REBUILD,
        mark=f"-{uuid.uuid4().hex[:8]}",
    )
    switched = False
    try:
        numbers: dict[int, int] = {}
        with index.catalog.transaction():
            for root in old.roots:
                if root.path not in lost:
                    numbers[root.id] = index.catalog.put_root(root.path, root.prefix)
            for (root_id, name), digest in sorted(old.deleted.items()):
                if root_id in numbers:
                    index.catalog.put_deleted(numbers[root_id], name, digest)
        writer = _batch_writer(index, settings, embedder)
        uploaded = _upload(writer, settings, old.uploads)
        failed = [one for one in uploaded if isinstance(one, SkippedSource)]
        wanted = [*(root.path for root in old.roots if root.id in numbers), *paths]
        report = _settled(writer) if old.uploads and not wanted else run(writer, settings, wanted, progress)
        index.lexical.finish_writing()
        with index.catalog.transaction():
            reached = old.generation + int(index.catalog.meta("generation") or 0)
            index.catalog.set_meta("generation", str(reached + 1))
            retire(index.catalog, old.collections)
        _switch(folder, index)
        switched = True
        _tidy(folder, settings)
        return dataclasses.replace(report, skipped=(*report.skipped, *failed))
    finally:
        if not switched:
            index.discard()
        index.close()
        with contextlib.suppress(OSError):
            for name in (REBUILD, f"{REBUILD}-wal", f"{REBUILD}-shm"):
                (folder / name).unlink(missing_ok=True)


def _settled(writer: BatchWriter) -> IngestReport:
    """Finish an index that has uploaded articles only."""
    duplicates = writer.settle()
    articles, passages = writer.index.catalog.size()
    return IngestReport(
        indexed=articles,
        duplicates=duplicates,
        embedded=writer.embedded,
        written=writer.written,
        articles=articles,
        passages=passages,
    )


def _switch(folder: Path, index: WritableIndex) -> None:
    target = folder / CATALOG
    try:
        index.catalog.copy_over(target)
    except IndexDamagedError:
        # Nothing there that could take the new contents in: the file goes, with the log that belongs to it.
        for name in (CATALOG, f"{CATALOG}-wal", f"{CATALOG}-shm"):
            (folder / name).unlink(missing_ok=True)
        index.catalog.copy_over(target)


def _tidy(folder: Path, settings: Settings) -> None:
    """Remove what the index does not use, if its catalog can say what that is."""
    if not (folder / CATALOG).exists():
        return
    with contextlib.suppress(IndexUnavailable), contextlib.closing(CatalogWriter(folder / CATALOG)) as catalog:
        remove_leftovers(folder, catalog, chroma_url=settings.chroma_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inheritance:
    """What a rebuild takes over from the index before it."""

    readable: bool = True
    roots: tuple[Root, ...] = ()
    deleted: Mapping[tuple[int, str], bytes] = field(default_factory=dict)
    uploads: tuple[SourceFile, ...] = ()
    generation: int = 0
    collections: tuple[str, ...] = ()
    """What it leaves on a Chroma server."""


def _take_over(folder: Path) -> _Inheritance:
    """Read what the old catalog can still tell; one of another format or without a sound page tells nothing."""
    if not (folder / CATALOG).exists():
        return _Inheritance()
    try:
        catalog = CatalogWriter(folder / CATALOG)
    except (IndexMismatchError, IndexDamagedError) as exc:
        logger.warning("nothing is taken over from the old index: %s", exc)
        return _Inheritance(readable=False)
    try:
        roots, deleted, generation = catalog.roots(), catalog.deleted(), int(catalog.meta("generation") or 0)
        collections = tuple(collections_of(catalog))
        try:
            uploads = catalog.uploads()
        except (IndexDamagedError, ValueError, KeyError, zlib.error) as exc:
            logger.warning("uploaded articles cannot be taken over from the old index: %s", exc)
            uploads = []
    except IndexDamagedError as exc:
        logger.warning("nothing is taken over from the old index: %s", exc)
        return _Inheritance(readable=False)
    finally:
        catalog.close()
    return _Inheritance(
        roots=tuple(roots), deleted=deleted, uploads=tuple(uploads), generation=generation, collections=collections
    )
