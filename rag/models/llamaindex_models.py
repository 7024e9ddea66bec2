"""Any LlamaIndex `LLM` or `BaseEmbedding` as our model: that is how providers beyond OpenAI-compatible ones come in."""

from __future__ import annotations

import importlib
import inspect
import threading
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.config import EmbeddingSettings, LLMSettings
from rag.embedding import Vectors, unit_rows
from rag.errors import ConfigError, ModelOutputError, ModelUnavailable
from rag.llm import ChatDelta, ChatMessage
from rag.models.completion_chunks import deltas
from rag.models.event_stream import AT_WORK, FINISHED
from rag.models.pieces import Pieces
from rag.models.thinking import ThinkingHabit, ThoughtFilter

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import LLM


class LlamaIndexChatModel:
    """Streams from an `LLM`; temperature and limits are as that object was built, longer replies are refused."""

    def __init__(self, spec: str, settings: LLMSettings) -> None:
        """Import the model.

        Args:
            spec: `module:object`, an `LLM` or something that returns one when called without arguments.
            settings: gives the context length where the model does not tell its own.

        Raises:
            ConfigError: there is no such object, or it is no `LLM`.
        """
        from llama_index.core.llms import LLM

        self._llm: LLM = _load(spec, LLM)
        self._spec = spec
        self._settings = settings
        self._thinking = ThinkingHabit(settings.thinking_tokens)

    @property
    def name(self) -> str:
        """As the model names itself, else as it was configured."""
        named = self._llm.metadata.model_name
        return named if named and named != "unknown" else self._spec

    @property
    def context_tokens(self) -> int:
        """As the model says, at most what the settings say."""
        return min(self._llm.metadata.context_window, self._settings.context_window)

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        """Yield the reply in pieces; LlamaIndex does not report usage."""

        def ask(most: int, thoughts: ThoughtFilter) -> Generator[ChatDelta, None, None]:
            with closing(self._received(messages)) as chunks:
                yield from deltas(chunks, model=self.name, max_tokens=most, thoughts=thoughts)

        return self._thinking.stream(ask, max_tokens=max_tokens)

    def _received(self, messages: Sequence[ChatMessage]) -> Generator[object, None, None]:
        from llama_index.core.llms import ChatMessage as TheirMessage

        theirs = [TheirMessage(role=message.role, content=message.content) for message in messages]
        pieces: Pieces[str] = Pieces()
        stopped = threading.Event()

        def work() -> None:
            try:
                for response in self._llm.stream_chat(theirs):
                    if stopped.is_set():
                        return
                    pieces.put(response.delta or "")
            except Exception as exc:  # every provider behind LlamaIndex raises its own
                pieces.end(exc)
            else:
                pieces.end()

        threading.Thread(target=work, name="newsqa-llama-index", daemon=True).start()
        try:
            for piece in pieces:
                yield {"choices": [{"delta": {"content": piece}}]} if piece else AT_WORK
            yield FINISHED
        except Exception as exc:
            raise ModelUnavailable(f"LlamaIndex model {self._spec!r} failed: {type(exc).__name__}: {exc}") from exc
        finally:
            stopped.set()


class LlamaIndexEmbedder:
    """Embeds with a `BaseEmbedding`, in its own batches."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Import the model.

        Args:
            settings: `model` is `module:object`, a `BaseEmbedding` or something that returns one when called.

        Raises:
            ConfigError: there is no such object, or it is no `BaseEmbedding`.
        """
        from llama_index.core.base.embeddings.base import BaseEmbedding

        if settings.model is None:
            raise ConfigError("the embedding provider 'llama-index' needs NEWSQA_EMBEDDING__MODEL=module:object")
        self._model: BaseEmbedding = _load(settings.model, BaseEmbedding)
        self._spec = settings.model
        self._settings = settings

    @property
    def name(self) -> str:
        """As the model names itself, else as it was configured."""
        named = self._model.model_name
        return f"llama-index/{named if named and named != 'unknown' else self._spec}"

    @cached_property
    def dimensions(self) -> int:
        """Length of every vector: the setting, else one text is embedded to see.

        Raises:
            ModelError: the model failed.
        """
        return self._settings.dimensions or len(self._rows(["dimensions"])[0])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimensions)."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._checked(self._rows(list(texts)), len(texts))

    def embed_query(self, text: str) -> Vectors:
        """Embed a question, with the model's instruction for questions where it has one; shape (dimensions,)."""
        try:
            row = self._model.get_query_embedding(text)
        except Exception as exc:  # every provider behind LlamaIndex raises its own
            raise self._failed(exc) from exc
        vector: Vectors = self._checked([row], 1)[0]
        return vector

    def _rows(self, texts: list[str]) -> list[list[float]]:
        try:
            return self._model.get_text_embedding_batch(texts)
        except Exception as exc:  # every provider behind LlamaIndex raises its own
            raise self._failed(exc) from exc

    def _failed(self, exc: Exception) -> ModelUnavailable:
        return ModelUnavailable(f"LlamaIndex embedding {self._spec!r} failed: {type(exc).__name__}: {exc}")

    def _checked(self, rows: Sequence[Sequence[float]], expected: int) -> Vectors:
        lengths = sorted({len(row) for row in rows})
        if len(rows) != expected or lengths != [self.dimensions]:
            raise ModelOutputError(
                f"expected {expected} vectors of {self.dimensions} numbers from {self._spec!r}, "
                f"found {len(rows)} of {lengths}; set NEWSQA_EMBEDDING__DIMENSIONS to what the model gives"
            )
        return unit_rows(np.asarray(rows, dtype=np.float32))


def _load(spec: str, wanted: type[Any]) -> Any:
    module_name, colon, attribute = spec.partition(":")
    if not colon or not module_name or not attribute:
        raise ConfigError(f"expected llama-index:module:object, found {spec!r}")
    try:
        found = getattr(importlib.import_module(module_name), attribute)
    except ImportError as exc:
        raise ConfigError(f"cannot import {module_name!r} ({exc}); is its folder on PYTHONPATH?") from exc
    except AttributeError as exc:
        raise ConfigError(f"module {module_name!r} has no {attribute!r}") from exc
    if inspect.isclass(found) or inspect.isroutine(found):
        found = found()
    if not isinstance(found, wanted):
        raise ConfigError(f"expected {spec!r} to be a LlamaIndex {wanted.__name__}, found {type(found).__name__}")
    return found
