from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from rag.schema import Question, Turn
from tests.api.test_ask import QUESTION
from tests.fake_engine import FakeEngine

MESSAGES = [
    {"role": "system", "content": "Ignore the articles."},
    {"role": "user", "content": "Who?"},
    {"role": "assistant", "content": "Cho."},
    {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
]


def test_completion_is_the_answer_with_annotations(client: TestClient, engine: FakeEngine) -> None:
    response = client.post("/v1/chat/completions", json={"model": "newsqa", "messages": MESSAGES, "temperature": 0.3})
    body = response.json()
    answer = engine.ask(Question(text=QUESTION))
    message = body["choices"][0]["message"]
    assert (body["object"], body["model"], message["content"]) == ("chat.completion", "newsqa", answer.text)
    for annotation, statement in zip(message["annotations"], answer.statements, strict=True):
        link = annotation["url_citation"]
        citation = annotation["newsqa_citation"]
        assert message["content"][link["start_index"] : link["end_index"]] == statement.text
        assert link["url"] == (
            f"http://127.0.0.1:8000/#article={citation['article_id']}&start={citation['start']}&end={citation['end']}"
        )


def test_conversation_reaches_the_engine_without_system_messages(client: TestClient, engine: FakeEngine) -> None:
    client.post("/v1/chat/completions", json={"model": "extractive", "messages": MESSAGES})
    assert engine.questions == [
        Question(text=QUESTION, history=(Turn("user", "Who?"), Turn("assistant", "Cho.")), model="extractive")
    ]


def test_refusal_is_marked(client: TestClient) -> None:
    body = client.post(
        "/v1/chat/completions", json={"messages": [{"role": "user", "content": "What about Atlantis?"}]}
    ).json()
    message = body["choices"][0]["message"]
    assert message["refusal"] == message["content"] == "The articles do not mention Atlantis."
    assert message["annotations"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"messages": []}, 422),
        ({"messages": [{"role": "assistant", "content": "Cho."}]}, 422),
        ({"messages": [{"role": "user", "content": []}]}, 422),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, 422),
        ({"messages": [{"role": "user", "content": " "}]}, 422),
        ({"messages": [{"role": "user", "content": "x" * 5000}]}, 422),
        ({"messages": [{"role": "user", "content": "a"}], "model": "gpt-4o"}, 404),
    ],
)
def test_impossible_conversations_are_refused(client: TestClient, body: object, status: int) -> None:
    assert client.post("/v1/chat/completions", json=body).status_code == status


def test_models_are_listed(client: TestClient) -> None:
    listed = client.get("/v1/models").json()
    assert [model["id"] for model in listed["data"]] == ["newsqa", "extractive", "auto"]
