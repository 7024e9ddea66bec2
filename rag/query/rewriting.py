"""Lets a model rewrite a follow-up so that it stands alone, with names of the conversation and no others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Final

from rag.llm import ChatMessage, ChatModel
from rag.query import wording
from rag.schema import Turn, Usage
from rag.text.quoting import quoted
from rag.text.words import words

SYSTEM: Final = """\
You are given a conversation about news articles and its last question. Write that question so that it can be \
understood and searched for without the conversation: put the names and things that it refers to in the place of \
pronouns, and complete what is left out ("why?", "and Cho?", "tell me more", "are you sure?", "summarise that"). Use \
only names from the conversation or the question, keep its language and its wishes for the form of the answer, and do \
not answer it. If it is about something new or complete already, repeat it word for word. Reply with the question \
alone, on one line."""

MOST_TURNS: Final = 8
_MOST_TURN_CHARS: Final = 1200
_MOST_TOKENS: Final = 120
_MOST_CHARS: Final = 600


def rewrite(question: str, history: Sequence[Turn], model: ChatModel) -> tuple[str | None, Usage | None]:
    """Return a follow-up question as one that stands alone, and what that cost.

    The question is None where it stands alone as it is, or where what the model wrote is no question of this
    conversation: empty, too long, or with a name that nobody has used.

    Raises:
        ModelError: the model failed.
    """
    reply, usage = "", None
    with closing(model.stream(rewrite_prompt(question, history), max_tokens=_MOST_TOKENS)) as stream:
        for delta in stream:
            reply += delta.text
            usage = delta.usage or usage
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    written = lines[-1].removeprefix("Last question:").strip().strip('"') if lines else ""
    if not words(written) or len(written) > _MOST_CHARS or words(written) == words(question):
        return None, usage
    known = {word for text in (question, *(turn.content for turn in history)) for word in _parts(text)}
    first = 1 if wording.ASKS.match(written) else 0
    names = [word for word in written.split()[first:] if word.strip("\"'“‘(")[:1].isupper()]
    if not known.issuperset(part for name in names for part in _parts(name)):
        return None, usage
    return written, usage


def rewrite_prompt(question: str, history: Sequence[Turn]) -> list[ChatMessage]:
    """Lay out the last turns of a conversation and the question that follows them."""
    lines = [f"{turn.role}: {quoted(turn.content, _MOST_TURN_CHARS)}" for turn in history[-MOST_TURNS:]]
    user = "\n".join(["Conversation:", *lines, "", f"Last question: {quoted(question, _MOST_TURN_CHARS)}"])
    return [ChatMessage("system", SYSTEM), ChatMessage("user", user)]


def _parts(text: str) -> list[str]:
    return [part.removesuffix("'s") for word in words(text) for part in word.split("-")]
