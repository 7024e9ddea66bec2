from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from rag.config import ApiKey, ServerSettings, Settings
from tests.fake_engine import FakeEngine, seeds

READ_KEY, WRITE_KEY = "reads-only", "writes-too"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine(seeds())


@pytest.fixture
def serve(engine: FakeEngine) -> Iterator[Callable[..., TestClient]]:
    """Start an application with the given server settings."""
    with ExitStack() as stack:

        def start(**server: object) -> TestClient:
            settings = Settings(server=ServerSettings.model_validate(server))
            app = create_app(settings, engine.as_engine())
            return stack.enter_context(TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False))

        yield start


@pytest.fixture
def client(serve: Callable[..., TestClient]) -> TestClient:
    return serve()


@pytest.fixture
def guarded(serve: Callable[..., TestClient]) -> TestClient:
    """An application with keys."""
    return serve(
        api_keys=(
            ApiKey(name="reader", key=SecretStr(READ_KEY), scope="read"),
            ApiKey(name="writer", key=SecretStr(WRITE_KEY), scope="write"),
        )
    )
