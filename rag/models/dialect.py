"""Which parts of a chat request a server understands, learnt from what it refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from rag.llm import ChatMessage
from rag.models.server_words import exceeds_context

_LIMITS: Final = ("max_tokens", "max_completion_tokens")
_WRITTEN: Final = {
    "stream_options": re.compile(r"\bstream_options\b|\binclude_usage\b"),
    "stream": re.compile(r"\bstream(?:ing)?\b", re.IGNORECASE),
}
_NO_SYSTEM_ROLE: Final = re.compile(
    r"\bsystem\b.{0,80}\brole|\brole.{0,80}\bsystem\b|\bsystem (?:message|prompt|instruction)s?\b.{0,60}\bnot\b"
    r"|\broles must alternate|\bonly user and assistant roles|\bdeveloper instruction is not enabled",
    re.IGNORECASE | re.DOTALL,
)
_WITHHELD: Final = re.compile(r"content[_ ](?:filter|management|policy)", re.IGNORECASE)
NOT_UNDERSTOOD: Final = frozenset({400, 415, 422})
"""Statuses of servers that do not understand a request."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server is sent. A refusal gives another dialect, with less in it, so no server is asked for ever."""

    limit: str
    """The name under which the longest reply is sent."""
    refused: frozenset[str] = frozenset()
    has_system_role: bool = True

    def request(self, model: str, messages: Sequence[ChatMessage], max_tokens: int) -> dict[str, Any]:
        """Return the body of a request."""
        options = {
            "temperature": 0,
            self.limit: max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        sent = messages if self.has_system_role else _without_system_role(messages)
        return {
            "model": model,
            "messages": [{"role": message.role, "content": message.content} for message in sent],
            **{name: value for name, value in options.items() if name not in self.refused},
        }

    def after(self, status: int, words: str) -> Self | None:
        """Return what to try after a refusal in these words; None where leaving something out would not help."""
        if exceeds_context(words) or _WITHHELD.search(words):
            return None
        if self.has_system_role and _NO_SYSTEM_ROLE.search(words):
            return replace(self, has_system_role=False)
        if status not in NOT_UNDERSTOOD:
            return None
        sent = [name for name in ("stream_options", self.limit, "temperature", "stream") if name not in self.refused]
        named = next((name for name in sent if _names(words, name)), None)
        if named is None:
            # A refusal that does not say why: without what can best be spared it may be granted.
            left = {"stream_options", "temperature"} - self.refused
            return replace(self, refused=self.refused | left) if left else None
        refused = self.refused | ({"stream", "stream_options"} if named == "stream" else {named})
        other = next((name for name in _LIMITS if named == self.limit and name not in refused), self.limit)
        return replace(self, limit=other, refused=refused)


def _names(words: str, option: str) -> bool:
    pattern = _WRITTEN.get(option) or re.compile(rf"\b{option}\b")
    return pattern.search(words) is not None


def _without_system_role(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Put the system text before the first thing that the user says."""
    system = [message.content for message in messages if message.role == "system"]
    others = [message for message in messages if message.role != "system"]
    if not others or others[0].role != "user":
        return [ChatMessage("user", "\n\n".join(system)), *others]
    return [ChatMessage("user", "\n\n".join([*system, others[0].content])), *others[1:]]
