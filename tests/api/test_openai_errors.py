"""What OpenAI's clients show of an error: the text of `error.message`, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import openai
import pytest
from pydantic import SecretStr

from rag.config import ServerSettings
from rag.errors import ModelUnavailable
from tests.api.live import running
from tests.fake_engine import FakeEngine, seeds

KEY = "the-real-key"
ASK: dict[str, Any] = {"model": "newsqa", "messages": [{"role": "user", "content": "What about the deterrence?"}]}


@pytest.fixture(scope="module")
def fake() -> FakeEngine:
    return FakeEngine(seeds())


@pytest.fixture(scope="module")
def address(fake: FakeEngine) -> Iterator[str]:
    settings = ServerSettings(api_key=SecretStr(KEY), max_body_bytes=20_000, requests_per_minute=0)
    with running(fake.as_engine(), settings) as url:
        yield url


def _post(address: str, body: object, *, key: str = KEY, path: str = "/v1/chat/completions") -> httpx2.Response:
    return httpx2.post(f"{address}{path}", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=20)


@pytest.mark.parametrize(
    ("change", "status", "message", "type_", "code", "param"),
    [
        (
            {"model": "gpt-4o"},
            404,
            "There is no model 'gpt-4o'; GET /v1/models lists them.",
            "invalid_request_error",
            "model_not_found",
            "model",
        ),
        (
            {"stream": "yes"},
            422,
            "body.stream: Input should be a valid boolean",
            "invalid_request_error",
            "invalid-request",
            "stream",
        ),
    ],
)
def test_error_is_in_the_words_of_both(
    address: str, change: dict[str, Any], status: int, message: str, type_: str, code: str, param: str
) -> None:
    response = _post(address, ASK | change)
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["detail"]) == (status, status, message)
    assert body["error"] == {"message": message, "type": type_, "code": code, "param": param}


def test_client_shows_the_text(address: str) -> None:
    client = openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0)
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-4o'") as caught:
        client.chat.completions.create(**ASK | {"model": "gpt-4o"})
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    stranger = openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError, match="No such API key"):
        stranger.models.list()


def test_requests_that_reach_no_route_are_refused_in_the_words_of_both(address: str) -> None:
    too_long = _post(address, ASK | {"user": "x" * 30_000})
    assert (too_long.status_code, too_long.json()["error"]["message"]) == (
        413,
        "A request body may have 20000 bytes.",
    )
    no_such_method = httpx2.put(f"{address}/v1/models", timeout=20)
    assert (no_such_method.status_code, no_such_method.json()["error"]["code"]) == (405, "method-not-allowed")


def test_error_within_a_stream_has_the_same_text(address: str, fake: FakeEngine) -> None:
    calls = iter([None, None])

    def fail_later() -> None:
        if next(calls, "over") == "over":
            raise ModelUnavailable("the model went away")

    client = openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0)
    _while(fake, fail_later, lambda: _reads_until_the_error(client))


def _reads_until_the_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="the model went away") as caught:
        for _ in client.chat.completions.create(**ASK, stream=True):
            pass
    assert caught.value.code == "model-unavailable"


def _while(fake: FakeEngine, before_event: Callable[[], None], do: Callable[[], None]) -> None:
    before, fake.before_event = fake.before_event, before_event
    try:
        do()
    finally:
        fake.before_event = before


def test_other_routes_have_the_problem_document_alone(address: str) -> None:
    response = _post(address, {"question": ""}, path="/v1/ask")
    assert response.status_code == 422
    assert "error" not in json.loads(response.text)
