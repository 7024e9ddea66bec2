"""Prompts that Open WebUI and LibreChat send by themselves, in the wording of ours: over a real socket, as they do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from rag.config import Settings
from rag.engine import Engine
from rag.errors import ModelUnavailable
from rag.models.doubles import ScriptedChatModel
from tests.api.live import running
from tests.fake_engine import FakeEngine, seeds

QUESTION = "What did Blinken say about Cho Tae-yul?"
ANSWER = "Blinken expressed his gratitude for Cho’s explanation. [1]"
CHAT = f"USER: {QUESTION}\nASSISTANT: {ANSWER}"
LONG_CHAT = "\n".join([CHAT] * 200)
OUTPUTS = {
    "title": '{ "title": "a short title" }',
    "tags": '{ "tags": ["a", "b"] }',
    "follow_ups": '{ "follow_ups": ["A?", "B?"] }',
    "queries": '{\n  "queries": ["a", "b"]\n}',
    "prompt": '{\n  "prompt": "a description"\n}',
    "text": '{ "text": "<the rest>" }',
}
LIBRECHAT = f"""Give a concise, 5-word-or-less title for the conversation. Write the title and nothing else.

Conversation:
User: {QUESTION}
AI: {ANSWER}"""


def open_webui(key: str, chat: str = CHAT) -> str:
    rules = "- Use the language of the chat.\n- Answer with the JSON object alone."
    return (
        f"### Task:\nWrite what is described below for this chat.\n### Guidelines:\n{rules}\n"
        f"### Output:\nJSON format: {OUTPUTS[key]}\n### Chat History:\n<chat_history>\n{chat}\n</chat_history>"
    )


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine(seeds())


@pytest.fixture
def client(fake: FakeEngine) -> Iterator[openai.OpenAI]:
    with running(fake.as_engine()) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0) as opened:
        yield opened


def send(client: openai.OpenAI, content: str, *, role: str = "user") -> str:
    messages: Any = [{"role": role, "content": content}]
    message = client.chat.completions.create(model="newsqa", messages=messages).choices[0].message
    assert (message.annotations, message.refusal) == ([], None)
    return message.content or ""


@pytest.mark.parametrize("chat", [CHAT, LONG_CHAT], ids=["short", "long"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("title", "What did Blinken say about Cho Tae-yul"),
        ("tags", ["News", "Blinken", "Cho Tae-yul"]),
        ("follow_ups", []),
        ("queries", [QUESTION]),
        ("prompt", QUESTION),
        ("text", ""),
    ],
)
def test_without_a_model_the_chat_itself_gives_the_reply(
    client: openai.OpenAI, fake: FakeEngine, key: str, expected: object, chat: str
) -> None:
    assert json.loads(send(client, open_webui(key, chat))) == {key: expected}
    assert QUESTION not in [question.text for question in fake.questions]


@pytest.mark.parametrize("role", ["user", "system"])
def test_title_of_librechat_is_the_title_alone(client: openai.OpenAI, role: str) -> None:
    assert send(client, LIBRECHAT, role=role) == "What did Blinken say about Cho Tae-yul"


def test_reply_comes_as_a_stream_too(client: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": open_webui("title")}]
    chunks = client.chat.completions.create(model="newsqa", messages=messages, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert json.loads(text) == {"title": "What did Blinken say about Cho Tae-yul"}


@pytest.mark.parametrize(
    ("prompt", "written", "expected"),
    [
        (open_webui("title"), 'Here it is:\n```json\n{"title": "Talks in Seoul"}\n```', {"title": "Talks in Seoul"}),
        (open_webui("tags"), '{"tags": ["Diplomacy", "Korea"]}', {"tags": ["Diplomacy", "Korea"]}),
        (open_webui("tags"), '{"tags": "Diplomacy"}', {"tags": ["News", "Blinken", "Cho Tae-yul"]}),
        (open_webui("tags"), '{"tags": [1]}', {"tags": ["News", "Blinken", "Cho Tae-yul"]}),
        (open_webui("queries"), "I would search for Blinken.", {"queries": [QUESTION]}),
        (open_webui("queries"), "{broken}", {"queries": [QUESTION]}),
        (LIBRECHAT, '\n**"Talks in Seoul"**\n', "Talks in Seoul"),
        (LIBRECHAT, "\n", "What did Blinken say about Cho Tae-yul"),
    ],
)
def test_what_a_model_writes_is_taken_where_it_has_the_form_asked_for(
    client: openai.OpenAI, fake: FakeEngine, prompt: str, written: str, expected: object
) -> None:
    fake.written = written
    content = send(client, prompt)
    assert (json.loads(content) if prompt != LIBRECHAT else content) == expected
    assert fake.prompts == [prompt]


def test_long_chat_is_cut_for_the_model(client: openai.OpenAI, fake: FakeEngine) -> None:
    prompt = open_webui("title", LONG_CHAT)
    send(client, prompt)
    (sent,) = fake.prompts
    assert len(sent) < 12_100 < len(prompt)
    assert (sent[:3000], sent[-3000:]) == (prompt[:3000], prompt[-3000:])


@pytest.mark.parametrize(
    "question", ["What is the title of the article about Blinken?", 'Who wrote {"title": "x"}?', "Tags of Blinken?"]
)
def test_question_stays_a_question(client: openai.OpenAI, fake: FakeEngine, question: str) -> None:
    client.chat.completions.create(model="newsqa", messages=[{"role": "user", "content": question}])
    assert [asked.text for asked in fake.questions] == [question]


def test_configured_model_writes() -> None:
    model = ScriptedChatModel('{"title": "Talks in Seoul"}', ModelUnavailable("gone"))
    with Engine.open(Settings(), llm=model) as engine, running(engine) as url:
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0)
        assert json.loads(send(client, open_webui("title"))) == {"title": "Talks in Seoul"}
        assert json.loads(send(client, open_webui("title"))) == {"title": "What did Blinken say about Cho Tae-yul"}
        assert [message.role for message in model.prompts[0]] == ["user"]
        quoting: Any = [{"role": "user", "content": open_webui("title")}]
        client.chat.completions.create(model="extractive", messages=quoting)
        assert len(model.prompts) == 2
