"""The tables of `catalog.sqlite`, and how a connection to it is set up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

FORMAT = 2
"""Layout of the stores together; a change that older code would misread gets a new number."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE roots (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL);
CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    root INTEGER NOT NULL,
    name TEXT NOT NULL,              -- path without the root's prefix
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,       -- 0: written while it was read, so that the next ingest looks again
    skipped TEXT NOT NULL,           -- JSON [[path without prefix, reason], ...]
    UNIQUE (root, name)
);
CREATE TABLE articles (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    file INTEGER,                    -- NULL: uploaded
    path TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,            -- of sha256 and metadata; an article with the same one is unchanged
    sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT, published TEXT, publisher TEXT, url TEXT,
    passages INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    body INTEGER NOT NULL,           -- hash of the set of shingles; equal bodies are copies
    compared INTEGER NOT NULL,       -- 1: near-duplicates of the body were looked for
    copy_of TEXT NOT NULL,           -- smallest article id of the group of near-duplicates
    listing TEXT NOT NULL            -- folded path, title and publisher
);
CREATE INDEX articles_by_file ON articles (file);
CREATE INDEX articles_by_body ON articles (body);
CREATE TABLE texts (                 -- apart from articles, so that lists need not read past the texts
    article INTEGER PRIMARY KEY,
    raw BLOB NOT NULL,
    layout BLOB NOT NULL,
    metadata TEXT NOT NULL,          -- of the source, to clean it again
    lines BLOB NOT NULL,             -- hashes of its lines, to count lines that repeat
    repeated INTEGER NOT NULL,       -- stands for the set of its lines that repeated when it was cleaned
    signature BLOB NOT NULL          -- MinHash of the body
);
CREATE TABLE passages (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    article INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,
    heading TEXT,
    sentences BLOB NOT NULL,
    embedded BLOB NOT NULL           -- hash of the text that was embedded
);
CREATE INDEX passages_by_article ON passages (article, ordinal);
CREATE INDEX passages_by_embedded ON passages (embedded);
CREATE TABLE statements (
    article INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    key TEXT NOT NULL,               -- folded speaker
    speaker TEXT NOT NULL,
    mention TEXT NOT NULL,
    cue TEXT NOT NULL,
    speech TEXT NOT NULL,
    content BLOB NOT NULL,
    sentences BLOB NOT NULL,
    PRIMARY KEY (article, ordinal)
) WITHOUT ROWID;
CREATE INDEX statements_by_key ON statements (key);
CREATE TABLE speaker_words (word TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (word, key)) WITHOUT ROWID;
CREATE TABLE entities (
    num INTEGER PRIMARY KEY,
    article INTEGER NOT NULL,
    variants TEXT NOT NULL,          -- JSON, the fullest form first
    mentions INTEGER NOT NULL
);
CREATE INDEX entities_by_article ON entities (article);
CREATE TABLE entity_forms (form INTEGER NOT NULL, entity INTEGER NOT NULL, PRIMARY KEY (form, entity)) WITHOUT ROWID;
CREATE TABLE forms (form INTEGER PRIMARY KEY, key TEXT NOT NULL, articles INTEGER NOT NULL);
CREATE TABLE form_words (word TEXT NOT NULL, form INTEGER NOT NULL, PRIMARY KEY (word, form)) WITHOUT ROWID;
CREATE TABLE copies (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;  -- alike bodies, a < b
CREATE TABLE deleted (root INTEGER NOT NULL, name TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (root, name))
    WITHOUT ROWID;                   -- deleted by hand; stays out until its source has another digest
CREATE TABLE inflight (article TEXT PRIMARY KEY) WITHOUT ROWID;  -- ids whose vectors and postings are being written
"""

BUSY_TIMEOUT_S = 30.0


def connect(file: Path, *, writable: bool) -> sqlite3.Connection:
    """Open a connection in autocommit mode; the caller begins and ends transactions.

    Raises:
        sqlite3.Error: there is no database there, or it cannot be read.
    """
    if writable:
        db = sqlite3.connect(file, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a crash of the process loses nothing
        # With the usual 2 MB the pages of the indexes come and go: by 4,000 articles a write took a half more.
        db.execute("PRAGMA cache_size = -32000")
    else:
        db = _connect_reader(file)
    db.execute("PRAGMA temp_store = MEMORY")
    return db


def _connect_reader(file: Path) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?mode=ro"
    db = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("SELECT 1 FROM meta").fetchone()
    except sqlite3.OperationalError:
        # A reader of a WAL database writes beside it (the -shm file). Where the folder cannot be written to and no
        # log is left over, nobody else can write either, and the file may be read as it is.
        db.close()
        log = file.with_name(file.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        db = sqlite3.connect(
            address + "&immutable=1", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            db.execute("SELECT 1 FROM meta").fetchone()
        except sqlite3.Error:
            db.close()
            raise
    return db


def is_damage(error: sqlite3.Error) -> bool:
    """Say whether an error means that the file is not a sound database, rather than busy, full or forbidden."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is None or (code & 0xFF) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
