"""Our embedders as a LlamaIndex embedding, so that an application can search a newsqa collection by itself."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from rag.config import EmbeddingSettings
from rag.embedding import Embedder
from rag.models.factory import make_embedder


class NewsqaEmbedding(BaseEmbedding):
    """Embeds with the configured embedder of newsqa; without settings, with the one that needs no download."""

    _embedder: Embedder = PrivateAttr()

    def __init__(self, embedder: Embedder | None = None, **options: Any) -> None:
        """Wrap an embedder, by default `wordllama`; `options` are those of LlamaIndex's `BaseEmbedding`."""
        embedder = embedder or make_embedder(EmbeddingSettings())
        super().__init__(model_name=embedder.name, **options)
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex stores this component."""
        return "NewsqaEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._embedder.embed_query(query).tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.embed_documents(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
