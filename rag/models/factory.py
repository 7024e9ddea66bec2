"""From settings to models: which adapter serves which provider. Adapters are imported when they are chosen."""

from __future__ import annotations

from rag.config import EmbeddingSettings
from rag.embedding import Embedder


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """Return the embedder that the settings ask for.

    Raises:
        ConfigError: a needed setting or package is missing.
        ModelError: the provider had to be asked for its dimensions and did not answer.
    """
    from rag.models.wordllama_embedder import WordLlamaEmbedder

    return WordLlamaEmbedder()
