from pathlib import Path

from rag.config import EmbeddingSettings, Settings
from rag.models.pricing import EmbeddingEstimate, estimate_embedding, estimate_run


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
