"""Cuts a sentence into words and punctuation as attribution needs them: possessives apart, "U.S." and "Sen." whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.schema import Span

# Apostrophes become one character, quotation marks stay apart: direction matters to quotations, not to words.
_PLAIN = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("‛", "'"), ("\u00a0", " "), ("‐", "-"), ("‑", "-"))

_TOKEN = re.compile(
    r"[A-Za-z][a-z]+(?=[ ,;])"  # most words; the rest would match them too, slower
    r"|(?:[A-Za-z]\.){2,}"
    r"|(?:Mr|Mrs|Ms|Dr|Sens?|Reps?|Govs?|Gen|Lt|Col|Maj|Capt|Sgt|Cmdr|Adm|Prof|Rev|Del|St|Jr|Sr|Cpl|Pvt)\."
    r"|[A-Z]\.(?=\s?[A-Z])|\d+(?:/\d+)+"
    r"|[^\W_]+(?:-(?:[A-Za-z]\.){2,}|(?:[-&]|'(?!s\b))[^\W_]+)*"
    r"|'s\b"
    r"|'{2,3}|``|--"
    r"|[^\s]"
)

OPENING = frozenset("“„«")
CLOSING = frozenset("”»")


@dataclass(slots=True)
class Sentence:
    """A tokenised sentence. The lists run in parallel; starts and ends are offsets in the text it was cut from."""

    text: str
    """With plain apostrophes, hyphens and spaces."""
    start: int
    words: list[str]
    """As written, with plain apostrophes."""
    lows: list[str]
    capitals: list[int]
    """Indices of the words that begin with a capital."""
    _cuts: tuple[list[int], list[int]] | None = None

    @property
    def starts(self) -> list[int]:
        """Where each token begins; few sentences are ever asked."""
        return self._cut()[0]

    @property
    def ends(self) -> list[int]:
        """Where each token ends."""
        return self._cut()[1]

    def cover(self, first: int, last: int) -> Span:
        """Return the span from one token to another, both included."""
        starts, ends = self._cut()
        return Span(starts[first], ends[last])

    def __len__(self) -> int:
        return len(self.words)

    def _cut(self) -> tuple[list[int], list[int]]:
        if self._cuts is None:
            starts, ends, end = [], [], 0
            # Only white space stands between tokens, so each is the next place where it is found.
            for word in self.words:
                start = self.text.index(word, end)
                end = start + len(word)
                starts.append(start + self.start)
                ends.append(end + self.start)
            self._cuts = starts, ends
        return self._cuts


def plain(text: str) -> str:
    """Return the text with plain apostrophes, hyphens and spaces, of the same length."""
    if not text.isascii():
        for mark, replacement in _PLAIN:
            text = text.replace(mark, replacement)
    return text


def tokenize(text: str, offset: int) -> Sentence:
    """Cut `text`, which begins at `offset` of the raw text."""
    text = plain(text)
    words = _TOKEN.findall(text)
    lows = list(map(str.lower, words))
    # Comparing whole words is the quickest way to tell ASCII capitals ("[" follows "Z").
    capitals = [n for n, word in enumerate(words) if "A" <= word < "[" or (word > "\x7f" and word[0].isupper())]
    return Sentence(text, offset, words, lows, capitals)
