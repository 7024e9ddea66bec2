"""Addresses, keys, headers, proxies, and what a refusal tells; rows 32 to 37 of the public reports."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from rag.config import EmbeddingSettings, LLMSettings, Settings
from rag.errors import ConfigError, ModelUnavailable
from rag.llm import ChatMessage
from rag.models.factory import make_chat_model
from rag.models.openai_client import endpoint
from tests.rag.models.loopback import Behaviour, Loopback, answer, error, reply, serve, silence
from tests.rag.models.replies import told
from tests.rag.models.test_openai_chat import PROMPT, ask, model_at

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
NAMES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", *PROXIES, *map(str.lower, PROXIES))


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def refusal(behaviour: Behaviour, models: tuple[str, ...] = ()) -> str:
    with serve(behaviour) as server:
        server.models = models
        with pytest.raises(ModelUnavailable) as caught:
            ask(server)
        return str(caught.value).replace(server.url, "URL")


# --- Azure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/openai/deployments/m?api-version=2024-10-21", None),
        ("/openai/deployments/m/chat/completions?api-version=2024-10-21", None),
        ("/openai/deployments/m", "2024-10-21"),
        ("/openai/", "2024-10-21"),
        ("", "2024-10-21"),
    ],
)
def test_an_address_of_azure_may_be_given_in_any_form(path: str, version: str | None) -> None:
    with serve(reply("Yes [1].")) as server:
        root = server.url.removesuffix("/v1")
        ask(server, base_url=root + path, api_version=version, api_key=SecretStr("mine"))
    assert server.paths == ["/openai/deployments/m/chat/completions?api-version=2024-10-21"]
    (headers,) = server.headers
    assert (headers["api-key"], headers.get("authorization")) == ("mine", None)


def test_azure_as_it_is_now_needs_no_version() -> None:
    with serve(reply("Yes [1].")) as server:
        ask(server, base_url=server.url.replace("/v1", "/openai/v1/"), api_key=SecretStr("mine"))
    assert server.paths == ["/openai/v1/chat/completions"]
    assert server.headers[0]["authorization"] == "Bearer mine"


def test_what_azure_filters_is_said() -> None:
    filtered = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    with serve(error(400, filtered)) as server:
        with pytest.raises(ModelUnavailable, match=filtered.rstrip(".")):
            ask(server)
        assert len(server.requests) == 1


# --- gateways, OPENAI_BASE_URL, proxies -----------------------------------------------------------------------------


def test_headers_for_a_gateway_are_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSQA_LLM__HEADERS", '{"x-team": "newsroom-7"}')
    settings = Settings().llm
    with serve(reply("Yes [1].")) as server:
        ask(server, headers=settings.headers)
    assert server.headers[0]["x-team"] == "newsroom-7"
    assert "newsroom-7" not in f"{settings!r} {settings.model_dump_json()}"


def test_a_missing_header_is_said_so() -> None:
    message = refusal(answer(403, {"error": {"message": "Request is missing header x-team"}}))
    assert message == (
        "model 'm' at URL answered with HTTP 403: Request is missing header x-team; a header that a gateway wants goes "
        "into NEWSQA_LLM__HEADERS"
    )


def test_openai_base_url_is_where_the_key_of_openai_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(reply("Yes [1].")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-gateway")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        settings = Settings()
        model = make_chat_model(settings.llm)
        assert model is not None
        assert told(model.stream(PROMPT, max_tokens=9))[0] == "Yes [1]."
    assert server.headers[0]["authorization"] == "Bearer sk-gateway"
    assert endpoint("e", settings.embedding).url == server.url
    with serve(reply("Yes [1].")) as other:
        told(model_at(other, openai_base_url=server.url, openai_api_key=SecretStr("sk")).stream(PROMPT, max_tokens=9))
    assert other.headers[0]["authorization"] == "Bearer none"


def test_a_model_on_loopback_is_reached_past_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(silence) as proxy, serve(reply("Yes [1].")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert ask(server)[0] == "Yes [1]."
        assert proxy.requests == []


def test_the_refusal_of_a_proxy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answer(403, {})) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        with pytest.raises(ModelUnavailable, match=r"HTTP 403.*the proxy in HTTP_PROXY; NO_PROXY names"):
            ask(Loopback("http://models.example/v1"))


# --- addresses and names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1:8080/v1", "localhost", "ftp://models.example/v1", "http:///v1"])
def test_an_address_that_makes_no_sense_is_a_wrong_setting(address: str) -> None:
    with pytest.raises(ConfigError, match=r"expected an address such as .* in NEWSQA_LLM__BASE_URL"):
        endpoint("m", LLMSettings(base_url=address))


def test_an_address_without_v1_gets_a_hint() -> None:
    with serve(lambda handler: handler.send(404, b"404 page not found", "text/plain")) as server:
        root = server.url.removesuffix("/v1")
        with pytest.raises(ModelUnavailable, match=rf"HTTP 404: 404 page not found; .*NEWSQA_LLM__BASE_URL={root}/v1"):
            ask(server, base_url=root)


def test_a_name_and_a_password_in_an_address_are_not_shown() -> None:
    assert "pass" not in str(endpoint("m", LLMSettings(base_url="http://user:pass@127.0.0.1/v1")))


@pytest.mark.parametrize(
    "behaviour",
    [error(404, "model 'm' not found, try pulling it first"), error(400, "Invalid model name passed in model=m")],
)
def test_a_model_that_is_not_there_is_answered_with_those_that_are(behaviour: Behaviour) -> None:
    message = refusal(behaviour, models=("qwen2.5", *(f"x{i}" for i in range(20)), "m1"))
    assert "; it has 'm1', 'qwen2.5', 'x0', 'x1', 'x2', 'x3', 'x4', 'x5', …" in message


def test_quota_and_rate_are_told_apart() -> None:
    quota = {"message": "You exceeded your current quota, please check your plan.", "code": "insufficient_quota"}
    assert "the quota of model 'm' at URL is used up: You exceeded" in refusal(answer(429, {"error": quota}))
    assert "the quota of model 'm' at URL is used up: Insufficient Bal" in refusal(error(402, "Insufficient Balance"))
    rate = refusal(error(429, "Rate limit reached", Retry_After="1"))
    assert rate == (
        "model 'm' at URL limits the rate and refused after all retries: Rate limit reached; wait, or raise "
        "NEWSQA_LLM__RETRIES"
    )


# --- what must not be repeated --------------------------------------------------------------------------------------

SECRETS = ("sk-secret-key", "newsroom-7", "Who opened the fair in Oldby?", "Hall opened the fair on Monday.")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 500])
def test_neither_keys_nor_texts_reach_a_message_or_a_log(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = answer(
        status,
        {"error": {"message": f"cannot: {'; '.join(SECRETS)}", "input": SECRETS, "param": list(SECRETS)}},
        x_echo="sk-secret-key",
    )
    prompt = [ChatMessage("user", f"{SECRETS[3]}\n{SECRETS[2]}")]
    with serve(echo) as server:
        model = model_at(server, api_key=SecretStr("sk-secret-key"), headers={"x-team": SecretStr("newsroom-7")})
        with pytest.raises(ModelUnavailable) as caught:
            list(model.stream(prompt, max_tokens=9))
    seen = str(caught.value) + caplog.text.replace("x-echo', b'sk-secret-key", "")
    assert [secret for secret in SECRETS if secret in seen] == []


def test_nor_do_they_when_all_goes_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(reply(f"<think>{SECRETS[2]}</think>{SECRETS[3]}")) as server:
        prompt = [ChatMessage("user", f"{SECRETS[3]}\n{SECRETS[2]}")]
        model = model_at(server, api_key=SecretStr(SECRETS[0]), headers={"x-team": SecretStr(SECRETS[1])})
        assert told(model.stream(prompt, max_tokens=50))[0] == SECRETS[3]
    assert caplog.text
    assert [secret for secret in SECRETS if secret in caplog.text] == []


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"max_answer_tokens": 8000}, "MAX_ANSWER_TOKENS=8000 leave too little of NEWSQA_LLM__CONTEXT_TOKENS=8192"),
        ({"context_tokens": 1024, "max_answer_tokens": 500}, "MAX_ANSWER_TOKENS=500 .*CONTEXT_TOKENS=1024"),
        ({"max_prompt_tokens": 8000}, "MAX_ANSWER_TOKENS=800 and .*MAX_PROMPT_TOKENS=8000 .*CONTEXT_TOKENS=8192"),
    ],
)  # fmt: skip
def test_limits_that_contradict_one_another_are_refused_with_their_names(limits: dict[str, int], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        LLMSettings.model_validate({"context_tokens": 8192} | limits)


def test_limits_that_fit_are_taken() -> None:
    assert LLMSettings(context_tokens=2048).context_tokens == 2048
    assert LLMSettings(context_tokens=16_384, max_answer_tokens=8000, max_prompt_tokens=8000).max_answer_tokens == 8000


def test_embeddings_name_their_own_settings() -> None:
    with pytest.raises(ConfigError, match="NEWSQA_EMBEDDING__BASE_URL"):
        endpoint("e", EmbeddingSettings(base_url="localhost"))
