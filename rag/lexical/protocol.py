"""What the rest of newsqa asks of the lexical index: BM25 over passages, and word counts of whole articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

COUNT_STEPS: Final = (1, 2, 4, 8)
"""Counts of a word in a whole article are kept in these steps: BM25 tells 8 from 9 by less than 2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalEntry:
    """A passage, analysed: what `rag.lexical.analysis.entries` makes of it."""

    passage_id: str
    article_id: str
    stems: str
    """Stems of text, title, publisher and heading, separated by spaces."""
    words: str
    """The same words unstemmed, with a mark where two of these texts meet, so that no phrase runs across."""
    spread: str = ""
    """On an article's first passage: the stems of the whole article, see `rag.lexical.analysis.spread_terms`."""


class LexicalIndex(Protocol):
    """An inverted index of passages. Terms of a query are folded words; the index stems them as it stems text."""

    def search(
        self,
        terms: Mapping[str, float],
        *,
        limit: int,
        pairs: Mapping[tuple[str, str], float] = MappingProxyType({}),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """Find passages with any of the words, in text, title, publisher or heading.

        Args:
            terms: folded words (`rag.text.words.words`), each with its weight; 1.0 is plain BM25.
            limit: most results.
            pairs: two words each that add to the score where they stand close together (at most two other words
                between them, or directly the other way round), with a weight; 1.0 counts as two words.
            articles: ids of those to search; None is all.

        Returns:
            Passage ids with their BM25 score (higher is better), best first, ties by id.
        """

    def phrase(self, phrase: Sequence[str], *, limit: int) -> list[str]:
        """Find passages that hold the folded words one after another, unstemmed; best first, ties by id."""

    def article_counts(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[int, ...]]:
        """Count each word in whole articles with their titles, down to the next of `COUNT_STEPS` (0 where absent).

        Returns:
            By article id, a count for each word in order. Articles that hold none of them are left out.
        """

    def lead_words(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[bool, ...]]:
        """Say which words stand in the first passage of articles, with its title, publisher and heading.

        Returns:
            By article id, whether each word does, in order. Articles whose first passage holds none are left out.
        """

    def article_freq(self, term: str) -> int:
        """Count the articles that hold a word (stemmed like the text) in text or title."""

    def doc_freq(self, term: str) -> int:
        """Count the passages that hold a word (stemmed like the text) in text, title, publisher or heading."""

    def num_docs(self) -> int:
        """Count passages."""

    def ids(self) -> set[str]:
        """Return every passage id."""

    def write(self, entries: Iterable[LexicalEntry], *, replaced_articles: Iterable[str] = ()) -> None:
        """Drop every passage of the replaced articles, add the entries, and make both durable in one step."""

    def delete(self, passage_ids: Iterable[str]) -> None:
        """Drop passages."""

    def deleted_share(self) -> float:
        """Return the share of passages that are deleted and yet count in document frequencies; 0 after a rewrite."""

    def finish_writing(self) -> None:
        """Give back what only writing needs; a later write takes it again."""

    def reload(self) -> None:
        """See what was last made durable, by whichever process."""

    def close(self) -> None:
        """Let go of files and threads."""
