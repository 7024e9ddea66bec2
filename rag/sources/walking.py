"""Which files there are: a deterministic walk that opens nothing and reports whatever it leaves out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.schema import SkippedSource, SourceKind

SUFFIXES: Mapping[str, SourceKind] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "record",
    ".ndjson": "record",
    ".jl": "record",
    ".jsonl.gz": "record",
    ".jl.gz": "record",
    ".json": "record",
    ".wet": "record",
    ".wet.gz": "record",
}
"""What is read, by how the lower-cased file name ends."""

_FILE_TYPES = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISCHR, "a character device"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A readable kind of file, known by its directory entry only."""

    root: Path
    """The root it was found under, as given."""
    file: Path
    """Where to open it."""
    path: str
    """As shown and stored: POSIX, relative to the root, prefixed where there are several roots."""
    size: int
    mtime_ns: int

    @property
    def kind(self) -> SourceKind:
        """What the name says the file holds."""
        kind = kind_of(self.file.name)
        assert kind is not None
        return kind


def kind_of(name: str) -> SourceKind | None:
    """Return the kind that a file name stands for; None where newsqa does not read such files."""
    lowered = name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if lowered.endswith(suffix)), None)


def root_prefixes(roots: Sequence[Path]) -> tuple[str, ...]:
    """Return what stands before the paths of each root: nothing for one root, else its name and a slash.

    Roots of the same name are told apart by as many parent folders as it takes.
    """
    if len(roots) == 1:
        return ("",)
    parts = [[part for part in _absolute(root).parts if part != os.sep] for root in roots]
    prefixes = []
    for own in parts:
        depth = 1
        while depth < len(own) and sum(other[-depth:] == own[-depth:] for other in parts) > 1:
            depth += 1
        prefixes.append("".join(f"{part}/" for part in own[-depth:]))
    return tuple(prefixes)


def walk(
    roots: Sequence[Path], *, max_file_bytes: int, prefixes: Sequence[str] | None = None
) -> Iterator[FoundFile | SkippedSource]:
    """Find the files under `roots`, in an order that depends on names alone.

    Hidden files and folders (`.newsqa` among them) are passed over in silence, every other file is either found or
    reported. Links are followed, but no folder is entered twice.

    Args:
        roots: folders or single files.
        max_file_bytes: larger files are reported; files of records are read line by line and may be of any size.
        prefixes: one for each root, where `root_prefixes(roots)` is not wanted.

    Raises:
        SourceError: a root does not exist.
    """
    for root in roots:
        if not _absolute(root).exists():
            raise SourceError(f"expected a file or folder at {str(root)!r}, found nothing; check the path")
    chosen = tuple(prefixes) if prefixes is not None else root_prefixes(roots)
    return _walk_roots(tuple(roots), chosen, max_file_bytes)


def _walk_roots(
    roots: Sequence[Path], prefixes: Sequence[str], max_file_bytes: int
) -> Iterator[FoundFile | SkippedSource]:
    for root, prefix in zip(roots, prefixes, strict=True):
        top = _absolute(root)
        if not top.is_dir():
            # the prefix of a single file is its own name already
            yield _examine(root, top, prefix.rstrip("/") or top.name, max_file_bytes)
            continue
        # Real folders come first, so that what a link shows a second time is reported as the link.
        entered = {_identity(top)}
        folders, links = [(top, prefix)], list[tuple[Path, str]]()
        while folders or links:
            if not folders:
                link, shown = links.pop(0)
                identity = _identity(link)
                if identity in entered:
                    yield SkippedSource(shown.rstrip("/"), "a link to a folder that is read already")
                    continue
                entered.add(identity)
                folders.append((link, shown))
            folder, shown = folders.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as exc:
                yield SkippedSource(shown.rstrip("/") or str(root), f"the folder cannot be read ({exc.strerror})")
                continue
            deeper = []
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = f"{shown}{entry.name}"
                if not _is_text(path):
                    yield SkippedSource(
                        path.encode("utf-8", "backslashreplace").decode(), "the file name is not valid UTF-8; rename it"
                    )
                elif entry.is_dir(follow_symlinks=False):
                    entered.add(_identity(Path(entry.path)))
                    deeper.append((Path(entry.path), f"{path}/"))
                elif entry.is_symlink() and Path(entry.path).is_dir():
                    links.append((Path(entry.path), f"{path}/"))
                else:
                    yield _examine(root, Path(entry.path), path, max_file_bytes)
            folders.extend(reversed(deeper))


def _examine(root: Path, file: Path, path: str, max_file_bytes: int) -> FoundFile | SkippedSource:
    try:
        status = file.stat()
    except OSError as exc:
        what = "a link that leads nowhere" if file.is_symlink() else "the file cannot be read"
        return SkippedSource(path, f"{what} ({exc.strerror})")
    if not stat.S_ISREG(status.st_mode):
        what = next((name for test, name in _FILE_TYPES if test(status.st_mode)), "something else")
        return SkippedSource(path, f"expected a regular file, found {what}")
    kind = kind_of(file.name)
    if kind is None:
        found = f"{file.suffix!r}" if file.suffix else "no file extension"
        return SkippedSource(path, f"found {found}; newsqa reads {', '.join(SUFFIXES)}")
    if (kind != "record" or file.name.lower().endswith(".json")) and status.st_size > max_file_bytes:
        return SkippedSource(
            path,
            f"holds {status.st_size:,} bytes, the limit is {max_file_bytes:,}; "
            "split the file or raise NEWSQA_MAX_FILE_BYTES",
        )
    return FoundFile(root=root, file=file, path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute() keeps "..", resolve() follows links


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _is_text(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
