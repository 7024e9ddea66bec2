"""Holds the API to its own description, over a real index and a real socket."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.app import create_app
from rag.config import ServerSettings, Settings
from rag.engine import Engine
from tests.api.live import running, seeds_indexed

pytestmark = pytest.mark.timeout(300)

EXAMPLES = "4"  # for each operation, beside the systematic ones; `make torture` runs many more
KEY = "a-key-that-writes"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with seeds_indexed(tmp_path_factory.mktemp("index")) as opened:
        yield opened


def _schemathesis(address: str, *options: str) -> subprocess.CompletedProcess[str]:
    folder = Path(__file__).parent
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("schemathesis"), "--config-file", folder / "schemathesis.toml"),
        *("run", f"{address}/openapi.json", "--phases", "examples,coverage,fuzzing", "--no-color"),
        *("--max-examples", EXAMPLES, "--generation-deterministic", *options),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


def test_every_response_is_described(engine: Engine) -> None:
    with running(engine) as address:
        done = _schemathesis(address)
    assert done.returncode == 0, done.stdout


def test_every_response_is_described_where_a_key_is_needed(engine: Engine) -> None:
    with running(engine, ServerSettings(api_key=SecretStr(KEY), requests_per_minute=0)) as address:
        done = _schemathesis(address, "--header", f"Authorization: Bearer {KEY}")
    assert done.returncode == 0, done.stdout


def test_description_names_the_models_and_the_problem(engine: Engine) -> None:
    document = create_app(Settings(), engine).openapi()
    model = document["components"]["schemas"]["AskRequest"]["properties"]["model"]
    assert {"type": "string", "minLength": 1, "maxLength": 200, "enum": ["newsqa", "extractive"]} in model["anyOf"]
    assert "Problem" in document["components"]["schemas"]
    assert "securitySchemes" not in document["components"]
    guarded = create_app(Settings(server=ServerSettings(api_key=SecretStr(KEY))), engine).openapi()
    assert set(guarded["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader"}
