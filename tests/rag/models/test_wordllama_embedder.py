import logging
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

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


@given(st.text() | st.text(alphabet="aB ée9²▁_\n\t.,'’-<s/>unk한a\u0301🎉", max_size=40))
def test_words_taken_one_by_one_have_the_pieces_of_the_whole_text(embedder: WordLlamaEmbedder, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert embedder._ids(text).tolist() == embedder._tokenizer.encode(text, add_special_tokens=False).ids


def test_no_piece_runs_across_the_cuts_between_words() -> None:
    tokenizer = Tokenizer.from_file(str(wordllama_embedder._package_folder() / wordllama_embedder.TOKENIZER))
    pieces = [piece for piece in tokenizer.get_vocab() if not wordllama_embedder._SPECIAL.fullmatch(piece)]
    cut = [piece for piece in pieces if len(wordllama_embedder._WORD.findall(piece.replace("▁", " "))) > 1]
    assert all(piece.startswith("<0x") for piece in cut)  # bytes, made of characters that are no piece
    assert len(pieces) == 31_997


def test_words_are_forgotten_before_there_are_too_many(
    embedder: WordLlamaEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordllama_embedder, "_WORDS", 3)
    text = "one two three four five " + "x" * 50
    once = embedder.embed_query(text)
    assert len(embedder._words) <= 3
    assert np.array_equal(embedder.embed_query(text), once)


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
