"""Streams as servers really send them; rows 28 to 31 and 37 of the public reports."""

from __future__ import annotations

import json

import pytest

from rag.errors import ModelError, ModelOutputError, ModelUnavailable
from rag.models.event_stream import AT_WORK, FINISHED, chunks
from rag.schema import Usage
from tests.rag.models.loopback import Behaviour, answer, chunk, event, raw_stream, serve
from tests.rag.models.test_openai_chat import ask

TEXT = "Hall opened\u2028the fair [1]."
WHOLE = {"choices": [{"message": {"content": TEXT}, "finish_reason": "stop"}]}
DONE = b"data: [DONE]\n\n"


def body(content: object, content_type: str) -> Behaviour:
    data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
    return lambda handler: handler.send(200, data, content_type)


@pytest.mark.parametrize(
    "behaviour",
    [
        raw_stream(chunk(TEXT), DONE),
        raw_stream(chunk(TEXT), DONE.strip()),
        raw_stream(event({"role": "assistant", "content": TEXT}, ""), event({"content": ""}, "stop")),
        raw_stream(b": PROCESSING\n\n", chunk(TEXT), b": PROCESSING\n\n", chunk(None, "stop"), DONE),
        raw_stream((chunk(TEXT) + chunk(None, "stop") + DONE).replace(b"\n", b"\r\n").replace(b"data: ", b"data:")),
        raw_stream(b'event: x\nid: 3\ndata: {"choices": [], "prompt_filter_results": []}\n\n', chunk(TEXT), DONE),
        body(WHOLE, "application/json"),
        body(WHOLE, "text/event-stream"),
        body(json.dumps(WHOLE, indent=1).encode(), "application/json; charset=utf-8"),
        body(chunk(TEXT) + DONE, "application/json"),
    ],
)
def test_a_reply_is_read_in_whatever_dress_it_comes(behaviour: Behaviour) -> None:
    with serve(behaviour) as server:
        assert ask(server) == (TEXT, None, "stop")


def test_a_reply_that_was_not_streamed_has_its_usage() -> None:
    with serve(answer(200, {**WHOLE, "usage": {"prompt_tokens": 5, "completion_tokens": 2}})) as server:
        assert ask(server) == (TEXT, Usage(5, 2), "stop")


def test_a_reply_cut_off_at_its_limit_says_so() -> None:
    with serve(raw_stream(chunk(TEXT), chunk(None, "length"), DONE)) as server:
        assert ask(server) == (TEXT, None, "length")


@pytest.mark.parametrize(
    ("behaviour", "kind", "message"),
    [
        (raw_stream(chunk("It")), ModelUnavailable, "broke off"),
        (raw_stream(chunk("It"), event({"content": ""}, "error"), DONE), ModelUnavailable, "failed in the middle"),
        (raw_stream(b'data: {"error": "needs more system memory"}\n\n'), ModelUnavailable, "needs more system memory"),
        (raw_stream(b'event: error\ndata: {"error":{"message":"has crashed"}}\n\n'), ModelUnavailable, "has crashed"),
        (answer(200, {"error": {"message": "out of memory"}}), ModelUnavailable, "out of memory"),
        (body(b"<html><h1>502</h1></html>", "text/html"), ModelOutputError, r"a web page \(HTML\).*a proxy"),
        (body({"message": {"content": TEXT}, "done": True}, "application/x-ndjson"), ModelOutputError, "ends in /v1"),
        (body(b'{"done": false}\n{"done": true}\n', "application/x-ndjson"), ModelOutputError, "neither an event stre"),
        (raw_stream(event({"refusal": "I cannot help."}, "stop")), ModelOutputError, "refused to answer"),
        (raw_stream(b"data: " + b"x" * 5_000_000), ModelOutputError, "line of more than"),
    ],
)
def test_what_is_no_reply_is_said_plainly(behaviour: Behaviour, kind: type[ModelError], message: str) -> None:
    with serve(behaviour) as server, pytest.raises(kind, match=message):
        ask(server)


def test_bytes_may_be_cut_anywhere() -> None:
    stream = chunk(TEXT) + DONE
    (whole,) = [found for found in chunks([stream], where="m") if found is not FINISHED]
    for size in (1, 2, 5):
        parts = [stream[start : start + size] for start in range(0, len(stream), size)]
        assert list(chunks(parts, where="m")) == [whole, FINISHED]


def test_silence_and_comments_show_that_the_server_is_at_work() -> None:
    assert list(chunks([None, b": ping\n\n", None, DONE], where="m")) == [AT_WORK, AT_WORK, AT_WORK, FINISHED]
