"""The writing side of the catalog: one connection, held by whoever holds the index lock."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.catalog.protocol import Manifest
from rag.catalog.reading import check_format, store_error
from rag.catalog.rows import (
    ARTICLE_COLUMNS,
    PASSAGE_COLUMNS,
    ArticleRows,
    decode_article,
    decode_encoding,
    decode_metadata,
    decode_passage,
    decode_raw,
    form_number,
    key_words,
)
from rag.catalog.tables import TABLES, connect
from rag.schema import Article, Passage, SkippedSource, SourceFile

VARIABLES = 500
_OWNED = ("texts", "passages", "statements", "entities")


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder or file that the index follows."""

    id: int
    path: Path
    prefix: str
    """What stands before its paths, "" for a single root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file as it was when it was last read."""

    id: int
    root: int
    name: str
    """Path without the root's prefix."""
    size: int
    mtime_ns: int
    skipped: tuple[SkippedSource, ...]
    """Its records that were not read, or the file itself; paths without prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """What the ingest compares of an article it has already."""

    id: str
    file: int | None
    path: str
    digest: bytes


class CatalogWriter:
    """Reads and changes the catalog for an ingest. Every method that changes it belongs inside `transaction`."""

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        """Open an existing catalog; with `read_only` only the methods that change nothing work.

        Raises:
            IndexUnavailable: it cannot be opened; see its subclasses.
        """
        self._file = file
        self._read_only = read_only
        try:
            self._db = connect(file, writable=not read_only)
            try:
                check_format(self.meta("manifest"), file)
            except BaseException:
                self._db.close()
                raise
        except sqlite3.Error as exc:
            raise store_error(exc, file) from exc

    @classmethod
    def create(cls, file: Path, *, manifest: Manifest, index_id: str, meta: Mapping[str, str]) -> CatalogWriter:
        """Make an empty catalog; a half-made one never stays."""
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            db = connect(file, writable=True)
            try:
                db.executescript(f"BEGIN IMMEDIATE; {TABLES}")
                values = {
                    "manifest": json.dumps(asdict(manifest), sort_keys=True),
                    "index_id": index_id,
                    "generation": "1",
                    **meta,
                }
                db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(values.items()))
                db.execute("COMMIT")
            finally:
                db.close()
        except sqlite3.Error as exc:
            raise store_error(exc, file) from exc
        return cls(file)

    def close(self) -> None:
        """Fold the log into the file and close."""
        # A reader may be in the way, or the disk full; the log is as good.
        with contextlib.suppress(sqlite3.Error):
            if not self._read_only:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the changes inside visible all at once, or none of them."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as exc:
            raise store_error(exc, self._file) from exc

    def copy_over(self, target: Path) -> None:
        """Replace the contents of another catalog by this one's in a single transaction of the target.

        Its readers are not blocked and see either the old contents or the new.
        """
        try:
            other = connect(target, writable=True)
            try:
                self._db.backup(other)
            finally:
                other.close()
        except sqlite3.Error as exc:
            raise store_error(exc, target) from exc

    def check(self) -> list[str]:
        """Return what SQLite finds wrong with the file."""
        try:
            return [str(row[0]) for row in self._db.execute("PRAGMA quick_check(20)") if row[0] != "ok"]
        except sqlite3.DatabaseError as exc:
            return [str(exc)]

    # --- the index as a whole ---------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        """Return a value that the index remembers about itself."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Remember a value."""
        self._db.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )

    def manifest(self) -> Manifest:
        """Return what the index was built with."""
        return Manifest(**json.loads(self.meta("manifest") or "{}"))

    def next_generation(self) -> None:
        """Tell readers to look again."""
        self.set_meta("generation", str(int(self.meta("generation") or 0) + 1))

    def size(self) -> tuple[int, int]:
        """Count articles and passages."""
        ((articles, passages),) = self._rows("SELECT COUNT(*), COALESCE(SUM(passages), 0) FROM articles")
        return int(articles), int(passages)

    # --- roots and files --------------------------------------------------------------------------------------

    def roots(self) -> list[Root]:
        """Return the roots in the order they were added."""
        rows = self._rows("SELECT id, path, prefix FROM roots ORDER BY id")
        return [Root(id=number, path=Path(path), prefix=prefix) for number, path, prefix in rows]

    def put_root(self, path: Path, prefix: str) -> int:
        """Add a root or change its prefix; return its number."""
        self._db.execute(
            "INSERT INTO roots (path, prefix) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET prefix = excluded.prefix",
            (str(path), prefix),
        )
        return int(self._db.execute("SELECT id FROM roots WHERE path = ?", (str(path),)).fetchone()[0])

    def forget_root(self, root: int) -> None:
        """Drop a root; its files and articles must be gone."""
        self._db.execute("DELETE FROM deleted WHERE root = ?", (root,))
        self._db.execute("DELETE FROM roots WHERE id = ?", (root,))

    def files(self, root: int) -> dict[str, FileRow]:
        """Return the files of a root by name."""
        rows = self._rows("SELECT id, root, name, size, mtime_ns, skipped FROM files WHERE root = ?", (root,))
        return {
            name: FileRow(
                id=number,
                root=owner,
                name=name,
                size=size,
                mtime_ns=mtime_ns,
                skipped=tuple(SkippedSource(*pair) for pair in json.loads(skipped)) if skipped != "[]" else (),
            )
            for number, owner, name, size, mtime_ns, skipped in rows
        }

    def put_file(self, root: int, name: str, *, size: int, mtime_ns: int, skipped: Iterable[SkippedSource]) -> int:
        """Remember how a file was when it was read; return its number."""
        text = json.dumps([(item.path, item.reason) for item in skipped])
        self._db.execute(
            "INSERT INTO files (root, name, size, mtime_ns, skipped) VALUES (?, ?, ?, ?, ?) ON CONFLICT (root, name) "
            "DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, skipped = excluded.skipped",
            (root, name, size, mtime_ns, text),
        )
        return int(self._db.execute("SELECT id FROM files WHERE root = ? AND name = ?", (root, name)).fetchone()[0])

    def forget_files(self, files: Iterable[int]) -> None:
        """Drop files; their articles must be gone."""
        self._db.executemany("DELETE FROM files WHERE id = ?", ((number,) for number in files))

    def expire_files(self) -> None:
        """Have the next ingest read every file again, whatever its time says."""
        self._db.execute("UPDATE files SET mtime_ns = 0")

    def deleted(self) -> dict[tuple[int, str], bytes]:
        """Return what was deleted by hand: root and name of the source, and its digest."""
        return {(root, name): digest for root, name, digest in self._rows("SELECT root, name, digest FROM deleted")}

    def put_deleted(self, root: int, name: str, digest: bytes) -> None:
        """Remember that an article was deleted by hand."""
        self._db.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?, ?)", (root, name, digest))

    def forget_deleted(self, root: int, name: str) -> None:
        """Let a source in again."""
        self._db.execute("DELETE FROM deleted WHERE root = ? AND name = ?", (root, name))

    # --- articles ---------------------------------------------------------------------------------------------

    def article_rows(self) -> list[ArticleRow]:
        """Return every article as the ingest compares it."""
        return [
            ArticleRow(id=article_id, file=file, path=path, digest=digest)
            for article_id, file, path, digest in self._rows("SELECT id, file, path, digest FROM articles ORDER BY id")
        ]

    def article_ids(self) -> list[str]:
        """Return every article id in order."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def passage_ids(self, article_ids: Iterable[str] | None = None) -> set[str]:
        """Return the passage ids of articles; of all when none are named."""
        if article_ids is None:
            return {row[0] for row in self._rows("SELECT id FROM passages")}
        select = (
            "SELECT passages.id FROM passages JOIN articles ON articles.num = passages.article WHERE articles.id IN"
        )
        return {row[0] for row in self._by_ids(select, article_ids)}

    def articles_of(self, passage_ids: Iterable[str]) -> list[str]:
        """Return the articles that passages belong to, in order."""
        select = (
            "SELECT articles.id FROM passages JOIN articles ON articles.num = passages.article WHERE passages.id IN"
        )
        return sorted({row[0] for row in self._by_ids(select, passage_ids)})

    def sources(self, article_ids: Iterable[str]) -> dict[str, SourceFile]:
        """Return by id what articles were made of, so that they can be made again without their files."""
        select = (
            "SELECT articles.id, path, sha256, kind, raw, layout, metadata FROM articles "
            "JOIN texts ON texts.article = articles.num WHERE articles.id IN"
        )
        found: dict[str, SourceFile] = {}
        for article_id, path, sha256, kind, raw, layout, metadata in self._by_ids(select, article_ids):
            encoding, errors = decode_encoding(layout)
            found[article_id] = SourceFile(
                path=path,
                raw=decode_raw(raw),
                sha256=sha256,
                encoding=encoding,
                errors=errors,
                kind=kind,
                metadata=decode_metadata(metadata),
            )
        return found

    def uploads(self) -> list[SourceFile]:
        """Return the sources of articles that have no file, by path."""
        ids = [row[0] for row in self._rows("SELECT id FROM articles WHERE file IS NULL")]
        return sorted(self.sources(ids).values(), key=lambda source: source.path)

    def file_of(self, article_id: str) -> tuple[Root, str, bytes] | None:
        """Return root, name and digest of the source of an article; None for an uploaded one."""
        rows = self._rows(
            "SELECT roots.id, roots.path, roots.prefix, articles.path, digest FROM articles "
            "JOIN files ON files.id = articles.file JOIN roots ON roots.id = files.root WHERE articles.id = ?",
            (article_id,),
        )
        if not rows:
            return None
        number, folder, prefix, path, digest = rows[0]
        root = Root(id=number, path=Path(folder), prefix=prefix)
        return root, path.removeprefix(prefix), digest

    def delete_articles(self, article_ids: Iterable[str]) -> None:
        """Drop articles with all that hangs on them."""
        db = self._db
        for (number,) in self._by_ids("SELECT num FROM articles WHERE id IN", article_ids):
            own = "entity_forms WHERE entity IN (SELECT num FROM entities WHERE article = ?)"
            forms = self._rows(f"SELECT DISTINCT form FROM {own}", (number,))
            db.executemany("UPDATE forms SET articles = articles - 1 WHERE form = ?", forms)
            for (form,) in forms:
                if db.execute("DELETE FROM forms WHERE form = ? AND articles <= 0 RETURNING key", (form,)).fetchall():
                    db.execute("DELETE FROM form_words WHERE form = ?", (form,))
            db.execute(f"DELETE FROM {own}", (number,))
            for table in _OWNED:
                db.execute(f"DELETE FROM {table} WHERE article = ?", (number,))
            db.execute("DELETE FROM articles WHERE num = ?", (number,))

    def insert_articles(self, articles: Iterable[tuple[ArticleRows, int | None]]) -> None:
        """Add articles, each with the number of its file; none of their ids or paths may be there."""
        speakers: set[str] = set()
        forms: Counter[str] = Counter()
        for rows, file in articles:
            number = self._insert_article(rows, file)
            speakers.update(statement[1] for statement in rows.statements)
            self._insert_entities(rows, number)
            forms.update({key for _, _, keys in rows.entities for key in keys})
        self._db.executemany(
            "INSERT OR IGNORE INTO speaker_words VALUES (?, ?)",
            ((word, key) for key in sorted(speakers) for word in sorted(key_words(key))),
        )
        self._count_forms(forms)

    def _insert_article(self, rows: ArticleRows, file: int | None) -> int:
        db = self._db
        number = db.execute(
            "INSERT INTO articles (id, file, path, digest, sha256, kind, title, published, publisher, url, passages, "
            "statements, body, compared, copy_of, listing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            (
                *(rows.id, file, rows.path, rows.digest, rows.sha256, rows.kind, rows.title, rows.published),
                *(rows.publisher, rows.url, len(rows.passages), len(rows.statements), rows.body, rows.id, rows.listing),
            ),
        ).lastrowid
        assert number is not None  # a row was inserted
        db.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, rows.raw, rows.layout, rows.metadata, rows.lines, rows.repeated, rows.signature),
        )
        db.executemany(
            "INSERT INTO passages (article, id, ordinal, start, end, text, heading, sentences, embedded) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, *passage) for passage in rows.passages],
        )
        db.executemany(
            "INSERT INTO statements (article, ordinal, key, speaker, mention, cue, speech, content, sentences) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, *statement) for statement in rows.statements],
        )
        return number

    def _insert_entities(self, rows: ArticleRows, article: int) -> None:
        first = self._db.execute("SELECT COALESCE(MAX(num), 0) + 1 FROM entities").fetchone()[0]
        self._db.executemany(
            "INSERT INTO entities VALUES (?, ?, ?, ?)",
            [
                (number, article, variants, mentions)
                for number, (variants, mentions, _) in enumerate(rows.entities, first)
            ],
        )
        self._db.executemany(
            "INSERT INTO entity_forms VALUES (?, ?)",
            [(form_number(key), number) for number, (_, _, keys) in enumerate(rows.entities, first) for key in keys],
        )

    def _count_forms(self, forms: Mapping[str, int]) -> None:
        """Add to the numbers of articles that have a form; a new form can be looked up by its words."""
        numbers = {key: form_number(key) for key in sorted(forms)}
        known = {number for (number,) in self._by_ids("SELECT form FROM forms WHERE form IN", numbers.values())}
        self._db.executemany(
            "INSERT INTO forms VALUES (?, ?, ?) "
            "ON CONFLICT (form) DO UPDATE SET articles = articles + excluded.articles",
            [(number, key, forms[key]) for key, number in numbers.items()],
        )
        self._db.executemany(
            "INSERT INTO form_words VALUES (?, ?)",
            (
                (word, number)
                for key, number in numbers.items()
                if number not in known
                for word in sorted(key_words(key))
            ),
        )

    # --- vectors and postings under way -----------------------------------------------------------------------

    def in_flight(self) -> list[str]:
        """Return the articles whose vectors and postings may not agree with the catalog, after a crash."""
        return [row[0] for row in self._rows("SELECT article FROM inflight ORDER BY article")]

    def put_in_flight(self, article_ids: Iterable[str]) -> None:
        """Note that the other stores are about to change for these articles."""
        self._db.executemany("INSERT OR IGNORE INTO inflight VALUES (?)", ((one,) for one in article_ids))

    def land(self) -> None:
        """Note that the other stores agree with the catalog again."""
        self._db.execute("DELETE FROM inflight")

    def embedded(self, digests: Iterable[bytes], *, without: Iterable[str] = ()) -> dict[bytes, str]:
        """Return for hashes of embedded text a passage that has the vector, outside the given articles."""
        passing = {number for (number,) in self._by_ids("SELECT num FROM articles WHERE id IN", without)}
        rows = self._by_ids("SELECT embedded, id, article FROM passages WHERE embedded IN", digests)
        found: dict[bytes, str] = {}
        for digest, passage_id, article in rows:
            if article not in passing:
                found[digest] = min(found.get(digest, passage_id), passage_id)
        return found

    def texts(self, article_ids: Iterable[str]) -> tuple[dict[str, Article], list[Passage]]:
        """Return articles by id, and their passages ordered by article id and place."""
        listed = sorted(set(article_ids))
        articles = {
            row[0]: decode_article(row)
            for row in self._by_ids(f"SELECT {ARTICLE_COLUMNS} WHERE articles.id IN", listed)
        }
        rows = self._by_ids(f"SELECT {PASSAGE_COLUMNS} WHERE articles.id IN", listed)
        passages = [decode_passage(row) for row in rows]
        return articles, sorted(passages, key=lambda passage: (passage.article_id, passage.ordinal))

    # --- repeated lines ---------------------------------------------------------------------------------------

    def line_rows(self, root: int) -> list[tuple[str, bytes, int]]:
        """Return for each article of a root its id, the hashes of its lines, and which repeated when it was cleaned."""
        return self._rows(
            "SELECT articles.id, lines, repeated FROM articles JOIN texts ON texts.article = articles.num "
            "JOIN files ON files.id = articles.file WHERE files.root = ? ORDER BY articles.id",
            (root,),
        )

    # --- near-duplicates --------------------------------------------------------------------------------------

    def bodies(self) -> list[tuple[int, str, int, bytes]]:
        """Return for each article its body hash, its id, whether it was compared, and its signature."""
        return self._rows(
            "SELECT body, id, compared, signature FROM articles JOIN texts ON texts.article = articles.num ORDER BY id"
        )

    def copy_pairs(self) -> list[tuple[int, int]]:
        """Return the pairs of different bodies that were found alike."""
        return self._rows("SELECT a, b FROM copies ORDER BY a, b")

    def put_copy_pairs(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Remember pairs of bodies that are alike; all bodies count as compared."""
        self._db.executemany("INSERT OR IGNORE INTO copies VALUES (?, ?)", pairs)
        self._db.execute("UPDATE articles SET compared = 1 WHERE compared = 0")
        self._db.execute(
            "DELETE FROM copies WHERE a NOT IN (SELECT body FROM articles) OR b NOT IN (SELECT body FROM articles)"
        )

    def count_copies(self) -> int:
        """Count the articles that are near-duplicates of another one."""
        return int(self._rows("SELECT COUNT(*) FROM articles WHERE copy_of <> id")[0][0])

    def copies_of(self) -> dict[str, str]:
        """Return for each article the smallest id of its group of near-duplicates."""
        return dict(self._rows("SELECT id, copy_of FROM articles"))

    def put_copies_of(self, groups: Iterable[tuple[str, str]]) -> None:
        """Set the group of articles: pairs of group and article id."""
        self._db.executemany("UPDATE articles SET copy_of = ? WHERE id = ?", groups)

    # --- disagreements ----------------------------------------------------------------------------------------

    def passage_counts(self) -> dict[str, int]:
        """Return by article how many passages it was given."""
        return dict(self._rows("SELECT id, passages FROM articles"))

    def orphans(self) -> list[str]:
        """Return the tables that hold rows of no article, and articles without a text."""
        found = [
            table
            for table in _OWNED
            if self._rows(f"SELECT 1 FROM {table} WHERE article NOT IN (SELECT num FROM articles) LIMIT 1")
        ]
        bare = self._rows("SELECT path FROM articles WHERE num NOT IN (SELECT article FROM texts) ORDER BY path")
        return [*found, *(path for (path,) in bare)]

    def drop_orphans(self) -> None:
        """Drop rows of no article, and articles without a text; their files are read again."""
        bare = self._rows("SELECT id FROM articles WHERE num NOT IN (SELECT article FROM texts)")
        self.delete_articles(article_id for (article_id,) in bare)
        for table in _OWNED:
            self._db.execute(f"DELETE FROM {table} WHERE article NOT IN (SELECT num FROM articles)")
        self._db.execute("DELETE FROM entity_forms WHERE entity NOT IN (SELECT num FROM entities)")
        self._db.execute(
            "UPDATE forms SET articles = (SELECT COUNT(DISTINCT article) FROM entity_forms "
            "JOIN entities ON entities.num = entity_forms.entity WHERE entity_forms.form = forms.form)"
        )
        self._db.execute("DELETE FROM forms WHERE articles = 0")
        self._db.execute("DELETE FROM form_words WHERE form NOT IN (SELECT form FROM forms)")
        self.expire_files()

    # --- helpers ----------------------------------------------------------------------------------------------

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            raise store_error(exc, self._file) from exc

    def _by_ids(self, select: str, ids: Iterable[Any], tail: str = "") -> list[Any]:
        listed = sorted(set(ids))
        rows: list[Any] = []
        for start in range(0, len(listed), VARIABLES):
            batch = listed[start : start + VARIABLES]
            rows.extend(self._rows(f"{select} ({','.join('?' * len(batch))}){tail}", batch))
        return rows
