"""The ingest: brings an index into agreement with its roots.

Stages: 1 scan (folders against catalog, by size and time), 2 read what is new into the spool, 3 count the lines that
repeat in each root, 4 index (clean, split, embed, write, batch by batch), 5 remove what is gone, 6 finish (copies,
postings). Killed anywhere, the next run goes on from the last batch.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.catalog import ArticleRow, FileRow
from rag.indexing.batches import BatchWriter
from rag.indexing.concerns import Concern
from rag.indexing.processing import PreparedArticle
from rag.indexing.progress import Meter
from rag.indexing.repetition import NO_LINES, RepeatedLines, find_repeated, unpack
from rag.indexing.report import IngestProgress, IngestReport
from rag.indexing.roots import Scope, plan
from rag.indexing.tasks import PrepareTask, ReadFile, ReadTask, Spooled, SpoolWriter
from rag.indexing.workers import Workers
from rag.schema import SkippedSource
from rag.sources import FoundFile

logger = logging.getLogger(__name__)

READ_FILES, READ_BYTES = 64, 4_000_000  # a task for one process
PREPARE_SOURCES, PREPARE_CHARS = 32, 300_000
BATCH_ARTICLES, BATCH_PASSAGES = 512, 3000  # a catalog transaction; bounds memory and what a kill costs
FEWEST_ARTICLES, SHARE_OF_REST = 64, 4  # batches shrink towards the end, lest the last is written after all is clean
IN_PROCESS_BYTES = 600_000  # less is done before a second process has imported what it needs (0.5 s)


@dataclass(slots=True)
class _File:
    """A file that was read, until all of its sources are in the catalog."""

    root: int
    name: str
    found: FoundFile
    skipped: list[SkippedSource]
    waiting: int = 0
    recorded: bool = False


@dataclass(slots=True, frozen=True)
class _Pending:
    """A source to prepare and write."""

    spooled: Spooled
    file: _File | None
    """None for an article whose source is as it was."""
    file_number: int | None
    replaces: str | None


@dataclass(slots=True)
class _Changes:
    """What the comparison found."""

    pending: list[_Pending] = field(default_factory=list)
    files: list[_File] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    gone_files: set[int] = field(default_factory=set)
    allowed: list[tuple[int, str]] = field(default_factory=list)
    """Sources that were deleted by hand and have changed since."""


class Ingest:
    """One run. Make one, call `run`, throw it away."""

    def __init__(
        self,
        writer: BatchWriter,
        *,
        workers: int | None,
        max_file_bytes: int,
        max_tokens: int,
        progress: Callable[[IngestProgress], None] | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            writer: to the index, whose lock is held.
            workers: processes; None for as many as there are cores, 1 for this one alone.
            max_file_bytes: larger files are skipped.
            max_tokens: longest passage.
            progress: is told how far it is.
        """
        self._writer = writer
        self._catalog = writer.index.catalog
        self._workers = workers
        self._max_file_bytes = max_file_bytes
        self._max_tokens = max_tokens
        self._meter = Meter(progress)
        self._skipped: list[SkippedSource] = []
        self._concerns: list[Concern] = []
        self._unchanged = self._indexed = self._changed = self._removed = 0
        self._spool = writer.index.folder / "spool"

    def run(self, paths: Sequence[Path]) -> IngestReport:
        """Compare roots with the catalog and write the difference.

        Args:
            paths: roots, or files and folders inside known roots; none means all roots.

        Raises:
            SourceError: a path does not exist.
            ConfigError: there is nothing to compare.
            ModelError: the embedder failed; what was written so far stays.
            IndexUnavailable: a store failed; likewise.
        """
        began = time.monotonic()
        self._meter.begin("scan")
        repaired = self._writer.recover() + self._writer.fill()
        self._spool.mkdir(exist_ok=True)
        try:
            with Workers() as workers:
                changes = self._compare(paths, workers)
                self._index(changes, workers)
            self._remove(changes)
        finally:
            shutil.rmtree(self._spool, ignore_errors=True)
        duplicates = self._finish(changes)
        self._meter.end()
        articles, passages = self._catalog.size()
        report = IngestReport(
            indexed=self._indexed,
            unchanged=self._unchanged,
            changed=self._changed,
            removed=self._removed,
            skipped=tuple(sorted(set(self._skipped), key=lambda item: (item.path, item.reason))),
            concerns=tuple(sorted(self._concerns, key=lambda item: (item.path, item.kind))),
            duplicates=duplicates,
            embedded=self._writer.embedded,
            written=self._writer.written,
            articles=articles,
            passages=passages,
            repaired=repaired,
            seconds=time.monotonic() - began,
            stages=dict(self._meter.seconds),
        )
        logger.info(
            "indexed %d, changed %d, removed %d, unchanged %d, skipped %d articles in %.2f s",
            *(report.indexed, report.changed, report.removed, report.unchanged, len(report.skipped), report.seconds),
        )
        return report

    # --- 1 to 3: what is to be done ---------------------------------------------------------------------------

    def _compare(self, paths: Sequence[Path], workers: Workers) -> _Changes:
        dirty = self._catalog.meta("dirty") == "1"
        planned = plan(self._catalog, paths)
        self._skipped.extend(planned.missing)
        rows = self._catalog.article_rows()
        by_file: dict[int | None, list[ArticleRow]] = {}
        for row in rows:
            by_file.setdefault(row.file, []).append(row)
        changes = _Changes()
        self._taken = {row.path for row in by_file.get(None, [])}
        to_read: list[tuple[Scope, FoundFile, FileRow | None]] = []
        for scope in planned.scopes:
            to_read.extend(self._scan(scope, by_file, changes))
        for root in planned.replaced:
            for file in self._catalog.files(root.id).values():
                changes.gone.update(row.id for row in by_file.get(file.id, []))
                changes.gone_files.add(file.id)
        self._replaced = planned.replaced
        self._meter.begin("read", len(to_read))
        self._read(to_read, workers, by_file, changes)
        roots = {scope.root.id for scope in planned.scopes}
        touched = {scope.root.id for scope, _, _ in to_read} if not (dirty or changes.gone) else roots
        self._repeated = {root: self._count_lines(root, changes, rows) for root in sorted(touched)}
        changes.pending.sort(key=lambda item: item.spooled.path)
        return changes

    def _scan(
        self, scope: Scope, by_file: dict[int | None, list[ArticleRow]], changes: _Changes
    ) -> Iterator[tuple[Scope, FoundFile, FileRow | None]]:
        known = self._catalog.files(scope.root.id)
        seen: set[str] = set()
        hidden: list[str] = []
        prefix = scope.root.prefix
        for item in scope.walk(max_file_bytes=self._max_file_bytes):
            name = item.path.removeprefix(prefix)
            self._meter.advance()
            if isinstance(item, SkippedSource):
                self._skipped.append(item)
                if not _is_readable(scope.root.path / name):
                    hidden.append(name)  # what cannot be looked at is not gone
                continue
            seen.add(name)
            row = known.get(name)
            same = row is not None and row.mtime_ns and (row.size, row.mtime_ns) == (item.size, item.mtime_ns)
            if row is not None and same and not scope.moved:
                articles = by_file.get(row.id, [])
                self._unchanged += len(articles)
                self._taken.update(article.path for article in articles)
                self._skipped.extend(SkippedSource(prefix + one.path, one.reason) for one in row.skipped)
            else:
                yield scope, item, row
        for name, row in known.items():
            if name in seen or not scope.covers(name):
                continue
            if any(name == one or name.startswith(f"{one}/") for one in hidden):
                articles = by_file.get(row.id, [])
                self._unchanged += len(articles)
                self._taken.update(article.path for article in articles)
                continue
            changes.gone.update(article.id for article in by_file.get(row.id, []))
            changes.gone_files.add(row.id)

    def _read(
        self,
        to_read: list[tuple[Scope, FoundFile, FileRow | None]],
        workers: Workers,
        by_file: dict[int | None, list[ArticleRow]],
        changes: _Changes,
    ) -> None:
        deleted = self._catalog.deleted()
        order = iter(to_read)
        tasks = _read_tasks([found for _, found, _ in to_read], self._spool)
        size = sum(found.size for _, found, _ in to_read)
        for results in workers.run(tasks, processes=self._processes(size)):
            for read in results:
                scope, _, row = next(order)
                self._compare_file(scope, read, row, by_file.get(row.id, []) if row else [], deleted, changes)
                self._meter.advance()

    def _compare_file(
        self,
        scope: Scope,
        read: ReadFile,
        row: FileRow | None,
        articles: Sequence[ArticleRow],
        deleted: dict[tuple[int, str], bytes],
        changes: _Changes,
    ) -> None:
        prefix, root = scope.root.prefix, scope.root.id
        if not read.readable:
            self._skipped.extend(read.skipped)
            self._unchanged += len(articles)
            self._taken.update(article.path for article in articles)
            return
        file = _File(root, read.found.path.removeprefix(prefix), read.found, list(read.skipped))
        existing = {article.path.removeprefix(scope.old_prefix): article for article in articles}
        for spooled in read.sources:
            name = spooled.path.removeprefix(prefix)
            if (root, name) in deleted:
                if deleted[root, name] == spooled.digest:
                    file.skipped.append(SkippedSource(spooled.path, "it was deleted by hand and has not changed since"))
                    continue
                changes.allowed.append((root, name))
            old = existing.get(name)
            if spooled.path in self._taken:
                file.skipped.append(SkippedSource(spooled.path, "another article has this path; rename the file"))
                continue
            existing.pop(name, None)
            self._taken.add(spooled.path)
            if old is not None and old.digest == spooled.digest and old.path == spooled.path:
                self._unchanged += 1
                continue
            file.waiting += 1
            changes.pending.append(_Pending(spooled, file, None, old.id if old else None))
        changes.gone.update(article.id for article in existing.values())
        self._skipped.extend(file.skipped)
        known = row is not None and (row.size, row.mtime_ns) == (read.found.size, read.found.mtime_ns)
        if not known or file.waiting:
            changes.files.append(file)

    def _count_lines(self, root: int, changes: _Changes, rows: Sequence[ArticleRow]) -> RepeatedLines:
        """Find the lines that repeat in a root, and take in again the articles for which that changed."""
        leaving = changes.gone | {item.replaces for item in changes.pending if item.replaces}
        staying = [row for row in self._catalog.line_rows(root) if row[0] not in leaving]
        arriving = [item.spooled for item in changes.pending if item.file is not None and item.file.root == root]
        repeated = find_repeated(
            [*(unpack(lines) for _, lines, _ in staying), *(unpack(spooled.lines) for spooled in arriving)]
        )
        affected = [article_id for article_id, lines, mark in staying if repeated.mark(unpack(lines)) != mark]
        if affected:
            numbers = {row.id: row.file for row in rows}
            counted = {row.id for row in rows if row.path in self._taken}
            with SpoolWriter(self._spool) as spool:
                for start in range(0, len(affected), BATCH_ARTICLES):
                    sources = self._catalog.sources(affected[start : start + BATCH_ARTICLES])
                    for article_id, source in sources.items():
                        changes.pending.append(_Pending(spool.add(source), None, numbers[article_id], article_id))
            self._unchanged -= len(counted.intersection(affected))
        return repeated

    # --- 4: index ---------------------------------------------------------------------------------------------

    def _index(self, changes: _Changes, workers: Workers) -> None:
        self._meter.begin("index", len(changes.pending))
        tasks = list(self._prepare_tasks(changes.pending))
        order = iter(changes.pending)
        batch: list[tuple[_Pending, PreparedArticle | SkippedSource]] = []
        passages = 0
        size = sum(item.spooled.chars for item in changes.pending)
        left = len(changes.pending)
        for results in workers.run(tasks, processes=self._processes(size)):
            for result in results:
                batch.append((next(order), result))
                if isinstance(result, PreparedArticle):
                    passages += len(result.texts)
            enough = min(BATCH_ARTICLES, max(FEWEST_ARTICLES, left // SHARE_OF_REST))
            if len(batch) >= enough or passages >= BATCH_PASSAGES:
                left -= len(batch)
                self._write(batch, changes)
                batch, passages = [], 0
        if batch:
            self._write(batch, changes)

    def _prepare_tasks(self, pending: Sequence[_Pending]) -> Iterator[PrepareTask]:
        roots = self._root_of_files()
        part: list[Spooled] = []
        chars, current = 0, None
        for item in pending:
            root = item.file.root if item.file is not None else roots.get(item.file_number or 0)
            if part and (root != current or len(part) >= PREPARE_SOURCES or chars + item.spooled.chars > PREPARE_CHARS):
                yield self._prepare_task(part, current)
                part, chars = [], 0
            current = root
            part.append(item.spooled)
            chars += item.spooled.chars
        if part:
            yield self._prepare_task(part, current)

    def _prepare_task(self, part: Sequence[Spooled], root: int | None) -> PrepareTask:
        repeated = self._repeated.get(root, NO_LINES) if root is not None else NO_LINES
        return PrepareTask(tuple(part), repeated.tobytes(), self._max_tokens)

    def _root_of_files(self) -> dict[int, int]:
        return {file.id: root.id for root in self._catalog.roots() for file in self._catalog.files(root.id).values()}

    def _write(self, batch: list[tuple[_Pending, PreparedArticle | SkippedSource]], changes: _Changes) -> None:
        articles, leaving = [], set()
        for item, result in batch:
            if isinstance(result, SkippedSource):
                self._skipped.append(result)
                if item.file is not None:
                    item.file.skipped.append(result)
                    leaving.update([item.replaces] if item.replaces else [])
                    self._removed += item.replaces is not None
                continue
            articles.append(result)
            self._concerns.extend(result.concerns)
            if item.replaces is not None:
                leaving.add(item.replaces)
                self._changed += 1
            else:
                self._indexed += 1

        def record() -> dict[str, int | None]:
            numbers: dict[str, int | None] = {}
            for item, _ in batch:
                if item.file is not None:
                    item.file.waiting -= 1
            for item, _ in batch:
                numbers[item.spooled.path] = self._record(item.file) if item.file is not None else item.file_number
            for root, name in changes.allowed:
                self._catalog.forget_deleted(root, name)
            return numbers

        self._writer.add(articles, replaced=leaving, record=record)
        self._meter.advance(len(batch))

    def _record(self, file: _File) -> int:
        """Write a file down; until all of its sources are in, with a time that makes the next ingest look again."""
        whole = file.waiting == 0
        prefix = file.found.path.removesuffix(file.name)
        file.recorded = whole
        return self._catalog.put_file(
            file.root,
            file.name,
            size=file.found.size,
            mtime_ns=file.found.mtime_ns if whole else 0,
            skipped=[SkippedSource(one.path.removeprefix(prefix), one.reason) for one in file.skipped],
        )

    # --- 5 and 6 ----------------------------------------------------------------------------------------------

    def _remove(self, changes: _Changes) -> None:
        self._meter.begin("remove", len(changes.gone))
        files = [file for file in changes.files if not file.recorded and not file.waiting]
        gone = changes.gone & set(self._catalog.article_ids()) if changes.gone else set()
        self._removed += len(gone)

        def record() -> None:
            for file in files:
                self._record(file)
            self._catalog.forget_files(sorted(changes.gone_files))
            for root in self._replaced:
                self._catalog.forget_root(root.id)

        if gone:
            self._writer.remove(gone, record=record, progress=self._meter.advance)
        elif files or changes.gone_files or self._replaced:
            with self._catalog.transaction():
                record()

    def _finish(self, changes: _Changes) -> int:
        self._meter.begin("finish")
        if self._catalog.meta("dirty") != "1":
            return self._catalog.count_copies()
        return self._writer.settle()

    def _processes(self, size: int) -> int:
        """Return how many processes are worth starting for so many bytes."""
        count = self._workers if self._workers is not None else len(os.sched_getaffinity(0))
        if count <= 1 or size < IN_PROCESS_BYTES:
            return 0
        return min(count, 1 + size // IN_PROCESS_BYTES)


def _read_tasks(files: Iterable[FoundFile], spool: Path) -> Iterator[ReadTask]:
    part: list[FoundFile] = []
    size = 0
    for found in files:
        if part and (len(part) >= READ_FILES or size + found.size > READ_BYTES):
            yield ReadTask(tuple(part), spool)
            part, size = [], 0
        part.append(found)
        size += found.size
    if part:
        yield ReadTask(tuple(part), spool)


def _is_readable(path: Path) -> bool:
    try:
        if path.is_dir():
            next(iter(os.scandir(path)), None)
        else:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError:
        return not path.exists() and _parent_is_readable(path)
    return True


def _parent_is_readable(path: Path) -> bool:
    return os.access(path.parent, os.R_OK | os.X_OK)
