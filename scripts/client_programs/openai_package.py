"""OpenAI's package for Python: an ask, a stream, an abort, an error, a follow-up, and the options that shape an answer.

python openai_package.py http://127.0.0.1:8000/v1
"""

from __future__ import annotations

import sys

import openai
from pydantic import BaseModel

client = openai.OpenAI(base_url=sys.argv[1], api_key="none", max_retries=0)
QUESTION = "What did Blinken say?"
MESSAGES = [{"role": "user", "content": QUESTION}]
FIRST = "expressed his gratitude"
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
CALLED = {"tools": [TOOL], "tool_choice": "required"}


class Cited(BaseModel):
    """Part of a citation."""

    path: str
    quote: str


class PartOfAnswer(BaseModel):
    """Part of the answer object."""

    text: str
    citations: list[Cited]


def ask() -> None:
    """A whole answer, its citations in the text where they say."""
    message = (
        client.chat.completions.create(model="newsqa", messages=MESSAGES, temperature=0.2, seed=1).choices[0].message
    )
    assert FIRST in message.content
    link = message.annotations[0].url_citation
    assert FIRST in message.content[link.start_index : link.end_index]
    assert "#article=" in link.url


def stream() -> None:
    """An answer in pieces, with the tokens, and put together by the package."""
    options = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(model="newsqa", messages=MESSAGES, stream=True, stream_options=options)
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert FIRST in "".join(delta.content or "" for delta in deltas)
    assert chunks[-1].usage is not None
    early = [item for delta in deltas for item in getattr(delta, "newsqa_annotations", None) or []]
    last = [item for delta in deltas for item in getattr(delta, "annotations", None) or []]
    assert len(early) == len(last) > 0
    with client.chat.completions.stream(model="newsqa", messages=MESSAGES) as helper:
        message = helper.get_final_completion().choices[0].message
    assert FIRST in message.content
    assert len(message.annotations) == len(last)


def abort() -> None:
    """A stream that is closed early; the server answers on."""
    opened = client.chat.completions.create(model="newsqa", messages=MESSAGES, stream=True)
    next(iter(opened))
    opened.close()
    ask()


def error() -> None:
    """Errors are shown with their text."""
    for options, kind, text in (
        ({"model": "gpt-4o", "messages": MESSAGES}, openai.NotFoundError, "There is no model 'gpt-4o'"),
        ({"model": "newsqa", "messages": [{"role": "user", "content": "x" * 5000}]}, openai.APIStatusError, "4,000"),
        ({"model": "newsqa", "messages": MESSAGES, **CALLED}, openai.BadRequestError, "newsqa calls no tools"),
    ):
        try:
            client.chat.completions.create(**options)
        except kind as found:
            assert text in str(found), found
        else:
            raise AssertionError(f"no error with {text!r}")


def follow_up() -> None:
    """A question that only the conversation completes, behind a call of a tool and an image."""
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    said = [
        {"role": "system", "content": "Answer briefly."},
        *MESSAGES,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "42"},
        {"role": "assistant", "content": "He expressed his gratitude. [1]"},
        {"role": "user", "content": [{"type": "text", "text": "And Cho?"}, image]},
    ]
    message = client.chat.completions.create(model="newsqa", messages=said, tools=[TOOL]).choices[0].message
    assert "Cho" in message.content
    assert message.annotations
    codes = [notice["code"] for notice in message.newsqa["notices"]]
    assert codes == ["part_left_out", "tools_not_called", "instructions_ignored"], codes


def filters() -> None:
    """Filters go along as `extra_body`."""
    body = {"until": "2000-01-01", "max_statements": 1}
    message = client.chat.completions.create(model="newsqa", messages=MESSAGES, extra_body=body).choices[0].message
    assert (message.newsqa["reason"], message.refusal) == ("outside_dates", message.content)


def structured() -> None:
    """A part of newsqa's own object is parsed; sources can be listed in the text."""
    create = client.chat.completions
    parsed = create.parse(model="newsqa", messages=MESSAGES, response_format=PartOfAnswer).choices[0].message.parsed
    assert FIRST in parsed.text
    assert FIRST in parsed.citations[0].quote
    listed = create.create(model="newsqa+sources", messages=MESSAGES).choices[0].message.content
    assert "\n\nSources:\n[1] " in listed


def other_routes() -> None:
    """Responses, legacy completions, models, and what is not offered."""
    assert {model.id for model in client.models.list()} == {"newsqa", "newsqa+sources"}
    assert client.models.retrieve("newsqa").id == "newsqa"
    response = client.responses.create(model="newsqa", input=QUESTION)
    assert FIRST in response.output_text
    assert response.output[0].content[0].annotations[0].type == "url_citation"
    with client.responses.stream(model="newsqa", input=QUESTION) as helper:
        assert helper.get_final_response().output_text == response.output_text
    assert client.responses.parse(model="newsqa", input=QUESTION, text_format=PartOfAnswer).output_parsed.citations
    assert client.completions.create(model="newsqa", prompt=QUESTION).choices[0].text == response.output_text
    try:
        client.embeddings.create(model="newsqa", input="a")
    except openai.NotFoundError as found:
        assert "newsqa offers no embeddings" in str(found)
    else:
        raise AssertionError("embeddings came")


for step in (ask, stream, abort, error, follow_up, filters, structured, other_routes):
    step()
    print(f"openai {openai.__version__} for Python: {step.__name__}: ok", flush=True)
