"""What a server does not understand is left out from then on; rows 18 to 20 and 30 of the public reports."""

from __future__ import annotations

import pytest

from rag.errors import ContextExceeded, ModelUnavailable
from tests.rag.models.loopback import Behaviour, Handler, Loopback, answer, error, reply, serve
from tests.rag.models.replies import told
from tests.rag.models.test_openai_chat import PROMPT, ask, model_at

Options = list[tuple[str, ...]]
ALL = ("max_tokens", "stream", "stream_options", "temperature")


def options(server: Loopback) -> Options:
    return [tuple(sorted(request.keys() - {"model", "messages"})) for request in server.requests]


def twice(*behaviours: Behaviour) -> Options:
    """Ask two questions and return which options each request had."""
    with serve(*behaviours) as server:
        model = model_at(server)
        for _ in range(2):
            assert told(model.stream(PROMPT, max_tokens=50))[0] == "Yes [1]."
        return options(server)


EXTRA = {"type": "extra_forbidden", "msg": "Extra inputs are not permitted", "input": {"temperature": 0}}
REFUSALS = [
    answer(422, {"detail": [{**EXTRA, "loc": ["body", "stream_options"]}]}),
    answer(422, {"object": "error", "message": {"detail": [{**EXTRA, "loc": ["stream_options", "include_usage"]}]}}),
    answer(400, {"error": "unknown field stream_options"}),
    answer(400, {"error": {"message": "Invalid parameter", "param": "stream_options"}}),
    answer(400, {"errors": {"stream_options": ["not allowed"]}}),
    lambda handler: handler.send(422, b"stream_options: unexpected", "text/plain"),
]  # fmt: skip


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refused_option_is_left_out_however_it_is_said(refusal: Behaviour) -> None:
    less = ("max_tokens", "stream", "temperature")
    assert twice(refusal, reply("Yes [1].")) == [ALL, less, less]


@pytest.mark.parametrize("refusal", [answer(400, {}), answer(422, {"detail": "Unprocessable"}), error(400, "bad")])
def test_a_refusal_without_a_reason_costs_what_can_be_spared(refusal: Behaviour) -> None:
    assert twice(refusal, reply("Yes [1].")) == [ALL, ("max_tokens", "stream"), ("max_tokens", "stream")]


def test_nothing_is_learnt_from_a_request_that_fails_all_the_same() -> None:
    with serve(error(400, "bad"), error(400, "bad"), reply("Yes [1].")) as server:
        model = model_at(server)
        with pytest.raises(ModelUnavailable, match="HTTP 400: bad"):
            list(model.stream(PROMPT, max_tokens=50))
        list(model.stream(PROMPT, max_tokens=50))
    assert options(server)[2] == ALL


def test_reasoning_models_of_openai_are_asked_as_they_want() -> None:
    wants = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    default = "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported."
    plain = ("max_completion_tokens", "stream", "stream_options")
    assert twice(error(400, wants), error(400, default), reply("Yes [1].")) == [
        ALL,
        ("max_completion_tokens", "stream", "stream_options", "temperature"),
        plain,
        plain,
    ]


def no_system(status: int, body: object) -> Behaviour:
    def behave(handler: Handler) -> None:
        roles = [message["role"] for message in handler.loopback.requests[-1]["messages"]]
        (answer(status, body) if "system" in roles else reply("Yes [1]."))(handler)

    return behave


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "'messages[0].role' does not support 'system' with this model."}}),
        (400, {"object": "error", "message": "System role not supported", "code": 400}),
        (500, {"error": {"code": 500, "message": "Jinja Exception: System role not supported"}}),
        (400, {"message": "Conversation roles must alternate user/assistant/user/assistant/..."}),
        (400, {"error": {"message": "Developer instruction is not enabled for models/gemma-3"}}),
    ],
)  # fmt: skip
def test_without_a_system_role_the_user_says_it(status: int, body: object) -> None:
    with serve(no_system(status, body)) as server:
        model = model_at(server)
        for _ in range(2):
            assert told(model.stream(PROMPT, max_tokens=50))[0] == "Yes [1]."
    merged = [{"role": "user", "content": "Be brief.\n\nWhy?"}]
    assert [request["messages"] for request in server.requests[1:]] == [merged, merged]


def test_a_server_that_cannot_stream_is_asked_for_the_whole() -> None:
    whole = answer(200, {"choices": [{"message": {"content": "Yes [1]."}, "finish_reason": "stop"}]})
    refusal = error(400, "Streaming is not supported for this model (stream must be false).")
    less = ("max_tokens", "temperature")
    assert twice(refusal, whole) == [ALL, less, less]


@pytest.mark.parametrize(
    ("behaviour", "limit"),
    [
        (error(400, "'max_tokens' is too large: 400. This model's maximum context length is 1024 tokens and your "
                    "request has 950 input tokens (400 > 1024 - 950)."), 1024),
        (error(400, "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens."), 4096),
        (answer(400, {"error": {"message": "the request exceeds the available context size (2048 tokens), try "
                                           "increasing it", "type": "exceed_context_size_error"}}), 2048),
        (answer(400, {"object": "error", "message": "Prompt contains 40000 tokens and 0 draft tokens, too large for "
                                                    "model with 32768 maximum context length"}), 32768),
        (error(400, "prompt is too long: 210000 tokens > 200000 maximum"), 200000),
        (error(400, "The input token count (1500000) exceeds the maximum number of tokens allowed (1048576)."), None),
        (answer(200, {"error": "Trying to keep the first 4580 tokens when context the overflows. However, the model is "
                               "loaded with context length of only 4096 tokens"}), 4096),
    ],
)  # fmt: skip
def test_a_context_too_small_is_an_error_of_its_own(behaviour: Behaviour, limit: int | None) -> None:
    with serve(behaviour) as server:
        with pytest.raises(ContextExceeded) as caught:
            ask(server)
        assert len(server.requests) == 1
    assert caught.value.context_tokens == limit
