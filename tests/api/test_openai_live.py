"""The real `openai` client over a real socket: all that it can ask, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from rag.config import ServerSettings
from rag.engine import Engine
from rag.schema import Answer, Filters, Question
from rag.wire import AnswerObject
from tests.api.live import running, seeds_indexed

QUESTION = "What did Blinken say?"
MESSAGES: Any = [{"role": "user", "content": QUESTION}]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with seeds_indexed(tmp_path_factory.mktemp("index")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[openai.OpenAI]:
    with running(engine, ServerSettings()) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="x", max_retries=0) as c:
        yield c


@pytest.fixture(scope="module")
def answer(engine: Engine) -> Answer:
    return engine.ask(Question(text=QUESTION))


def _numbers(annotations: Any) -> list[int]:
    return [
        (item if isinstance(item, dict) else item.model_dump())["newsqa_citation"]["number"] for item in annotations
    ]


def _expected(answer: Answer) -> list[int]:
    return [number for statement in answer.statements for number in statement.citations]


# --- chat completions ---


def test_citations_of_a_stream_come_with_their_text_and_again_at_the_end(client: openai.OpenAI, answer: Answer) -> None:
    text = ""
    early: list[Any] = []
    last: list[Any] = []
    for chunk in client.chat.completions.create(model="newsqa", messages=MESSAGES, stream=True):
        delta = chunk.choices[0].delta
        text += delta.content or ""
        for item in getattr(delta, "newsqa_annotations", None) or []:
            link = item["url_citation"]
            assert link["end_index"] <= len(text), "a citation came before its text"
            assert text[link["start_index"] : link["end_index"]] in {part.text for part in answer.statements}
            assert len(text) < len(answer.text) or item["index"] >= len(_expected(answer)) - 2
            early.append(item)
        last += getattr(delta, "annotations", None) or []
    assert text == answer.text
    assert _numbers(early) == _numbers(last) == _expected(answer)
    assert [{name: item[name] for name in last[0]} for item in early] == last


def test_stream_helper_puts_the_answer_together(client: openai.OpenAI, answer: Answer) -> None:
    with client.chat.completions.stream(model="newsqa", messages=MESSAGES) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.content == answer.text
    assert message.annotations is not None
    assert _numbers(message.annotations) == _expected(answer)


def test_filters_go_along_as_extra_body(client: openai.OpenAI, engine: Engine) -> None:
    filters = {"since": "2024-06-01", "until": "2024-06-30", "as_of": "2024-06-21", "paths": ["*"], "max_statements": 2}
    reply = client.chat.completions.create(model="newsqa", messages=MESSAGES, extra_body=filters)
    inside = Filters(since=date(2024, 6, 1), until=date(2024, 6, 30), as_of=date(2024, 6, 21), paths=("*",))
    expected = engine.ask(Question(text=QUESTION, filters=inside, max_statements=2))
    assert reply.choices[0].message.content == expected.text


class Cited(BaseModel):
    path: str
    quote: str


class PartOfAnswer(BaseModel):
    text: str
    citations: list[Cited]


class OfAnother(BaseModel):
    answer: str


def test_structured_output_is_a_part_of_the_answer(client: openai.OpenAI, answer: Answer) -> None:
    parsed = client.chat.completions.parse(model="newsqa", messages=MESSAGES, response_format=PartOfAnswer)
    expected = PartOfAnswer(
        text=answer.text, citations=[Cited(path=one.path, quote=one.quote) for one in answer.citations]
    )
    assert parsed.choices[0].message.parsed == expected


def test_structured_output_of_another_form_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(
        openai.BadRequestError, match=r"\$\.answer is no field of it; there are question, .*text"
    ) as found:
        client.chat.completions.parse(model="newsqa", messages=MESSAGES, response_format=OfAnother)
    assert found.value.param == "response_format"


def test_list_of_sources_comes_at_the_end_of_a_stream(client: openai.OpenAI, answer: Answer) -> None:
    chunks = client.chat.completions.create(model="newsqa+sources", messages=MESSAGES, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text.startswith(f"{answer.text}\n\nSources:\n[1] {answer.citations[0].title}")


def test_follow_ups_for_a_front_end_are_questions_that_the_index_answers(client: openai.OpenAI) -> None:
    chat = f"<chat_history>\nUSER: {QUESTION}\nASSISTANT: He spoke. [1]\n</chat_history>"
    prompt = f'### Task:\nPropose questions.\n### Output:\nJSON: {{"follow_ups": ["A?"]}}\n### Chat:\n{chat}'
    reply = client.chat.completions.create(model="newsqa", messages=[{"role": "user", "content": prompt}])
    questions = json.loads(reply.choices[0].message.content or "")["follow_ups"]
    assert questions
    for question in questions:
        again = client.chat.completions.create(model="newsqa", messages=[{"role": "user", "content": question}])
        assert again.choices[0].message.annotations


# --- the other routes ---


def test_model_is_found(client: openai.OpenAI) -> None:
    assert client.models.retrieve("newsqa").id == "newsqa"
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-4o'"):
        client.models.retrieve("gpt-4o")


def test_embeddings_are_refused_with_a_reason(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="newsqa offers no embeddings"):
        client.embeddings.create(model="newsqa", input="a")


def test_legacy_completion(client: openai.OpenAI, answer: Answer) -> None:
    choice: Any = client.completions.create(model="newsqa", prompt=QUESTION).choices[0]
    assert (choice.text, _numbers(choice.annotations)) == (answer.text, _expected(answer))
    text, annotations = "", []
    for chunk in client.completions.create(model="newsqa", prompt=QUESTION, stream=True):
        part: Any = chunk.choices[0]
        text += part.text
        annotations += part.annotations
    assert (text, _numbers(annotations)) == (answer.text, _expected(answer))


def test_response(client: openai.OpenAI, answer: Answer) -> None:
    reply = client.responses.create(model="newsqa", input=QUESTION, instructions="Answer briefly.")
    assert (reply.output_text, reply.status, reply.error) == (answer.text, "completed", None)
    part: Any = reply.output[0]
    citations = part.content[0].annotations
    assert _numbers(citations) == _expected(answer)
    assert answer.text[citations[0].start_index : citations[0].end_index] == answer.statements[0].text
    assert [notice["code"] for notice in part.content[0].newsqa["notices"]] == ["instructions_ignored"]


def test_response_continues_a_conversation(client: openai.OpenAI, engine: Engine) -> None:
    first = client.responses.create(model="newsqa", input=QUESTION)
    said: Any = [*MESSAGES, *first.output, {"role": "user", "content": [{"type": "input_text", "text": "And Cho?"}]}]
    reply = client.responses.create(model="newsqa", input=said)
    part: Any = reply.output[0]
    assert part.content[0].newsqa["standalone_question"] == "What did Cho say?"


def test_response_streams(client: openai.OpenAI, answer: Answer) -> None:
    events = list(client.responses.create(model="newsqa", input=QUESTION, stream=True))
    names = [event.type for event in events]
    assert names[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert names[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert names.index("response.output_text.annotation.added") < len(names) - 5
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == answer.text
    last: Any = events[-1]
    assert last.response.output_text == answer.text
    found: list[Any] = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert _numbers([event.annotation for event in found]) == _expected(answer)
    with client.responses.stream(model="newsqa", input=QUESTION) as stream:
        assert stream.get_final_response().output_text == answer.text


def test_response_is_parsed(client: openai.OpenAI, answer: Answer) -> None:
    parsed = client.responses.parse(model="newsqa", input=QUESTION, text_format=PartOfAnswer).output_parsed
    assert parsed is not None
    assert parsed.text == answer.text


def test_json_object_is_what_the_native_route_gives(client: openai.OpenAI, answer: Answer) -> None:
    reply = client.chat.completions.create(model="newsqa", messages=MESSAGES, response_format={"type": "json_object"})
    found = AnswerObject.model_validate_json(reply.choices[0].message.content or "")
    expected = AnswerObject.of(answer)
    assert found.model_copy(update={"timings_ms": {}}) == expected.model_copy(update={"timings_ms": {}})
