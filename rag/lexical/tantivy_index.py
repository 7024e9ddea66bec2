"""The lexical index on disk, kept by tantivy.

Terms arrive analysed (`rag.lexical.analysis`), so tantivy only splits at spaces and both sides of a search stem alike.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tantivy

from rag.errors import IndexDamagedError, IndexUnavailable
from rag.lexical.analysis import fit, step_term
from rag.lexical.protocol import COUNT_STEPS, LexicalEntry
from rag.text.words import stem

logger = logging.getLogger(__name__)

HEAP_BYTES = 64_000_000  # tantivy flushes a segment when this is full; 15 MB is its least
PAIR_GAPS = 2  # words that may stand between the two of a pair
DIGITS = 10
BASE = len(COUNT_STEPS) + 1  # ten digits of base 5 stay below 2 ** 24, up to which single precision is exact
BITS = 24  # and so do as many binary ones
DELETED_SHARE = 0.2  # above this, dead postings bend BM25's document frequencies noticeably


class TantivyIndex:
    """A `LexicalIndex` in a folder. Readers and one writer may live in different processes."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the index in `folder`.

        Args:
            folder: where it is, or is to be.
            create: make an empty one where there is none.

        Raises:
            IndexDamagedError: there is none, or tantivy cannot read it.
        """
        self._folder = folder
        self._writer: Any = None
        self._lock = threading.Lock()
        if create and not (folder / "meta.json").exists():
            try:
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                tantivy.Index(_schema(), path=str(folder))
            except (ValueError, OSError) as exc:
                raise IndexUnavailable(
                    f"cannot make a lexical index in {str(folder)!r}: {exc}; check disk space and permissions"
                ) from exc
        self._index = _open(folder)
        self._schema = self._index.schema

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._folder

    # --- reading ----------------------------------------------------------------------------------------------

    def search(
        self,
        terms: Mapping[str, float],
        *,
        limit: int,
        pairs: Mapping[tuple[str, str], float] = MappingProxyType({}),
        articles: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.search`."""
        weights: dict[str, float] = {}
        for term in fit(terms):
            stemmed = stem(term)
            weights[stemmed] = max(weights.get(stemmed, 0.0), terms[term])
        queries = [
            (tantivy.Query.term_query(self._schema, "stems", term, "freq"), weight)
            for term, weight in sorted(weights.items())
        ]
        queries += [
            (tantivy.Query.phrase_query(self._schema, "stems", [stem(word) for word in pair], PAIR_GAPS), weight)
            for pair, weight in sorted(pairs.items())
            if len(fit(pair)) == 2
        ]
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(query, weight)) for query, weight in queries if weight > 0
        ]
        if not wanted or (articles is not None and not articles):
            return []
        query = tantivy.Query.boolean_query(wanted)
        if articles is not None:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._any_of("article", articles))]
            )
        return self._run(query, limit)

    def _any_of(self, field: str, articles: Collection[str]) -> Any:
        """Match documents of these articles without adding to their score."""
        return tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, field, sorted(articles)), 0.0)

    def article_counts(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[int, ...]]:
        """See `LexicalIndex.article_counts`."""
        stems = [stem(term) for term in terms]
        found: dict[str, list[int]] = {}
        for start in range(0, len(stems) if articles else 0, DIGITS):
            part = stems[start : start + DIGITS]
            for article_id, score in self._count(part, articles):
                counts = found.setdefault(article_id, [0] * len(stems))
                for place in range(len(part)):
                    steps = score // BASE**place % BASE
                    counts[start + place] = COUNT_STEPS[steps - 1] if steps else 0
        return {article_id: tuple(counts) for article_id, counts in found.items()}

    def _count(self, stems: Sequence[str], articles: Collection[str]) -> list[tuple[str, int]]:
        """Read the counts of a few stems as one score: a number whose digits are the steps that each stem reaches."""
        steps = [
            ("spread", step_term(stemmed, step), BASE**place)
            for place, stemmed in enumerate(stems)
            if fit([stemmed])
            for step in COUNT_STEPS
        ]
        return self._sums(steps, articles)

    def lead_words(self, terms: Sequence[str], articles: Collection[str]) -> dict[str, tuple[bool, ...]]:
        """See `LexicalIndex.lead_words`."""
        stems = [stem(term) for term in terms]
        found: dict[str, list[bool]] = {}
        for start in range(0, len(stems) if articles else 0, BITS):
            part = stems[start : start + BITS]
            bits = [("stems", stemmed, 1 << place) for place, stemmed in enumerate(part) if fit([stemmed])]
            for article_id, score in self._sums(bits, articles):
                here = found.setdefault(article_id, [False] * len(stems))
                here[start : start + len(part)] = [bool(score >> place & 1) for place in range(len(part))]
        return {article_id: tuple(here) for article_id, here in found.items()}

    def _sums(self, values: Sequence[tuple[str, str, int]], articles: Collection[str]) -> list[tuple[str, int]]:
        """Sum, for the first passage of each article, the values of the terms that it holds.

        Args:
            values: field, term and what it is worth; together below 2 ** 24.
            articles: ids of those to look at.
        """
        wanted = [
            (
                tantivy.Occur.Should,
                tantivy.Query.const_score_query(
                    tantivy.Query.term_query(self._schema, field, term, "basic"), float(value)
                ),
            )
            for field, term, value in values
        ]
        if not wanted:
            return []
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, self._any_of("whole", articles)),
                (tantivy.Occur.Must, tantivy.Query.boolean_query(wanted)),
            ]
        )
        return [(article_id, round(score)) for article_id, score in self._run(query, len(articles), shown="whole")]

    def article_freq(self, term: str) -> int:
        """See `LexicalIndex.article_freq`; articles deleted since the last merge still count."""
        return int(self._index.searcher().doc_freq("spread", stem(term)))

    def phrase(self, phrase: Sequence[str], *, limit: int) -> list[str]:
        """See `LexicalIndex.phrase`."""
        terms = fit(phrase)
        if not terms or len(terms) != len(phrase):
            return []
        if len(terms) == 1:
            query = tantivy.Query.term_query(self._schema, "words", terms[0])
        else:
            query = tantivy.Query.phrase_query(self._schema, "words", list(terms))
        return [passage_id for passage_id, _ in self._run(query, limit)]

    def doc_freq(self, term: str) -> int:
        """See `LexicalIndex.doc_freq`; passages deleted since the last merge still count."""
        return int(self._index.searcher().doc_freq("stems", stem(term)))

    def num_docs(self) -> int:
        """See `LexicalIndex.num_docs`."""
        return int(self._index.searcher().num_docs)

    def ids(self) -> set[str]:
        """See `LexicalIndex.ids`."""
        count = self.num_docs()
        return {passage_id for passage_id, _ in self._run(tantivy.Query.all_query(), count)} if count else set()

    def _run(self, query: Any, limit: int, *, shown: str = "id") -> list[tuple[str, float]]:
        searcher = self._index.searcher()
        try:
            hits = searcher.search(query, limit=limit, count=False).hits
            found = [(str(searcher.doc(address).get_first(shown)), float(score)) for score, address in hits]
        except (ValueError, OSError) as exc:
            raise IndexDamagedError(
                f"cannot read the lexical index {str(self._folder)!r}: {exc}; run `newsqa doctor --repair`"
            ) from exc
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    # --- writing ----------------------------------------------------------------------------------------------

    def write(self, entries: Iterable[LexicalEntry], *, replaced_articles: Iterable[str] = ()) -> None:
        """See `LexicalIndex.write`."""
        with self._lock, self._writing() as writer:
            for article_id in replaced_articles:
                writer.delete_documents_by_term("article", article_id)
            for entry in entries:
                document = tantivy.Document()
                document.add_text("id", entry.passage_id)
                document.add_text("article", entry.article_id)
                document.add_text("stems", entry.stems)
                document.add_text("words", entry.words)
                if entry.spread:
                    document.add_text("whole", entry.article_id)
                    document.add_text("spread", entry.spread)
                writer.add_document(document)

    def delete(self, passage_ids: Iterable[str]) -> None:
        """See `LexicalIndex.delete`."""
        with self._lock, self._writing() as writer:
            for passage_id in passage_ids:
                writer.delete_documents_by_term("id", passage_id)

    def deleted_share(self) -> float:
        """Return the share of passages that are deleted but still count in document frequencies."""
        segments = json.loads((self._folder / "meta.json").read_bytes())["segments"]
        total = sum(segment["max_doc"] for segment in segments)
        deleted = sum((segment.get("deletes") or {}).get("num_deleted_docs", 0) for segment in segments)
        return deleted / total if total else 0.0

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """Lend the writer and commit; what fails leaves the last commit in place."""
        try:
            if self._writer is None:
                # One thread, so that the same passages in the same order give the same segments.
                self._writer = self._index.writer(HEAP_BYTES, 1)
            yield self._writer
            self._writer.commit()
        except (ValueError, OSError, RuntimeError) as exc:
            self._writer = None  # with what it had not committed; the next one begins afresh
            raise IndexUnavailable(
                f"cannot write to the lexical index {str(self._folder)!r}: {exc}; check disk space and permissions"
            ) from exc

    # --- life -------------------------------------------------------------------------------------------------

    def finish_writing(self) -> None:
        """Wait for background merges and give the writer's memory and lock back."""
        with self._lock:
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None

    def reload(self) -> None:
        """See `LexicalIndex.reload`."""
        try:
            self._index.reload()
        except (ValueError, OSError) as exc:
            raise IndexDamagedError(
                f"cannot read the lexical index {str(self._folder)!r}: {exc}; run `newsqa doctor --repair`"
            ) from exc

    def move(self, folder: Path) -> None:
        """Go on with another folder, after a rebuild."""
        self._index = _open(folder)
        self._folder = folder

    def close(self) -> None:
        """See `LexicalIndex.close`."""
        self.finish_writing()


def _open(folder: Path) -> Any:
    try:
        index = tantivy.Index.open(str(folder))
        # Terms are spaced already; any analysis here would happen on one side of the search only.
        index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        # Reloading is our business: a searcher that changes by itself would run ahead of the catalog's generation.
        index.config_reader(reload_policy="manual")
        index.reload()
    except (ValueError, OSError, RuntimeError) as exc:
        raise IndexDamagedError(
            f"cannot open the lexical index {str(folder)!r}: {exc}; run `newsqa doctor --repair`"
        ) from exc
    return index


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("stems", tokenizer_name="spaces", index_option="position")
    builder.add_text_field("words", tokenizer_name="spaces", index_option="position")
    builder.add_text_field("whole", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("spread", tokenizer_name="spaces", index_option="basic")
    return builder.build()
