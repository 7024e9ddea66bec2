"""One found file, or one upload, to `SourceFile`s; whatever cannot be read leaves a `SkippedSource` behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256

from rag.errors import SourceError
from rag.schema import Metadata, SkippedSource, SourceFile
from rag.sources.decoding import decode, decode_html
from rag.sources.front_matter import read_front_matter
from rag.sources.html import visible_text
from rag.sources.records import read_records, records_of
from rag.sources.walking import FoundFile, kind_of
from rag.sources.wet import WARC

MAX_RECORD_BYTES = 50_000_000
NO_METADATA = Metadata()


def read_sources(found: FoundFile, *, max_record_bytes: int = MAX_RECORD_BYTES) -> Iterator[SourceFile | SkippedSource]:
    """Read a file: one source, or one for every record of a `.jsonl` or `.jsonl.gz`.

    Never raises for what is in the file or on the disk.

    Args:
        found: as `walk` returned it.
        max_record_bytes: longer lines of a file of records are reported and not held in memory.
    """
    if found.kind == "record":
        if found.size == 0:
            yield SkippedSource(found.path, "the file is empty")
            return
        yield from read_records(found.file, found.path, max_record_bytes=max_record_bytes)
        return
    try:
        data = found.file.read_bytes()
    except OSError as exc:
        yield SkippedSource(found.path, f"the file cannot be read ({exc.strerror}); check its permissions")
        return
    if data.startswith(WARC):
        yield from records_of(io.BytesIO(data), found.path, max_record_bytes=max_record_bytes)
        return
    try:
        yield _source(found.path, data, NO_METADATA)
    except SourceError as exc:
        yield SkippedSource(found.path, str(exc))


def sources_from_upload(name: str, content: bytes) -> Iterator[SourceFile | SkippedSource]:
    """Make sources of a file that somebody sent: one, or one for every record where the name ends in `.jsonl`.

    Never raises for what is in it.

    Args:
        name: becomes the path, or the beginning of the records' paths; no folder is opened for it.
        content: as in the file.
    """
    try:
        path = _upload_path(name)
        if kind_of(path) != "record" and not content.startswith(WARC):
            yield source_from_upload(name, content)
        elif path.lower().endswith(".gz"):
            yield SkippedSource(path, "compressed records cannot be sent; unpack the file")
        else:
            yield from records_of(io.BytesIO(content), path, max_record_bytes=MAX_RECORD_BYTES)
    except SourceError as exc:
        yield SkippedSource(name, str(exc))


def source_from_upload(name: str, content: bytes | str, metadata: Metadata = NO_METADATA) -> SourceFile:
    """Make a source of what somebody sent: the name decides what it is, without a known extension plain text.

    Args:
        name: becomes the path; no folder is opened for it.
        content: bytes as in a file, or text that counts as UTF-8.
        metadata: what the sender says about the article; it wins over what the content says.

    Raises:
        SourceError: the name or content cannot be used.
    """
    path = _upload_path(name)
    if kind_of(path) == "record":
        raise SourceError(f"expected one article, found a file of records {name!r}; send its records one by one")
    if isinstance(content, str):
        try:
            content = content.encode("utf-8")
        except UnicodeEncodeError as exc:
            raise SourceError("the text holds half of a surrogate pair; send it as UTF-8") from exc
    return _source(path, content, metadata)


def _upload_path(name: str) -> str:
    path = "/".join(part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."})
    if not path or not path.isprintable():
        raise SourceError(f"expected a printable file name, found {name!r}; name the article, as in 'story.txt'")
    return path


def _source(path: str, data: bytes, metadata: Metadata) -> SourceFile:
    if not data.strip():
        raise SourceError("the file is empty")
    kind = kind_of(path) or "text"
    if kind == "html":
        page = decode_html(data)
        encoding, errors = page.encoding, page.errors
        raw, found = visible_text(page.text)
        metadata = _first_known(metadata, found)
    else:
        raw, encoding, errors = decode(data)
        if kind in {"markdown", "text"}:
            metadata = _first_known(metadata, read_front_matter(raw))
    if not raw.strip("\ufeff \t\r\n\f\v\x00"):
        raise SourceError("the file holds no text")
    digest = sha256(data).hexdigest()
    return SourceFile(path=path, raw=raw, sha256=digest, encoding=encoding, kind=kind, metadata=metadata, errors=errors)


def _first_known(given: Metadata, found: Metadata) -> Metadata:
    return Metadata(
        title=given.title or found.title,
        published=given.published or found.published,
        publisher=given.publisher or found.publisher,
        author=given.author or found.author,
        url=given.url or found.url,
        language=given.language or found.language,
    )
