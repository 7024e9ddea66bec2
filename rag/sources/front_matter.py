"""The block of `key: value` lines between `---` at the top of a Markdown file."""

from __future__ import annotations

import re

from rag.schema import Metadata
from rag.sources.published import read_date

FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<fields>(?:[^\r\n]*\r?\n){0,100}?)---[ \t]*(?:\r?\n|\Z)")
_FIELD = re.compile(r"(?P<key>[A-Za-z_]{2,20}):[ \t]+(?P<value>[^\r\n]{1,500})")


def read_front_matter(raw: str) -> Metadata:
    """Return what the front matter says; lists and nested values are left alone."""
    block = FRONT_MATTER.match(raw)
    if block is None:
        return Metadata()
    fields = {
        match["key"].lower(): match["value"].strip().strip("\"'").strip()
        for match in map(_FIELD.match, block["fields"].splitlines())
        if match is not None
    }

    def first(*keys: str) -> str | None:
        return next((fields[key] for key in keys if fields.get(key, "")[:1] not in {"", "[", "{", "|", ">"}), None)

    day = first("date", "published", "publishdate", "pubdate")
    return Metadata(
        title=first("title"),
        published=read_date(day) if day else None,
        publisher=first("publisher", "source", "site", "site_name"),
        author=first("author", "byline"),
        url=first("url", "link", "canonical"),
        language=first("language", "lang"),
    )
