"""Makes texts comparable, searchable or safe to show.

`fold` is the only one of the three that keeps every offset: it changes characters one by one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_PLAIN: Final = {
    **dict.fromkeys("‘’‚‛′´ʹʻʼʽ＇‹›", "'"),
    **dict.fromkeys("“”„‟″«»〝〞＂", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    ),
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
}
"""Characters that no Unicode decomposition makes plain."""


class _FoldTable(dict[int, int]):
    """A translation table that works out each character when it is first met."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        plain = _PLAIN.get(char)
        if plain is None:
            base = unicodedata.normalize("NFKD", char)
            # A letter and its accents fold to the letter; "½" or "ﬁ" would grow, so they stay.
            if len(base) > 1 and all(unicodedata.combining(mark) for mark in base[1:]):
                base = base[0]
            plain = (base if len(base) == 1 else char).lower()
            plain = _PLAIN.get(plain, plain)  # "Ǿ" is "Ø" with an accent
            if len(plain) != 1:
                plain = char
        self[code] = ord(plain)
        return self[code]


_FOLD: Final = _FoldTable()
_NOT_ASCII: Final = re.compile("[^\x00-\x7f]+")
_FEW: Final = 12

_INVISIBLE: Final = re.compile(
    "[\u00ad\u0300-\u036f\u0640\u064b-\u0652\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e0fff]"
)
"""Soft hyphens, accents that stand alone, zero-width and bidi controls, tag characters."""

_DECEPTIVE: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LINE_BREAK: Final = re.compile("\r\n?|[\u2028\u2029\u0085\v\f]")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def fold(text: str) -> str:
    """Drop case, accents and typographic variants, one character for one character.

    `len(fold(text)) == len(text)`, so offsets found in the folded text are valid in the original. White space other
    than line breaks becomes a plain space. A character whose folded form is longer ("ß", "½") stays as it is.
    """
    if text.isascii():
        return text.lower()
    others = set("".join(_NOT_ASCII.findall(text)))
    if len(others) > _FEW:
        return text.translate(_FOLD)
    # English text has a few kinds of quotes and dashes, and taking them one by one is three times as fast. A folded
    # character is folded, so their order is all one, and small letters stay as they are.
    for char in others:
        text = text.replace(char, chr(_FOLD[ord(char)]))
    return text.lower()


def searchable(text: str) -> str:
    """Fold `text` and drop what no reader sees: soft hyphens, zero-width characters, bidi controls, loose accents.

    For indexing and matching; the length may change.
    """
    if text.isascii():
        return text.lower()
    return _INVISIBLE.sub("", fold(text))


def printable(text: str) -> str:
    """Make `text` safe to show on a terminal or page: nothing in it moves the cursor, hides or reorders words.

    Line breaks become plain ones, other control characters U+FFFD; zero-width and bidi characters vanish.
    """
    text = _LINE_BREAK.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("\ufffd", _DECEPTIVE.sub("", text))
