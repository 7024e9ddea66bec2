from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable

import httpx2
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from api.logs import JsonFormatter
from api.middleware import BodyLimit
from api.security import is_loopback, is_trusted_host
from rag.config import ApiKey, ServerSettings, Settings
from rag.errors import ConfigError
from tests.api.conftest import READ_KEY, WRITE_KEY
from tests.api.live import running
from tests.api.test_ask import QUESTION
from tests.fake_engine import FakeEngine, seeds

Serve = Callable[..., TestClient]
ASK = {"question": QUESTION}


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


# --- keys ---


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("wrong-key"),
        {"X-API-Key": "wrong-key"},
        {"Authorization": f"Basic {READ_KEY}"},
        bearer(READ_KEY.upper()),
    ],
)
def test_without_a_good_key_nothing_is_answered(guarded: TestClient, headers: dict[str, str]) -> None:
    for response in (
        guarded.post("/v1/ask", json=ASK, headers=headers),
        guarded.get("/v1/articles", headers=headers),
        guarded.get("/metrics", headers=headers),
        guarded.get("/v1/models", headers=headers),
    ):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("headers", [bearer(READ_KEY), {"X-API-Key": READ_KEY}])
def test_a_reader_reads_and_does_not_write(guarded: TestClient, headers: dict[str, str]) -> None:
    assert guarded.post("/v1/ask", json=ASK, headers=headers).status_code == 200
    assert guarded.post("/v1/articles", json={"text": "Words."}, headers=headers).status_code == 403
    assert guarded.delete("/v1/articles/x", headers=headers).status_code == 403


def test_a_writer_writes(guarded: TestClient) -> None:
    assert guarded.post("/v1/articles", json={"text": "Words."}, headers=bearer(WRITE_KEY)).status_code == 201


def test_health_and_page_need_no_key(guarded: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/", "/static/app.js", "/docs", "/openapi.json"):
        assert guarded.get(path).status_code == 200


def test_two_keys_of_one_name_are_refused() -> None:
    keys = (ApiKey(name="ann", key=SecretStr("12345678")), ApiKey(name="ann", key=SecretStr("87654321")))
    with pytest.raises(ConfigError, match="different name for each API key"):
        create_app(Settings(server=ServerSettings(api_keys=keys)), FakeEngine().as_engine())


# --- where it may listen, and who may call ---


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "news.example.org"])
def test_public_address_needs_a_key(host: str) -> None:
    with pytest.raises(ConfigError, match="NEWSQA_SERVER__API_KEY"):
        create_app(Settings(server=ServerSettings(host=host)), FakeEngine().as_engine())
    with_key = Settings(server=ServerSettings(host=host, api_key=SecretStr("long-enough")))
    create_app(with_key, FakeEngine().as_engine())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1", "[::1]"])
def test_loopback_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    ("host", "is_trusted"),
    [
        ("127.0.0.1:8000", True),
        ("localhost:8000", True),
        ("[::1]:8000", True),
        ("newsqa:8000", True),
        ("app.localhost", True),
        ("known.example.org", True),
        ("evil.example.com", False),
        ("127.0.0.1.evil.example.com", False),
        ("10.0.0.7", False),
        ("[::ffff:10.0.0.7]", False),
    ],
)
def test_name_that_could_be_rebound_is_refused(host: str, is_trusted: bool) -> None:
    assert is_trusted_host(host, ["known.example.org"]) == is_trusted


def test_request_under_a_strange_name_is_421(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example.com"}).status_code == 421


def test_page_of_another_origin_cannot_write(client: TestClient) -> None:
    response = client.post("/v1/articles", json={"text": "Words."}, headers={"Origin": "http://evil.example.com"})
    assert response.status_code == 403
    own = client.post("/v1/articles", json={"text": "Words."}, headers={"Origin": "http://127.0.0.1:8000"})
    assert own.status_code == 201


def test_cors_is_off_unless_configured(serve: Serve) -> None:
    preflight = {"Origin": "https://ours.example.org", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in serve().options("/v1/ask", headers=preflight).headers
    allowed = serve(cors_origins=("https://ours.example.org",)).options("/v1/ask", headers=preflight)
    assert allowed.headers["access-control-allow-origin"] == "https://ours.example.org"


PAGE = "http://localhost:5173"
# What the openai client for JavaScript sends of itself with each request, and what other clients add.
CLIENT_HEADERS = (
    "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-os,x-stainless-package-version,"
    "x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,x-stainless-timeout,"
    "openai-organization,user-agent,x-request-id,cache-control"
)


def _preflight(url: str, origin: str) -> httpx2.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": CLIENT_HEADERS}
    return httpx2.options(f"{url}/v1/chat/completions", headers={"Origin": origin} | asked, timeout=20)


def test_page_of_an_allowed_origin_may_use_an_openai_client() -> None:
    settings = ServerSettings(cors_origins=(PAGE,), max_body_bytes=20_000)
    engine = FakeEngine(seeds())
    with running(engine.as_engine(), settings) as url:
        preflight = _preflight(url, PAGE)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-headers"] == CLIENT_HEADERS
        assert _preflight(url, "http://evil.example.com").status_code == 400

        def post(content: str, headers: dict[str, str]) -> httpx2.Response:
            sent = {"Content-Type": "application/json"} | headers
            return httpx2.post(f"{url}/v1/chat/completions", content=content, headers=sent, timeout=20)

        question = json.dumps({"messages": [{"role": "user", "content": "What about the deterrence?"}]})
        for content, status in ((question, 200), ("{}", 422), ("x" * 30_000, 413)):
            response = post(content, {"Origin": PAGE})
            assert (response.status_code, response.headers["access-control-allow-origin"]) == (status, PAGE)
        engine.error = ZeroDivisionError("a mistake of ours")
        assert post(question, {"Origin": PAGE}).headers["access-control-allow-origin"] == PAGE
        foreign = post(question, {"Origin": "http://evil.example.com"})
        assert (foreign.status_code, "access-control-allow-origin" in foreign.headers) == (403, False)


# --- limits ---


def test_oversized_body_is_413_whether_it_says_so_or_not(serve: Serve, engine: FakeEngine) -> None:
    client = serve(max_body_bytes=1000)
    assert client.post("/v1/ask", json={"question": "x" * 2000}).status_code == 413
    chunks = (b'{"question": "' if number == 0 else b"x" * 100 for number in range(20))
    assert client.post("/v1/ask", content=chunks, headers={"Content-Type": "application/json"}).status_code == 413
    assert client.post("/v1/ask", json=ASK).status_code == 200


def test_slow_body_is_408() -> None:
    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def read() -> None:
        await BodyLimit(never, max_bytes=10, timeout_s=0.01).receive()

    with pytest.raises(Exception, match="did not arrive within") as caught:
        asyncio.run(read())
    assert getattr(caught.value, "status_code", None) == 408


def test_rate_is_limited_per_key(serve: Serve) -> None:
    keys = (ApiKey(name="ann", key=SecretStr("anns-key-1")), ApiKey(name="bob", key=SecretStr("bobs-key-1")))
    client = serve(api_keys=keys, requests_per_minute=3)
    statuses = [client.get("/v1/models", headers=bearer("anns-key-1")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = client.get("/v1/models", headers=bearer("anns-key-1"))
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["detail"] == "ann may send 3 requests a minute."
    assert client.get("/v1/models", headers=bearer("bobs-key-1")).status_code == 200


def test_guessing_keys_is_limited(serve: Serve) -> None:
    client = serve(api_key=SecretStr("the-real-key"), requests_per_minute=3)
    statuses = [client.get("/v1/models", headers=bearer(f"guess-{number}")).status_code for number in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert client.get("/v1/models", headers=bearer("the-real-key")).status_code == 200


def test_rates_are_off_on_loopback_without_keys(serve: Serve) -> None:
    client = serve(requests_per_minute=1)
    assert [client.get("/v1/models").status_code for _ in range(3)] == [200, 200, 200]


def test_requests_at_once_are_limited(serve: Serve, engine: FakeEngine) -> None:
    client = serve(api_key=SecretStr("the-real-key"), max_concurrent=1)
    headers = bearer("the-real-key")
    started, release = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        release.wait(10)

    engine.before_event = wait
    first: list[int] = []
    thread = threading.Thread(
        target=lambda: first.append(client.post("/v1/ask", json=ASK, headers=headers).status_code)
    )
    thread.start()
    assert started.wait(10)
    assert client.get("/v1/models", headers=headers).status_code == 429
    release.set()
    thread.join(10)
    assert first == [200]
    assert client.get("/v1/models", headers=headers).status_code == 200


def test_busy_server_says_so_and_stays_healthy(serve: Serve, engine: FakeEngine) -> None:
    client = serve(max_in_flight=1)
    started, release = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        release.wait(10)

    engine.before_event = wait
    thread = threading.Thread(target=lambda: client.post("/v1/ask", json=ASK))
    thread.start()
    assert started.wait(10)
    busy = client.get("/v1/models")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert client.get("/healthz").status_code == 200
    release.set()
    thread.join(10)


def test_unusable_rate_storage_is_a_setting_error() -> None:
    with pytest.raises(ConfigError, match="NEWSQA_SERVER__RATE_STORAGE"):
        create_app(Settings(server=ServerSettings(rate_storage="nonsense://")), FakeEngine().as_engine())


# --- what leaves ---


def test_page_has_a_strict_policy(client: TestClient) -> None:
    response = client.get("/")
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    for forbidden in ("http://", "https://", "style=", "onclick=", "<style"):
        assert forbidden not in response.text


def test_errors_have_security_headers_and_a_request_id(client: TestClient) -> None:
    for response in (client.get("/none"), client.get("/healthz", headers={"Host": "evil.example.com"})):
        assert "content-security-policy" in response.headers
        assert response.json()["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize("sent", ["a" * 65, "a b", "a\tb", ""])
def test_strange_request_id_is_replaced(client: TestClient, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["x-request-id"] != sent
    assert client.get("/healthz", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"


def test_log_has_ids_and_no_words(guarded: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="api")
    guarded.post("/v1/ask?x=private", json=ASK, headers=bearer(READ_KEY))
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records if record.name == "api.middleware"]
    assert [(line["client"], line["path"], line["status"]) for line in lines] == [("reader", "/v1/ask", 200)]
    shown = json.dumps(lines)
    for secret in ("private", "deterrence", READ_KEY):
        assert secret not in shown


def test_metrics_count_requests_and_answers(client: TestClient) -> None:
    client.post("/v1/ask", json=ASK)
    client.post("/v1/ask", json={"question": "What about Atlantis?"})
    client.get("/nowhere/at/all")
    text = client.get("/metrics").text
    assert 'newsqa_requests_total{method="POST",route="/v1/ask",status="200"} 2.0' in text
    assert 'newsqa_answers_total{reason="subject_not_found",status="abstained"} 1.0' in text
    assert 'route="unknown",status="404"' in text
    assert "nowhere" not in text
