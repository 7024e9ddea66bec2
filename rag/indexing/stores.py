"""Opens the three stores of an index folder, for reading or for writing.

catalog.sqlite   the truth; it names the other two, so that replacing it in one transaction replaces the index
lexical/         or `lexical-<id>/` after a rebuild
chroma/          likewise; on a server a collection `newsqa-<id>`
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

from rag.catalog import FORMAT, CatalogWriter, Manifest, SqliteCatalog
from rag.config import Settings
from rag.embedding import Embedder
from rag.errors import IndexDamagedError, IndexMismatchError, IndexUnavailable
from rag.indexing.processing import CLEANER_VERSION, EMBEDDED_TEXT_VERSION
from rag.lexical import TantivyIndex
from rag.vectors import ChromaVectors, drop_collection

logger = logging.getLogger(__name__)

CATALOG = "catalog.sqlite"
COLLECTION = "passages"
REBUILD = "rebuild.sqlite"
"""The catalog of an index that is being built beside the one in use."""
RETIRED = "retired_collections"

T = TypeVar("T")


def wanted_manifest(settings: Settings, embedder: Embedder) -> Manifest:
    """Return what an index built now would say about itself."""
    return Manifest(
        format=FORMAT,
        embedder=embedder.name,
        dimensions=embedder.dimensions,
        max_tokens=settings.passages.max_tokens,
        cleaner=CLEANER_VERSION,
        embedded_text=EMBEDDED_TEXT_VERSION,
        vectors="server" if settings.chroma_url else "folder",
        stores_text=settings.store_text_in_chroma,
    )


def check_manifest(found: Manifest, wanted: Manifest, folder: Path) -> None:
    """Refuse an index that was built otherwise.

    Raises:
        IndexMismatchError: names every difference.
    """
    differences = {
        field.name: f"{field.name} is {getattr(found, field.name)!r}, expected {getattr(wanted, field.name)!r}"
        for field in fields(Manifest)
        if getattr(found, field.name) != getattr(wanted, field.name)
    }
    if differences:
        by_version = differences.keys() <= {"format", "cleaner", "embedded_text"}
        raise IndexMismatchError(
            f"the index in {str(folder)!r} was built {'by another version of newsqa' if by_version else 'otherwise'}: "
            f"{'; '.join(differences.values())}; "
            f"{'' if by_version else 'change the settings back or '}run `newsqa index --rebuild`"
        )


class OpenIndex:
    """The stores of an index, for reading. Thread-safe; the stores stay the same objects until it is closed."""

    def __init__(self, folder: Path, *, wanted: Manifest, chroma_url: str | None) -> None:
        """Open an index.

        Raises:
            IndexUnavailable: there is none, or it cannot be read; see its subclasses.
        """
        self.folder = folder
        self._wanted = wanted
        self._chroma_url = chroma_url
        self._copies: tempfile.TemporaryDirectory[str] | None = None
        self.catalog = SqliteCatalog(folder / CATALOG)
        try:
            check_manifest(self.catalog.manifest(), wanted, folder)
            # A rebuild elsewhere may switch the stores between asking for their names and opening them.
            self.generation, self.lexical, self.vectors = _again(self._open, IndexDamagedError)
        except BaseException:
            self.catalog.close()
            raise

    def _open(self) -> tuple[int, TantivyIndex, ChromaVectors]:
        generation = self.catalog.generation()
        folder = self._readable()
        lexical = TantivyIndex(folder / self._meta("lexical"))
        vectors = open_vectors(folder, self._meta("vectors"), chroma_url=self._chroma_url)
        return generation, lexical, vectors

    def _readable(self) -> Path:
        """Return where the stores can be opened."""
        if is_writable(self.folder):
            return self.folder
        copies = copy_stores(self.folder, [self._meta("lexical"), self._meta("vectors")])
        if self._copies is not None:
            self._copies.cleanup()
        self._copies = copies
        return Path(copies.name)

    def _meta(self, key: str) -> str:
        value = self.catalog.meta(key)
        if value is None:
            raise IndexDamagedError(f"the catalog in {str(self.folder)!r} names no {key}; run `newsqa index --rebuild`")
        return value

    def refresh(self) -> bool:
        """See what other processes have written since; cheap when that is nothing. Say whether there was something.

        Raises:
            IndexMismatchError: it was rebuilt otherwise.
            IndexDamagedError: a store cannot be read any more.
        """
        if self.catalog.generation() == self.generation:
            return False
        _again(self._reload, IndexDamagedError)
        return True

    def _reload(self) -> None:
        generation = self.catalog.generation()
        check_manifest(self.catalog.manifest(), self._wanted, self.folder)
        folder = self._readable()
        self.lexical.move(folder / self._meta("lexical"))
        place = self._meta("vectors")
        if self._chroma_url is None:
            self.vectors.move(folder=folder / place, collection=COLLECTION)
        else:
            self.vectors.move(folder=None, collection=place)
        self.generation = generation

    def close(self) -> None:
        """Let go of everything."""
        self.lexical.close()
        self.vectors.close()
        self.catalog.close()
        if self._copies is not None:
            self._copies.cleanup()


@dataclass(slots=True)
class WritableIndex:
    """The stores of an index, for the one process that holds its lock."""

    folder: Path
    catalog: CatalogWriter
    lexical: TantivyIndex
    vectors: ChromaVectors
    chroma_url: str | None

    @classmethod
    def create(
        cls, folder: Path, *, manifest: Manifest, chroma_url: str | None, catalog_name: str = CATALOG, mark: str = ""
    ) -> WritableIndex:
        """Make an empty index.

        Args:
            folder: where.
            manifest: what it is built with.
            chroma_url: Chroma server, if there is one.
            catalog_name: file name of the catalog; another one than usual is not yet the index.
            mark: appended to the names of the other stores, to keep them apart from those of an older index.
        """
        index_id = uuid.uuid4().hex[:12]
        lexical = f"lexical{mark}"
        vectors = f"newsqa-{index_id}" if chroma_url else f"chroma{mark}"
        for name in (catalog_name, f"{catalog_name}-wal", f"{catalog_name}-shm"):
            (folder / name).unlink(missing_ok=True)
        for name in (lexical, vectors):
            shutil.rmtree(folder / name, ignore_errors=True)
        catalog = CatalogWriter.create(
            folder / catalog_name, manifest=manifest, index_id=index_id, meta={"lexical": lexical, "vectors": vectors}
        )
        try:
            return cls(
                folder=folder,
                catalog=catalog,
                lexical=TantivyIndex(folder / lexical, create=True),
                vectors=open_vectors(folder, vectors, chroma_url=chroma_url, create=True),
                chroma_url=chroma_url,
            )
        except BaseException:
            catalog.close()
            raise

    @classmethod
    def open(cls, folder: Path, *, wanted: Manifest, chroma_url: str | None) -> WritableIndex:
        """Open an index; a store that is missing or unreadable is replaced by an empty one, see `unfilled`.

        Raises:
            IndexMismatchError: it was not built as `wanted` says.
        """
        catalog = CatalogWriter(folder / CATALOG)
        try:
            check_manifest(catalog.manifest(), wanted, folder)
            lexical_name, vectors_name = catalog.meta("lexical"), catalog.meta("vectors")
            assert lexical_name is not None and vectors_name is not None  # written when the catalog was made
            replaced: dict[str, str] = {}
            try:
                lexical = TantivyIndex(folder / lexical_name)
                lexical.num_docs()
            except IndexDamagedError as exc:
                logger.warning("%s", exc)
                lexical, replaced["lexical"] = new_lexical(folder)
            try:
                vectors = open_vectors(folder, vectors_name, chroma_url=chroma_url)
                vectors.count()
            except IndexDamagedError as exc:
                logger.warning("%s", exc)
                vectors, replaced["vectors"] = new_vectors(folder, chroma_url=chroma_url)
            if replaced:
                with catalog.transaction():
                    for key, name in replaced.items():
                        catalog.set_meta(key, name)
                        catalog.set_meta(f"unfilled_{key}", "1")
                    catalog.next_generation()
        except BaseException:
            catalog.close()
            raise
        return cls(folder, catalog, lexical, vectors, chroma_url)

    def discard(self) -> None:
        """Remove vectors and postings, of an index that is not to be."""
        self.lexical.close()
        shutil.rmtree(self.lexical.folder, ignore_errors=True)
        place = self.catalog.meta("vectors")
        if self.chroma_url is not None:
            self.vectors.drop()
        elif place:
            self.vectors.close()
            shutil.rmtree(self.folder / place, ignore_errors=True)

    def unfilled(self) -> list[str]:
        """Return which of `lexical` and `vectors` were replaced by empty stores and are yet to be filled."""
        return [key for key in ("lexical", "vectors") if self.catalog.meta(f"unfilled_{key}") == "1"]

    def close(self) -> None:
        """Let go of everything; what was committed stays."""
        try:
            self.lexical.close()
            self.vectors.close()
        finally:
            self.catalog.close()


def new_lexical(folder: Path) -> tuple[TantivyIndex, str]:
    """Make an empty lexical index beside the one in use; return it with its name, which the catalog must yet learn."""
    name = f"lexical-{uuid.uuid4().hex[:8]}"
    return TantivyIndex(folder / name, create=True), name


def new_vectors(folder: Path, *, chroma_url: str | None) -> tuple[ChromaVectors, str]:
    """Make an empty vector store beside the one in use, in the same way."""
    name = f"newsqa-{uuid.uuid4().hex[:12]}" if chroma_url else f"chroma-{uuid.uuid4().hex[:8]}"
    return open_vectors(folder, name, chroma_url=chroma_url, create=True), name


def open_vectors(folder: Path, place: str, *, chroma_url: str | None, create: bool = False) -> ChromaVectors:
    """Open the vector store that a catalog calls `place`."""
    if chroma_url is not None:
        return ChromaVectors(url=chroma_url, collection=place, create=create)
    return ChromaVectors(folder=folder / place, collection=COLLECTION, create=create)


def is_writable(folder: Path) -> bool:
    """Say whether this process may write to a folder."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def copy_stores(folder: Path, names: Sequence[str]) -> tempfile.TemporaryDirectory[str]:
    """Copy stores to a place of this process's own.

    Even to read, tantivy locks a file and Chroma opens its database for writing, so an index in a read-only folder
    (an image, a mounted snapshot) is read from copies.
    """
    copies = tempfile.TemporaryDirectory(prefix="newsqa-")
    for name in names:
        source, target = folder / name, Path(copies.name) / name
        if source.is_dir():
            shutil.copytree(source, target, copy_function=shutil.copyfile)
            for entry in (target, *target.rglob("*")):
                entry.chmod(0o700)  # copying a tree copies the modes of its folders
    return copies


def remove_leftovers(folder: Path, catalog: CatalogWriter, *, chroma_url: str | None) -> None:
    """Remove stores that the catalog does not name: of an older index, or of a rebuild that was interrupted."""
    named = {catalog.meta("lexical"), catalog.meta("vectors")}
    half_made = [name for name in _half_made(folder) if name not in named]
    if half_made:
        with catalog.transaction():
            retire(catalog, half_made)
    for entry in folder.iterdir():
        is_store = entry.is_dir() and entry.name.split("-")[0] in {"lexical", "chroma"}
        if is_store and entry.name not in named:
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name.startswith("rebuild.sqlite"):
            entry.unlink(missing_ok=True)
        elif entry.name == "spool":
            shutil.rmtree(entry, ignore_errors=True)
    _drop_retired(catalog, chroma_url)


def retire(catalog: CatalogWriter, collections: Iterable[str]) -> None:
    """Note collections of a Chroma server that no index uses any more; `remove_leftovers` drops them.

    Noted first, so that one is not forgotten when the process is killed or the server away just then.
    """
    catalog.set_meta(RETIRED, " ".join(sorted({*retired(catalog), *collections})))


def retired(catalog: CatalogWriter) -> list[str]:
    """Return the collections that are yet to be dropped."""
    return (catalog.meta(RETIRED) or "").split()


def collections_of(catalog: CatalogWriter) -> list[str]:
    """Return the collections that an index has on a Chroma server, those to be dropped included."""
    place = catalog.meta("vectors")
    return [*retired(catalog), *([place] if place and catalog.manifest().vectors == "server" else [])]


def _half_made(folder: Path) -> list[str]:
    """Return the collections of a rebuild that was killed."""
    file = folder / REBUILD
    if not file.exists():
        return []
    try:
        catalog = CatalogWriter(file, read_only=True)
    except IndexUnavailable:  # killed before it had made anything
        return []
    try:
        return collections_of(catalog)
    except IndexUnavailable:
        return []
    finally:
        catalog.close()


def _drop_retired(catalog: CatalogWriter, chroma_url: str | None) -> None:
    left = retired(catalog)
    if not left:
        return
    if chroma_url is None:
        logger.warning("the index left a Chroma server; delete there what nobody needs: %s", ", ".join(left))
    else:
        try:
            for name in left:
                drop_collection(chroma_url, name)
        except IndexUnavailable as exc:
            logger.warning("old collections stay until the next ingest: %s", exc)
            return
    with catalog.transaction():
        catalog.set_meta(RETIRED, "")


def _again(action: Callable[[], T], error: type[IndexUnavailable]) -> T:
    try:
        return action()
    except error:
        return action()
