from pathlib import Path

import pytest

from rag.config import EmbeddingSettings, LLMSettings, Settings
from rag.models.pricing import EmbeddingEstimate, dollars_of_question, estimate_embedding, estimate_run


def test_a_run_at_openai_has_a_price() -> None:
    estimate = estimate_embedding(EmbeddingSettings(provider="openai"), characters=44_000_000)
    assert estimate == EmbeddingEstimate(
        model="text-embedding-3-small", server="api.openai.com", tokens=10_000_000, dollars=0.2
    )
    assert str(estimate) == "about 10,000,000 tokens to text-embedding-3-small at api.openai.com: about $0.20"


def test_another_server_has_no_known_price() -> None:
    settings = EmbeddingSettings(provider="openai", model="bge", base_url="http://localhost:1/v1")
    estimate = estimate_embedding(settings, characters=4400)
    assert str(estimate) == "about 1,000 tokens to bge at http://localhost:1/v1: price not known"


def test_a_price_of_ones_own_goes_before_the_list_and_works_for_any_server() -> None:
    own = EmbeddingSettings(provider="openai", dollars_a_million_tokens=0.01)
    listed = estimate_embedding(own.model_copy(update={"dollars_a_million_tokens": None}), characters=440_000_000)
    here = estimate_embedding(own, characters=440_000_000)
    there = estimate_embedding(own.model_copy(update={"base_url": "http://localhost:1/v1"}), characters=440_000_000)
    assert [estimate and estimate.dollars for estimate in (listed, here, there)] == [2.0, 1.0, 1.0]


def test_what_runs_here_costs_nothing() -> None:
    assert estimate_embedding(EmbeddingSettings(), characters=10**9) is None
    assert estimate_embedding(EmbeddingSettings(provider="chroma-onnx"), characters=10**9) is None


def test_a_large_run_is_estimated_by_the_sizes_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_text("news " * 1_000_000)
    (tmp_path / "small.txt").write_text("news")
    paid = Settings(embedding=EmbeddingSettings(provider="openai"))
    estimate = estimate_run(paid, [tmp_path])
    assert estimate is not None
    assert estimate.tokens == round(5_000_004 / 4.4)
    assert estimate_run(paid, [tmp_path / "small.txt"]) is None
    assert estimate_run(Settings(), [tmp_path]) is None


def test_a_question_costs_what_its_tokens_cost() -> None:
    def dollars(model: str, **changes: object) -> float | None:
        settings = LLMSettings.model_validate(changes)
        return dollars_of_question(settings, model, prompt_tokens=6000, answer_tokens=400)

    assert dollars("gpt-4o-mini") == pytest.approx(0.00114)
    assert dollars("gpt-4o-mini", base_url="http://127.0.0.1/v1") is None
    assert dollars("mine", dollars_per_million_prompt_tokens=1) is None
    paid = {"dollars_per_million_prompt_tokens": 1, "dollars_per_million_answer_tokens": 0}
    assert dollars("mine", base_url="http://127.0.0.1/v1", **paid) == pytest.approx(0.006)
