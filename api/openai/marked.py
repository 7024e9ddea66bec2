"""Which citations stand behind which part of a text that is still being written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.schema import Citation, Span

_NUMBER = re.compile(r"\[(\d+)\]")
_MARKERS = re.compile(r" (?:\[\d+\])+$")


class MarkedText:
    """An answer so far: the engine sends each statement with its markers, and each citation once, beside its first."""

    def __init__(self) -> None:
        self._length = 0
        self._citations: dict[int, Citation] = {}
        self._waiting: list[tuple[Span, int]] = []

    def append(self, delta: str) -> None:
        """Take a statement with the markers behind it."""
        markers = _MARKERS.search(delta)
        # Of a text with numbers inside it is not certain what they stand for; the whole answer will tell.
        if markers and not _NUMBER.search(delta, 0, markers.start()):
            lead = len(delta) - len(delta.lstrip())
            span = Span(self._length + lead, self._length + markers.start())
            self._waiting += [(span, int(number)) for number in _NUMBER.findall(markers[0])]
        self._length += len(delta)

    def add(self, citation: Citation) -> None:
        """Take a citation."""
        self._citations[citation.number] = citation

    def cited(self) -> Iterator[tuple[Span, Citation]]:
        """Yield what can be told now, in the order of the text, each once."""
        while self._waiting and self._waiting[0][1] in self._citations:
            span, number = self._waiting.pop(0)
            yield span, self._citations[number]
