"""Turns texts into the terms that the lexical index holds, and a query's words into the same terms."""

from __future__ import annotations

from collections.abc import Iterable

from rag.lexical.protocol import LexicalEntry
from rag.schema import Article, Passage
from rag.text.words import stem, words

MAX_TERM_CHARS = 200
"""Longer words (base64, runs of letters without a space) are of no use to a search and are left out."""

BOUNDARY = "\u241e"
"""Stands between two texts of an entry in place of a word; `words` never yields it."""


def entries(article: Article, passages: Iterable[Passage]) -> tuple[LexicalEntry, ...]:
    """Analyse an article's passages, each with the article's title and publisher and the heading it stands under."""
    shared = [terms for text in (article.title, article.publisher) if text and (terms := terms_of(text))]
    found = []
    for passage in passages:
        heading = passage.heading
        if heading is not None and passage.text.startswith(heading):
            heading = None  # part of the text already
        parts = [terms_of(passage.text), *shared, terms_of(heading or "")]
        found.append(
            LexicalEntry(
                passage_id=passage.id,
                article_id=article.id,
                stems=" ".join(stem(word) for part in parts for word in part),
                words=f" {BOUNDARY} ".join(" ".join(part) for part in parts if part),
            )
        )
    return tuple(found)


def terms_of(text: str) -> list[str]:
    """Return the folded words of a text that are fit for the index."""
    return fit(words(text))


def fit(terms: Iterable[str]) -> list[str]:
    """Drop words that the index does not hold."""
    return [term for term in terms if len(term) <= MAX_TERM_CHARS]
