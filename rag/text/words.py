"""Words: what is compared when two texts are compared."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

import snowballstemmer

from rag.schema import Span
from rag.text.folding import fold, searchable
from rag.text.memo import Memo

_WORD: Final = re.compile(
    r"[a-z]++(?=[ ,\n])"  # what most words are, a third faster than by the last line, which matches the same
    r"|(?:[^\W\d_]\.){2,}(?![^\W_])"  # u.s.
    r"|\d+(?:[.,:]\d+)*(?:[-'][^\W_]+)*(?![^\W_])"  # 1,200  3.5  10:30  2-hour
    r"|[^\W_]+(?:(?:['&\-]|(?<=\w)\.(?=\w))(?:[^\W\d_]\.){2,}(?![^\W_])|['&.\-][^\W_]+)*"  # jong-un  o'neil  korea-u.s.
)

STOPWORDS: Final = frozenset(
    """a about above after again against ago all also although am among an and any are as at be became because become
    been before being below between both but by came can cannot come could did do does doing done down during each
    either else even ever every few for from further get gets getting go goes going gone got had has have having he
    her here hers herself him himself his how however i if in into is it its itself just let like made make makes many
    may me might more most much must my myself neither no nor not now of off often on once one only onto or other
    others our ours ourselves out over own per rather s same shall she should since so some still such t than that the
    their theirs them themselves then there these they this those though through to too toward towards under until
    unto up upon us very via was we were what when where whether which while who whom whose why will with within
    without would yet you your yours yourself yourselves doesn didn isn aren wasn weren wouldn couldn shouldn hasn haven
    hadn ain ll ve re d m it's he's she's that's there's i'm we're they're you're don't doesn't didn't
    isn't aren't wasn't weren't won't wouldn't couldn't shouldn't hasn't haven't hadn't can't i've we've they've
    you've i'll we'll they'll you'll he'll she'll i'd we'd they'd you'd he'd she'd""".split()
)
"""Folded English words that carry no content of their own.

Pieces of contractions ("didn" of "didn't") are among them, but not "won" and "don", which are words themselves.
"""

_ALL_CAPS_US: Final = re.compile(r"\bUS\b(?!\w)")
_stemming: Final = threading.Lock()
_stemmer: Final = snowballstemmer.stemmer("english")


def word_spans(text: str) -> list[Span]:
    """Return where the words of `text` stand, with inner apostrophes, hyphens and dots ("Jong-un", "U.S.", "1,200")."""
    return [Span(*match.span()) for match in _WORD.finditer(fold(text))]


def words(text: str) -> list[str]:
    """Return the words of `text`, folded, in order.

    The country is always `u.s.`, also when written "US" in mixed-case text, because "us" is another word; other
    dotted acronyms lose their dots ("U.N." and "UN" are both `un`).
    """
    if "US" in text and not text.isupper():
        text = _ALL_CAPS_US.sub("U.S.", text)
    found: list[str] = _WORD.findall(searchable(text))
    if ". " not in " ".join(found) and not (found and found[-1].endswith(".")):  # no word has a space
        return found
    return [word if word[-1] != "." else _undotted(word) for word in found]


def content_words(text: str) -> list[str]:
    """Return the words of `text` that carry content: stop words out, possessives bare, compounds in their parts."""
    found = []
    for word in words(text):
        for part in word.split("-") if "-" in word else (word,):
            bare = part[:-2] if part.endswith("'s") else part
            if bare and bare not in STOPWORDS:
                found.append(bare)
    return found


@cache
def _base_forms() -> dict[str, str]:
    """Map irregular forms to their base form; see `irregular.txt`."""
    lines = files("rag.text").joinpath("irregular.txt").read_text("utf-8").splitlines()
    entries = [line.split() for line in lines if not line.startswith("#")]
    return {form: base for base, *forms in entries for form in forms}


def stem(word: str) -> str:
    """Return the Snowball stem of one folded word, of an irregular form that of its base ("spoke" as "speak").

    Numbers and acronyms stay as they are.
    """
    return _stems[word]


def stems(words: Iterable[str]) -> list[str]:
    """Return the stem of each word."""
    return list(map(_stems.__getitem__, words))


def _stem(word: str) -> str:
    if word.endswith("'s"):
        word = word[:-2]
    if not word.isalpha():
        return word
    word = _base_forms().get(word, word)
    with _stemming:  # a stemmer keeps the word it works on in itself, so two threads would mix theirs
        stemmed: str = _stemmer.stemWord(word)
    return stemmed


_stems: Final = Memo(_stem, size=200_000)


def _undotted(word: str) -> str:
    if not word.endswith("."):
        return word
    parts = word.split("-")
    return "-".join(part if not part.endswith(".") or part == "u.s." else part.replace(".", "") for part in parts)
