"""From settings to models: which adapter serves which provider. Adapters are imported when they are chosen."""

from __future__ import annotations

from rag.config import EmbeddingSettings, LLMSettings
from rag.embedding import Embedder
from rag.errors import ConfigError
from rag.llm import ChatModel

AUTO_OPENAI_MODEL = "gpt-4o-mini"  # what `auto` asks OpenAI for: its cheapest model that follows the format reliably
EXTRACTIVE = "extractive"
GGUF = "gguf:"
LLAMA_INDEX = "llama-index:"


def make_chat_model(settings: LLMSettings, override: str | None = None) -> ChatModel | None:
    """Return the model that writes answers, or None where answers are extracted without one.

    Args:
        settings: the configured model.
        override: what one question asks for instead. It may name a file to load or code to import, so a server must
            check it against a list before it comes here.

    Raises:
        ConfigError: a needed setting, file or package is missing.
    """
    if override is not None:
        settings = settings.model_copy(update={"model": override})
    model = settings.model.strip()
    if model == "auto":
        if settings.base_url is not None:
            raise ConfigError(
                f"NEWSQA_LLM__BASE_URL is {settings.base_url!r} but no model of that server is named; "
                "set NEWSQA_LLM__MODEL"
            )
        key = settings.api_key or settings.openai_api_key
        model = AUTO_OPENAI_MODEL if key is not None and key.get_secret_value().strip() else EXTRACTIVE
    if model in ("", EXTRACTIVE):
        return None
    if model.startswith(GGUF):
        from rag.models.gguf_chat import GGUFChatModel

        return GGUFChatModel(model.removeprefix(GGUF), settings)
    if model.startswith(LLAMA_INDEX):
        from rag.models.llamaindex_models import LlamaIndexChatModel

        return LlamaIndexChatModel(model.removeprefix(LLAMA_INDEX), settings)
    from rag.models.openai_chat import OpenAIChatModel

    return OpenAIChatModel(model, settings)


def is_in_process(model: str) -> bool:
    """Say whether a model of this name is a file that is loaded into this process."""
    return model.strip().startswith(GGUF)


def make_embedder(settings: EmbeddingSettings) -> Embedder:
    """Return the embedder that the settings ask for.

    Raises:
        ConfigError: a needed setting or package is missing.
        ModelError: the provider had to be asked for its dimensions and did not answer.
    """
    match settings.provider:
        case "openai":
            from rag.models.openai_embedder import OpenAIEmbedder

            return OpenAIEmbedder(settings)
        case "chroma-onnx":
            from rag.models.onnx_embedder import OnnxMiniLMEmbedder

            return OnnxMiniLMEmbedder(settings)
        case "llama-index":
            from rag.models.llamaindex_models import LlamaIndexEmbedder

            return LlamaIndexEmbedder(settings)
        case "wordllama":
            from rag.models.wordllama_embedder import WordLlamaEmbedder

            return WordLlamaEmbedder()
