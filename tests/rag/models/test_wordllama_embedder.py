import logging
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ConfigError
from rag.models import wordllama_embedder
from rag.models.wordllama_embedder import WordLlamaEmbedder


@pytest.fixture(scope="module")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


def test_vectors_equal_those_of_the_library(embedder: WordLlamaEmbedder) -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    import wordllama

    root.handlers[:], root.level = handlers, level
    theirs = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    texts = ["U.S. officials said on Sept. 14 that talks go on.", "“Très bien”, a déclaré le ministre.", "one"]
    np.testing.assert_allclose(embedder.embed_documents(texts), theirs.embed(texts, norm=True), atol=1e-5)


def test_it_has_256_dimensions(embedder: WordLlamaEmbedder) -> None:
    assert (embedder.name, embedder.dimensions) == ("wordllama/l2_supercat_256", 256)


def test_loading_neither_configures_logging_nor_imports_the_library() -> None:
    code = (
        "import logging, sys\nfrom rag.models.wordllama_embedder import WordLlamaEmbedder\n"
        "WordLlamaEmbedder().embed_query('x')\n"
        "assert not logging.getLogger().handlers and 'wordllama' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_five_megabytes_are_embedded_in_bounded_time(embedder: WordLlamaEmbedder) -> None:
    started = time.perf_counter()
    vector = embedder.embed_documents(["word soup without an end " * 200_000])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert time.perf_counter() - started < 60


def test_a_long_text_is_cut_where_its_vector_does_not_change(embedder: WordLlamaEmbedder) -> None:
    sentence = "The committee met again on Tuesday in Geneva and adjourned. "
    long = embedder.embed_documents([(sentence * 700).strip()])[0]
    np.testing.assert_allclose(long, embedder.embed_documents([sentence.strip()])[0], atol=1e-3)


def test_missing_files_are_a_mistake_of_the_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordllama_embedder, "_package_folder", lambda: tmp_path)
    with pytest.raises(ConfigError, match=r"should bring 'l2_supercat_256\.safetensors'"):
        WordLlamaEmbedder()


def test_capitals_throughout_do_not_change_the_meaning(embedder: WordLlamaEmbedder) -> None:
    text = "the prime minister resigned on Monday."
    assert np.array_equal(embedder.embed_query(text.upper()), embedder.embed_query(text.lower()))
    assert not np.array_equal(embedder.embed_query(text), embedder.embed_query(text.lower()))
