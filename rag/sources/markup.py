"""Text with HTML in it, as feeds and content systems deliver it: the visible text, one block per line."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    """address article aside blockquote br caption dd details div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul""".split()
)
_HIDDEN: Final = frozenset("script style noscript template iframe svg math head select button".split())
_INLINE: Final = frozenset(
    "a abbr b big cite code em font i img ins label mark q s small span strong sub sup time u".split()
)
_CELLS: Final = frozenset({"td", "th"})
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _HIDDEN | _INLINE | _CELLS))})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z][A-Za-z0-9]{1,20});")
_SPACES = re.compile(r"[ \t\f\v\r\n]+")


def has_markup(text: str) -> bool:
    """Say whether a text holds HTML tags or entities that a reader should not see."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def visible_fragment(text: str) -> str:
    """Return what a reader sees of a text with HTML in it, one block per line, list items with "- " before them."""
    if _TAG.search(text) is None:
        plain = html.unescape(text)
        return visible_fragment(plain) if _TAG.search(plain) and "&lt;" in text else plain
    parser = _Parser(keeps_lines=not re.search(r"<(?:p|br|div|li)\b", text, re.IGNORECASE))
    parser.feed(text)
    parser.close()
    return parser.text()


class _Parser(HTMLParser):
    def __init__(self, *, keeps_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._hidden = 0
        self._keeps_lines = keeps_lines
        self._item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self._break()
            self._item = tag == "li"
        elif tag in _CELLS and self._lines[-1].strip():
            self._lines[-1] += " | "

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        parts = data.splitlines() if self._keeps_lines else [data]
        for number, part in enumerate(parts):
            if number:
                self._break()
            if self._item and part.strip():
                self._lines[-1] += "- "
                self._item = False
            self._lines[-1] += part

    def _break(self) -> None:
        if self._lines[-1].strip():
            self._lines.append("")

    def text(self) -> str:
        """Return the lines that hold something."""
        lines = (_SPACES.sub(" ", line).strip() for line in self._lines)
        return "\n".join(line for line in lines if line)
