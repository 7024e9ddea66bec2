"""Embedding models of OpenAI and of every server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.config import EmbeddingSettings
from rag.embedding import Vectors, unit_rows
from rag.errors import ModelOutputError
from rag.models.openai_client import OPENAI_URL, make_client, model_errors

if TYPE_CHECKING:
    import openai

DEFAULT_MODEL = "text-embedding-3-small"  # OpenAI's cheapest
KNOWN_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}


class OpenAIEmbedder:
    """Posts batches to `/embeddings`. Blank texts are not sent, since OpenAI refuses them; they get zero vectors."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Prepare a client; nothing is sent.

        Raises:
            ConfigError: OpenAI itself is meant and there is no key for it.
        """
        self._model = settings.model or DEFAULT_MODEL
        self._server = settings.base_url or OPENAI_URL
        self._settings = settings
        self._client: openai.OpenAI = make_client(
            base_url=settings.base_url,
            api_key=settings.api_key,
            openai_api_key=settings.openai_api_key,
            organization=settings.organization,
            timeout_s=settings.timeout_s,
            retries=settings.retries,
        )

    @property
    def name(self) -> str:
        """`openai/MODEL`; with the length where the setting shortens the vectors."""
        shortened = f"@{self._settings.dimensions}" if self._settings.dimensions else ""
        return f"openai/{self._model}{shortened}"

    @cached_property
    def dimensions(self) -> int:
        """Length of every vector: the setting, else what is known of the model, else the server is asked once.

        Raises:
            ModelError: the server did not answer.
        """
        known = KNOWN_DIMENSIONS.get(self._model) if self._settings.base_url is None else None
        return self._settings.dimensions or known or len(self._request(["dimensions"])[0])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; shape (len(texts), dimensions)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        for start in range(0, len(rows), self._settings.batch_size):
            batch = rows[start : start + self._settings.batch_size]
            found = self._request([texts[row].encode("utf-8", "replace").decode() for row in batch])
            if found.shape[1] != self.dimensions:
                raise ModelOutputError(
                    f"expected vectors of {self.dimensions} numbers from model {self._model!r} at {self._server}, "
                    f"found {found.shape[1]}; set NEWSQA_EMBEDDING__DIMENSIONS to what the model gives"
                )
            vectors[batch] = found
        return unit_rows(vectors)

    def embed_query(self, text: str) -> Vectors:
        """Embed a question; shape (dimensions,)."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector

    def _request(self, texts: list[str]) -> Vectors:
        shorten = {"dimensions": self._settings.dimensions} if self._settings.dimensions else {}
        with model_errors(self._model, self._server):
            response = self._client.embeddings.create(
                model=self._model,
                input=texts,
                encoding_format="float",
                **shorten,  # type: ignore[arg-type]  # the client's overloads do not see through the mapping
            )
            try:
                ordered = sorted(response.data, key=lambda item: item.index)
                vectors = np.asarray([item.embedding for item in ordered], dtype=np.float32)
            except (AttributeError, TypeError, ValueError) as exc:
                raise ModelOutputError(f"model {self._model!r} at {self._server} sent no vectors: {exc}") from exc
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise ModelOutputError(
                f"expected {len(texts)} finite vectors from model {self._model!r} at {self._server}, "
                f"found an array of shape {vectors.shape}"
            )
        return vectors
