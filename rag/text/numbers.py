"""Numbers as news writes them, each in one normal form, so that "two" is 2 and "5 billion" is 5000000000."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from rag.schema import Span
from rag.text.folding import fold

_UNITS: Final = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS: Final = {
    word: value * 10
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES: Final = {
    "hundred": 10**2,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
    "dozen": 12,
}
_SMALL: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_TEN: Final = "|".join(_TENS)
_WORD_NUMBER: Final = (
    rf"(?:(?:{_TEN})(?:[-\s](?:{_SMALL}))?|{_SMALL}|(?<=\ba )(?:hundred|thousand|million|billion|trillion|dozen))"
    rf"(?:[-\s](?:and\s)?(?:(?:{_TEN})(?:-(?:{_SMALL}))?|{_SMALL}|hundred|thousand|million|billion|trillion|dozen)\b)*"
)
_DIGITS: Final = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER: Final = re.compile(
    rf"(?<![\w.,])(?<![a-z]-)(?P<digits>{_DIGITS})(?P<clock>:\d\d(?!\d))?(?:st|nd|rd|th)?"
    r"(?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|mn|bn|tn|k|m|b)\b)?"
    r"(?![^\W\d_])(?P<percent>\s?%|[\s-]?per\s?cent\b|[\s-]?pct\b)?"
    rf"|\b(?P<words>{_WORD_NUMBER})\b(?P<wpercent>\s?%|[\s-]?per\s?cent\b)?"
)
_CLASS_NAME: Final = re.compile(r"[A-Z]-$")


def find_numbers(text: str) -> list[tuple[Span, str]]:
    """Return the numbers in `text` with their places and values, in order.

    A value is written plainly ("5 billion" is "5000000000", "1,200" is "1200", "46 per cent" is "46%"); currency
    signs and units are left out, a clock time keeps its colon. Numbers inside names ("F-16", "G7") are no numbers.
    """
    folded = fold(text)
    found = []
    for match in _NUMBER.finditer(folded):
        if match["digits"]:
            if _CLASS_NAME.search(text, max(0, match.start() - 2), match.start()):
                continue
            value = Decimal(match["digits"].replace(",", ""))
            if match["clock"]:
                found.append((Span(*match.span()), match["digits"] + match["clock"]))
                continue
            if match["scale"]:
                value *= _SCALES[match["scale"]]
            percent = match["percent"]
        else:
            value = Decimal(_spelled(match["words"]))
            percent = match["wpercent"]
        found.append((Span(*match.span()), _plain(value) + ("%" if percent else "")))
    return found


def _spelled(phrase: str) -> int:
    """Return the value of number words such as "two hundred and forty-five"."""
    total = current = 0
    for word in re.split(r"[-\s]+", phrase):
        if word == "and":
            continue
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word in ("hundred", "dozen"):
            current = max(current, 1) * _SCALES[word]
        else:
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
