"""What a large embedding run, or one question to a model, would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.config import EmbeddingSettings, LLMSettings, Settings
from rag.models.openai_embedder import DEFAULT_MODEL
from rag.sources import FoundFile, walk

DOLLARS_A_MILLION_TOKENS = {
    "text-embedding-3-small": 0.02,
    "text-embedding-3-large": 0.13,
    "text-embedding-ada-002": 0.10,
}
"""OpenAI's list prices of May 2026, the -3 models from its model pages and all three from embeddingcost.com.

A discount or a later change is not known here; `embedding.dollars_a_million_tokens` replaces them.
"""

# Cleaned English news has 4.7 (RealTimeQA, BBC) or 4.2 (Reuters) characters a cl100k_base token; the title that is
# embedded with each passage uses up the difference.
CHARS_A_TOKEN = 4.4


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingEstimate:
    """How much text would be sent to a paid or remote embedding model."""

    model: str
    server: str
    tokens: int
    """Within about a tenth for English; other scripts take two to three times as many."""
    dollars: float | None
    """None where neither the settings nor the list gives the price of the model."""

    def __str__(self) -> str:
        cost = "price not known" if self.dollars is None else f"about ${self.dollars:.2f}"
        return f"about {self.tokens:,} tokens to {self.model} at {self.server}: {cost}"


def estimate_embedding(settings: EmbeddingSettings, *, characters: int) -> EmbeddingEstimate | None:
    """Estimate the cost of embedding texts of this many characters in all; None where nothing leaves the machine.

    Args:
        settings: the configured embedder.
        characters: of the files to be indexed; their size in bytes is near enough for English.
    """
    if settings.provider != "openai":
        return None
    model = settings.model or DEFAULT_MODEL
    tokens = round(characters / CHARS_A_TOKEN)
    other_server = settings.base_url or settings.openai_base_url
    listed = DOLLARS_A_MILLION_TOKENS.get(model) if other_server is None else None
    price = listed if settings.dollars_a_million_tokens is None else settings.dollars_a_million_tokens
    return EmbeddingEstimate(
        model=model,
        server=other_server or "api.openai.com",
        tokens=tokens,
        dollars=None if price is None else price * tokens / 1_000_000,
    )


LARGE_TOKENS = 1_000_000  # a run from here on is worth a word before it starts


def estimate_run(settings: Settings, paths: Sequence[Path]) -> EmbeddingEstimate | None:
    """Estimate an ingest of files and folders by their sizes; None where it is small or nothing leaves the machine.

    Every file counts, though an ingest embeds only what changed.
    """
    if settings.embedding.provider != "openai" or not paths:
        return None
    found = walk(paths, max_file_bytes=settings.max_file_bytes)
    characters = sum(file.size for file in found if isinstance(file, FoundFile))
    estimate = estimate_embedding(settings.embedding, characters=characters)
    return estimate if estimate is not None and estimate.tokens >= LARGE_TOKENS else None


DOLLARS_PER_MILLION_CHAT_TOKENS = {
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
}
"""OpenAI's list prices of prompt and answer tokens, as deploybase.ai and tokenmath.io gave them in spring 2026."""


def dollars_of_question(settings: LLMSettings, model: str, *, prompt_tokens: int, answer_tokens: int) -> float | None:
    """Return what so many tokens cost; None where neither the settings nor the list gives the price of the model."""
    other_server = settings.base_url or settings.openai_base_url
    listed = DOLLARS_PER_MILLION_CHAT_TOKENS.get(model) if other_server is None else None
    prompt_price, answer_price = listed or (None, None)
    if settings.dollars_per_million_prompt_tokens is not None:
        prompt_price = settings.dollars_per_million_prompt_tokens
    if settings.dollars_per_million_answer_tokens is not None:
        answer_price = settings.dollars_per_million_answer_tokens
    if prompt_price is None or answer_price is None:
        return None
    return (prompt_tokens * prompt_price + answer_tokens * answer_price) / 1_000_000
