"""Turns texts into the terms that the lexical index holds, and a query's words into the same terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.lexical.protocol import COUNT_STEPS, LexicalEntry
from rag.schema import Article, Passage
from rag.text.words import stems, words

MAX_TERM_CHARS = 200
"""Longer words (base64, runs of letters without a space) are of no use to a search and are left out."""

BOUNDARY = "\u241e"
"""Stands between two texts of an entry in place of a word; `words` never yields it."""


def entries(
    article: Article, passages: Iterable[Passage], passage_words: Iterable[Sequence[str]] | None = None
) -> tuple[LexicalEntry, ...]:
    """Analyse all passages of an article, each with the article's title and publisher and the heading above it.

    The first of them also carries the words of the whole article. `passage_words` are the words of each passage's text,
    where they are known already.
    """
    passages = list(passages)
    if passage_words is None:
        passage_words = [words(passage.text) for passage in passages]
    shared = [_Terms.of(words(text)) for text in (article.own_title, article.publisher) if text]
    found: list[LexicalEntry] = []
    whole = Counter(stems(terms_of(article.own_title or "")))
    for passage, found_words in zip(passages, passage_words, strict=True):
        heading = passage.heading
        if heading is not None and passage.text.startswith(heading):
            heading = None  # part of the text already
        text = _Terms.of(found_words)
        whole.update(text.stems)
        parts = [part for part in (text, *shared, _Terms.of(words(heading or ""))) if part.words]
        found.append(
            LexicalEntry(
                passage_id=passage.id,
                article_id=article.id,
                stems=" ".join([" ".join(part.stems) for part in parts]),
                words=f" {BOUNDARY} ".join([" ".join(part.words) for part in parts]),
            )
        )
    if found:
        found[0] = replace(found[0], spread=" ".join(spread_terms(whole)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The words of a text, and the stem of each."""

    words: list[str]
    stems: list[str]

    @classmethod
    def of(cls, found: Iterable[str]) -> _Terms:
        terms = fit(found)
        return cls(terms, stems(terms))


def spread_terms(counts: Mapping[str, int]) -> Iterator[str]:
    """Write counts as terms: the stem, and again as `stem=2`, `stem=4`, `stem=8` where it occurs so often.

    An index of passages that also held whole articles would mix both in its average length and document
    frequencies, and BM25 of either would be wrong. Terms for the steps let a query read the counts themselves.
    """
    yield from counts
    for step in COUNT_STEPS[1:]:
        yield from [step_term(stemmed, step) for stemmed, count in counts.items() if count >= step]


def step_term(stemmed: str, step: int) -> str:
    """Return the term that says that a stem occurs at least so often; no stem holds an equals sign."""
    return stemmed if step == 1 else f"{stemmed}={step}"


def terms_of(text: str) -> list[str]:
    """Return the folded words of a text that are fit for the index."""
    return fit(words(text))


def fit(terms: Iterable[str]) -> list[str]:
    """Drop words that the index does not hold."""
    listed = list(terms)
    if max(map(len, listed), default=0) <= MAX_TERM_CHARS:
        return listed
    return [term for term in listed if len(term) <= MAX_TERM_CHARS]
