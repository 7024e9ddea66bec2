"""Messages as OpenAI's clients send them, and the question and conversation that they amount to.

Clients send whatever their conversation holds: images, calls of tools and their results, empty answers. What newsqa
cannot use is left out rather than refused, because a client sends all of it again with the next question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.errors import QuestionError
from rag.schema import Notice, Turn

MAX_INSTRUCTION_CHARS = 2000
"""What a client asks of the form of answers is short; the rest of a longer one is about other things."""
SOURCES_HEADING = "\n\nSources:\n"
"""Between an answer and the list of its sources, where a client asks for one."""


class Incoming(BaseModel):
    """Part of a request; OpenAI adds parameters all the time, so unknown ones are no error."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Incoming):
    """One part of a message. What is neither text nor a refusal (an image, a file) is left out, with a notice."""

    type: str = Field(min_length=1, max_length=100, examples=["text"])
    text: str | None = None
    refusal: str | None = None


class Message(Incoming):
    """One message. The last one of the user is the question; system messages say what form the answer is to have."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The words, whichever way they were sent."""
        if isinstance(self.content, str):
            return self.content
        texts = [part.text if part.text is not None else part.refusal for part in self.content or ()]
        return "\n".join(text for text in texts if text)

    @property
    def left_out(self) -> list[str]:
        """The types of the parts that have no words."""
        parts = () if self.content is None or isinstance(self.content, str) else self.content
        return [part.type for part in parts if part.text is None and part.refusal is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A question with what was said before it."""

    question: str
    history: tuple[Turn, ...] = ()
    instructions: str | None = None
    """What the client's system messages say."""
    notices: tuple[Notice, ...] = ()


def read_conversation(messages: Sequence[Message]) -> Conversation:
    """Find the question among the messages.

    Raises:
        QuestionError: none is of the user.
    """
    asked = [place for place, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise QuestionError("expected a message of the user, found none")
    question = messages[asked[-1]]
    system = "\n".join(message.text for message in messages if message.role in ("system", "developer")).strip()
    text = _behind_context(question.text)
    notices = [_left_out(kind) for kind in dict.fromkeys(question.left_out)]
    if text != question.text:
        said = "newsqa answers from its own articles; the context that came with the question was left out"
        notices.append(Notice("context_left_out", said))
    return Conversation(
        question=text,
        history=tuple(turn for message in messages[: asked[-1]] for turn in _turns(message)),
        instructions=system[:MAX_INSTRUCTION_CHARS] or None,
        notices=tuple(notices),
    )


def _behind_context(text: str) -> str:
    """Return the question that Open WebUI sends behind what it found itself, else the text as it is."""
    _, tag, question = text.rpartition("</context>")
    question = question.replace("<user_query>", "").replace("</user_query>", "").strip()
    return question if tag and question and text.startswith("### Task:") else text


def _turns(message: Message) -> list[Turn]:
    text = message.text.strip()
    if message.role == "user" and text:
        return [Turn("user", text)]
    if message.role == "assistant" and text:
        answer, heading, listed = text.rpartition(SOURCES_HEADING)
        is_listed = bool(heading) and all(line.startswith("[") for line in listed.splitlines())
        return [Turn("assistant", answer if is_listed else text)]
    return []  # results of tools are no part of what newsqa said


def _left_out(kind: str) -> Notice:
    return Notice("part_left_out", f"newsqa reads text only; a part of the question, {kind!r}, was left out")
