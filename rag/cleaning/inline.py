"""Parts of a line that are no article text though the line is: pointers, credits, buttons, farms of links, markup.

Each pattern is something that no sentence says of itself, so that what is cut leaves a sentence whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rag.cleaning.lines import Line
from rag.schema import SourceKind, Span

_POINTER: Final = (
    r"(?:read (?:more|also|next)|also read|see also|more on this|related(?: \w+)?|recommended|don'?t miss)"
)
_AGENCY: Final = r"(?:AP|AFP|EPA|PA|Reuters|REUTERS|Getty(?: Images)?|Shutterstock|Xinhua|TASS)"
_PARTS: Final = {
    "related": (
        rf"[\[(](?i:{_POINTER})\s?[:|–—-][^\[\]()\n]{{1,200}}[\])]",
        r"(?:(?<=[.!?”\"’)])\s|^)(?i:read|see|learn) (?i:more)\s?(?:→|»|>+|…|\.\.\.)(?=\s|\Z)",
        rf"(?<=[.!?”\"])\s(?i:{_POINTER}):\s[^.!?\n]{{10,150}}\Z",
        # "Rep. Ilhan OmarIlhan OmarHillicon Valley: ... MORE (D-Minn.)"
        r"(?<=[a-z]{2})(?=[A-Z][\w.'’-]+ [A-Z])[^\n]{10,600}? MORE(?=[\s(),.;:'’]|\Z)",
    ),
    "caption": (
        rf"\((?:{_AGENCY} (?i:photo|pictures?|images?)\b|(?i:photo|image|picture|file photo)"
        rf"(?i: credit| by| courtesy|:)|(?i:credit|courtesy)(?: of|:))[^()\n]{{0,100}}\)",
        rf"\([A-Z][^()/\n]{{2,40}}/\s?{_AGENCY}(?: via [A-Z][\w ]{{1,20}})?\)",
    ),
    "advertisement": (
        r"(?<=[.!?”\"’)])\s?(?:ADVERTISEMENT|Advertisement|Story continues below(?: this)? advertisement)"
        r"(?=\s?[A-Z“\"]|\s*\Z)",
    ),
}
_PATTERN: Final = re.compile(
    "|".join(f"(?P<{reason}_{n}>{part})" for reason, parts in _PARTS.items() for n, part in enumerate(parts))
)
_SIGNS: Final = re.compile(r"[\[(→»>…]|\.\.\.| MORE|: |dvertisement|DVERTISEMENT")
_MARKUP: Final = re.compile(
    r"<(script|style)\b[^<>]*>.*?(?:</\1>|\Z)|</?(?:address|article|aside|blockquote|body|br|caption|dd|div|dl|dt"
    r"|figcaption|figure|footer|h[1-6]|header|hr|html|iframe|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th"
    r"|thead|tr|ul|img|video|source|script|style)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


def find_inline(raw: str, line: Line, kind: SourceKind) -> Iterator[tuple[Span, str]]:
    """Yield the parts of a line that go, with the reasons; they do not overlap."""
    text = line.content.of(raw)
    start = line.content.start
    end = 0
    if kind in {"text", "markdown"} and "<" in text:
        for match in _MARKUP.finditer(text):
            yield Span(start + match.start(), start + match.end()), "markup"
    if _SIGNS.search(text) is None:
        return
    for match in _PATTERN.finditer(text):
        left = match.start() + len(match.group()) - len(match.group().lstrip())
        if left >= end and match.lastgroup is not None:
            end = match.end()
            yield Span(start + left, start + end), match.lastgroup.rpartition("_")[0]
