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
    """A piece of a model's reply."""

    text: str
    """Never a model's reasoning. Empty while the model reads, thinks or is silent, so that whoever waits can stop."""
    usage: Usage | None = None
    """Only with the last piece, where the model reports it."""
    finish_reason: str | None = None
    """Only with the last piece, where the model reports it: `stop`, or `length` for a reply cut off at its limit."""


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

        Args:
            messages: what the model continues.
            max_tokens: longest reply; a model that thinks gets `LLMSettings.thinking_tokens` more.

        Raises:
            ContextExceeded: the server says that the prompt is too long for the model.
            ModelUnavailable: refused, timed out, rate-limited, or the stream broke off.
            ModelOutputError: the reply is no text, longer than its limit allows, or thoughts alone.
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
