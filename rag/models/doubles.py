"""Stand-ins for models: no weights, no network, the same output for the same input. For tests and demonstrations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Sequence

import numpy as np

from rag.embedding import Vectors, unit_rows
from rag.llm import ChatDelta, ChatMessage
from rag.schema import Usage

_WORD = re.compile(r"\w+")


class HashingEmbedder:
    """Counts words in buckets chosen by a hash, so texts that share words are near each other."""

    def __init__(self, dimensions: int = 64) -> None:
        self._dimensions = dimensions
        self.embedded: list[str] = []
        """Every text that was embedded, in order: a test can tell how often the model was called."""

    @property
    def name(self) -> str:
        """Identity of the vector space."""
        return f"hashing/{self._dimensions}"

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        return self._dimensions

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimensions)."""
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.casefold()):
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
                vectors[row, int.from_bytes(digest) % self._dimensions] += 1
        return unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (dimensions,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


Reply = str | Exception | Callable[[Sequence[ChatMessage]], str]
"""What a scripted model does: says a text, raises an error, or answers with a function of the prompt."""


class ScriptedChatModel:
    """Answers with prepared replies, one after another; the last one repeats."""

    def __init__(
        self, *replies: Reply, name: str = "scripted", piece_chars: int = 7, context_tokens: int = 8192
    ) -> None:
        """Prepare the replies.

        Args:
            replies: at least one.
            name: what the answer calls the model.
            piece_chars: characters in each delta; the odd default cuts words and citation marks in two.
            context_tokens: what the model claims to be able to read.
        """
        if not replies:
            raise ValueError("expected at least one reply")
        self._replies = replies
        self._name = name
        self._piece_chars = piece_chars
        self._context_tokens = context_tokens
        self.prompts: list[tuple[ChatMessage, ...]] = []
        """Every prompt received, in order."""
        self.pieces_sent = 0

    @property
    def name(self) -> str:
        """The model as the answer names it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """What the model claims to be able to read."""
        return self._context_tokens

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the next prepared reply; a word counts as a token, and the usage comes last."""
        reply = self._replies[min(len(self.prompts), len(self._replies) - 1)]
        self.prompts.append(tuple(messages))
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else reply(messages)
        for start in range(0, len(text), self._piece_chars):
            self.pieces_sent += 1
            yield ChatDelta(text[start : start + self._piece_chars])
        prompt_tokens = sum(len(message.content.split()) for message in messages)
        yield ChatDelta("", Usage(prompt_tokens, len(text.split())))
