"""JSON lines of a news API or crawler: one article a line, read without holding the file in memory."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO

from rag.errors import SourceError
from rag.schema import Metadata, SkippedSource, SourceFile
from rag.sources.published import read_date


def read_records(file: Path, path: str, *, max_record_bytes: int) -> Iterator[SourceFile | SkippedSource]:
    """Read every record of a file, plain or gzip-compressed; a bad line is reported and the next one read."""
    try:
        stream = _open(file)
    except OSError as exc:
        yield SkippedSource(path, f"the file cannot be read ({exc.strerror or exc})")
        return
    with stream:
        yield from records_of(stream, path, max_record_bytes=max_record_bytes)


def records_of(stream: IO[bytes], path: str, *, max_record_bytes: int) -> Iterator[SourceFile | SkippedSource]:
    """Read every record of a stream of lines; a bad line is reported and the next one read."""
    first_line: dict[str, int] = {}
    number = 0
    try:
        while line := stream.readline(max_record_bytes + 1):
            number += 1
            where = f"{path}#L{number}"
            if len(line) > max_record_bytes:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(1_000_000)
                yield SkippedSource(
                    where, f"the line is longer than {max_record_bytes:,} bytes; raise NEWSQA_MAX_FILE_BYTES"
                )
                continue
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            try:
                record = _parse(line)
                identity = _identity(record)
                if identity is not None and identity in first_line:
                    yield SkippedSource(
                        where, f"the id {identity!r} stands already on line {first_line[identity]}; make ids unique"
                    )
                    continue
                if identity is not None:
                    first_line[identity] = number
                yield _source(record, f"{path}#{identity}" if identity is not None else where)
            except SourceError as exc:
                yield SkippedSource(where, str(exc))
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        yield SkippedSource(path, f"the gzip data is damaged after line {number} ({exc}); fetch the file again")
    except OSError as exc:
        yield SkippedSource(path, f"the file cannot be read after line {number} ({exc.strerror or exc})")


def _open(file: Path) -> IO[bytes]:
    if file.name.lower().endswith(".gz"):
        return gzip.open(file, "rb")  # type: ignore[return-value]  # GzipFile has all of IO[bytes] that is used here
    return file.open("rb")


def _parse(line: bytes) -> Mapping[str, object]:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise SourceError(f"expected UTF-8, found a wrong byte at {exc.start} of the line; save it as UTF-8") from exc
    except RecursionError as exc:
        raise SourceError("the JSON is nested too deeply; write one flat object a line") from exc
    except json.JSONDecodeError as exc:
        found = f"{exc.msg} at character {exc.colno}"
        raise SourceError(f"expected one JSON object a line, found {found}; mend the line") from exc
    except ValueError as exc:  # a number with thousands of digits
        raise SourceError(f"expected one JSON object a line, found {exc}; mend the line") from exc
    if not isinstance(record, dict):
        raise SourceError(f"expected a JSON object, found {_json_type(record)}; write {{'text': ...}}")
    return record


def _identity(record: Mapping[str, object]) -> str | None:
    value = record.get("id")
    if value is None or isinstance(value, bool):
        return None
    if not isinstance(value, str | int):
        raise SourceError(f"expected a string or number as 'id', found {_json_type(value)}")
    return str(value) or None


def _source(record: Mapping[str, object], path: str) -> SourceFile:
    text = record.get("text")
    if not isinstance(text, str):
        found = "none" if "text" not in record else _json_type(text)
        raise SourceError(f"expected a string in the field 'text', found {found}; fields: {', '.join(record) or '-'}")
    if not text.strip():
        raise SourceError("the field 'text' is empty")
    try:
        digest = sha256(text.encode("utf-8")).hexdigest()
        path.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise SourceError("the record holds half of a surrogate pair; write characters as UTF-8") from exc
    return SourceFile(path=path, raw=text, sha256=digest, encoding="utf-8", kind="record", metadata=_metadata(record))


def _metadata(record: Mapping[str, object]) -> Metadata:
    published = None
    for key in ("published", "date"):
        value = record.get(key)
        if published is None and isinstance(value, str | int | float) and not isinstance(value, bool):
            published = read_date(value)
    return Metadata(
        title=_string(record, "title"),
        published=published,
        publisher=_string(record, "publisher", "source"),
        author=_string(record, "author", "authors"),
        url=_string(record, "url"),
        language=_string(record, "language", "lang"),
    )


def _string(record: Mapping[str, object], *keys: str) -> str | None:
    """Return the first field that has a name to show: a string, a list of strings, or news-API objects with `name`."""
    for key in keys:
        value = record.get(key)
        parts = value if isinstance(value, list) else [value]
        names = [part.get("name") if isinstance(part, dict) else part for part in parts]
        shown = ", ".join(" ".join(name.split()) for name in names if isinstance(name, str) and name.strip())
        if shown:
            return shown.encode("utf-8", "replace").decode()
    return None


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names[type(value)]
