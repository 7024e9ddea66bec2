"""Records of a news API, crawler or feed: JSON lines, read without holding the file in memory, or one JSON document.

A document is an article, an array of articles, or an object that holds such an array. Its articles, like the lines, are
taken one by one, so that one that is broken costs no other.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from rag.errors import SourceError
from rag.schema import PartialDate, SkippedSource, SourceFile
from rag.sources.decoding import is_damaged_utf8
from rag.sources.fields import folded, json_type, metadata_of, source_of
from rag.sources.json_values import Broken, read_values
from rag.sources.wet import WARC, wet_records

_HOLDERS: Final = (
    *("articles", "items", "results", "entries", "stories", "posts", "docs", "documents", "data", "news", "hits"),
    *("response", "feed", "channel", "rss", "value", "records", "item"),
)
"""Fields that hold the articles of an API's answer or a feed, or the object that does."""
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class _Record:
    where: str
    """How it is called without an id."""
    value: Mapping[str, object] | SourceError
    damaged: bool = False
    """Whether wrong bytes were replaced in it."""


def read_records(file: Path, path: str, *, max_record_bytes: int) -> Iterator[SourceFile | SkippedSource]:
    """Read every record of a file, plain or gzip-compressed; a bad one is reported and the next one read."""
    try:
        stream = _open(file)
    except OSError as exc:
        yield SkippedSource(path, f"the file cannot be read ({exc.strerror or exc})")
        return
    with stream:
        yield from records_of(stream, path, max_record_bytes=max_record_bytes)


def records_of(stream: IO[bytes], path: str, *, max_record_bytes: int) -> Iterator[SourceFile | SkippedSource]:
    """Read every record of a stream that can be read twice; a bad one is reported and the next one read.

    Of records with one id the later dated is taken, of those without dates or of one day the later in the file.
    """
    number = 0
    try:
        newest = _newest(stream, path, max_record_bytes)
        stream.seek(0)
        for number, record in enumerate(_records(stream, path, max_record_bytes), start=1):
            try:
                if isinstance(record.value, SourceError):
                    raise record.value
                identity = _identity(record.value)
                if identity is not None and newest[identity][0] != number:
                    taken = newest[identity][1]
                    yield SkippedSource(
                        record.where, f"the id {identity!r} stands again on a newer record ({taken}), which was taken"
                    )
                    continue
                where = record.where if identity is None else f"{path}#{identity}"
                yield source_of(record.value, where, damaged=record.damaged)
            except SourceError as exc:
                yield SkippedSource(record.where, str(exc))
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        yield SkippedSource(path, f"the gzip data is damaged after record {number} ({exc}); fetch the file again")
    except OSError as exc:
        yield SkippedSource(path, f"the file cannot be read after record {number} ({exc.strerror or exc})")


def _newest(stream: IO[bytes], path: str, max_record_bytes: int) -> dict[str, tuple[int, str]]:
    """Return for each id the number of the record to take, with how that is called."""
    found: dict[str, tuple[int, str, PartialDate | None]] = {}
    try:
        for number, record in enumerate(_records(stream, path, max_record_bytes), start=1):
            if isinstance(record.value, SourceError):
                continue
            try:
                identity = _identity(record.value)
            except SourceError:
                continue
            if identity is not None:
                day = metadata_of(record.value).published if identity in found else None
                if identity not in found or not _is_older(day, found[identity][2]):
                    found[identity] = (number, record.where, day or metadata_of(record.value).published)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        pass  # the second reading says so
    return {identity: (number, where) for identity, (number, where, _) in found.items()}


def _is_older(day: PartialDate | None, other: PartialDate | None) -> bool:
    return day is not None and other is not None and str(day) < str(other)


def _open(file: Path) -> IO[bytes]:
    if file.name.lower().endswith(".gz"):
        return gzip.open(file, "rb")  # type: ignore[return-value]  # GzipFile has all of IO[bytes] that is used here
    return file.open("rb")


def _records(stream: IO[bytes], path: str, max_record_bytes: int) -> Iterator[_Record]:
    """Yield the records of a stream, from its beginning."""
    first = stream.readline(max_record_bytes + 1)
    while first and not first.removeprefix(b"\xef\xbb\xbf").strip():
        first = stream.readline(max_record_bytes + 1)
    stream.seek(0)
    if first.startswith(WARC):
        yield from (_Record(f"{path}#{number}", value) for number, value in enumerate(wet_records(stream), start=1))
    elif path.lower().endswith(".json") or first.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        yield from _of_document(stream.read(), path)
    else:
        yield from _of_lines(stream, path, max_record_bytes)


def _of_lines(stream: IO[bytes], path: str, max_record_bytes: int) -> Iterator[_Record]:
    number = 0
    while line := stream.readline(max_record_bytes + 1):
        number += 1
        where = f"{path}#L{number}"
        if len(line) > max_record_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1_000_000)
            reason = f"the line is longer than {max_record_bytes:,} bytes; raise NEWSQA_MAX_FILE_BYTES"
            yield _Record(where, SourceError(reason))
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            text, damaged = _decoded(line)
            yield _Record(where, _unwrapped(_parse(text)), damaged)
        except SourceError as exc:
            yield _Record(where, exc)


def _of_document(data: bytes, path: str) -> Iterator[_Record]:
    try:
        text, damaged = _decoded(data.removeprefix(b"\xef\xbb\xbf"))
    except SourceError as exc:
        yield _Record(path, exc)
        return
    position = 0
    for value in read_values(text):
        if isinstance(value, Broken):
            yield _Record(path, SourceError(f"the JSON is broken {value.reason}; what stands before it was read"))
            return
        for article in _articles(value):
            position += 1
            where = f"{path}#{position}"
            if isinstance(article, dict):
                yield _Record(where, _unwrapped(article), damaged)
            else:
                yield _Record(where, SourceError(f"expected a JSON object, found {json_type(article)}"))
    if not position:
        yield _Record(path, SourceError("the JSON holds no articles"))


def _articles(value: object, depth: int = 0) -> Iterator[object]:
    """Yield the articles of a value: itself, or those of an array in it."""
    if isinstance(value, list):
        for element in value:
            yield from _articles(element, depth + 1) if isinstance(element, list) else (element,)
        return
    if isinstance(value, dict) and depth < _DEEPEST and not _has_text(value):
        for key in _HOLDERS:
            held = value.get(key)
            if isinstance(held, dict) or (isinstance(held, list) and any(isinstance(one, dict) for one in held)):
                yield from _articles(held, depth + 1)
                return
    yield value


def _has_text(record: Mapping[str, object]) -> bool:
    fields = folded(record)
    return any(isinstance(fields.get(key), str) for key in ("text", "maintext", "content", "body"))


def _unwrapped(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return the article that a search engine's hit, or an export of one, holds."""
    held = record.get("_source", record.get("article"))
    if isinstance(held, dict) and not _has_text(record):
        return {"id": record.get("_id"), **held}
    return record


def _decoded(data: bytes) -> tuple[str, bool]:
    """Decode UTF-8, with U+FFFD for a few wrong bytes."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError as exc:
        if is_damaged_utf8(data):
            return data.decode("utf-8", "replace"), True
        raise SourceError(f"expected UTF-8, found a wrong byte at {exc.start}; save it as UTF-8") from exc


def _parse(line: str) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except RecursionError as exc:
        raise SourceError("the JSON is nested too deeply; write one flat object a line") from exc
    except json.JSONDecodeError as exc:
        found = f"{exc.msg} at character {exc.colno}"
        raise SourceError(f"expected one JSON object a line, found {found}; mend the line") from exc
    except ValueError as exc:  # a number with thousands of digits
        raise SourceError(f"expected one JSON object a line, found {exc}; mend the line") from exc
    if not isinstance(record, dict):
        raise SourceError(f"expected a JSON object, found {json_type(record)}; write {{'text': ...}}")
    return record


def _identity(record: Mapping[str, object]) -> str | None:
    value = record.get("id")
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, str | int):
        raise SourceError(f"expected a string or number as 'id', found {json_type(value)}")
    return str(value) or None
