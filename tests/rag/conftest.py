"""One index of the newsroom for every test that only reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from rag.config import Settings
from rag.engine import Engine
from tests.rag.newsroom import write_articles


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("newsroom")
    settings = Settings(index=folder / "index", workers=1)
    with Engine.open(settings, clock=lambda: date(2024, 2, 1)) as engine:
        engine.index([write_articles(folder / "articles")])
        yield engine
