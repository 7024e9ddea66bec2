"""What a reply came to."""

from __future__ import annotations

from collections.abc import Iterable

from rag.llm import ChatDelta
from rag.schema import Usage


def told(deltas: Iterable[ChatDelta]) -> tuple[str, Usage | None, str | None]:
    """Return the text of a reply, and what its last piece says of it."""
    *_, last = pieces = list(deltas)
    assert all(piece.usage is None and piece.finish_reason is None for piece in pieces[:-1])
    return "".join(piece.text for piece in pieces), last.usage, last.finish_reason
