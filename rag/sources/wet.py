"""Common Crawl's text of web pages (WET): records of a page's visible text, each under a few header lines.

Their date is the crawl's, not the page's, so it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Final

WARC: Final = b"WARC/"
_LANGUAGES: Final = {"eng": "en", "deu": "de", "fra": "fr", "spa": "es", "por": "pt", "ita": "it", "rus": "ru"}


def wet_records(stream: IO[bytes]) -> Iterator[Mapping[str, object]]:
    """Yield the pages of a stream as records; what is no page's text is passed over."""
    headers: dict[str, str] = {}
    lines: list[bytes] = []
    in_headers = False
    for line in stream:
        if line.startswith(WARC) and line[5:6].isdigit() and len(line) < 12:
            yield from _record(headers, lines)
            headers, lines, in_headers = {}, [], True
        elif not in_headers:
            lines.append(line)
        elif line.strip():
            name, _, value = line.decode("utf-8", "replace").partition(":")
            headers[name.strip().lower()] = value.strip()
        else:
            in_headers = False
    yield from _record(headers, lines)


def _record(headers: Mapping[str, str], lines: list[bytes]) -> Iterator[Mapping[str, object]]:
    text = b"".join(lines).strip(b"\r\n").decode("utf-8", "replace")
    if headers.get("warc-type") == "conversion" and text.strip():
        language = headers.get("warc-identified-content-language", "").split(",")[0]
        yield {
            "text": text,
            "url": headers.get("warc-target-uri"),
            "language": _LANGUAGES.get(language, language) or None,
        }
