from __future__ import annotations

from pathlib import Path

import pytest

from tests.rag.indexing.building import Bench, story


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty corpus folder and no index yet."""
    made = Bench(tmp_path)
    made.corpus.mkdir()
    return made


@pytest.fixture
def filled(bench: Bench) -> Bench:
    """Four articles, indexed."""
    for number in range(4):
        bench.write(f"story{number}.txt", story(number))
    bench.ingest(bench.corpus)
    bench.embedder.embedded.clear()
    return bench
