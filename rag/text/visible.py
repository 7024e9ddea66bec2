"""What a reader sees of a text, with the way back to where it stands.

Soft hyphens, zero-width characters, tags inside a line, the targets of links and the marks of emphasis are not seen;
letters with loose accents, ligatures and entities are seen as the letters they stand for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.schema import Span

_HIDDEN: Final = re.compile(
    "(?P<invisible>[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]+)"
    "|(?P<accent>[^\\W\\d_][\u0300-\u036f]+)"
    "|(?P<ligature>[\ufb00-\ufb06])"
    r"|(?P<note>\[\[[^\[\]\n]{0,20}\]\]\([^()\s]{1,1000}\))"
    r"|(?P<link>!?\[)(?=[^\[\]\n]{1,300}\]\((?:https?:|/|#|\.|mailto:)[^\n]*\))"
    r"|(?P<target>\]\((?:https?:|/|#|\.|mailto:)(?:[^()\s]|\([^()\s]*\)){0,1000}(?:[ \t]+\"[^\"\n]{0,200}\")?\))"
    r"|(?P<tag></?(?:a|abbr|b|big|br|cite|code|div|em|font|h[1-6]|i|img|li|mark|ol|p|q|s|small|span|strong|sub|sup|time"
    r"|u|ul)(?:\s[^<>\n]{0,1000})?/?>)"
    r"|(?P<emphasis>\*{2,3}(?=\S)|(?<=\S)\*{2,3}|(?<!\w)__(?=\w)|(?<=\w)__(?!\w))"
    r"|(?P<entity>&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[a-z][a-z0-9]{1,20});)",
    re.IGNORECASE,
)
_SIGNS: Final = re.compile("[^\x00-\x7f]|\\]\\(|<|\\*\\*|__|&")


@dataclass(frozen=True, slots=True)
class VisibleText:
    """A text as it is seen. Of what it leaves out of another text the way back and forth is exact."""

    text: str
    _seen: Sequence[int]
    """Where each piece begins here, ascending."""
    _raw: Sequence[int]
    """Where the same piece begins there."""

    def to_raw(self, span: Span) -> Span:
        """Return where a part of this text stands in the other; what is not seen inside it belongs to it."""
        start = self._at(span.start)
        return Span(start, max(start, self._at(span.end - 1) + 1) if span.end > span.start else start)

    def of_raw(self, span: Span) -> Span:
        """Return where a part of the other text stands in this one."""
        return Span(self._back(span.start), self._back(span.end))

    def _at(self, position: int) -> int:
        piece = bisect_right(self._seen, position) - 1
        following = self._raw[piece + 1] if piece + 1 < len(self._raw) else None
        raw = self._raw[piece] + position - self._seen[piece]
        return raw if following is None else min(raw, following - 1)

    def _back(self, position: int) -> int:
        piece = bisect_right(self._raw, position) - 1
        following = self._seen[piece + 1] if piece + 1 < len(self._seen) else len(self.text)
        return min(self._seen[piece] + position - self._raw[piece], following)


def visible(raw: str) -> VisibleText | None:
    """Return what is seen of a text; None where that is the text itself, as of most."""
    if _SIGNS.search(raw) is None:
        return None
    parts: list[str] = []
    seen, places = [0], [0]
    size = end = 0
    for match in _HIDDEN.finditer(raw):
        shown = _shown(match)
        if shown == match.group():
            continue
        parts.append(raw[end : match.start()])
        size += match.start() - end
        if shown:
            parts.append(shown)
            seen.append(size)
            places.append(match.start())
            size += len(shown)
        end = match.end()
        seen.append(size)
        places.append(end)
    if not parts:
        return None
    parts.append(raw[end:])
    return VisibleText("".join(parts), seen, places)


def _shown(match: re.Match[str]) -> str:
    written = match.group()
    match match.lastgroup:
        case "accent":
            return unicodedata.normalize("NFC", written)
        case "ligature":
            return unicodedata.normalize("NFKC", written)
        case "entity":
            return html.unescape(written)
        case _:
            return ""
