"""Reads the body of a reply: server-sent events, or the one JSON object of a server that does not stream."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from rag.errors import ModelOutputError

AT_WORK: Final[dict[str, object]] = {}
"""Stands for whatever only shows that the server is still there."""
FINISHED: Final[dict[str, object]] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
"""Ends a reply that has no other end."""
_ADDRESS: Final = "check the address, which ends in /v1 on most servers"
_MOST_BYTES: Final = 4_000_000  # of an event, or of a reply that is not streamed


def chunks(parts: Iterable[bytes | None], *, where: str) -> Iterator[object]:
    """Yield the objects that a reply consists of, and `AT_WORK` for comments and for every None.

    `[DONE]`, and the end of a reply that is not streamed, become a chunk that ends the reply: some servers write no
    other end.

    Args:
        parts: the body as it comes.
        where: the model and its server, for messages.

    Raises:
        ModelOutputError: a web page, or something else that is no reply.
        ValueError: bytes that are no UTF-8, or an event that is no JSON.
    """
    data: list[str] = []
    lines = _lines(parts, where)
    for line in lines:
        field, _, value = (line or "").partition(":")
        if line is None or (not field and value):
            yield AT_WORK
        elif field == "data":
            data.append(value.removeprefix(" "))
            if data[-1].strip() == "[DONE]":
                yield FINISHED
                return
        elif not line and data:
            yield json.loads("\n".join(data))
            data = []
        elif line.lstrip()[:1] in ("{", "[", "<"):
            yield from _unstreamed(line, lines, where)
            return


def _unstreamed(first: str, rest: Iterator[str | None], where: str) -> Iterator[object]:
    body = first
    for line in rest:
        if line is None:
            yield AT_WORK
        elif len(body) < _MOST_BYTES:
            body += "\n" + line
    if first.lstrip().startswith("<"):
        raise ModelOutputError(
            f"{where} sent a web page (HTML) where an answer was expected; check the address, and whether a proxy or a "
            "login page answers in its place"
        )
    try:
        reply = json.loads(body)
    except ValueError as exc:
        raise ModelOutputError(f"{where} sent neither an event stream nor one JSON object; {_ADDRESS}") from exc
    if isinstance(reply, dict) and not (reply.get("choices") or reply.get("error")):
        raise ModelOutputError(f"{where} sent JSON without 'choices', which is no chat completion; {_ADDRESS}")
    yield reply
    yield FINISHED


def _lines(parts: Iterable[bytes | None], where: str) -> Iterator[str | None]:
    """Yield whole lines as they come, without their ends, and None where nothing came."""
    # Not `str.splitlines`, which also cuts at U+2028, and JSON strings may hold that.
    rest = b""
    for part in parts:
        if part is None:
            yield None
            continue
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > _MOST_BYTES:
            raise ModelOutputError(f"{where} sent a line of more than {_MOST_BYTES} bytes")
        for line in lines:
            yield line.removesuffix(b"\r").decode()
    if rest:
        yield rest.decode()
