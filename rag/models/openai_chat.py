"""Chat models of OpenAI and of every server that speaks its protocol (llama.cpp, vLLM, Ollama, LM Studio, ...)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Any

from rag.config import LLMSettings
from rag.llm import ChatDelta, ChatMessage
from rag.models.completion_chunks import deltas
from rag.models.dialect import Dialect
from rag.models.event_stream import chunks
from rag.models.openai_client import endpoint, event_loop
from rag.models.openai_errors import model_errors, words_of
from rag.models.pieces import Pieces
from rag.models.server_words import quoting
from rag.models.thinking import ThinkingHabit, ThoughtFilter

logger = logging.getLogger(__name__)


class OpenAIChatModel:
    """Streams from `/chat/completions`.

    Servers differ in what they understand. One that refuses a part of a request is asked again without it, and from
    then on it is left out.
    """

    def __init__(self, model: str, settings: LLMSettings) -> None:
        """Prepare a client; nothing is sent.

        Raises:
            ConfigError: the address makes no sense, or OpenAI itself is meant and there is no key for it.
        """
        self._endpoint = endpoint(model, settings)
        self._context_tokens = settings.context_window
        self._client = self._endpoint.async_client()
        # OpenAI has retired `max_tokens` for its newer models; many other servers know only that.
        self._dialect = Dialect("max_completion_tokens" if self._endpoint.is_openai else "max_tokens")
        self._thinking = ThinkingHabit(settings.thinking_tokens)

    @property
    def name(self) -> str:
        """The model as the server knows it."""
        return self._endpoint.model

    @property
    def context_tokens(self) -> int:
        """As the settings say; servers do not tell."""
        return self._context_tokens

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the reply in pieces, at temperature 0 where the model allows it."""

        def ask(most: int, thoughts: ThoughtFilter) -> Generator[ChatDelta, None, None]:
            return self._reply(messages, most, thoughts)

        return self._thinking.stream(ask, max_tokens=max_tokens)

    def _reply(
        self, messages: Sequence[ChatMessage], max_tokens: int, thoughts: ThoughtFilter
    ) -> Generator[ChatDelta, None, None]:
        import openai

        quote = quoting(self._endpoint.secrets, (message.content for message in messages))
        dialect = self._dialect
        with model_errors(self._endpoint, quote):
            while True:
                request = dialect.request(self.name, messages, max_tokens)
                try:
                    with closing(self._received(request)) as parts:
                        yield from deltas(
                            chunks(parts, where=str(self._endpoint)),
                            model=self.name,
                            max_tokens=max_tokens,
                            thoughts=thoughts,
                            quote=quote,
                        )
                except openai.APIStatusError as exc:
                    plainer = dialect.after(exc.status_code, words_of(exc))
                    if plainer is None:
                        raise
                    dialect = plainer
                else:
                    if dialect != self._dialect:
                        logger.info("model %s is asked otherwise from now on: %s", self.name, dialect)
                        self._dialect = dialect
                    return

    def _received(self, request: dict[str, Any]) -> Generator[bytes | None, None, None]:
        """Yield the body of the reply, and None while nothing comes; closing the iterator closes the connection."""
        pieces: Pieces[bytes] = Pieces()

        async def receive() -> None:
            try:
                posted = self._client.chat.completions.with_streaming_response.create(**request)
                async with posted as response:
                    async for part in response.iter_bytes():
                        pieces.put(part)
            except Exception as exc:  # whatever it is, it belongs to the reader
                pieces.end(exc)
            else:
                pieces.end()

        receiving = asyncio.run_coroutine_threadsafe(receive(), event_loop())
        try:
            yield from pieces
        finally:
            receiving.cancel()
