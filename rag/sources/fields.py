"""Fields by which news APIs, crawlers, feeds and front matter call the parts of an article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from rag.errors import SourceError
from rag.schema import Metadata, PartialDate, SourceFile
from rag.sources.markup import has_markup, visible_fragment
from rag.sources.published import read_date

TEXT: Final = ("text", "maintext", "article_text", "articlebody", "fulltext", "full_text", "body", "body_text")
"""What is the text whatever else there is."""
WEAK_TEXT: Final = ("content", "content_text", "content_html", "content:encoded", "story", "article", "raw_text")
"""What is the text, whole or cut short; the longest counts."""
SUMMARY: Final = ("description", "summary", "abstract", "excerpt", "lead", "snippet")
"""What stands for the text where there is no other."""
TITLE: Final = ("title", "headline", "name", "heading")
PUBLISHED: Final = (
    *("published", "date", "publish_date", "published_at", "publishedat", "published_date", "publication_date"),
    *("date_published", "datepublished", "date_publish", "pubdate", "pub_date", "publishdate", "published_time"),
    *("article:published_time", "published_parsed", "dc:date", "issued", "created", "created_at", "datecreated"),
    *("date_created", "time", "timestamp", "webpublicationdate", "firstpublished", "first_published", "dateline"),
)
PUBLISHER: Final = (
    *("publisher", "source", "site_name", "sitename", "source_name", "sourcename", "source-hostname", "site"),
    *("publication", "outlet", "newspaper", "newssource", "source_domain", "hostname", "domain"),
)
AUTHOR: Final = ("author", "authors", "byline", "creator", "dc:creator", "writer", "writers")
ADDRESS: Final = ("url", "link", "source_url", "canonical_link", "canonical_url", "canonical", "permalink", "weburl")
LANGUAGE: Final = ("language", "lang", "inlanguage", "lang_detected")
IDENTITY: Final = ("id", "guid", "_id", "uuid", "article_id")
_ADDRESS = re.compile(r"(?:https?:)?//\S+|www\.\S+", re.IGNORECASE)


def folded(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record under lower-cased keys; of keys that fold to one, the first that says something."""
    found: dict[str, object] = {}
    for key, value in record.items():
        if found.get(key.lower()) in (None, "", []):
            found[key.lower()] = value
    return found


def metadata_of(record: Mapping[str, object]) -> Metadata:
    """Read what a record says about its article; an address is never a publisher."""
    fields = folded(record)
    address = next(filter(_ADDRESS.fullmatch, _strings(fields, *ADDRESS, "source", "id", "guid")), None)
    publisher = next((name for name in _strings(fields, *PUBLISHER) if not _ADDRESS.fullmatch(name)), None)
    return Metadata(
        title=next(_strings(fields, *TITLE), None),
        published=_published(fields),
        publisher=publisher,
        author=next((name for name in _strings(fields, *AUTHOR) if not _ADDRESS.fullmatch(name)), None),
        url=address or next(_strings(fields, *ADDRESS), None),
        language=next(_strings(fields, *LANGUAGE), None),
    )


def _published(fields: Mapping[str, object]) -> PartialDate | None:
    for key in PUBLISHED:
        value = fields.get(key)
        if isinstance(value, dict):  # MongoDB's {"$date": ...}
            value = value.get("$date")
        if isinstance(value, datetime | date):
            value = value.isoformat()
        if isinstance(value, str | int | float) and not isinstance(value, bool) and (day := read_date(value)):
            return day
    return None


def _strings(fields: Mapping[str, object], *keys: str) -> Iterator[str]:
    """Yield the fields that have something to show: strings, lists of strings, or objects with a `name`."""
    for key in keys:
        value = fields.get(key)
        parts = value if isinstance(value, list) else [value]
        names = [part.get("name", part.get("title")) if isinstance(part, dict) else part for part in parts]
        texts = [visible_fragment(name) if has_markup(name) else name for name in names if isinstance(name, str)]
        shown = ", ".join(" ".join(text.split()) for text in texts if text.strip())
        if shown:
            yield shown.encode("utf-8", "replace").decode()


def source_of(record: Mapping[str, object], path: str, *, damaged: bool = False) -> SourceFile:
    """Make a source of a record; where its text is HTML, the visible text stands for it.

    Raises:
        SourceError: the record has no text.
    """
    text = _text(record)
    if has_markup(text):
        text = visible_fragment(text)
    if not text.strip():
        raise SourceError("the field 'text' is empty")
    try:
        digest = sha256(text.encode("utf-8")).hexdigest()
        path.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise SourceError("the record holds half of a surrogate pair; write characters as UTF-8") from exc
    return SourceFile(
        path=path,
        raw=text,
        sha256=digest,
        encoding="utf-8",
        kind="record",
        metadata=metadata_of(record),
        errors="replace" if damaged else "strict",
    )


def _text(record: Mapping[str, object]) -> str:
    """Return the text by the names that crawlers and feeds give it; of several the longest, a summary only alone."""
    fields = folded(record)
    for keys in (TEXT, WEAK_TEXT, SUMMARY):
        texts = [text for key in keys if (text := _paragraphs(fields.get(key))) and text.strip()]
        if texts:
            return texts[0] if keys is TEXT else max(texts, key=len)
    if "text" in fields:
        if isinstance(fields["text"], str):
            raise SourceError("the field 'text' is empty")
        found = json_type(fields["text"])
    else:
        found = "none"
    raise SourceError(f"expected a string in the field 'text', found {found}; fields: {', '.join(record) or '-'}")


def _paragraphs(value: object) -> str | None:
    """Return a string, a list of paragraphs as text, or the text of an Atom or JSON object."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str | dict) for part in value):
        return "\n".join(filter(None, map(_paragraphs, value)))
    if isinstance(value, dict):
        parts = (value.get(key) for key in ("value", "text", "#text", "content"))
        return next((part for part in parts if isinstance(part, str)), None)
    return None


def json_type(value: object) -> str:
    """Name the JSON type of a value for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names[type(value)]
