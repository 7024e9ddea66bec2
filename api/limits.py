"""Keeps one client from using up the server: requests a minute, and requests at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from api.security import Client
from rag.config import ServerSettings
from rag.errors import ConfigError


class TooMany(Exception):
    """A client is over a limit."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Limits:
    """Counts what each client does. All calls are made on the event loop, so counting needs no lock."""

    def __init__(self, settings: ServerSettings, *, enabled: bool) -> None:
        self._per_minute = settings.requests_per_minute if enabled else 0
        self._at_once = settings.max_concurrent if enabled else 0
        self._running: Counter[str] = Counter()
        try:
            self._limiter = MovingWindowRateLimiter(storage_from_string(settings.rate_storage))
        except Exception as exc:  # each storage raises its own
            raise ConfigError(f"NEWSQA_SERVER__RATE_STORAGE: cannot use {settings.rate_storage!r}: {exc}") from exc

    def count(self, client: Client) -> None:
        """Count a request of a client.

        Raises:
            TooMany: it has sent too many in the last minute.
        """
        if not self._per_minute:
            return
        item = RateLimitItemPerMinute(self._per_minute)
        if not self._limiter.hit(item, client.name):
            reset = self._limiter.get_window_stats(item, client.name).reset_time
            raise TooMany(
                f"{client.name} may send {self._per_minute} requests a minute", max(1, round(reset - time.time()))
            )

    @contextmanager
    def slot(self, client: Client) -> Iterator[None]:
        """Hold one of a client's places as long as the block runs.

        Raises:
            TooMany: all its places are taken.
        """
        if self._at_once and self._running[client.name] >= self._at_once:
            raise TooMany(f"{client.name} may have {self._at_once} requests at once", 1)
        self._running[client.name] += 1
        try:
            yield
        finally:
            self._running[client.name] -= 1
            if not self._running[client.name]:
                del self._running[client.name]
