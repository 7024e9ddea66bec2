"""Markdown lines: their visible text, and which of them are no text at all. Nothing in the raw text is rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.cleaning.lines import Line, normalise
from rag.schema import Span

_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_LINK = r"!?\[[^\]\r\n]{0,300}\]\([^)\s]{0,1000}(?: \"[^\"\r\n]{0,200}\")?\)"
_LINKS_ONLY = re.compile(rf"(?:{_LINK}[\s|·•,/»>*-]*)+")
_IMAGES_ONLY = re.compile(rf"(?:!{_LINK[2:]}\s*)+")
_VISIBLE = re.compile(r"!?\[([^\]\r\n]{0,300})\]\([^)\s]{0,1000}(?: \"[^\"\r\n]{0,200}\")?\)|\*\*|__|`")
_TABLE_RULE = re.compile(r"\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+\|?")
_RULE = re.compile(r"(?:[-*_][ \t]*){3,}|=+|```\w*")


def read_markdown(raw: str, lines: Sequence[Line]) -> Iterator[tuple[Line, str | None]]:
    """Yield each line with its visible text, and the reason if it is a rule, images or links only."""
    for line in lines:
        content = line.content.of(raw)
        if _RULE.fullmatch(content) or _TABLE_RULE.fullmatch(content):
            yield line, "rule"
        elif _IMAGES_ONLY.fullmatch(content):
            yield line, "image"
        elif _LINKS_ONLY.fullmatch(content):
            yield line, "link_list"
        else:
            mark = _HEADING.match(content)
            start = line.content.start + (mark.end() if mark else 0)
            text = _VISIBLE.sub(lambda match: match.group(1) or "", raw[start : line.content.end]).strip() or content
            yield line._replace(content=Span(start, line.content.end), text=text, key=normalise(text)), None


def is_heading(raw: str, line: Line) -> bool:
    """Say whether a line is marked as a heading."""
    return _HEADING.match(raw, line.span.start) is not None
