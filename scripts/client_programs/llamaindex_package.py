"""LlamaIndex's OpenAILike, with its defaults and as a chat model: an ask, a stream, an abort, an error, a follow-up.

python llamaindex_package.py http://127.0.0.1:8000/v1
"""

from __future__ import annotations

import sys
from importlib.metadata import version

from llama_index.core.llms import ChatMessage, TextBlock
from llama_index.llms.openai_like import OpenAILike

QUESTION = "What did Blinken say?"
FIRST = "expressed his gratitude"


def model(name: str = "newsqa+sources", *, is_chat_model: bool = True) -> OpenAILike:
    """Return a model of the server."""
    return OpenAILike(model=name, api_base=sys.argv[1], api_key="none", is_chat_model=is_chat_model, max_retries=0)


def ask() -> None:
    """As a chat model, and the legacy way, which is its default."""
    for is_chat_model in (True, False):
        text = model(is_chat_model=is_chat_model).complete(QUESTION).text
        assert FIRST in text
        assert "Sources:\n[1] " in text


def stream() -> None:
    """The same in pieces."""
    for is_chat_model in (True, False):
        text = list(model(is_chat_model=is_chat_model).stream_complete(QUESTION))[-1].text
        assert FIRST in text
        assert "Sources:\n[1] " in text


def abort() -> None:
    """A stream that is left early; the server answers on."""
    pieces = model().stream_complete(QUESTION)
    next(iter(pieces))
    pieces.close()
    ask()


def error() -> None:
    """An error is shown with its text."""
    try:
        model("gpt-4o").complete(QUESTION)
    except Exception as found:
        assert "There is no model 'gpt-4o'" in str(found), found
    else:
        raise AssertionError("gpt-4o answered")


def follow_up() -> None:
    """A question that only the conversation completes, in two blocks, which LlamaIndex joins as they are."""
    said = [
        ChatMessage(role="user", content=QUESTION),
        ChatMessage(role="assistant", content=model().complete(QUESTION).text),
        ChatMessage(role="user", blocks=[TextBlock(text="And "), TextBlock(text="Cho?")]),
    ]
    content = model().chat(said).message.content
    assert "Cho" in content
    assert "Sources:\n[1] " in content


for step in (ask, stream, abort, error, follow_up):
    step()
    print(f"llama-index-llms-openai-like {version('llama-index-llms-openai-like')}: {step.__name__}: ok", flush=True)
