"""Carries a reply from the thread that receives it to the one that reads it, which is never kept waiting for long."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

TICK_S: Final = 0.2  # a reader who waits can look this often whether anybody still wants the answer


class _End:
    """Marks the end of a reply."""


class Pieces(Generic[T]):
    """Pieces of one reply, in order; one thread puts them and another one takes them."""

    def __init__(self, *, silent_after_s: float | None = None) -> None:
        """Begin a reply that may pause for so long; None for as long as it likes."""
        self._queue: queue.SimpleQueue[T | BaseException | type[_End]] = queue.SimpleQueue()
        self._silent_after_s = silent_after_s

    def put(self, piece: T) -> None:
        """Add the next piece."""
        self._queue.put(piece)

    def end(self, failure: BaseException | None = None) -> None:
        """End the reply; a failure is raised where it is read."""
        self._queue.put(failure or _End)

    def __iter__(self) -> Iterator[T | None]:
        """Yield the pieces, and None every `TICK_S` while none comes.

        Raises:
            TimeoutError: the reply paused for too long.
        """
        heard = time.monotonic()
        while True:
            try:
                piece = self._queue.get(timeout=TICK_S)
            except queue.Empty:
                if self._silent_after_s is not None and time.monotonic() - heard > self._silent_after_s:
                    raise TimeoutError from None
                yield None
                continue
            heard = time.monotonic()
            if isinstance(piece, BaseException):
                raise piece
            if isinstance(piece, type):
                return
            yield piece
