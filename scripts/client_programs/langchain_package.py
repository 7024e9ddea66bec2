"""LangChain's ChatOpenAI: an ask, a stream, an abort, an error, a follow-up, structured output and tools.

python langchain_package.py http://127.0.0.1:8000/v1
"""

from __future__ import annotations

import sys
from importlib.metadata import version

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

QUESTION = "What did Blinken say?"
FIRST = "expressed his gratitude"


def model(name: str = "newsqa", **options: object) -> ChatOpenAI:
    """Return a model of the server."""
    return ChatOpenAI(model=name, base_url=sys.argv[1], api_key="none", max_retries=0, **options)


class PartOfAnswer(BaseModel):
    """Part of the answer object."""

    text: str


class OfAnother(BaseModel):
    """What the answer is not."""

    answer: str


def ask() -> None:
    """LangChain drops annotations, so the text lists the sources."""
    content = model("newsqa+sources").invoke(QUESTION).content
    assert FIRST in content
    assert "\n\nSources:\n[1] " in content


def stream() -> None:
    """The same in pieces."""
    content = "".join(chunk.content for chunk in model("newsqa+sources").stream(QUESTION))
    assert FIRST in content
    assert "\n\nSources:\n[1] " in content


def abort() -> None:
    """A stream that is left early; the server answers on."""
    pieces = model().stream(QUESTION)
    next(pieces)
    pieces.close()
    ask()


def error() -> None:
    """An error is shown with its text."""
    _fails_with("There is no model 'gpt-4o'", lambda: model("gpt-4o").invoke(QUESTION))


def follow_up() -> None:
    """A question that only the conversation completes, behind a call of a tool."""
    call = {"name": "f", "args": {}, "id": "1"}
    said = [
        SystemMessage("Answer briefly."),
        HumanMessage(QUESTION),
        AIMessage("", tool_calls=[call]),
        ToolMessage("42", tool_call_id="1"),
        AIMessage(ask_once()),
        HumanMessage("And Cho?"),
    ]
    content = model("newsqa+sources").invoke(said).content
    assert "Cho" in content
    assert "Sources:\n[1] " in content


def ask_once() -> str:
    """Return an answer with its sources, as it stays in the conversation."""
    return str(model("newsqa+sources").invoke(QUESTION).content)


def structured() -> None:
    """A part of newsqa's own object is parsed; other schemas, and tools to be called, are refused."""
    assert FIRST in model().with_structured_output(PartOfAnswer).invoke(QUESTION).text
    _fails_with("answer is no field of it", lambda: model().with_structured_output(OfAnother).invoke(QUESTION))
    calling = model().with_structured_output(PartOfAnswer, method="function_calling")
    _fails_with("newsqa calls no tools", lambda: calling.invoke(QUESTION))
    assert FIRST in model().bind_tools([PartOfAnswer]).invoke(QUESTION).content


def responses() -> None:
    """The Responses API keeps annotations."""
    for message in (model(use_responses_api=True).invoke(QUESTION), _together(model(use_responses_api=True))):
        texts = [block for block in message.content_blocks if block["type"] == "text"]
        assert FIRST in "".join(block["text"] for block in texts)
        assert [item for block in texts for item in block.get("annotations", ())]


def _together(chat: ChatOpenAI) -> AIMessage:
    first, *others = chat.stream(QUESTION)
    for chunk in others:
        first += chunk
    return first


def _fails_with(text: str, do: object) -> None:
    try:
        do()
    except Exception as found:
        assert text in str(found), found
    else:
        raise AssertionError(f"no error with {text!r}")


for step in (ask, stream, abort, error, follow_up, structured, responses):
    step()
    print(f"langchain-openai {version('langchain-openai')}: {step.__name__}: ok", flush=True)
