"""Cuts a sentence into words and punctuation as attribution needs them: possessives apart, "U.S." and "Sen." whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Apostrophes become one character, quotation marks stay apart: direction matters to quotations, not to words.
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‛": "'", "\u00a0": " ", "‐": "-", "‑": "-"})

_TOKEN = re.compile(
    r"(?:[A-Za-z]\.){2,}"
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

    start: int
    end: int
    words: list[str] = field(default_factory=list)
    """As written, with plain apostrophes."""
    lows: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.words)


def plain(text: str) -> str:
    """Return the text with plain apostrophes, hyphens and spaces, of the same length."""
    return text if text.isascii() else text.translate(_PLAIN)


def tokenize(text: str, offset: int) -> Sentence:
    """Cut `text`, which begins at `offset` of the raw text."""
    matches = list(_TOKEN.finditer(plain(text)))
    words = [match.group() for match in matches]
    return Sentence(
        start=offset,
        end=offset + len(text),
        words=words,
        lows=[word.lower() for word in words],
        starts=[match.start() + offset for match in matches],
        ends=[match.end() + offset for match in matches],
    )
