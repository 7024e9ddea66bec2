"""Lays article text before a model as data that cannot pass for anything else.

Angle and square brackets, in which delimiters, sentence numbers and the control tokens of chat templates are written,
become round ones, and invisible characters vanish.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from rag.schema import Article
from rag.text.folding import printable
from rag.text.instructions import addresses_a_model

_BRACKETS: Final = str.maketrans({"<": "(", ">": ")", "[": "(", "]": ")", "{": "(", "}": ")", "`": "'", "|": "/"})
_MOST_TITLE_CHARS: Final = 160
_MOST_DESCRIPTION_CHARS: Final = 60


def quoted(text: str, limit: int | None = None) -> str:
    """Return text as one line in which no delimiter, number mark or control token can be written.

    Args:
        text: from an article, a question or a model.
        limit: longest result, in characters; what is cut off is marked by an ellipsis.
    """
    shown = unicodedata.normalize("NFKC", printable(text)).translate(_BRACKETS)
    line = " ".join(shown.replace("\ufffd", "").split())
    return line if limit is None or len(line) <= limit else line[: limit - 1] + "…"


def section_heading(heading: str | None) -> str | None:
    """Return the line that introduces what stands under a heading; None where there is none to show."""
    if not heading or addresses_a_model(heading):
        return None
    return f'Under the heading "{quoted(heading, _MOST_TITLE_CHARS)}":'


def article_heading(article: Article) -> str:
    """Return the line that introduces an article: its title, author, publisher and date, as far as they are known."""
    author = f"by {article.author}" if article.author else None
    known = [author, article.publisher, str(article.published) if article.published else None]
    described = ", ".join(quoted(part, _MOST_DESCRIPTION_CHARS) for part in known if part)
    title = article.title or "untitled"
    if addresses_a_model(title):
        title = "untitled"
    return f'Article "{quoted(title, _MOST_TITLE_CHARS)}"' + (f" ({described})" if described else "")
