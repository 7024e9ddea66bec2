"""HTML pages to the text that is stored for them: what trafilatura takes for the article, and its metadata.

That text is what offsets point into, for a page has no characters of its own that a reader could count.
"""

from __future__ import annotations

import html
import logging
import re

from rag.errors import SourceError
from rag.schema import Metadata, PartialDate
from rag.sources.published import read_date
from rag.text.dates import find_dates

_LANGUAGE = re.compile(r"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z!/]")
_TAG = re.compile(r"<[^<>]*>")
_LONGEST_DAY = 40  # characters behind "Published" in which the day begins and ends
_STATED = re.compile(
    r"<meta\b[^<>]*?(?:property|name|itemprop)\s*=\s*[\"'](?:article:published_time|og:published_time|datePublished|"
    r"article\.published|publish-?date|pubdate|parsely-pub-date|sailthru\.date|dc\.date\.issued)[\"'][^<>]*?"
    r"content\s*=\s*[\"'](?P<day>[^\"'<>]{4,40})|\"datePublished\"\s*:\s*\"(?P<day_2>[^\"<>]{4,40})\"",
    re.IGNORECASE,
)
_SHOWN = re.compile(r">\s*(?:First |Originally )?(?:Published|Posted)(?: on| at)?\b:?", re.IGNORECASE)
_FEWEST_CHARACTERS = 25  # trafilatura's own MIN_EXTRACTED_SIZE for comments and short pages


def visible_text(page: str) -> tuple[str, Metadata]:
    """Return the article text of a page, one block a line, and what its head says about it.

    Where trafilatura finds no article, all visible text is taken and left to cleaning.

    Raises:
        SourceError: the page shows no text.
    """
    from trafilatura import bare_extraction, html2txt  # 0.4 s of imports, for HTML only

    logging.getLogger("trafilatura").setLevel(logging.ERROR)  # it logs every page without an article as an error
    if not _MARKUP.search(page):
        return page, Metadata()
    page = page.removeprefix("\ufeff").replace("\x00", "")
    try:
        # Dates come from tags that state them, not from an extensive search that settles for any date on the page.
        document = bare_extraction(
            page,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
        text = (document.text or "") if document is not None and not isinstance(document, dict) else ""
        if len(text) < _FEWEST_CHARACTERS:
            text = html2txt(page) or text
    except (ValueError, TypeError, RecursionError, AttributeError, AssertionError) as exc:
        raise SourceError(f"the HTML cannot be parsed ({type(exc).__name__}: {exc}); save the page again") from exc
    if not text.strip():
        raise SourceError("the page shows no text (it may be built by scripts); save it as rendered or as text")
    language = _LANGUAGE.search(page[:5000])
    found = document if document is not None and not isinstance(document, dict) else None
    written = found.date if found else None
    return text, Metadata(
        title=_known(found.title) if found else None,
        published=_published(page) or (read_date(written) if written else None),
        publisher=_known(found.sitename) if found else None,
        author=_known(found.author) if found else None,
        url=_known(found.url) if found else None,
        language=language.group(1) if language else None,
    )


def _published(page: str) -> PartialDate | None:
    """Return the day that the page states as that of its publication, in its head or to the reader.

    An address or a day of modification, which stand in for it elsewhere, may name another.
    """
    for match in _STATED.finditer(page):
        if day := read_date(html.unescape(match["day"] or match["day_2"])):
            return day
    for match in _SHOWN.finditer(page):
        shown = " ".join(_TAG.sub(" ", page[match.end() : match.end() + 300]).split())[:_LONGEST_DAY]
        days = find_dates(shown)
        if days and days[0][1].full is not None:
            return days[0][1]
    return None


def _known(value: str | None) -> str | None:
    return " ".join(value.split()) or None if value else None
