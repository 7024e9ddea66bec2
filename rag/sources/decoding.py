"""Bytes to text, by a Python codec whose name can be written into a citation.

Holds for every result: `data.decode(encoding, errors) == text`. A byte order mark stays as character 0, newlines stay
as they are. `errors` is `replace` for UTF-8 with a few wrong bytes in it, each of which is one U+FFFD, else `strict`.
"""

from __future__ import annotations

import codecs
import logging
import re
from typing import NamedTuple

from rag.errors import SourceError
from rag.schema import DecodingErrors

logger = logging.getLogger(__name__)

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a rich-text document"),
)
_DETECTION_BYTES = 200_000  # what the detector looks at; more changes no verdict and costs seconds on long files
MAX_CONTROL_SHARE = 0.05  # a stray NUL or escape is text; object code read as text has over 20 % of them
_WHOLE_TO_BROKEN = 1.0  # well-formed characters for each wrong one
_CANDIDATES = [  # what web pages were written in before UTF-8; leaves out the code pages of DOS and old Macs
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("cp932", "euc_jp", "cp949", "gb18030", "big5"),
]
# Detectors take short western texts for Central European ones, which share most byte values. What reads as these
# in cp1252 is western: Polish would show ³ ¹ ¿, Czech ì, Romanian º.
_WESTERN = frozenset("àáâãäåæçèéêëíîïñòóôõöøúûüßœÀÁÂÄÅÆÇÈÉÊËÍÎÑÓÔÖØÚÜŒ‘’“”„‚–—…•£€©®™°·«»§¡\xa0´")
_CUT_OFF = re.compile(rb"(?:[\xe1-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


class Decoded(NamedTuple):
    """A text and how it was made of its bytes."""

    text: str
    encoding: str
    errors: DecodingErrors = "strict"


def decode(data: bytes) -> Decoded:
    """Return the text and the codec that decodes `data` into it.

    UTF-8 is tried first, also with a few wrong bytes; what is not UTF-8 is guessed.

    Raises:
        SourceError: the bytes are not text.
    """
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            raise SourceError(f"expected text, found {name}; convert it to text first")
    decoded = _decode(data)
    text = decoded.text
    if len(_CONTROL.findall(text[:_DETECTION_BYTES])) > MAX_CONTROL_SHARE * min(len(text), _DETECTION_BYTES):
        raise SourceError("expected text, found binary data (many control characters); remove or convert the file")
    return decoded


def decode_html(data: bytes) -> Decoded:
    """Do as `decode`, but believe the character set that the page declares before guessing."""
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            raise SourceError(f"expected an HTML page, found {name}; convert it first")
    declared = _META_CHARSET.search(data[:4096])
    for encoding in ("utf-8", *([declared.group(1).decode("ascii").lower()] if declared else [])):
        text = _try(data, encoding)
        if text is not None:
            return Decoded(text, codecs.lookup(encoding).name)
    return decode(data)


def _decode(data: bytes) -> Decoded:
    for mark, encoding in _BYTE_ORDER_MARKS:
        text = _try(data, encoding) if data.startswith(mark) else None
        if text is not None:
            return Decoded(text, encoding)
    zeros = data[:_DETECTION_BYTES].count(0)
    if zeros > MAX_CONTROL_SHARE * min(len(data), _DETECTION_BYTES):
        return _decode_utf16(data)
    text = _try(data, "utf-8")
    if text is not None:
        return Decoded(text, "utf-8")
    if zeros:
        raise SourceError("expected text, found binary data (NUL bytes, not UTF-8); remove or convert the file")
    if is_damaged_utf8(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", "replace")
    text, encoding = _guess(data)
    for fallback in ("cp1252", "latin-1"):
        if text is None:
            text, encoding = _try(data, fallback), fallback
    assert text is not None  # latin-1 decodes everything
    return Decoded(text, encoding)


def _guess(data: bytes) -> tuple[str | None, str]:
    western = _try(data, "cp1252")
    if western is not None and _WESTERN.issuperset(char for char in set(western) if char > "\x7f"):
        return western, "cp1252"
    from charset_normalizer import from_bytes  # takes 40 ms to import, and most files are UTF-8

    best = from_bytes(data[:_DETECTION_BYTES], cp_isolation=_CANDIDATES).best()
    return (None, "") if best is None else (_try(data, best.encoding), best.encoding)


def _decode_utf16(data: bytes) -> Decoded:
    sample = data[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if len(data) % 2 == 0 and max(even, odd) > 0.3 * len(sample) / 2 and min(even, odd) < 0.02 * len(sample):
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        text = _try(data, encoding)
        if text is not None:
            return Decoded(text, encoding)
    raise SourceError("expected text, found binary data (NUL bytes, not UTF-8); remove or convert the file")


def is_damaged_utf8(data: bytes) -> bool:
    """Say whether bytes that are not UTF-8 once were: most sequences are right, a few or the last one are not.

    A character of two bytes and more is hardly right by chance: of two letters in an 8-bit codec, one time in thirty.
    """
    sample = data[:_DETECTION_BYTES].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    if not broken:
        return True  # wrong only behind what was looked at
    whole = sum(char > "\x7f" for char in sample) - broken
    if not whole and broken == 1 and len(data) <= _DETECTION_BYTES:
        return _CUT_OFF.search(data) is not None
    return whole >= max(1, broken * _WHOLE_TO_BROKEN)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
