"""Embedding models of OpenAI and of every server that speaks its protocol."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np

from rag.config import EmbeddingSettings
from rag.embedding import Vectors, unit_rows
from rag.errors import ModelOutputError
from rag.models.dialect import NOT_UNDERSTOOD
from rag.models.openai_client import endpoint
from rag.models.openai_errors import model_errors, words_of
from rag.models.server_words import quoting

logger = logging.getLogger(__name__)

DEFAULT_MODEL: Final = "text-embedding-3-small"  # OpenAI's cheapest
KNOWN_DIMENSIONS: Final = {
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
    "text-embedding-ada-002": 1536,
}
_TOO_LARGE: Final = NOT_UNDERSTOOD | {413, 500}  # llama.cpp says 500 where a batch exceeds its own


class OpenAIEmbedder:
    """Posts batches to `/embeddings`. Blank texts are not sent, since OpenAI refuses them; they get zero vectors.

    A server that refuses an option is asked without it, and one that refuses a batch gets smaller ones from then on.
    """

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Prepare a client; nothing is sent.

        Raises:
            ConfigError: the address makes no sense, or OpenAI itself is meant and there is no key for it.
        """
        self._model = settings.model or DEFAULT_MODEL
        self._endpoint = endpoint(self._model, settings)
        self._dimensions = settings.dimensions
        self._batch_size = settings.batch_size
        self._client = self._endpoint.client()
        self._options: dict[str, Any] = {"encoding_format": "float"}
        if settings.dimensions:
            self._options["dimensions"] = settings.dimensions

    @property
    def name(self) -> str:
        """`openai/MODEL`; with the length where the setting shortens the vectors."""
        shortened = f"@{self._dimensions}" if self._dimensions else ""
        return f"openai/{self._model}{shortened}"

    @cached_property
    def dimensions(self) -> int:
        """Length of every vector: the setting, what is known of the model, else one text is embedded to see.

        Raises:
            ModelError: the model failed.
        """
        known = KNOWN_DIMENSIONS.get(self._model) if self._endpoint.is_openai else None
        return self._dimensions or known or len(self._request(["dimensions"])[0])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimensions)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        while rows:
            batch = rows[: self._batch_size]
            found = self._request([texts[row].encode("utf-8", "replace").decode() for row in batch])
            if found.shape[1] != self.dimensions:
                raise ModelOutputError(
                    f"expected vectors of {self.dimensions} numbers from {self._endpoint}, found {found.shape[1]}; "
                    "set NEWSQA_EMBEDDING__DIMENSIONS to what the model gives"
                )
            vectors[batch[: len(found)]] = found
            rows = rows[len(found) :]
        return unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (dimensions,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def _request(self, texts: list[str]) -> Vectors:
        """Embed the texts, or as many of the first as the server takes at once."""
        import openai

        with model_errors(self._endpoint, quoting(self._endpoint.secrets, texts)):
            while True:
                body = {"model": self._model, "input": texts, **self._options}
                try:
                    return self._vectors(self._client.post("/embeddings", body=body, cast_to=object), len(texts))
                except openai.APIStatusError as exc:
                    words = words_of(exc)
                    refused = next((name for name in self._options if re.search(rf"\b{name}\b", words)), None)
                    if exc.status_code in NOT_UNDERSTOOD and refused is not None:
                        logger.info("model %s refuses the option %s; asking without it", self._model, refused)
                        del self._options[refused]
                    elif exc.status_code in _TOO_LARGE and len(texts) > 1:
                        self._batch_size = len(texts) // 2
                        logger.info("model %s refuses %d texts at once; sending fewer", self._model, len(texts))
                        texts = texts[: self._batch_size]
                    else:
                        raise

    def _vectors(self, found: object, expected: int) -> Vectors:
        try:
            rows = found["data"]  # type: ignore[index]  # whatever the server sent; another shape raises here
            ordered = sorted(rows, key=lambda row: row["index"])
            vectors = np.asarray([row["embedding"] for row in ordered], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as exc:
            raise ModelOutputError(f"{self._endpoint} sent no vectors: {type(exc).__name__}") from exc
        if vectors.ndim != 2 or len(vectors) != expected or not np.isfinite(vectors).all():
            raise ModelOutputError(
                f"expected {expected} finite vectors from {self._endpoint}, found an array of shape {vectors.shape}"
            )
        return vectors
