"""The two kinds of work that processes do: read files into a spool, and prepare spooled sources for the stores.

A file is read once. The spool, a scratch folder in the index, keeps what was read until the lines of the whole root
have been counted, so that memory stays bounded and a file that changes meanwhile is not read in two states.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import os
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.catalog import source_digest
from rag.cleaning import line_keys
from rag.indexing.processing import PreparedArticle, prepare
from rag.indexing.repetition import RepeatedLines, hash_lines, unpack
from rag.schema import SkippedSource, SourceFile
from rag.sources import FoundFile, read_sources

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # to read a file that somebody is writing
FRESH_NS = 20_000_000  # a file system may give two writes within a tick (4 ms, some 10 ms) the same time

_spools = itertools.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A source in the spool."""

    path: str
    digest: bytes
    lines: bytes
    file: Path
    offset: int
    length: int
    chars: int

    def load(self) -> SourceFile:
        """Read the source back."""
        with self.file.open("rb") as stream:
            stream.seek(self.offset)
            source: SourceFile = pickle.loads(stream.read(self.length))
        return source


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What was read of a file."""

    found: FoundFile
    """With size and time as of the reading; a time of 0 means that it must be read again next time."""
    sources: tuple[Spooled, ...]
    skipped: tuple[SkippedSource, ...]
    readable: bool
    """False when the file could not be opened or kept changing, so that nothing is known about its contents."""


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Read and decode files."""

    files: tuple[FoundFile, ...]
    spool: Path

    def run(self) -> list[ReadFile]:
        """See `Task.run`."""
        with SpoolWriter(self.spool) as spool:
            return [_read(found, spool) for found in self.files]

    def split(self) -> list[ReadTask]:
        """See `Task.split`."""
        return [ReadTask((found,), self.spool) for found in self.files]

    def failed(self, reason: str) -> list[ReadFile]:
        """See `Task.failed`."""
        (found,) = self.files
        skipped = (SkippedSource(found.path, reason),)
        return [ReadFile(found=dataclasses.replace(found, mtime_ns=0), sources=(), skipped=skipped, readable=False)]


@dataclass(frozen=True, slots=True)
class PrepareTask:
    """Clean, split and encode sources."""

    sources: tuple[Spooled, ...]
    repeated: bytes
    max_tokens: int

    def run(self) -> list[PreparedArticle | SkippedSource]:
        """See `Task.run`."""
        repeated = RepeatedLines.of(self.repeated)
        try:
            return list(_prepare(self.sources, repeated, self.max_tokens))
        except Exception:  # whatever it is, it is looked for below
            return [_prepare_alone(spooled, repeated, self.max_tokens) for spooled in self.sources]

    def split(self) -> list[PrepareTask]:
        """See `Task.split`."""
        return [PrepareTask((source,), self.repeated, self.max_tokens) for source in self.sources]

    def failed(self, reason: str) -> list[PreparedArticle | SkippedSource]:
        """See `Task.failed`."""
        (source,) = self.sources
        return [SkippedSource(source.path, reason)]


class SpoolWriter:
    """Appends sources to a scratch file of its own."""

    def __init__(self, folder: Path) -> None:
        """Begin a new file in `folder`."""
        self._file = folder / f"{os.getpid()}-{next(_spools)}.spool"
        self._stream = self._file.open("wb")

    def __enter__(self) -> SpoolWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def add(self, source: SourceFile) -> Spooled:
        """Keep a source and say where it is."""
        packed = pickle.dumps(source, protocol=pickle.HIGHEST_PROTOCOL)
        offset = self._stream.tell()
        self._stream.write(packed)
        return Spooled(
            path=source.path,
            digest=source_digest(source),
            lines=hash_lines(line_keys(source)).tobytes(),
            file=self._file,
            offset=offset,
            length=len(packed),
            chars=len(source.raw),
        )


def _read(found: FoundFile, spool: SpoolWriter) -> ReadFile:
    for _ in range(ATTEMPTS):
        started_ns = time.time_ns()
        try:
            before = found.file.stat()
            os.close(os.open(found.file, os.O_RDONLY | os.O_NONBLOCK))
            sources: list[Spooled] = []
            skipped: list[SkippedSource] = []
            for item in read_sources(dataclasses.replace(found, size=before.st_size)):
                if isinstance(item, SkippedSource):
                    skipped.append(item)
                else:
                    sources.append(spool.add(item))
            after = found.file.stat()
        except OSError as exc:
            reason = f"the file cannot be read ({exc.strerror or exc}); check its permissions"
            return _unreadable(found, reason)
        if (before.st_size, before.st_mtime_ns, before.st_ino) == (after.st_size, after.st_mtime_ns, after.st_ino):
            fresh = abs(started_ns - after.st_mtime_ns) < FRESH_NS
            return ReadFile(
                found=dataclasses.replace(found, size=after.st_size, mtime_ns=0 if fresh else after.st_mtime_ns),
                sources=tuple(sources),
                skipped=tuple(skipped),
                readable=True,
            )
        time.sleep(0.05)
    return _unreadable(found, "the file changed while it was read; index it again when it is complete")


def _unreadable(found: FoundFile, reason: str) -> ReadFile:
    skipped = (SkippedSource(found.path, reason),)
    return ReadFile(found=dataclasses.replace(found, mtime_ns=0), sources=(), skipped=skipped, readable=False)


def _prepare(spooled: Sequence[Spooled], repeated: RepeatedLines, max_tokens: int) -> list[PreparedArticle]:
    lines = [unpack(one.lines) for one in spooled]
    return prepare([one.load() for one in spooled], repeated=repeated, max_tokens=max_tokens, lines=lines)


def _prepare_alone(spooled: Spooled, repeated: RepeatedLines, max_tokens: int) -> PreparedArticle | SkippedSource:
    try:
        return _prepare([spooled], repeated, max_tokens)[0]
    except Exception as exc:  # one bad article must not stop an ingest, whatever it is that it breaks
        logger.exception("cannot process %r", spooled.path)
        return SkippedSource(spooled.path, f"it cannot be processed ({type(exc).__name__}: {exc}); please report it")
