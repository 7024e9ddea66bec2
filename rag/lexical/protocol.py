"""What the rest of newsqa asks of the lexical index: BM25 over passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LexicalEntry:
    """A passage, analysed: what `rag.lexical.analysis.entries` makes of it."""

    passage_id: str
    article_id: str
    stems: str
    """Stems of text, title, publisher and heading, separated by spaces."""
    words: str
    """The same words unstemmed, with a mark where two of these texts meet, so that no phrase runs across."""


class LexicalIndex(Protocol):
    """An inverted index of passages. Terms of a query are folded words; the index stems them as it stems text."""

    def search(self, terms: Mapping[str, float], *, limit: int) -> list[tuple[str, float]]:
        """Find passages with any of the words, in text, title, publisher or heading.

        Args:
            terms: folded words (`rag.text.words.words`), each with its weight; 1.0 is plain BM25.
            limit: most results.

        Returns:
            Passage ids with their BM25 score (higher is better), best first, ties by id.
        """

    def phrase(self, phrase: Sequence[str], *, limit: int) -> list[str]:
        """Find passages that hold the folded words one after another, unstemmed; best first, ties by id."""

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
