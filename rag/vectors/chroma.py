"""The vector store kept by Chroma, embedded in the index folder or on a Chroma server.

Vectors are ours: the collection has no embedding function, uses cosine space, and sends no telemetry. An embedded
client never sees another process's writes (chromadb 1.5.9), and neither does a second client in one process, because
clients that name their folder alike share one engine. `SharedSystemClient.clear_system_cache()` would help and would
also take the engines of everybody else in the process, so each opening here spells the folder in its own way instead.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError

from rag.errors import ConfigError, IndexDamagedError, IndexUnavailable
from rag.vectors.protocol import Vector, VectorEntry

logger = logging.getLogger(__name__)

BATCH = 2000  # rows a call; Chroma's own limit is 5,461 and SQLite's number of variables bounds deletes
# On 55,475 passages of news (wordllama, 200 queries for 100 passages) a graph built at 60 and searched at 800 misses
# 0.7 % of the nearest in 2.0 ms a query; built at Chroma's 100 and searched at 500 it is 0.9 % in 1.8 ms, and building
# takes nearly half as much again.
HNSW = {"space": "cosine", "ef_construction": 60, "ef_search": 800}

MOST_KNOWN = 40_000
"""Vectors kept to be compared again, 1 KB each of the embedded default; fetching those of a question took a fifth of
the time of its search."""

_openings = itertools.count()
_FAILURES = (ChromaError, ValueError, RuntimeError, OSError)


class ChromaVectors:
    """A `VectorStore` in a Chroma collection."""

    def __init__(
        self, *, folder: Path | None = None, url: str | None = None, collection: str, create: bool = False
    ) -> None:
        """Open the collection.

        Args:
            folder: of the embedded Chroma; used when there is no `url`.
            url: of a Chroma server.
            collection: its name.
            create: make it where it is missing.

        Raises:
            IndexDamagedError: it is missing or cannot be read.
            IndexUnavailable: the server does not answer.
        """
        if (folder is None) == (url is None):
            raise ValueError("expected either a folder or a url")
        self._folder = folder
        self._url = url
        self._name = collection
        self._lock = threading.Lock()
        self._known: dict[str, Vector] = {}
        """Vectors that were compared lately. An id stands for one text, and so for one vector while the store stays."""
        if create and folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._opened: _Opened | None = self._open(create=create)

    def _open(self, *, create: bool) -> _Opened:
        if self._folder is not None and not create and not (self._folder / "chroma.sqlite3").exists():
            raise IndexDamagedError(f"no vectors in {str(self._folder)!r}; run `newsqa doctor --repair`")
        client = None
        try:
            client = self._connect()
            if create:
                collection = client.get_or_create_collection(
                    self._name, embedding_function=None, configuration={"hnsw": HNSW}
                )
            else:
                collection = client.get_collection(self._name, embedding_function=None)
        except NotFoundError as exc:
            _close(client)
            raise IndexDamagedError(
                f"no collection {self._name!r} in {self._where}; run `newsqa doctor --repair`"
            ) from exc
        except _FAILURES as exc:
            _close(client)
            raise self._failure(exc) from exc
        return _Opened(client, collection)

    @contextmanager
    def _use(self) -> Iterator[Any]:
        """Lend the collection; a client that is replaced meanwhile is closed when its last user is done."""
        with self._lock:
            opened = self._opened
            if opened is None:
                raise IndexUnavailable(f"the vectors in {self._where} were closed")
            opened.users += 1
        try:
            yield opened.collection
        except NotFoundError as exc:
            raise IndexDamagedError(
                f"no collection {self._name!r} in {self._where}; run `newsqa doctor --repair`"
            ) from exc
        except _FAILURES as exc:
            raise self._failure(exc) from exc
        finally:
            with self._lock:
                opened.users -= 1
                if opened.retired and not opened.users:
                    _close(opened.client)

    def _retire(self, opened: _Opened | None) -> None:
        if opened is not None:
            opened.retired = True
            if not opened.users:
                _close(opened.client)

    def _connect(self) -> Any:
        if self._url is None:
            # "folder/./././" is the same folder and another engine
            spelling = str(self._folder) + "/." * next(_openings)
            return chromadb.PersistentClient(spelling, settings=ChromaSettings(anonymized_telemetry=False))
        return _client_of(self._url)

    @property
    def _where(self) -> str:
        return repr(self._url or str(self._folder))

    def _failure(self, exc: Exception) -> IndexUnavailable:
        if self._url is not None:
            return IndexUnavailable(f"the Chroma server {self._where} failed: {exc}; is it running?")
        return IndexDamagedError(
            f"cannot use the vectors in {self._where}: {exc}; check disk space, then run `newsqa doctor --repair`"
        )

    # --- reading ----------------------------------------------------------------------------------------------

    def query(self, vector: Vector, *, limit: int) -> list[tuple[str, float]]:
        """See `VectorStore.query`. Approximate: HNSW may miss one of the nearest now and then."""
        if not np.any(vector):
            return []
        with self._use() as collection:
            # Asking for more than there are is fine, and counting them first takes longer than the query.
            found = collection.query(query_embeddings=[vector], n_results=limit, include=["distances"])
        hits = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(((i, 1.0 - float(distance)) for i, distance in hits), key=lambda hit: (-hit[1], hit[0]))

    def similarity(self, vector: Vector, ids: Sequence[str]) -> dict[str, float]:
        """See `VectorStore.similarity`."""
        known = self._known
        vectors = {one: known[one] for one in ids if one in known}
        if len(vectors) < len(ids):
            fetched = self.get([one for one in ids if one not in vectors])
            vectors |= fetched
            if len(known) + len(fetched) > MOST_KNOWN:
                known = self._known = {}
            known.update(fetched)
        return {passage_id: float(np.dot(other, vector)) for passage_id, other in vectors.items()}

    def get(self, ids: Sequence[str]) -> dict[str, Vector]:
        """See `VectorStore.get`."""
        vectors: dict[str, Vector] = {}
        with self._use() as collection:
            for batch in _batches(ids):
                found = collection.get(ids=batch, include=["embeddings"])
                for passage_id, vector in zip(found["ids"], found["embeddings"], strict=True):
                    vectors[passage_id] = np.asarray(vector, dtype=np.float32)
        return vectors

    def ids(self) -> set[str]:
        """See `VectorStore.ids`."""
        with self._use() as collection:
            return set(collection.get(include=[])["ids"])

    def ids_of(self, article_ids: Iterable[str]) -> set[str]:
        """See `VectorStore.ids_of`."""
        found: set[str] = set()
        with self._use() as collection:
            for batch in _batches(sorted(article_ids), 200):
                found.update(collection.get(where={"article": {"$in": batch}}, include=[])["ids"])
        return found

    def count(self) -> int:
        """Count vectors."""
        with self._use() as collection:
            return int(collection.count())

    # --- writing ----------------------------------------------------------------------------------------------

    def upsert(self, entries: Sequence[VectorEntry]) -> None:
        """See `VectorStore.upsert`."""
        self._known = {}
        with self._use() as collection:
            for start in range(0, len(entries), BATCH):
                batch = entries[start : start + BATCH]
                texts = [entry.text for entry in batch]
                collection.upsert(
                    ids=[entry.passage_id for entry in batch],
                    embeddings=np.stack([entry.vector for entry in batch]),
                    metadatas=[_metadata(entry) for entry in batch],
                    documents=texts if all(text is not None for text in texts) else None,
                )

    def delete(self, ids: Iterable[str]) -> None:
        """See `VectorStore.delete`."""
        self._known = {}
        with self._use() as collection:
            for batch in _batches(sorted(ids)):
                collection.delete(ids=batch)

    def drop(self) -> None:
        """Delete the whole collection."""
        with self._lock:
            if self._opened is not None:
                try:
                    self._opened.client.delete_collection(self._name)
                except _FAILURES as exc:
                    raise self._failure(exc) from exc

    # --- life -------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """See `VectorStore.reload`."""
        if self._url is None:  # a server is always up to date
            self.move(folder=self._folder, collection=self._name)

    def move(self, *, folder: Path | None, collection: str) -> None:
        """Open a folder and collection anew: another one after a rebuild, or the same with its latest contents."""
        with self._lock:
            if self._url is not None and collection == self._name:
                return
            old_place = self._folder, self._name
            self._folder, self._name = folder, collection
            try:
                opened = self._open(create=False)
            except BaseException:
                self._folder, self._name = old_place
                raise
            self._retire(self._opened)
            self._opened = opened
            self._known = {}

    def close(self) -> None:
        """See `VectorStore.close`."""
        with self._lock:
            self._retire(self._opened)
            self._opened = None


def drop_collection(url: str, name: str) -> None:
    """Delete a collection of a Chroma server, if it is there.

    Raises:
        IndexUnavailable: the server does not answer.
    """
    client = None
    try:
        client = _client_of(url)
        client.delete_collection(name)
    except NotFoundError:
        pass
    except _FAILURES as exc:
        raise IndexUnavailable(f"the Chroma server {url!r} failed: {exc}; is it running?") from exc
    finally:
        _close(client)


def _client_of(url: str) -> Any:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"expected a Chroma address such as http://localhost:8000, found {url!r}")
    port = parts.port or (443 if parts.scheme == "https" else 8000)
    settings = ChromaSettings(anonymized_telemetry=False)
    return chromadb.HttpClient(parts.hostname, port, ssl=parts.scheme == "https", settings=settings)


def _close(client: Any) -> None:
    """Close a client; those of a server, itself and the one it asks for tenants, leave connections open otherwise."""
    if client is None:
        return
    servers = [client._server, getattr(getattr(client, "_admin_client", None), "_server", None)]  # chromadb 1.5.9
    client.close()
    for server in servers:
        session = getattr(server, "_session", None)
        if session is not None:
            session.close()


class _Opened:
    """A client with its collection, and how many calls are using it."""

    def __init__(self, client: Any, collection: Any) -> None:
        self.client = client
        self.collection = collection
        self.users = 0
        self.retired = False


def _metadata(entry: VectorEntry) -> dict[str, str | int]:
    metadata: dict[str, str | int] = {
        "article": entry.article_id,
        "path": entry.path,
        "start": entry.start,
        "end": entry.end,
    }
    if entry.date is not None:
        metadata["date"] = entry.date
    return metadata


def _batches(ids: Iterable[str], size: int = BATCH) -> Iterator[list[str]]:
    listed = list(ids)
    for start in range(0, len(listed), size):
        yield listed[start : start + size]
