"""One writer at a time, by a lock that says who holds it.

The operating system holds the lock for the process, so it ends with the process, however that ends. The note beside
it is only for people.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from rag.errors import IndexLockedError, IndexUnavailable


class IndexLock:
    """Context manager around everything that changes an index."""

    def __init__(self, folder: Path, *, wait_s: float = 0.0) -> None:
        """Prepare the lock of an index folder; `wait_s` is how long to wait for another writer."""
        self._folder = folder
        self._note = folder / "lock.json"
        self._wait_s = wait_s
        self._lock: FileLock | None = None

    def __enter__(self) -> IndexLock:
        """Take the lock.

        Raises:
            IndexLockedError: another process is writing.
            IndexUnavailable: the folder cannot be written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / "lock", thread_local=False)
            lock.acquire(timeout=self._wait_s)
        except Timeout as exc:
            raise IndexLockedError(
                f"the index {str(self._folder)!r} is being written by {self._holder()}; wait until that is done"
            ) from exc
        except OSError as exc:
            raise IndexUnavailable(
                f"cannot write to the index folder {str(self._folder)!r}: {exc.strerror or exc}; "
                "check its permissions and the disk"
            ) from exc
        self._lock = lock
        note = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
            "since": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        }
        with contextlib.suppress(OSError):  # a full disk must not keep anybody from deleting
            self._note.write_text(json.dumps(note), encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        with contextlib.suppress(OSError):
            self._note.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _holder(self) -> str:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return f"process {note['pid']} on {note['host']} ({note['command']}) since {note['since']}"
        except (OSError, ValueError, KeyError):
            return "another process"
