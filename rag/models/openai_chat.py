"""Chat models of OpenAI and of every server that speaks its protocol (llama.cpp, vLLM, Ollama, LM Studio, ...)."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from rag.config import LLMSettings
from rag.llm import ChatDelta, ChatMessage
from rag.models.completion_chunks import deltas
from rag.models.openai_client import OPENAI_URL, make_client, model_errors

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessageParam

logger = logging.getLogger(__name__)


class OpenAIChatModel:
    """Streams from `/chat/completions`.

    Servers differ in which options they know. One that refuses an option by name is asked again without it, and
    from then on it is left out.
    """

    def __init__(self, model: str, settings: LLMSettings) -> None:
        """Prepare a client; nothing is sent.

        Raises:
            ConfigError: OpenAI itself is meant and there is no key for it.
        """
        self._model = model
        self._server = settings.base_url or OPENAI_URL
        self._context_tokens = settings.context_window
        self._client: openai.OpenAI = make_client(
            base_url=settings.base_url,
            api_key=settings.api_key,
            openai_api_key=settings.openai_api_key,
            organization=settings.organization,
            timeout_s=settings.timeout_s,
            retries=settings.retries,
        )
        # OpenAI has retired `max_tokens` for its newer models; other servers know only that.
        self._limit_name = "max_tokens" if settings.base_url else "max_completion_tokens"
        self._refused: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The model as the server knows it."""
        return self._model

    @property
    def context_tokens(self) -> int:
        """As the settings say; servers do not tell."""
        return self._context_tokens

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the reply in pieces, at temperature 0 where the model allows it."""
        with model_errors(self._model, self._server), closing(self._open(messages, max_tokens)) as chunks:
            yield from deltas((_plain(chunk) for chunk in chunks), model=self._model, max_tokens=max_tokens)

    def _open(self, messages: Sequence[ChatMessage], max_tokens: int) -> openai.Stream[Any]:
        import openai

        while True:
            options: dict[str, Any] = {
                "temperature": 0,
                self._limit_name: max_tokens,
                "stream_options": {"include_usage": True},
            }
            request: dict[str, Any] = {name: value for name, value in options.items() if name not in self._refused}
            try:
                return cast(
                    "openai.Stream[Any]",
                    self._client.chat.completions.create(
                        model=self._model,
                        messages=[_theirs(message) for message in messages],
                        stream=True,
                        **request,
                    ),
                )
            except openai.BadRequestError as exc:
                refused = next((name for name in options if name in exc.message and name not in self._refused), None)
                if refused is None:
                    raise
                logger.info("model %s refuses the option %s; asking without it", self._model, refused)
                if refused == self._limit_name == "max_tokens" and "max_completion_tokens" in exc.message:
                    self._limit_name = "max_completion_tokens"
                else:
                    self._refused |= {refused}


def _theirs(message: ChatMessage) -> ChatCompletionMessageParam:
    match message.role:
        case "system":
            return {"role": "system", "content": message.content}
        case "user":
            return {"role": "user", "content": message.content}
        case "assistant":
            return {"role": "assistant", "content": message.content}


def _plain(chunk: object) -> object:
    """Return a chunk as the mapping it was sent as; the client does not validate what it wraps."""
    if isinstance(chunk, Mapping):
        return chunk
    dump = getattr(chunk, "to_dict", None)
    return dump(warnings=False) if dump is not None else chunk
