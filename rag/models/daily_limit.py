"""Counts the calls of a model in a day, for those who pay for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from filelock import FileLock

from rag.errors import ModelUnavailable
from rag.llm import ChatDelta, ChatMessage, ChatModel

_LOCK_WAIT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """A chat model that refuses further calls once a day's number is reached. The count is shared through a file."""

    model: ChatModel
    limit: int
    file: Path
    """Holds the day and the calls so far."""
    clock: Callable[[], date] = date.today

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self.model.name

    @property
    def context_tokens(self) -> int:
        """See `ChatModel.context_tokens`."""
        return self.model.context_tokens

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """See `ChatModel.stream`.

        Raises:
            ModelUnavailable: today's calls are used up.
        """
        self._count()
        yield from self.model.stream(messages, max_tokens=max_tokens)

    def _count(self) -> None:
        today = self.clock().isoformat()
        with FileLock(f"{self.file}.lock", timeout=_LOCK_WAIT_S):
            try:
                known = json.loads(self.file.read_text("utf-8"))
                calls = int(known["calls"]) if known["day"] == today else 0
            except (OSError, ValueError, KeyError, TypeError):
                calls = 0
            if calls >= self.limit:
                raise ModelUnavailable(
                    f"model {self.name!r} has been called {calls} times today, the limit set by "
                    "NEWSQA_LLM__MAX_CALLS_PER_DAY"
                )
            self.file.write_text(json.dumps({"day": today, "calls": calls + 1}), "utf-8")
