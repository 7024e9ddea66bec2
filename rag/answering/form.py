"""What form of answer a client asks for ("briefly, in German"), told to the model that writes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from rag.answering.prompts import quoted
from rag.llm import ChatDelta, ChatMessage, ChatModel


@dataclass(frozen=True, slots=True)
class WithInstructions:
    """A chat model that is told, after the question, what form the answer is to have."""

    model: ChatModel
    instructions: str

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
        asked = (
            f"{messages[-1].content}\nForm of the answer, as far as the rules above allow: {quoted(self.instructions)}"
        )
        return self.model.stream([*messages[:-1], replace(messages[-1], content=asked)], max_tokens=max_tokens)
