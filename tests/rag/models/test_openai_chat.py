import time

import pytest
from pydantic import SecretStr

from rag.config import LLMSettings
from rag.errors import ConfigError, ModelError, ModelOutputError, ModelUnavailable
from rag.llm import ChatMessage
from rag.models.openai_chat import OpenAIChatModel
from rag.schema import Usage
from tests.rag.models.loopback import (
    Behaviour,
    Loopback,
    chunk,
    error,
    raw_stream,
    reply,
    serve,
    silence,
    silence_after,
    trickle,
)
from tests.rag.models.replies import told

PROMPT = [ChatMessage("system", "Be brief."), ChatMessage("user", "Why?")]


def model_at(server: Loopback, **changes: object) -> OpenAIChatModel:
    settings: dict[str, object] = {"base_url": server.url, "timeout_s": 0.5, "retries": 0} | changes
    return OpenAIChatModel("m", LLMSettings.model_validate(settings))


def ask(server: Loopback, max_tokens: int = 50, **changes: object) -> tuple[str, Usage | None, str | None]:
    return told(model_at(server, **changes).stream(PROMPT, max_tokens=max_tokens))


def test_the_reply_streams_and_ends_with_the_usage() -> None:
    with serve(reply("It ", "began é 🎉.")) as server:
        assert ask(server) == ("It began é 🎉.", Usage(11, 3), "stop")
    (request,) = server.requests
    assert request == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
        "temperature": 0,
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_missing_usage_and_missing_done_are_accepted() -> None:
    with serve(reply("Yes.", usage=False, done=False)) as server:
        assert ask(server) == ("Yes.", None, "stop")


def test_key_and_organization_are_sent_and_the_key_of_openai_is_not() -> None:
    with serve(reply("Yes.")) as server:
        ask(server, api_key=SecretStr("mine"), organization="org", openai_api_key=SecretStr("openai"))
        ask(server, openai_api_key=SecretStr("openai"))
    assert server.headers[0]["authorization"] == "Bearer mine"
    assert server.headers[0]["openai-organization"] == "org"
    assert "openai" not in server.headers[1]["authorization"]


def test_the_organization_of_the_environment_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "from-environment")
    with serve(reply("Yes.")) as server:
        ask(server)
    assert "openai-organization" not in server.headers[0]


@pytest.mark.parametrize("option", ["temperature", "stream_options"])
def test_an_option_the_server_refuses_is_left_out_from_then_on(option: str) -> None:
    with serve(error(400, f"Unsupported value: '{option}' is not known"), reply("Yes.")) as server:
        model = model_at(server)
        assert told(model.stream(PROMPT, max_tokens=5))[0] == "Yes."
        list(model.stream(PROMPT, max_tokens=5))
    assert [option in request for request in server.requests] == [True, False, False]


def test_the_newer_name_of_the_limit_is_used_where_the_server_asks_for_it() -> None:
    refusal = error(400, "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
    with serve(refusal, reply("Yes.")) as server:
        ask(server, max_tokens=7)
    assert server.requests[1]["max_completion_tokens"] == 7


def test_a_server_that_refuses_everything_is_not_asked_for_ever() -> None:
    with serve(error(400, "temperature max_tokens stream_options model messages")) as server:
        with pytest.raises(ModelUnavailable, match="HTTP 400"):
            ask(server)
        assert len(server.requests) < 6


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        OpenAIChatModel("gpt-4o-mini", LLMSettings())
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        OpenAIChatModel("gpt-4o-mini", LLMSettings(openai_api_key=SecretStr("  ")))


HALF = chunk("ab é")
MISBEHAVIOUR: list[tuple[str, Behaviour, type[ModelError], str]] = [
    ("cut stream", raw_stream(chunk("It began")), ModelUnavailable, "broke off"),
    ("empty stream", raw_stream(), ModelUnavailable, "broke off"),
    ("cut inside an event", raw_stream(chunk("It"), chunk("began")[:20]), ModelError, "model 'm'"),
    ("half a character", raw_stream(HALF[: HALF.index(b"\xc3") + 1] + b"\n\n"), ModelError, "model 'm'"),
    ("no UTF-8", raw_stream(chunk("x").replace(b'"x"', b'"\xff\xfe"')), ModelOutputError, "not an answer"),
    ("malformed JSON", raw_stream(b"data: {not json\n\n"), ModelOutputError, "not an answer"),
    ("JSON of another shape", raw_stream(b"data: [1, 2]\n\n"), ModelOutputError, "no object"),
    ("content of another type", raw_stream(chunk("x").replace(b'"x"', b"[1]")), ModelOutputError, "no text"),
    ("an error event", raw_stream(chunk("x"), b'data: {"error": {"message": "oom"}}\n\n'), ModelUnavailable, "oom"),
    ("filtered", raw_stream(chunk("x"), chunk(None, "content_filter")), ModelOutputError, "withheld"),
    ("too long", reply(*(["word " * 100] * 200)), ModelOutputError, "did not stop"),
    ("a web page", lambda h: h.send(200, b"<html>login</html>", "text/html"), ModelError, "model 'm'"),
    ("500", error(500), ModelUnavailable, "HTTP 500"),
    ("404", error(404, "model m not found"), ModelUnavailable, "model m not found"),
    ("401", error(401), ModelUnavailable, "refused the key"),
    ("429", error(429), ModelUnavailable, "limits the rate"),
    ("silence", silence, ModelUnavailable, "silent"),
    ("silence in the middle", silence_after(chunk("It began")), ModelUnavailable, "silent"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "kind", "message"), [row[1:] for row in MISBEHAVIOUR], ids=[r[0] for r in MISBEHAVIOUR]
)
def test_misbehaviour_becomes_an_error_of_ours(behaviour: Behaviour, kind: type[ModelError], message: str) -> None:
    with serve(behaviour) as server:
        started = time.monotonic()
        with pytest.raises(kind, match=message):
            ask(server)
        assert time.monotonic() - started < 10


def test_no_server_is_said_so() -> None:
    with serve(silence) as server:
        url = server.url
    with pytest.raises(ModelUnavailable, match="check that it runs"):
        ask(Loopback(url))


@pytest.mark.parametrize("behaviour", [error(429), error(429, Retry_After="1"), error(500), error(503)])
def test_a_passing_failure_is_tried_again(behaviour: Behaviour) -> None:
    with serve(behaviour, reply("Yes.")) as server:
        assert ask(server, retries=1)[0] == "Yes."
    assert len(server.requests) == 2


def test_retry_after_is_waited_for() -> None:
    with serve(error(429, Retry_After="1"), reply("Yes.")) as server:
        started = time.monotonic()
        ask(server, retries=1)
        assert time.monotonic() - started >= 1


def test_closing_the_stream_hangs_up() -> None:
    with serve(trickle("la ", 0.01)) as server:
        stream = model_at(server).stream(PROMPT, max_tokens=50)
        next(stream)
        stream.close()
        with pytest.raises(StopIteration):
            next(stream)
