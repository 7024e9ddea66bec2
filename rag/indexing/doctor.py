"""Proves that folder, catalog, lexical index and vectors agree, and mends what does not.

The catalog is checked first: each article's raw text against its hash, each passage against the raw text. The other
stores are then compared with it by passage ids, and the folders by reading every file again.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rag.catalog import CatalogWriter, Manifest, Root, source_digest
from rag.config import Settings
from rag.embedding import Embedder
from rag.errors import IndexDamagedError, IndexUnavailable
from rag.indexing.concerns import Concern, concerns_of
from rag.indexing.lock import IndexLock
from rag.indexing.report import IngestProgress
from rag.indexing.stores import CATALOG, check_manifest, copy_stores, is_writable, open_vectors, wanted_manifest
from rag.lexical import TantivyIndex
from rag.schema import Article, Passage, SkippedSource, SourceFile
from rag.sources import FoundFile, read_sources, walk

logger = logging.getLogger(__name__)

EXAMPLES = 5  # ids or paths a finding shows
CHUNK = 200  # articles held at a time

FindingKind = Literal[
    "catalog_damaged",
    "catalog_orphans",
    "unfinished_ingest",
    "text_damaged",
    "passages_damaged",
    "lexical_unreadable",
    "lexical_missing",
    "lexical_orphans",
    "vectors_unreadable",
    "vectors_missing",
    "vectors_orphans",
    "root_missing",
    "file_new",
    "file_changed",
    "file_gone",
]

_EXPLANATIONS: dict[FindingKind, tuple[str, str]] = {
    "catalog_damaged": ("the catalog is damaged", "builds the index anew from its folders"),
    "catalog_orphans": ("rows of the catalog that belong to no article", "drops them"),
    "unfinished_ingest": ("an ingest was interrupted", "finishes it"),
    "text_damaged": ("articles whose text differs from its hash", "reads their files again"),
    "passages_damaged": ("articles with passages that their text does not have", "splits the articles again"),
    "lexical_unreadable": ("the lexical index cannot be read", "makes it anew from the catalog"),
    "lexical_missing": ("passages missing from the lexical index", "writes them again from the catalog"),
    "lexical_orphans": ("passages of the lexical index that the catalog does not have", "drops them"),
    "vectors_unreadable": ("the vectors cannot be read", "makes them anew from the catalog"),
    "vectors_missing": ("passages without a vector", "embeds them again"),
    "vectors_orphans": ("vectors of passages that the catalog does not have", "drops them"),
    "root_missing": ("folders that are not there", "nothing: bring the folder back, or rebuild without it"),
    "file_new": ("files and records that are not indexed", "indexes them"),
    "file_changed": ("files and records that changed since they were indexed", "indexes them again"),
    "file_gone": ("articles whose file or record is gone", "removes them"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One way in which the index does not agree with itself or with its folders."""

    kind: FindingKind
    what: str
    count: int
    where: tuple[str, ...]
    """The first few paths, or passage ids."""
    repair: str
    """What `newsqa doctor --repair` does about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """What the doctor saw."""

    findings: tuple[Finding, ...]
    """As found, before any repair."""
    remaining: tuple[Finding, ...]
    """As found after the repair; the same as `findings` when none was asked for."""
    repaired: bool
    """Whether a repair was asked for."""
    articles: int
    passages: int
    files: int
    """Files and records read."""
    skipped: tuple[SkippedSource, ...]
    """Files that cannot be indexed; they are no findings."""
    concerns: tuple[Concern, ...] = ()
    """Articles of which little or nothing is left, or which have wrong bytes; they are no findings either."""

    @property
    def ok(self) -> bool:
        """Whether everything agrees now."""
        return not self.remaining


def examine(
    folder: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    repair: bool = False,
    progress: Callable[[IngestProgress], None] | None = None,
) -> DoctorReport:
    """Examine an index, and mend it where `repair` says so.

    Raises:
        IndexUnavailable: there is no index.
        IndexLockedError: somebody is writing to it.
        IndexMismatchError: it was built otherwise than the settings say.
    """
    if not (folder / CATALOG).exists():
        raise IndexUnavailable(f"no index in {str(folder)!r}; make one with `newsqa index FOLDER`")
    wanted = wanted_manifest(settings, embedder)
    with _lock(folder):
        before = _look(folder, settings, wanted)
    if not repair or not before.findings():
        return before.report(repaired=repair)
    from rag.indexing.repair import mend  # which needs the findings defined here

    mend(folder, settings, embedder, before, progress)
    with _lock(folder):
        after = _look(folder, settings, wanted)
    return after.report(repaired=True, before=before.findings())


def _lock(folder: Path) -> AbstractContextManager[object]:
    """Keep writers out, so that nothing is half done; where nobody can write there is nobody to keep out."""
    return IndexLock(folder) if is_writable(folder) else nullcontext()


@dataclass(slots=True)
class Examination:
    """All that disagrees, whole, by kind: paths for articles and files, ids for passages."""

    found: dict[FindingKind, list[str]] = field(default_factory=dict)
    articles: int = 0
    passages: int = 0
    files: int = 0
    skipped: list[SkippedSource] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)

    def add(self, kind: FindingKind, where: Iterable[str]) -> None:
        """Note something, if there is anything to note."""
        listed = sorted(where)
        if listed:
            self.found.setdefault(kind, []).extend(listed)

    def findings(self) -> tuple[Finding, ...]:
        """Return what disagrees, in the order of the checks."""
        return tuple(
            Finding(
                kind=kind,
                what=what,
                count=len(self.found[kind]),
                where=tuple(self.found[kind][:EXAMPLES]),
                repair=repair,
            )
            for kind, (what, repair) in _EXPLANATIONS.items()
            if kind in self.found
        )

    def report(self, *, repaired: bool, before: tuple[Finding, ...] | None = None) -> DoctorReport:
        """Make the report; `before` are the findings of an earlier examination."""
        findings = self.findings()
        return DoctorReport(
            findings=findings if before is None else before,
            remaining=findings,
            repaired=repaired,
            articles=self.articles,
            passages=self.passages,
            files=self.files,
            skipped=tuple(self.skipped),
            concerns=tuple(sorted(self.concerns, key=lambda item: (item.path, item.kind))),
        )


def _look(folder: Path, settings: Settings, wanted: Manifest) -> Examination:
    seen = Examination()
    try:
        catalog = CatalogWriter(folder / CATALOG, read_only=True)
    except IndexDamagedError as exc:
        seen.add("catalog_damaged", [str(exc)])
        return seen
    try:
        check_manifest(catalog.manifest(), wanted, folder)
        problems = catalog.check()
        if problems:
            seen.add("catalog_damaged", problems)
            return seen
        seen.articles, seen.passages = catalog.size()
        if catalog.in_flight() or catalog.meta("dirty") == "1":
            seen.add("unfinished_ingest", catalog.in_flight() or ["the last stage"])
        seen.add("catalog_orphans", catalog.orphans())
        _examine_articles(catalog, seen)
        _examine_stores(folder, catalog, settings, seen)
        _examine_folders(catalog, settings, seen)
    except IndexDamagedError as exc:
        seen.add("catalog_damaged", [str(exc)])
    finally:
        catalog.close()
    return seen


# --- the catalog itself ---------------------------------------------------------------------------------------------


def _examine_articles(catalog: CatalogWriter, seen: Examination) -> None:
    ids = catalog.article_ids()
    expected = catalog.passage_counts()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        try:
            sources = catalog.sources(chunk)
            articles, passages = catalog.texts(chunk)
        except (ValueError, KeyError, TypeError, zlib.error) as exc:
            raise IndexDamagedError(f"an article cannot be decoded: {exc}") from exc
        seen.add("text_damaged", (source.path for source in sources.values() if not _matches_hash(source)))
        by_article: dict[str, list[Passage]] = {article_id: [] for article_id in chunk}
        for passage in passages:
            by_article[passage.article_id].append(passage)
        for article in articles.values():
            citable = any(passage.sentences for passage in by_article[article.id])
            seen.concerns.extend(concerns_of(article, citable=citable))
        seen.add(
            "passages_damaged",
            (
                article.path
                for article in articles.values()
                if not _is_sound(article, by_article[article.id], expected[article.id])
            ),
        )


def _matches_hash(source: SourceFile) -> bool:
    if source.kind == "html":  # its hash is of the page, of which the catalog has only the visible text
        return True
    try:
        if source.errors == "replace" and source.kind != "record":
            return True  # what the wrong bytes were is not kept
        data = source.raw.encode("utf-8" if source.kind == "record" else source.encoding)
    except (UnicodeError, LookupError):
        return False
    return hashlib.sha256(data).hexdigest() == source.sha256


def _is_sound(article: Article, passages: Sequence[Passage], expected: int) -> bool:
    return len(passages) == expected and all(
        passage.span.of(article.raw) == passage.text
        and all(passage.span.contains(sentence) for sentence in passage.sentences)
        for passage in passages
    )


# --- lexical index and vectors --------------------------------------------------------------------------------------


def _examine_stores(folder: Path, catalog: CatalogWriter, settings: Settings, seen: Examination) -> None:
    passages = catalog.passage_ids()
    lexical, vectors = catalog.meta("lexical") or "", catalog.meta("vectors") or ""
    with contextlib.ExitStack() as stack:
        if not is_writable(folder):
            folder = Path(stack.enter_context(copy_stores(folder, [lexical, vectors])))
        if catalog.meta("unfilled_lexical") == "1":
            seen.add("lexical_unreadable", ["it was replaced by an empty one"])
        else:
            _examine_postings(folder / lexical, passages, seen)
        if catalog.meta("unfilled_vectors") == "1":
            seen.add("vectors_unreadable", ["they were replaced by an empty store"])
        else:
            _examine_vectors(folder, vectors, settings, passages, seen)


def _examine_postings(folder: Path, passages: set[str], seen: Examination) -> None:
    try:
        with contextlib.closing(TantivyIndex(folder)) as lexical:
            ids = lexical.ids()
    except IndexDamagedError as exc:
        seen.add("lexical_unreadable", [str(exc)])
        return
    seen.add("lexical_missing", passages - ids)
    seen.add("lexical_orphans", ids - passages)


def _examine_vectors(folder: Path, place: str, settings: Settings, passages: set[str], seen: Examination) -> None:
    try:
        with contextlib.closing(open_vectors(folder, place, chroma_url=settings.chroma_url)) as vectors:
            ids = vectors.ids()
            if ids & passages:
                sample = min(ids & passages)
                vectors.query(vectors.get([sample])[sample], limit=1)  # reads the HNSW files, which ids() does not
    except IndexDamagedError as exc:
        seen.add("vectors_unreadable", [str(exc)])
        return
    seen.add("vectors_missing", passages - ids)
    seen.add("vectors_orphans", ids - passages)


# --- folders --------------------------------------------------------------------------------------------------------


def _examine_folders(catalog: CatalogWriter, settings: Settings, seen: Examination) -> None:
    roots = catalog.roots()
    missing = [root for root in roots if not root.path.exists()]
    seen.add("root_missing", (str(root.path) for root in missing))
    articles = {row.path: row for row in catalog.article_rows()}
    files = {file.id: root.id for root in roots for file in catalog.files(root.id).values()}
    deleted = catalog.deleted()
    for root in roots:
        if root in missing:
            continue
        indexed = {path: row.digest for path, row in articles.items() if files.get(row.file or 0) == root.id}
        for item in _read(root, settings):
            if isinstance(item, SkippedSource):
                seen.skipped.append(item)
                # what cannot be read now is not gone
                inside = (f"{item.path}/", f"{item.path}#")
                for path in [path for path in indexed if path == item.path or path.startswith(inside)]:
                    indexed.pop(path)
                continue
            seen.files += 1
            path, digest = item
            known = indexed.pop(path, None)
            if known is None and deleted.get((root.id, path.removeprefix(root.prefix))) != digest:
                seen.add("file_new", [path])
            elif known is not None and known != digest:
                seen.add("file_changed", [path])
        seen.add("file_gone", indexed)


def _read(root: Root, settings: Settings) -> Iterator[tuple[str, bytes] | SkippedSource]:
    for found in walk([root.path], max_file_bytes=settings.max_file_bytes, prefixes=[root.prefix]):
        if not isinstance(found, FoundFile):
            yield found
            continue
        for item in read_sources(found):
            yield item if isinstance(item, SkippedSource) else (item.path, source_digest(item))
