"""The reading side of the catalog: thread-safe, and never blocked by a writer."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from rag.catalog.protocol import (
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    EntityMention,
    IndexedFile,
    Manifest,
    SpeakerCount,
)
from rag.catalog.rows import (
    ARTICLE_COLUMNS,
    PASSAGE_COLUMNS,
    STATEMENT_COLUMNS,
    decode_article,
    decode_entity,
    decode_passage,
    decode_statement,
    form_number,
    name_key,
)
from rag.catalog.tables import FORMAT, connect, is_damage
from rag.errors import IndexDamagedError, IndexMismatchError, IndexUnavailable
from rag.schema import Article, PartialDate, Passage, Statement

VARIABLES = 500  # ids a query; SQLite takes more, but its statement cache then holds one plan for each number

T = TypeVar("T")


class SqliteCatalog:
    """A `Catalog` in an SQLite file."""

    def __init__(self, file: Path) -> None:
        """Open the catalog.

        Raises:
            IndexUnavailable: there is none, or it cannot be read now.
            IndexMismatchError: it has another format.
            IndexDamagedError: the file is no sound database.
        """
        self._file = file
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._cache: dict[str, tuple[int, Any]] = {}
        if not file.exists():
            raise IndexUnavailable(f"no index in {str(file.parent)!r}; make one with `newsqa index FOLDER`")
        check_format(self.meta("manifest"), file)

    # --- connections ------------------------------------------------------------------------------------------

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection; what it reads is one state of the index only inside one statement."""
        try:
            with self._lock:
                if self._closed:
                    raise IndexUnavailable(f"the index in {str(self._file.parent)!r} was closed")
                db = self._idle.pop() if self._idle else None
            if db is None:
                db = connect(self._file, writable=False)
            try:
                yield db
            finally:
                with self._lock:
                    if self._closed:
                        db.close()
                    else:
                        self._idle.append(db)
        except sqlite3.Error as exc:
            raise store_error(exc, self._file) from exc

    def close(self) -> None:
        """Close every connection; a query under way in another thread ends first."""
        with self._lock:
            self._closed = True
            for db in self._idle:
                db.close()
            self._idle.clear()

    def _cached(self, name: str, make: Callable[[sqlite3.Connection], T]) -> T:
        generation = self.generation()
        held = self._cache.get(name)
        if held is None or held[0] != generation:
            with self._reader() as db:
                held = (generation, make(db))
            self._cache[name] = held
        value: T = held[1]
        return value

    # --- the index as a whole ---------------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        """Return a value that the index remembers about itself."""
        with self._reader() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    @property
    def index_id(self) -> str:
        """See `Catalog.index_id`."""
        return self.meta("index_id") or ""

    def manifest(self) -> Manifest:
        """See `Catalog.manifest`."""
        return Manifest(**json.loads(self.meta("manifest") or "{}"))

    def generation(self) -> int:
        """See `Catalog.generation`."""
        return int(self.meta("generation") or 0)

    def size(self) -> tuple[int, int]:
        """See `Catalog.size`."""
        with self._reader() as db:
            articles, passages = db.execute("SELECT COUNT(*), COALESCE(SUM(passages), 0) FROM articles").fetchone()
        return int(articles), int(passages)

    # --- articles ---------------------------------------------------------------------------------------------

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """See `Catalog.articles`."""
        rows = self._by_ids(f"SELECT {ARTICLE_COLUMNS} WHERE articles.id IN", ids)
        return {str(row[0]): decode_article(row) for row in rows}

    def article_summaries(self, *, query: str = "", offset: int = 0, limit: int = 50) -> ArticlePage:
        """See `Catalog.article_summaries`."""
        where, given = "", tuple[str, ...]()
        if key := name_key(query):
            where, given = "WHERE instr(listing, ?) > 0", (key,)
        with self._reader() as db:
            (total,) = db.execute(f"SELECT COUNT(*) FROM articles {where}", given).fetchone()
            rows = db.execute(
                f"SELECT {_SUMMARY_COLUMNS} FROM articles {where} ORDER BY path LIMIT ? OFFSET ?",
                (*given, max(limit, 0), max(offset, 0)),
            ).fetchall()
        return ArticlePage(int(total), tuple(_summary(row) for row in rows))

    def article_summary(self, article_id: str) -> ArticleSummary | None:
        """Return one article as a list shows it."""
        rows = self._by_ids(f"SELECT {_SUMMARY_COLUMNS} FROM articles WHERE id IN", [article_id])
        return _summary(rows[0]) if rows else None

    def file_of(self, article_id: str) -> IndexedFile | None:
        """Return the file an article was read from, or that holds its record; None for an uploaded one."""
        with self._reader() as db:
            row = db.execute(
                "SELECT roots.path, files.name, files.size, files.mtime_ns FROM articles "
                "JOIN files ON files.id = articles.file JOIN roots ON roots.id = files.root WHERE articles.id = ?",
                (article_id,),
            ).fetchone()
        if row is None:
            return None
        root = Path(row[0])
        return IndexedFile(root if root.is_file() else root / row[1], int(row[2]), int(row[3]))

    def article_dates(self) -> Mapping[str, ArticleMeta]:
        """See `Catalog.article_dates`."""
        return self._cached("dates", _read_dates)

    # --- passages ---------------------------------------------------------------------------------------------

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """See `Catalog.passages`."""
        rows = self._by_ids(f"SELECT {PASSAGE_COLUMNS} WHERE passages.id IN", ids)
        return {str(row[0]): decode_passage(row) for row in rows}

    def owners(self, passage_ids: Iterable[str]) -> dict[str, str]:
        """See `Catalog.owners`."""
        return dict(
            self._by_ids(
                "SELECT passages.id, articles.id FROM passages JOIN articles ON articles.num = passages.article "
                "WHERE passages.id IN",
                passage_ids,
            )
        )

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """See `Catalog.passages_of`."""
        rows = self._by_ids(f"SELECT {PASSAGE_COLUMNS} WHERE articles.id IN", [article_id])
        return tuple(sorted((decode_passage(row) for row in rows), key=lambda passage: passage.ordinal))

    # --- speakers ---------------------------------------------------------------------------------------------

    def statements_of(self, article_ids: Iterable[str]) -> tuple[Statement, ...]:
        """See `Catalog.statements_of`."""
        rows = self._by_ids(
            f"SELECT {STATEMENT_COLUMNS} WHERE articles.id IN", article_ids, order="articles.id, statements.ordinal"
        )
        return tuple(decode_statement(row) for row in rows)

    def statements_by(self, keys: Iterable[str]) -> tuple[Statement, ...]:
        """See `Catalog.statements_by`."""
        rows = self._by_ids(f"SELECT statements.ordinal, {STATEMENT_COLUMNS} WHERE statements.key IN", keys)
        rows.sort(key=lambda row: (row[1], row[0]))
        return tuple(decode_statement(row[1:]) for row in rows)

    def find_speakers(self, tokens: Iterable[str]) -> tuple[SpeakerCount, ...]:
        """See `Catalog.find_speakers`."""
        wanted = sorted(set(tokens))
        if not wanted:
            return ()
        with self._reader() as db:
            sets = [
                {key for (key,) in db.execute("SELECT key FROM speaker_words WHERE word = ?", (word,))}
                for word in wanted
            ]
        rows = self._by_ids(
            "SELECT key, speaker, COUNT(*), article FROM statements WHERE key IN",
            set.intersection(*sets),
            group="key, speaker, article",
        )
        return _count_speakers(rows)

    def speakers(self) -> tuple[SpeakerCount, ...]:
        """See `Catalog.speakers`."""
        return self._cached(
            "speakers",
            lambda db: _count_speakers(
                db.execute("SELECT key, speaker, COUNT(*), article FROM statements GROUP BY key, speaker, article")
            ),
        )

    # --- names ------------------------------------------------------------------------------------------------

    def find_entities(self, name: str) -> tuple[EntityMention, ...]:
        """See `Catalog.find_entities`."""
        key = name_key(name)
        if not key:
            return ()
        with self._reader() as db:
            sets = [
                {form for (form,) in db.execute("SELECT form FROM form_words WHERE word = ?", (word,))}
                for word in sorted(set(key.split()))
            ]
            forms = sorted({form_number(key)} | set.intersection(*sets))
        rows = self._by_ids(
            "SELECT DISTINCT entities.num, articles.id, variants, mentions FROM entity_forms "
            "JOIN entities ON entities.num = entity_forms.entity JOIN articles ON articles.num = entities.article "
            "WHERE entity_forms.form IN",
            forms,
        )
        found = {row[0]: EntityMention(row[1], decode_entity(row[2], row[3])) for row in rows}
        return tuple(
            sorted(found.values(), key=lambda item: (-item.entity.mentions, item.article_id, item.entity.name))
        )

    def all_entity_names(self) -> Mapping[str, int]:
        """See `Catalog.all_entity_names`."""
        return self._cached(
            "names", lambda db: MappingProxyType(dict(db.execute("SELECT key, articles FROM forms ORDER BY key")))
        )

    # --- queries by many ids ----------------------------------------------------------------------------------

    def _by_ids(self, select: str, ids: Iterable[Any], *, group: str = "", order: str = "") -> list[Any]:
        listed = sorted(set(ids))
        tail = (f" GROUP BY {group}" if group else "") + (f" ORDER BY {order}" if order else "")
        rows: list[Any] = []
        with self._reader() as db:
            for start in range(0, len(listed), VARIABLES):
                batch = listed[start : start + VARIABLES]
                marks = ",".join("?" * len(batch))
                rows.extend(db.execute(f"{select} ({marks}){tail}", batch))
        return rows


def check_format(manifest: str | None, file: Path) -> None:
    """Refuse an index that this version would misread.

    Raises:
        IndexMismatchError: it has another format.
        IndexDamagedError: it does not say which.
    """
    if manifest is None:
        raise IndexDamagedError(f"{str(file)!r} has no manifest; run `newsqa index --rebuild`")
    found = json.loads(manifest).get("format")
    if found != FORMAT:
        raise IndexMismatchError(
            f"the index in {str(file.parent)!r} has format {found}, this newsqa reads {FORMAT}; "
            "run `newsqa index --rebuild`"
        )


def store_error(exc: sqlite3.Error, file: Path) -> IndexUnavailable:
    """Say what an SQLite error means for the reader."""
    if is_damage(exc):
        return IndexDamagedError(
            f"cannot read the catalog {str(file)!r}: {exc}; run `newsqa index --rebuild` with the folders to index"
        )
    return IndexUnavailable(f"cannot use the catalog {str(file)!r}: {exc}; check disk space and permissions")


_SUMMARY_COLUMNS = "id, path, title, published, publisher, url, kind, sha256, passages, statements, file IS NULL"


def _summary(row: Any) -> ArticleSummary:
    article_id, path, title, published, publisher, url, kind, sha256, passages, statements, uploaded = row
    return ArticleSummary(
        id=article_id,
        path=path,
        title=title,
        published=PartialDate.parse(published) if published else None,
        publisher=publisher,
        url=url,
        kind=kind,
        sha256=sha256,
        passages=passages,
        statements=statements,
        uploaded=bool(uploaded),
    )


def _read_dates(db: sqlite3.Connection) -> Mapping[str, ArticleMeta]:
    rows = db.execute("SELECT id, path, published, title, publisher, copy_of, passages FROM articles ORDER BY id")
    return MappingProxyType(
        {
            article_id: ArticleMeta(
                path=path,
                published=PartialDate.parse(published) if published else None,
                title=title,
                publisher=publisher,
                group=group,
                passages=passages,
            )
            for article_id, path, published, title, publisher, group, passages in rows
        }
    )


def _count_speakers(rows: Iterable[tuple[str, str, int, int]]) -> tuple[SpeakerCount, ...]:
    spellings: dict[str, Counter[str]] = {}
    articles: dict[str, set[int]] = {}
    for key, speaker, count, article in rows:
        spellings.setdefault(key, Counter())[speaker] += count
        articles.setdefault(key, set()).add(article)
    found = [
        SpeakerCount(
            name=min(counts, key=lambda name: (-counts[name], name)),
            key=key,
            statements=counts.total(),
            articles=len(articles[key]),
        )
        for key, counts in spellings.items()
    ]
    return tuple(sorted(found, key=lambda speaker: (-speaker.statements, speaker.key)))
