import logging
from pathlib import Path

import numpy as np
import pytest

from rag.config import EmbeddingSettings
from rag.errors import ConfigError, ModelUnavailable
from rag.models.onnx_embedder import FILES, OnnxMiniLMEmbedder

CHROMA_FOLDER = Path.home() / ".cache" / "chroma" / "onnx_models" / "all-MiniLM-L6-v2"


def test_a_prepared_folder_that_lacks_files_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "onnx" / "vocab.txt").touch()
    with pytest.raises(ConfigError, match=r"missing: \['config.json', 'model.onnx'"):
        OnnxMiniLMEmbedder(EmbeddingSettings(model=str(tmp_path)))


@pytest.mark.skipif((CHROMA_FOLDER / "onnx" / "model.onnx").exists(), reason="the model is there")
def test_a_coming_download_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        OnnxMiniLMEmbedder(EmbeddingSettings())
    assert "80 MB will be downloaded" in caplog.text


def test_damaged_files_are_an_error_that_says_where(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / "onnx").mkdir(exist_ok=True)
        (tmp_path / "onnx" / name).write_text("{}")
    embedder = OnnxMiniLMEmbedder(EmbeddingSettings(model=str(tmp_path / "onnx")))
    assert (embedder.name, embedder.dimensions) == ("chroma-onnx/all-MiniLM-L6-v2", 384)
    assert embedder.embed_documents([]).shape == (0, 384)
    with pytest.raises(ModelUnavailable, match="cannot be loaded or run from"):
        embedder.embed_query("one")


@pytest.mark.skipif(
    not (CHROMA_FOLDER / "onnx" / "model.onnx").exists(), reason="all-MiniLM-L6-v2 is not on this machine"
)
def test_it_finds_the_passage_that_answers() -> None:
    embedder = OnnxMiniLMEmbedder(EmbeddingSettings())
    passages = ["Rain fell on the town.", "The finance minister raised taxes.", "The team won the final."]
    scores = embedder.embed_documents(passages) @ embedder.embed_query("Who made people pay more?")
    assert int(np.argmax(scores)) == 1
