"""Writes and removes articles in an order that a crash cannot spoil.

To add: 1 note the articles as in flight, 2 vectors and postings, 3 one catalog transaction that makes them visible.
To remove: 1 one catalog transaction that hides them and notes them, 2 postings and vectors.
What is noted and not landed after a crash is put right by `recover`, from the catalog alone.
"""

from __future__ import annotations

import itertools
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from rag.embedding import Embedder
from rag.errors import ModelError
from rag.indexing.copies import update_copies
from rag.indexing.processing import PreparedArticle, embedded_text, text_digest
from rag.indexing.stores import WritableIndex, new_lexical
from rag.lexical import LexicalEntry, entries
from rag.vectors import Vector, VectorEntry

logger = logging.getLogger(__name__)

REMOVE_BATCH = 500
RESTORE_BATCH = 200
DELETED_SHARE = 0.2  # above this, dead postings bend BM25's document frequencies noticeably
ANNOUNCE_S = 5.0  # readers look again at most this often while an ingest runs; each look reopens Chroma


class BatchWriter:
    """Changes the three stores together."""

    def __init__(self, index: WritableIndex, embedder: Embedder, *, embed_batch: int, stores_text: bool) -> None:
        """Write to `index`, embedding at most `embed_batch` texts a call."""
        self.index = index
        self._embedder = embedder
        self._embed_batch = embed_batch
        self._stores_text = stores_text
        self._announced = 0.0
        self.embedded = 0
        """Texts given to the model so far."""
        self.written = 0
        """Passages written so far."""

    # --- adding -----------------------------------------------------------------------------------------------

    def add(
        self,
        articles: Sequence[PreparedArticle],
        *,
        replaced: Iterable[str] = (),
        record: Callable[[], dict[str, int | None]],
    ) -> None:
        """Write articles and drop the ones they replace, all at once for the reader.

        Args:
            articles: none of their paths belongs to an article that stays.
            replaced: ids of articles that leave in the same step.
            record: called inside the transaction; does what else belongs into it and returns by path the number of
                the file that each article was found in, None for an upload.
        """
        catalog = self.index.catalog
        leaving = set(replaced)
        arriving = {prepared.rows.id for prepared in articles}
        vectors = self._vectors(articles)
        old = catalog.passage_ids(leaving)
        with catalog.transaction():
            catalog.put_in_flight(sorted(leaving | arriving))
            catalog.set_meta("dirty", "1")
        entries = [
            VectorEntry(
                passage_id=passage_id,
                article_id=prepared.rows.id,
                path=prepared.rows.path,
                start=start,
                end=end,
                date=prepared.rows.published,
                vector=vectors[digest],
                text=text if self._stores_text else None,
            )
            for prepared in articles
            for passage_id, _, start, end, text, _, _, digest in prepared.rows.passages
        ]
        if entries:
            self.index.vectors.upsert(entries)
        self.index.lexical.write(
            (item for prepared in articles for item in prepared.entries), replaced_articles=sorted(arriving & leaving)
        )
        stale = old - {item.passage_id for item in entries}
        with catalog.transaction():
            files = record()
            catalog.delete_articles(leaving)
            catalog.insert_articles((prepared.rows, files[prepared.rows.path]) for prepared in articles)
            if not leaving:
                catalog.land()
            self._announce()
        self.written += len(entries)
        if leaving:
            self._drop(leaving - arriving, stale)

    def _vectors(self, articles: Sequence[PreparedArticle]) -> dict[bytes, Vector]:
        """Return vectors by hash of the embedded text: those the index has already, and new ones."""
        texts = {
            row[7]: text
            for prepared in articles
            for row, text in zip(prepared.rows.passages, prepared.texts, strict=True)
        }
        known = self.index.catalog.embedded(texts)
        held = self.index.vectors.get(sorted(known.values()))
        vectors = {digest: held[passage_id] for digest, passage_id in known.items() if passage_id in held}
        missing = [digest for digest in texts if digest not in vectors]
        for start in range(0, len(missing), self._embed_batch):
            batch = missing[start : start + self._embed_batch]
            rows = self._embed([texts[digest] for digest in batch])
            vectors.update(zip(batch, rows, strict=True))
        return vectors

    def _embed(self, texts: Sequence[str]) -> Vector:
        rows = self._embedder.embed_documents(texts)
        expected = (len(texts), self._embedder.dimensions)
        if rows.shape != expected:
            raise ModelError(f"expected vectors of shape {expected} from {self._embedder.name!r}, found {rows.shape}")
        self.embedded += len(texts)
        return np.asarray(rows, dtype=np.float32)

    # --- removing ---------------------------------------------------------------------------------------------

    def remove(
        self,
        article_ids: Iterable[str],
        *,
        record: Callable[[], None] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Drop articles.

        Args:
            article_ids: which; unknown ids are ignored.
            record: called inside the last transaction that hides some.
            progress: called after each part with the number of articles in it.
        """
        listed = sorted(set(article_ids))
        catalog = self.index.catalog
        for start in range(0, len(listed), REMOVE_BATCH):
            batch = listed[start : start + REMOVE_BATCH]
            passages = catalog.passage_ids(batch)
            with catalog.transaction():
                catalog.put_in_flight(batch)
                catalog.set_meta("dirty", "1")
                catalog.delete_articles(batch)
                if record is not None and start + REMOVE_BATCH >= len(listed):
                    record()
                self._announce()
            self._drop(batch, passages)
            if progress is not None:
                progress(len(batch))

    def _drop(self, article_ids: Iterable[str], passage_ids: set[str]) -> None:
        self.index.lexical.write((), replaced_articles=sorted(article_ids))
        self.index.vectors.delete(passage_ids)
        with self.index.catalog.transaction():
            self.index.catalog.land()

    def _announce(self) -> None:
        now = time.monotonic()
        if now - self._announced > ANNOUNCE_S:
            self._announced = now
            self.index.catalog.next_generation()

    # --- putting right ----------------------------------------------------------------------------------------

    def recover(self) -> int:
        """Make the other stores agree with the catalog for articles that a crash left in flight; return how many."""
        articles = self.index.catalog.in_flight()
        if articles:
            self.restore(articles)
            with self.index.catalog.transaction():
                self.index.catalog.land()
                self.index.catalog.next_generation()
        return len(articles)

    def fill(self) -> int:
        """Fill stores that were found missing or unreadable and replaced; return how many articles that took."""
        unfilled = self.index.unfilled()
        if not unfilled:
            return 0
        catalog = self.index.catalog
        articles = catalog.article_ids()
        self.restore(articles, lexical="lexical" in unfilled, vectors="vectors" in unfilled)
        with catalog.transaction():
            for store in unfilled:
                catalog.set_meta(f"unfilled_{store}", "")
            catalog.next_generation()
        return len(articles)

    def restore(self, article_ids: Sequence[str], *, lexical: bool = True, vectors: bool = True) -> None:
        """Write vectors and postings of articles again from the catalog, and drop those it does not have."""
        for start in range(0, len(article_ids), RESTORE_BATCH):
            batch = article_ids[start : start + RESTORE_BATCH]
            if lexical:
                self.index.lexical.write(self.entries(batch), replaced_articles=batch)
            if vectors:
                self._restore_vectors(batch)

    def entries(self, article_ids: Sequence[str]) -> list[LexicalEntry]:
        """Analyse articles of the catalog again."""
        articles, passages = self.index.catalog.texts(article_ids)
        grouped = itertools.groupby(passages, key=lambda passage: passage.article_id)
        return [item for article_id, group in grouped for item in entries(articles[article_id], group)]

    def _restore_vectors(self, article_ids: Sequence[str]) -> None:
        articles, passages = self.index.catalog.texts(article_ids)
        stale = self.index.vectors.ids_of(article_ids) - {passage.id for passage in passages}
        self.index.vectors.delete(stale)
        texts = [embedded_text(articles[passage.article_id], passage) for passage in passages]
        digests = [text_digest(text) for text in texts]
        # What the store holds under these ids may be of a version that never became visible.
        trusted = self.index.catalog.embedded(digests, without=article_ids)
        held = self.index.vectors.get(sorted(trusted.values()))
        vectors = {digest: held[one] for digest, one in trusted.items() if one in held}
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in vectors}
        order = list(missing)
        for start in range(0, len(order), self._embed_batch):
            part = order[start : start + self._embed_batch]
            vectors.update(zip(part, self._embed([missing[digest] for digest in part]), strict=True))
        self.index.vectors.upsert(
            [
                VectorEntry(
                    passage_id=passage.id,
                    article_id=passage.article_id,
                    path=articles[passage.article_id].path,
                    start=passage.span.start,
                    end=passage.span.end,
                    date=str(published) if (published := articles[passage.article_id].published) else None,
                    vector=vectors[digest],
                    text=passage.text if self._stores_text else None,
                )
                for passage, digest in zip(passages, digests, strict=True)
            ]
        )

    def settle(self) -> int:
        """Do what follows the last change: group copies, tidy postings, tell readers; return how many are copies."""
        catalog = self.index.catalog
        copies = update_copies(catalog)
        self.tidy_postings()
        self.index.lexical.finish_writing()
        with catalog.transaction():
            catalog.set_meta("dirty", "0")
            catalog.next_generation()
        return copies

    def tidy_postings(self, *, always: bool = False) -> None:
        """Write the lexical index anew where deleted passages are more than a small share of it."""
        if not always and self.index.lexical.deleted_share() <= DELETED_SHARE:
            return
        catalog = self.index.catalog
        fresh, name = new_lexical(self.index.folder)
        articles = catalog.article_ids()
        for start in range(0, len(articles), REMOVE_BATCH):
            fresh.write(self.entries(articles[start : start + REMOVE_BATCH]))
        fresh.finish_writing()
        with catalog.transaction():
            catalog.set_meta("lexical", name)
            catalog.next_generation()
        old, self.index.lexical = self.index.lexical, fresh
        old.close()
        shutil.rmtree(old.folder, ignore_errors=True)
