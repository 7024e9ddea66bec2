"""JSON documents value by value: arrays of any number, objects one after another, and files that were cut short."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_GAP = re.compile(r"[\s,\]\x1e]*\[?[\s,]*")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a document cannot be read any more."""

    reason: str


def read_values(text: str) -> Iterator[object | Broken]:
    """Yield the elements of the arrays, and the values beside them, that a document is made of.

    Appended exports (`[...][...]`), objects without an array around them and arrays without an end are read, too.
    """
    position = 0
    while True:
        start = _skip(text, position)
        if start >= len(text):
            return
        try:
            value, position = _DECODER.raw_decode(text, start)
        except RecursionError:
            yield Broken("(nested too deeply)")
            return
        except ValueError as exc:
            reason = f"at character {exc.pos:,} ({exc.msg})" if isinstance(exc, json.JSONDecodeError) else f"({exc})"
            yield Broken(reason)
            return
        yield value


def _skip(text: str, position: int) -> int:
    """Return where the next value begins, past the borders of arrays."""
    while match := _GAP.match(text, position):
        if match.end() == position:
            break
        position = match.end()
    return position
