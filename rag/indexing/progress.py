"""Progress of a stage, with rate and remaining time, and seconds by stage."""

from __future__ import annotations

import time
from collections.abc import Callable

from rag.indexing.report import IngestProgress, Stage

INTERVAL_S = 0.1  # between two calls of the callback


class Meter:
    """Counts through the stages of an ingest and tells a callback now and then."""

    def __init__(self, callback: Callable[[IngestProgress], None] | None) -> None:
        """Report to `callback`, if there is one."""
        self._callback = callback
        self._stage: Stage | None = None
        self._done = 0
        self._total: int | None = None
        self._began = self._told = time.monotonic()
        self.seconds: dict[str, float] = {}
        """Seconds by stage so far."""

    def begin(self, stage: Stage, total: int | None = None) -> None:
        """Enter a stage; the one before it ends."""
        self.end()
        self._stage, self._total, self._done = stage, total, 0
        self._began = time.monotonic()
        self._tell()

    def advance(self, count: int = 1) -> None:
        """Count what is done."""
        self._done += count
        if self._callback is not None and (time.monotonic() - self._told >= INTERVAL_S or self._done == self._total):
            self._tell()

    def end(self) -> None:
        """Leave the stage."""
        if self._stage is not None:
            elapsed = time.monotonic() - self._began
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + elapsed
            self._stage = None

    def _tell(self) -> None:
        self._told = time.monotonic()
        if self._callback is None or self._stage is None:
            return
        elapsed = self._told - self._began
        rate = self._done / elapsed if self._done and elapsed > 0 else None
        remaining = (self._total - self._done) / rate if rate and self._total is not None else None
        self._callback(
            IngestProgress(stage=self._stage, done=self._done, total=self._total, rate=rate, remaining_s=remaining)
        )
