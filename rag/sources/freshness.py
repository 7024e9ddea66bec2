"""Tells whether what an article was read from still says the same."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

from rag.schema import SourceFile
from rag.sources.reading import read_sources
from rag.sources.walking import FoundFile

_REMEMBERED_FILES: Final = 256


class Freshness:
    """Compares articles with their files; a file is read only if its size or time differ from when it was indexed."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._hashes: dict[tuple[Path, int, int], frozenset[str]] = {}
        self._lock = threading.Lock()

    def is_stale(self, sha256: str, file: Path, *, size: int, mtime_ns: int) -> bool:
        """Say whether a file no longer holds the source with this hash.

        Args:
            sha256: of the file's bytes, or of a record's text.
            file: where it was read from.
            size: of the file when it was indexed, in bytes.
            mtime_ns: its modification time then.
        """
        try:
            now = file.stat()
        except OSError:
            return True
        if (now.st_size, now.st_mtime_ns) == (size, mtime_ns):
            return False
        key = (file, now.st_size, now.st_mtime_ns)
        with self._lock:
            hashes = self._hashes.get(key)
        if hashes is None:
            found = FoundFile(root=file.parent, file=file, path=file.name, size=now.st_size, mtime_ns=now.st_mtime_ns)
            hashes = frozenset(source.sha256 for source in read_sources(found) if isinstance(source, SourceFile))
            with self._lock:
                if len(self._hashes) >= _REMEMBERED_FILES:
                    self._hashes.clear()
                self._hashes[key] = hashes
        return sha256 not in hashes
