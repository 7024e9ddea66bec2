"""What the routes of OpenAI's API take and give, over a real socket; `test_openai_live.py` has the real client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from api.model_names import ModelNames
from api.models import MAX_TURN_CHARS, MAX_TURNS
from rag.config import LLMSettings, ServerSettings, Settings
from rag.schema import (
    Answer,
    AnswerEvent,
    Conflict,
    ConflictValue,
    DeltaEvent,
    Filters,
    Question,
    StreamEvent,
    Turn,
)
from rag.wire import date_text
from tests.api.live import running
from tests.api.test_ask import QUESTION
from tests.fake_engine import FakeEngine, seeds

Client = httpx2.Client
Body = dict[str, Any]
MESSAGES: list[Body] = [
    {"role": "system", "content": "Answer briefly."},
    {"role": "user", "content": "Who?"},
    {"role": "assistant", "content": "Cho."},
    {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[FakeEngine, httpx2.Client]]:
    fake = FakeEngine(seeds())
    with running(fake.as_engine()) as url, httpx2.Client(base_url=url, timeout=20) as opened:
        yield fake, opened


@pytest.fixture
def engine(shared: tuple[FakeEngine, httpx2.Client]) -> FakeEngine:
    """What the server asks; it remembers the questions of one test."""
    shared[0].questions.clear()
    return shared[0]


@pytest.fixture
def client(shared: tuple[FakeEngine, httpx2.Client]) -> httpx2.Client:
    return shared[1]


def ask(client: Client, *messages: Body, **options: object) -> Body:
    response = client.post("/v1/chat/completions", json={"messages": messages, **options})
    assert response.status_code == 200, response.text
    body: Body = response.json()
    return body


def user(content: object) -> Body:
    return {"role": "user", "content": content}


def test_completion_is_the_answer_with_annotations(client: Client, engine: FakeEngine) -> None:
    body = ask(client, *MESSAGES, model="newsqa", temperature=0.3)
    answer = engine.ask(Question(text=QUESTION))
    message = body["choices"][0]["message"]
    assert (body["object"], body["model"], message["content"]) == ("chat.completion", "newsqa", answer.text)
    for annotation, statement in zip(message["annotations"], answer.statements, strict=True):
        link = annotation["url_citation"]
        citation = annotation["newsqa_citation"]
        assert message["content"][link["start_index"] : link["end_index"]] == statement.text
        assert link["url"] == (
            f"{str(client.base_url).rstrip('/')}/#article={citation['article_id']}&start={citation['start']}&end={citation['end']}"
        )


def test_refusal_is_marked(client: Client) -> None:
    message = ask(client, user("What about Atlantis?"))["choices"][0]["message"]
    assert message["refusal"] == message["content"] == "The articles do not mention Atlantis."
    assert message["annotations"] == []
    assert (message["newsqa"]["status"], message["newsqa"]["reason"]) == ("abstained", "subject_not_found")


# --- messages ---


def test_conversation_reaches_the_engine(client: Client, engine: FakeEngine) -> None:
    ask(client, *MESSAGES, model="extractive")
    history = (Turn("user", "Who?"), Turn("assistant", "Cho."))
    assert engine.questions == [
        Question(text=QUESTION, history=history, model="extractive", instructions="Answer briefly.")
    ]


@pytest.mark.parametrize(
    "before",
    [
        [user(""), {"role": "assistant", "content": ""}],
        [{"role": "assistant", "content": None}],
        [
            {"role": "assistant", "content": None, "tool_calls": [{"id": "a", "type": "function", "function": {}}]},
            {"role": "tool", "tool_call_id": "a", "content": "42"},
        ],
        [{"role": "function", "name": "f", "content": "42"}],
        [user([{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}])],
    ],
)
def test_turns_without_words_of_ours_are_left_out(client: Client, engine: FakeEngine, before: list[Body]) -> None:
    ask(client, *before, user(QUESTION))
    assert engine.questions == [Question(text=QUESTION)]


def test_parts_are_joined_and_images_left_out_with_a_notice(client: Client, engine: FakeEngine) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    parts = [{"type": "text", "text": "In the articles:"}, image, {"type": "text", "text": QUESTION}]
    message = ask(client, user(parts))["choices"][0]["message"]
    assert engine.questions == [Question(text=f"In the articles:\n{QUESTION}")]
    said = "newsqa reads text only; a part of the question, 'image_url', was left out"
    assert message["newsqa"]["notices"] == [{"code": "part_left_out", "message": said}]


def test_question_behind_what_a_front_end_found_itself_is_the_question(client: Client, engine: FakeEngine) -> None:
    found = '### Task:\nUse the context.\n<context>\n<source id="1">The meeting is on Friday.</source>\n</context>'
    message = ask(client, user(f"{found}\n\n{QUESTION}"))["choices"][0]["message"]
    assert engine.questions == [Question(text=QUESTION)]
    assert [notice["code"] for notice in message["newsqa"]["notices"]] == ["context_left_out"]


def test_refusal_of_an_earlier_answer_is_what_was_said(client: Client, engine: FakeEngine) -> None:
    refused = {"role": "assistant", "content": [{"type": "refusal", "refusal": "The articles do not say."}]}
    ask(client, user("Who?"), refused, user(QUESTION))
    assert engine.questions[0].history == (Turn("user", "Who?"), Turn("assistant", "The articles do not say."))


def test_long_conversation_is_cut_at_the_front(client: Client, engine: FakeEngine) -> None:
    ask(client, *(turn for number in range(60) for turn in _turn(number)), user(QUESTION))
    history = engine.questions[0].history
    assert (len(history), history[0], len(history[1].content)) == (
        MAX_TURNS,
        Turn("user", "Question 10"),
        MAX_TURN_CHARS,
    )


def _turn(number: int) -> list[Body]:
    return [user(f"Question {number}"), {"role": "assistant", "content": "x" * 50_000}]


def test_long_history_of_a_native_question_is_cut_too(client: Client, engine: FakeEngine) -> None:
    history = [{"role": "user", "content": f"Question {number}"} for number in range(250)]
    assert client.post("/v1/ask", json={"question": QUESTION, "history": history}).status_code == 200
    assert [turn.content for turn in engine.questions[0].history] == [f"Question {n}" for n in range(150, 250)]


def test_nulls_are_defaults(client: Client, engine: FakeEngine) -> None:
    names = (
        "model",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "response_format",
        "since",
        "paths",
        "sources",
    )
    ask(client, user(QUESTION), **dict.fromkeys([*names, "max_statements", "temperature"]))
    assert engine.questions == [Question(text=QUESTION)]


def test_form_that_a_system_message_asks_for_is_not_followed_by_quoting(client: Client) -> None:
    notices = ask(client, {"role": "developer", "content": "In German."}, user(QUESTION))["choices"][0]["message"][
        "newsqa"
    ]["notices"]
    assert [notice["code"] for notice in notices] == ["instructions_ignored"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"messages": []}, 422),
        ({"messages": [{"role": "assistant", "content": "Cho."}]}, 422),
        ({"messages": [{"role": "system", "content": "Cho."}]}, 422),
        ({"messages": [user([])]}, 422),
        ({"messages": [user([{"type": "image_url", "image_url": {"url": "x"}}])]}, 422),
        ({"messages": [user(" ")]}, 422),
        ({"messages": [user("x" * 5000)]}, 422),
        ({"messages": [{"role": "wizard", "content": "a"}]}, 422),
        ({"messages": [user("a")], "since": "2024-07-01", "until": "2024-06-01"}, 422),
        ({"messages": [user("a")], "model": "gpt-4o"}, 404),
        ({"messages": [user("a")], "model": "gguf:/etc/passwd"}, 404),
    ],
)
def test_impossible_conversations_are_refused(client: Client, body: Body, status: int) -> None:
    response = client.post("/v1/chat/completions", json=body)
    assert (response.status_code, response.json()["error"]["message"]) == (status, response.json()["detail"])
    streamed = client.post("/v1/chat/completions", json=body | {"stream": True})
    assert streamed.status_code == status


def test_filters_are_extra_fields(client: Client, engine: FakeEngine) -> None:
    filters = {"since": "2024-06-01", "until": "2024-06-30", "as_of": "2024-06-21", "paths": ["0*"]}
    ask(client, user(QUESTION), **filters, max_statements=2)
    until, as_of = date(2024, 6, 30), date(2024, 6, 21)
    expected = Filters(since=date(2024, 6, 1), until=until, as_of=as_of, paths=("0*",))
    assert engine.questions == [Question(text=QUESTION, filters=expected, max_statements=2)]


class Doubtful(FakeEngine):
    """Its sources differ, and the file of the first has changed; a stream has its whole text in one piece."""

    def _answer(self, question: Question, word: str) -> Answer:
        answer = super()._answer(question, word)
        first, *others = answer.citations
        values = (ConflictValue("9 dead", (1,)), ConflictValue("12 dead", (2,)))
        return replace(
            answer, citations=(replace(first, stale=True), *others), conflicts=(Conflict("the toll", values),)
        )

    def stream(self, question: Question, *, should_stop: Callable[[], bool] = lambda: False) -> Iterator[StreamEvent]:
        answer = self.ask(question, should_stop=should_stop)
        yield DeltaEvent(answer.text)
        yield AnswerEvent(answer)


def test_conflicts_and_stale_citations_are_told_beside_the_annotations() -> None:
    with running(Doubtful(seeds()).as_engine()) as url, httpx2.Client(base_url=url) as client:
        details = ask(client, user(QUESTION))["choices"][0]["message"]["newsqa"]
    assert details["stale"] == [1]
    values = [{"text": "9 dead", "citations": [1]}, {"text": "12 dead", "citations": [2]}]
    assert details["conflicts"] == [{"fact": "the toll", "values": values}]


def test_citations_that_cannot_be_told_early_come_at_the_end() -> None:
    fake = Doubtful(seeds())
    with running(fake.as_engine()) as url, httpx2.Client(base_url=url) as client:
        body = {"messages": [user(QUESTION)], "stream": True}
        deltas = _deltas(client.post("/v1/chat/completions", json=body).text)
    early = [item for delta in deltas for item in delta.get("newsqa_annotations", [])]
    last = [item for delta in deltas for item in delta.get("annotations", [])]
    assert [item["newsqa_citation"] for item in early] == [item["newsqa_citation"] for item in last]
    assert len(last) == len(fake.ask(Question(text=QUESTION)).citations)


# --- sources for clients that drop annotations ---


@pytest.mark.parametrize("how", ["field", "model", "setting"])
def test_text_can_end_with_its_sources(engine: FakeEngine, how: str) -> None:
    ways: dict[str, Body] = {"field": {"sources": True}, "model": {"model": "newsqa+sources"}, "setting": {}}
    settings = ServerSettings(list_sources=how == "setting")
    with running(engine.as_engine(), settings) as url, httpx2.Client(base_url=url) as client:
        content = ask(client, user(QUESTION), **ways[how])["choices"][0]["message"]["content"]
        unlisted = ask(client, user(QUESTION), sources=False)["choices"][0]["message"]["content"]
    answer = engine.ask(Question(text=QUESTION))
    text, _, listed = content.partition("\n\nSources:\n")
    assert text == answer.text
    first = answer.citations[0]
    article = engine.articles_by_id[first.article_id]
    link = f"{url}/#article={first.article_id}&start={first.raw.start}&end={first.raw.end}"
    known = [part for part in (first.title, article.publisher, date_text(first.published), link) if part]
    assert listed.splitlines()[0] == f"[1] {', '.join(known)}"
    assert len(listed.splitlines()) == len(answer.citations)
    assert unlisted == answer.text


def test_listed_sources_are_no_part_of_the_conversation(client: Client, engine: FakeEngine) -> None:
    said = "Cho spoke. [1]\n\nSources:\n[1] A title, 2024-06-21, http://127.0.0.1:8000/#article=a&start=0&end=9"
    ask(client, user("Who?"), {"role": "assistant", "content": said}, user(QUESTION))
    assert engine.questions[0].history[1] == Turn("assistant", "Cho spoke. [1]")


def test_refusal_has_no_sources(client: Client) -> None:
    message = ask(client, user("What about Atlantis?"), sources=True)["choices"][0]["message"]
    assert message["content"] == "The articles do not mention Atlantis."


# --- options that would change what a client gets ---


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize(
    ("path", "options", "param"),
    [
        ("chat/completions", {"tools": [TOOL], "tool_choice": {"type": "function"}}, "tools"),
        ("chat/completions", {"tools": [TOOL], "tool_choice": "required"}, "tools"),
        ("chat/completions", {"functions": [{"name": "f"}], "function_call": {"name": "f"}}, "functions"),
        ("chat/completions", {"response_format": {"type": "xml"}}, "response_format"),
        ("chat/completions", {"response_format": {"type": "json_schema"}}, "response_format"),
        ("responses", {"tools": [{"type": "web_search"}], "tool_choice": "required"}, "tools"),
        ("responses", {"text": {"format": {"type": "json_schema", "schema": {"type": "array"}}}}, "text.format"),
        ("responses", {"previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", {"conversation": {"id": "c"}}, "conversation"),
        ("responses", {"background": True}, "background"),
    ],
)
def test_option_that_cannot_be_honoured_is_named(client: Client, path: str, options: Body, param: str) -> None:
    words = {"messages": [user(QUESTION)]} if path.startswith("chat") else {"input": QUESTION}
    response = client.post(f"/v1/{path}", json=words | options)
    error = response.json()["error"]
    assert (response.status_code, error["param"], error["code"]) == (400, param, "unsupported_option")
    assert error["message"].startswith(f"{param}: ")


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"tools": []}, []),
        ({"tools": [TOOL], "tool_choice": "none"}, []),
        ({"tools": [TOOL]}, ["tools_not_called"]),
        ({"tools": [TOOL], "tool_choice": "auto"}, ["tools_not_called"]),
        ({"functions": [{"name": "f"}]}, ["tools_not_called"]),
    ],
)
def test_tools_that_need_not_be_called_do_no_harm(client: Client, options: Body, codes: list[str]) -> None:
    message = ask(client, user(QUESTION), **options)["choices"][0]["message"]
    assert [notice["code"] for notice in message["newsqa"]["notices"]] == codes


@pytest.mark.parametrize("stream", [False, True])
def test_json_object_is_the_answer_of_newsqa(client: Client, engine: FakeEngine, stream: bool) -> None:
    body = {"messages": [user(QUESTION)], "response_format": {"type": "json_object"}, "stream": stream}
    response = client.post("/v1/chat/completions", json=body)
    texts = [delta.get("content", "") for delta in _deltas(response.text)] if stream else []
    content = "".join(texts) if stream else response.json()["choices"][0]["message"]["content"]
    assert json.loads(content) == client.post("/v1/ask", json={"question": QUESTION}).json()


def _deltas(stream: str) -> list[Body]:
    chunks = [json.loads(line.removeprefix("data: ")) for line in stream.splitlines() if line.startswith("data: {")]
    return [choice["delta"] for chunk in chunks for choice in chunk["choices"]]


# --- endpoints ---


def test_models_are_listed_once(client: Client) -> None:
    listed = client.get("/v1/models").json()
    assert [model["id"] for model in listed["data"]] == ["newsqa", "newsqa+sources"]


def test_list_shows_no_file_and_no_model_twice() -> None:
    models = ("gguf:/home/ann/models/secret.gguf", "gpt-4o-mini", "extractive", "gpt-4o-mini")
    names = ModelNames(Settings(llm=LLMSettings(model="gpt-4o"), server=ServerSettings(models=models)))
    assert names.listed == ["newsqa", "extractive", "gguf:secret.gguf", "gpt-4o-mini"]
    assert names.engine_name("gguf:secret.gguf") == names.engine_name(models[0]) == models[0]
    assert names.engine_name("gpt-4o") is names.engine_name(None) is None
    with_key = ModelNames(Settings(llm=LLMSettings(openai_api_key=SecretStr("a-key"))))
    assert with_key.listed == ["newsqa", "extractive"]


@pytest.mark.parametrize("name", ["newsqa", "newsqa+sources", "extractive", "auto"])
def test_model_can_be_looked_up(client: Client, name: str) -> None:
    found = client.get(f"/v1/models/{name}")
    assert (found.status_code, found.json()["id"], found.json()["object"]) == (200, name, "model")


def test_unknown_model_is_404(client: Client) -> None:
    response = client.get("/v1/models/org/gpt-4o")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")


def test_embeddings_are_not_offered_and_say_so(client: Client) -> None:
    response = client.post("/v1/embeddings", json={"model": "newsqa", "input": "a"})
    assert response.status_code == 404
    assert response.json()["error"]["message"].startswith("newsqa offers no embeddings; GET /v1/search")


def test_json_is_sent_where_both_are_accepted_and_no_stream_is_asked_for(client: Client) -> None:
    headers = {"Accept": "application/json, text/event-stream"}
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": False}, headers=headers)
    assert response.headers["content-type"] == "application/json"
