import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from rag.text.tokens import count_tokens


def test_counts_are_those_of_cl100k_base() -> None:
    texts = ["", "Hello world", "<|endoftext|>", "日本語", "a\r\n\n b"]
    assert [count_tokens(text) for text in texts] == [0, 2, 7, 4, 3]


@pytest.fixture(scope="module")
def cl100k_base() -> Iterator[tiktoken.Encoding]:
    spec = importlib.util.find_spec("llama_index")
    assert spec is not None
    folders = [Path(folder) / "core" / "_static" / "tiktoken_cache" for folder in spec.submodule_search_locations or ()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(next(folder for folder in folders if folder.is_dir())))
        yield tiktoken.get_encoding("cl100k_base")


def test_counts_agree_with_tiktoken_itself(cl100k_base: tiktoken.Encoding) -> None:
    text = "Blinken thanked Cho for South Korea’s “legitimate” measures – worth $1,200.50!\n\n  2-hour talks.\t" * 20
    assert count_tokens(text) == len(cl100k_base.encode_ordinary(text))


@given(st.text(alphabet="aSé9² \n\r\t\x1c.'’-\u00a0中", max_size=20))
def test_any_run_of_spaces_and_marks_is_cut_as_tiktoken_cuts_it(cl100k_base: tiktoken.Encoding, text: str) -> None:
    assert count_tokens(text) == len(cl100k_base.encode_ordinary(text))


def test_a_long_line_without_spaces_is_counted_in_time() -> None:
    began = time.process_time()
    assert count_tokens("x" * 1_000_000) > 100_000
    assert time.process_time() - began < 10


def test_counting_does_not_import_llama_index() -> None:
    code = (
        "import sys; from rag.text.tokens import count_tokens; count_tokens('a'); "
        "print('llama_index.core' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
