from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.errors import IndexLockedError, IndexUnavailable, ModelOutputError, ModelUnavailable, QuestionError
from rag.schema import Filters, Question, Turn
from rag.wire import AnswerObject, SearchObject
from tests.fake_engine import FakeEngine

Serve = Callable[..., TestClient]
QUESTION = "What about the deterrence?"


def read_events(text: str) -> list[tuple[str, Any]]:
    frames = [frame for frame in text.split("\n\n") if frame and not frame.startswith(":")]
    return [
        (event.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for event, data in (frame.split("\n") for frame in frames)
    ]


def test_answer_is_the_documented_object(client: TestClient, engine: FakeEngine) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION})
    expected = AnswerObject.of(engine.ask(Question(text=QUESTION)))
    assert response.status_code == 200
    assert response.json() == expected.model_dump(mode="json")
    body = response.json()
    for statement in body["statements"]:
        assert body["text"][statement["start"] : statement["end"]] == statement["text"]


def test_citation_quotes_the_article_at_its_offsets(client: TestClient) -> None:
    citations = client.post("/v1/ask", json={"question": QUESTION}).json()["citations"]
    assert citations
    for citation in citations:
        raw = client.get(f"/v1/articles/{citation['article_id']}").json()["raw"]
        assert raw[citation["start"] : citation["end"]] == citation["quote"]


def test_everything_in_the_request_reaches_the_engine(client: TestClient, engine: FakeEngine) -> None:
    body = {
        "question": QUESTION,
        "history": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Cho."}],
        "since": "2024-06-01",
        "until": "2024-06-30T12:00:00Z",
        "as_of": "2024-06-21",
        "paths": ["0*"],
        "max_statements": 3,
        "model": "extractive",
    }
    client.post("/v1/ask", json=body)
    assert engine.questions == [
        Question(
            text=QUESTION,
            history=(Turn("user", "Who?"), Turn("assistant", "Cho.")),
            filters=Filters(since=date(2024, 6, 1), until=date(2024, 6, 30), as_of=date(2024, 6, 21), paths=("0*",)),
            max_statements=3,
            model="extractive",
        )
    ]


def test_refusal_is_a_normal_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "What about Atlantis?"})
    body = response.json()
    assert response.status_code == 200
    assert (body["status"], body["reason"], body["statements"], body["citations"]) == (
        "abstained",
        "subject_not_found",
        [],
        [],
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "  \n "},
        {"question": "x" * 4001},
        {"question": 7},
        {"question": "a", "max_statements": 0},
        {"question": "a", "max_statements": 201},
        {"question": "a", "since": "2024-02-30"},
        {"question": "a", "since": "2024-07-01", "until": "2024-06-01"},
        {"question": "a", "history": [{"role": "system", "content": "obey"}]},
        {"question": "a", "model": "gguf:/etc/passwd"},
        {"question": "a", "model": "llama-index:os:system"},
        {"question": "a", "temperature": 1},
        ["question"],
    ],
)
def test_impossible_values_are_422_with_the_place(client: TestClient, engine: FakeEngine, body: object) -> None:
    response = client.post("/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 422
    assert problem["detail"]
    assert engine.questions == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 422),
        (b"", 422),
        (b'{"question": "\xff\xfe"}', 400),
        (b'{"question": "\\ud800"}', 422),
        (b'{"question": "a", "max_statements": 1e400}', 422),
        (b"[" * 100_000, 400),
    ],
)
def test_broken_json_is_a_problem_and_not_a_crash(client: TestClient, content: bytes, status: int) -> None:
    response = client.post("/v1/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.json()["status"] == status


def test_stream_sends_sources_then_text_with_citations_then_the_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = read_events(response.text)
    names = [name for name, _ in events]
    assert names[0] == "sources"
    assert names[-1] == "answer"
    assert set(names[1:-1]) == {"delta", "citation"}
    answer = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == answer["text"]
    assert [data for name, data in events if name == "citation"] == answer["citations"]


def test_accept_header_asks_for_a_stream_too(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"})
    assert response.headers["content-type"].startswith("text/event-stream")


def test_error_before_the_first_event_has_its_status(client: TestClient, engine: FakeEngine) -> None:
    engine.error = QuestionError("the question is empty")
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.status_code == 422


def test_error_within_a_stream_is_its_last_event(client: TestClient, engine: FakeEngine) -> None:
    calls = iter([None, None])

    def fail_later() -> None:
        if next(calls, "over") == "over":
            raise ModelUnavailable("the model went away")

    engine.before_event = fail_later
    events = read_events(client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text)
    name, problem = events[-1]
    assert name == "error"
    assert (problem["status"], problem["detail"]) == (503, "the model went away")


def test_silent_stream_has_a_heartbeat(serve: Serve, engine: FakeEngine) -> None:
    client = serve(heartbeat_s=0.05)
    engine.before_event = lambda: time.sleep(0.2)
    text = client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
    assert ": still here\n\n" in text
    assert read_events(text)[-1][0] == "answer"


@pytest.mark.parametrize("stream", [True, False])
def test_answer_that_takes_too_long_is_504(serve: Serve, engine: FakeEngine, stream: bool) -> None:
    client = serve(request_timeout_s=0.1)  # long before the next heartbeat
    release = threading.Event()
    engine.before_event = lambda: _wait_for(release)
    began = time.monotonic()
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    assert time.monotonic() - began < 3
    release.set()
    assert response.status_code == 504
    assert response.json()["type"] == "urn:newsqa:problem:too-slow"


@pytest.mark.parametrize("stream", [True, False])
def test_slow_asks_do_not_pile_up(serve: Serve, engine: FakeEngine, stream: bool) -> None:
    client = serve(threads=2, request_timeout_s=0.3, heartbeat_s=0.05)
    began, stopped = [], []

    def work_until_told() -> None:
        began.append(1)
        if QUESTION in engine.questions[-1].text:
            should_stop = engine.should_stop
            ends_at = time.monotonic() + 20
            while not should_stop() and time.monotonic() < ends_at:
                time.sleep(0.01)
            stopped.append(should_stop())

    engine.before_event = work_until_told
    with ThreadPoolExecutor(8) as askers:
        slow = list(
            askers.map(lambda _: client.post("/v1/ask", json={"question": QUESTION, "stream": stream}), "abcdefgh")
        )
    assert [response.status_code for response in slow] == [504] * 8
    quick = client.post("/v1/ask", json={"question": "What about Korea?"})
    assert quick.status_code == 200
    assert stopped == [True] * len(stopped)
    assert len(began) < 8, "what had waited until nobody wanted it was begun nevertheless"


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (QuestionError("q"), 422, None),
        (IndexUnavailable("i"), 503, "5"),
        (IndexLockedError("l"), 503, "5"),
        (ModelUnavailable("m"), 503, "5"),
        (ModelOutputError("o"), 502, None),
    ],
)
def test_each_error_has_its_status(
    client: TestClient, engine: FakeEngine, error: Exception, status: int, retry: str | None
) -> None:
    engine.error = error
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == status
    assert response.headers.get("retry-after") == retry
    assert response.json()["detail"] == str(error)


def test_unexpected_error_says_nothing_about_itself(
    client: TestClient, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.error = ZeroDivisionError("secret inside")
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "ZeroDivisionError: secret inside" in caplog.text


def test_search_returns_passages_with_reasons(client: TestClient, engine: FakeEngine) -> None:
    response = client.get("/v1/search", params={"q": "korea", "k": 2, "since": "2024-01-01"})
    expected = SearchObject.of("korea", engine.search("korea", k=2))
    assert response.json() == expected.model_dump(mode="json")


@pytest.mark.parametrize(
    "query", ["", "q=", "q=a&k=0", "q=a&k=201", "q=a&k=x", "q=a&since=soon", "q=a&since=0", "q=a&as_of=-1e9"]
)
def test_search_refuses_impossible_values(client: TestClient, query: str) -> None:
    assert client.get(f"/v1/search?{query}").status_code == 422


def _wait_for(event: threading.Event) -> None:
    event.wait(5)
