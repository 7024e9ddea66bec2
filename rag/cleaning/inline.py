"""Parts of a line that are no article text though the line is: pointers, credits, buttons, farms of links, markup.

Each pattern is something that no sentence says of itself, so that what is cut leaves a sentence whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rag.cleaning.lines import Line
from rag.schema import Span

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
_LONGEST_LINE: Final = 200_000
"""Characters; longer ones are no articles, and looking through them takes its time."""
_SENTENCE_WORDS: Final = 8
_TAGGED: Final = 0.3  # of the lines that may be sentences
_MARKUP: Final = re.compile(
    r"<(script|style)\b[^<>]*>.*?(?:</\1>|\Z)|</?(?:address|article|aside|blockquote|body|br|caption|dd|div|dl|dt"
    r"|figcaption|figure|footer|h[1-6]|header|hr|html|iframe|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th"
    r"|thead|tr|ul|img|video|source|script|style)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)


def has_tags(lines: Sequence[Line]) -> bool:
    """Say whether a text is HTML that nobody rendered, rather than one that speaks of tags."""
    long = [line.text for line in lines if line.text.count(" ") >= _SENTENCE_WORDS]
    tagged = sum("<" in text and _MARKUP.search(text) is not None for text in long)
    return tagged > 0 and tagged >= _TAGGED * len(long)


def find_inline(raw: str, line: Line, *, is_markup: bool) -> Iterator[tuple[Span, str]]:
    """Yield the parts of a line that go, with the reasons; they do not overlap.

    Args:
        raw: the text.
        line: one of its lines.
        is_markup: tags in it are no text.
    """
    text = line.content.of(raw)
    if len(text) > _LONGEST_LINE:
        return
    start = line.content.start
    end = 0
    if is_markup and "<" in text:
        for match in _MARKUP.finditer(text):
            yield Span(start + match.start(), start + match.end()), "markup"
    if _SIGNS.search(text) is None:
        return
    for match in _PATTERN.finditer(text):
        left = match.start() + len(match.group()) - len(match.group().lstrip())
        if left >= end and match.lastgroup is not None:
            end = match.end()
            yield Span(start + left, start + end), match.lastgroup.rpartition("_")[0]
