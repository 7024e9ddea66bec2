"""The block of fields at the top of a text file: `key: value` lines between `---`, or TOML between `+++`."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from rag.schema import Metadata
from rag.sources.fields import metadata_of

_FENCES = ("---", "+++")
_MOST_LINES = 200
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FIELD = re.compile(r"(?P<key>[A-Za-z_][\w-]{0,40})[ \t]*[:=](?:[ \t]+(?P<value>.*))?")
_CONTINUED = re.compile(r"[ \t].*|-[ \t].*|[\]}\"'#].*|")
_ITEM = re.compile(r"[ \t]*-[ \t]+(?P<value>.+)")
_PARTS = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|[^,]+)\s*(?:,|\Z)")


class _Block(NamedTuple):
    fence: str
    lines: list[str]
    end: int
    """Where the text begins behind it."""


def front_matter_end(raw: str) -> int:
    """Return where the text begins behind its front matter; 0 where there is none."""
    block = _block(raw)
    return block.end if block else 0


def read_front_matter(raw: str) -> Metadata:
    """Return what the front matter says; nested values are left alone."""
    block = _block(raw)
    if block is None:
        return Metadata()
    if block.fence == "+++":
        try:
            return metadata_of(tomllib.loads("\n".join(block.lines)))
        except tomllib.TOMLDecodeError:
            return Metadata()
    return metadata_of(_yaml(block.lines))


def _block(raw: str) -> _Block | None:
    """Return the front matter; rules of dashes around text are none, so all lines between them must be fields."""
    start = 1 if raw.startswith("\ufeff") else 0
    fence = raw[start : start + 3]
    if fence not in _FENCES:
        return None
    lines: list[str] = []
    for number, match in enumerate(islice(_LINE.finditer(raw, start), _MOST_LINES)):
        text = match.group().rstrip()
        if not number:
            if text != fence:
                return None
        elif text == fence:
            return _Block(fence, lines, match.end()) if lines else None
        elif _FIELD.fullmatch(text) or (lines and _CONTINUED.fullmatch(text)):
            lines.append(text)
        else:
            return None
    return None


def _yaml(lines: list[str]) -> Mapping[str, object]:
    """Read the flat part of YAML, and what is none though it looks so: titles with a colon are common."""
    fields: dict[str, object] = {}
    key = None
    for line in lines:
        if field := _FIELD.fullmatch(line):
            key, value = field["key"], (field["value"] or "").strip()
            fields.setdefault(key, _value(value) if value else [])
        elif (item := _ITEM.fullmatch(line)) and key is not None and isinstance(listed := fields[key], list):
            listed.append(_scalar(item["value"].strip()))
    return fields


def _value(text: str) -> object:
    if text[0] == "[" and text[-1] == "]":
        return [_scalar(part) for part in _parts(text[1:-1])]
    return None if text[0] in "{|>&*" else _scalar(text)


def _parts(text: str) -> Iterator[str]:
    for match in _PARTS.finditer(text):
        yield match.group(1).strip()


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))  # YAML's escapes are those of JSON, and a few rare ones
        except json.JSONDecodeError:
            return text[1:-1].replace('\\"', '"')
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text.strip("\"'").strip()
