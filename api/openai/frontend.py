"""Prompts that chat front ends send by themselves: a title for the chat, its tags, what to ask or to search for next.

They come as questions of a user and ask for no news. Open WebUI's hold the chat between tags and name the JSON that
they want; LibreChat's title prompt holds lines "User:" and wants the title alone. The configured model writes the
reply, and where it does not, or there is none, it is made from the chat's own questions. No article is quoted.
"""

from __future__ import annotations

import json
import logging
import re
import textwrap
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from api.context import Context
from api.openai.answers import Piece, Reply
from api.openai.messages import Message
from rag.errors import ModelError

logger = logging.getLogger(__name__)

Kind = Literal["title", "tags", "follow_ups", "queries", "text", "prompt"]
"""By the key of the JSON; `text` completes what a user types, `prompt` describes an image."""

MAX_PROMPT_CHARS = 12_000
"""Of a longer prompt the beginning, which says what to do, and the end of the chat are read."""
MAX_TITLE_CHARS = 50
MAX_WRITTEN_CHARS = 300
_WANTED_JSON = re.compile(r'\{\s*"(title|tags|follow_ups|queries|text|prompt)"\s*:')
_CHAT = "<chat_history>"
_WANTED_TITLE = re.compile(r"\bconcise\b[^\n]{0,60}\btitle\b[^\n]{0,40}\bconversation\b", re.IGNORECASE)
_USER_LINE = re.compile(r"^(?:\|\|>)?(?:USER|User|Human):[ \t]*\n?(.*)$", re.MULTILINE)
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """What a front end wants to be written."""

    kind: Kind
    prompt: str
    is_json: bool
    questions: tuple[str, ...]
    """What the user asked in the chat, oldest first."""

    def read(self, reply: str) -> str | None:
        """Return what a model wrote in the form asked for, or None where it is none."""
        if not self.is_json:
            lines = [line.strip(" \t\"'*#") for line in reply.splitlines()]
            return next((line for line in lines if line), "")[:MAX_WRITTEN_CHARS] or None
        try:
            found = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])[self.kind]
        except (ValueError, KeyError, TypeError):
            return None
        wanted = list if isinstance(self.without_model([]), list) else str
        items = found if isinstance(found, list) else [found]
        if not isinstance(found, wanted) or not all(isinstance(item, str) for item in items):
            return None
        return self.written(found)

    def without_model(self, examples: Sequence[str]) -> str | list[str]:
        """Return what can be made of the chat's own questions, and of questions that the index answers."""
        first, last = (self.questions[0], self.questions[-1]) if self.questions else ("", "")
        match self.kind:
            case "title":
                return textwrap.shorten(first, MAX_TITLE_CHARS, placeholder="…").rstrip("?. ") or "News"
            case "tags":
                return ["News", *dict.fromkeys(_NAME.findall(" ".join(self.questions)))][:4]
            case "follow_ups":
                return [example for example in examples if example not in self.questions]
            case "queries":
                return [last] if last else []
            case "text":
                return ""
            case "prompt":
                return last

    def written(self, content: object) -> str:
        """Return the reply's text."""
        return json.dumps({self.kind: content}, ensure_ascii=False) if self.is_json else str(content)


def read_chore(messages: Sequence[Message]) -> Chore | None:
    """Return what the last message wants to be written, or None where it is a question."""
    last = messages[-1]
    text = last.text if last.role in ("user", "system", "developer") else ""
    task, tag, chat = text.partition(_CHAT)
    wanted = _WANTED_JSON.search(task)
    if tag and wanted:
        return _chore(cast(Kind, wanted[1]), text, chat, is_json=True)
    if _WANTED_TITLE.search(text[:300]) and _USER_LINE.search(text):
        return _chore("title", text, text, is_json=False)
    return None


def _chore(kind: Kind, prompt: str, chat: str, *, is_json: bool) -> Chore:
    questions = tuple(line.strip(' \t"') for line in _USER_LINE.findall(chat) if line.strip(' \t"'))
    if len(prompt) > MAX_PROMPT_CHARS:
        prompt = f"{prompt[: MAX_PROMPT_CHARS // 3]}\n...\n{prompt[-2 * MAX_PROMPT_CHARS // 3 :]}"
    return Chore(kind=kind, prompt=prompt, is_json=is_json, questions=questions)


class ChoreWriter:
    """Writes what a front end wants; stands where `Answerer` stands for a question."""

    def __init__(self, context: Context, chore: Chore, model: str | None) -> None:
        self._context = context
        self._chore = chore
        self._model = model

    async def whole(self) -> Reply:
        """Write at once."""
        return Reply(text=await self._context.work(self._write))

    async def pieces(self) -> AsyncIterator[Piece]:
        """Write in one piece."""
        return _one_piece(await self.whole())

    def _write(self) -> str:
        engine = self._context.require_engine()
        try:
            reply = engine.write(self._chore.prompt, model=self._model)
        except ModelError as exc:
            logger.warning("model failed: %s", exc)
            reply = None
        written = None if reply is None else self._chore.read(reply)
        if written is not None:
            return written
        examples = self._context.examples.of(engine) if self._chore.kind == "follow_ups" else []
        return self._chore.written(self._chore.without_model(examples))


async def _one_piece(reply: Reply) -> AsyncIterator[Piece]:
    yield reply.text
    yield reply
