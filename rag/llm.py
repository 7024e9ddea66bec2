"""What newsqa asks of a chat model. Adapters are in `rag/models`; `rag/engine` picks one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.schema import Usage


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatDelta:
    """A piece of a model's reply; the last one carries the usage where the model reports it."""

    text: str
    usage: Usage | None = None


class ChatModel(Protocol):
    """Continues a conversation. What it returns is input from a stranger: parse it, check it, count what fails."""

    @property
    def name(self) -> str:
        """The model as the answer names it, such as `gpt-4o-mini`."""

    @property
    def context_tokens(self) -> int:
        """Longest prompt and reply together, in the model's tokens."""

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the reply in pieces, at temperature 0.

        Closing the iterator stops the model.

        Raises:
            ModelUnavailable: refused, timed out, rate-limited, or the stream broke off.
            ModelOutputError: the reply is no text, or is longer than `max_tokens` allows.
        """


@dataclass(frozen=True, slots=True)
class Interruptible:
    """A chat model that calls `check`, which may raise, before each piece of its reply."""

    model: ChatModel
    check: Callable[[], None]

    @property
    def name(self) -> str:
        """See `ChatModel.name`."""
        return self.model.name

    @property
    def context_tokens(self) -> int:
        """See `ChatModel.context_tokens`."""
        return self.model.context_tokens

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """See `ChatModel.stream`."""
        self.check()
        with closing(self.model.stream(messages, max_tokens=max_tokens)) as deltas:
            for delta in deltas:
                self.check()
                yield delta
