"""Which roots an ingest looks at, and how the index's list of roots changes by it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.catalog import CatalogWriter, Root
from rag.errors import ConfigError, SourceError
from rag.schema import SkippedSource
from rag.sources import FoundFile, root_prefixes, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A root to compare, or a part of one."""

    root: Root
    old_prefix: str
    """What stood before its paths until now."""
    within: str
    """File or folder below the root, "" for all of it."""

    @property
    def moved(self) -> bool:
        """Whether the paths of all its articles change."""
        return self.root.prefix != self.old_prefix

    def covers(self, name: str) -> bool:
        """Say whether a file of the root belongs to the scope."""
        return not self.within or name == self.within or name.startswith(f"{self.within}/")

    def walk(self, *, max_file_bytes: int) -> Iterator[FoundFile | SkippedSource]:
        """Find the files of the scope; their paths carry the new prefix."""
        prefix = self.root.prefix + (f"{self.within}/" if self.within else "")
        yield from walk([self.root.path / self.within], max_file_bytes=max_file_bytes, prefixes=[prefix])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an ingest compares."""

    scopes: tuple[Scope, ...]
    replaced: tuple[Root, ...]
    """Roots that lie inside a new one and end with this ingest."""
    missing: tuple[SkippedSource, ...]
    """Roots that are not there now; what was indexed of them stays."""


def plan(catalog: CatalogWriter, given: Sequence[Path]) -> Plan:
    """Decide what to compare, and write new roots and prefixes down.

    Raises:
        SourceError: a given path does not exist.
        ConfigError: nothing was given and the index has no roots.
    """
    known = catalog.roots()
    paths = list(dict.fromkeys(_absolute(path) for path in given))
    for path in paths:
        if not path.exists():
            raise SourceError(f"expected a file or folder at {str(path)!r}, found nothing; check the path")
    if not paths and not known:
        raise ConfigError("nothing to index: this index has no folders yet; name one, as in `newsqa index FOLDER`")
    new = [
        path
        for path in paths
        if not any(_inside(path, root.path) for root in known)
        and not any(path != other and _inside(path, other) for other in paths)
    ]
    replaced = [root for root in known if any(_inside(root.path, path) for path in new)]
    staying = [root for root in known if root not in replaced]
    prefixes = root_prefixes([*(root.path for root in staying), *new])
    changes = [
        (path, prefix)
        for path, prefix in zip([*(root.path for root in staying), *new], prefixes, strict=True)
        if prefix != next((root.prefix for root in staying if root.path == path), None)
    ]
    if changes:
        with catalog.transaction():
            for path, prefix in changes:
                catalog.put_root(path, prefix)
    before = {root.path: root.prefix for root in staying}
    scopes, missing = [], []
    for root in catalog.roots():
        if root in replaced or any(root.id == other.id for other in replaced):
            continue
        old_prefix = before.get(root.path, root.prefix)
        whole = not paths or root.path in paths or root.path in new or old_prefix != root.prefix
        if not root.path.exists():
            if whole:
                missing.append(
                    SkippedSource(str(root.path), "the folder is not there; what was indexed of it stays in the index")
                )
            continue
        if whole:
            scopes.append(Scope(root=root, old_prefix=old_prefix, within=""))
            continue
        scopes.extend(
            Scope(root=root, old_prefix=old_prefix, within=path.relative_to(root.path).as_posix())
            for path in paths
            if path != root.path and _inside(path, root.path)
        )
    return Plan(scopes=tuple(scopes), replaced=tuple(replaced), missing=tuple(missing))


def _inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps "..", resolve() follows links
