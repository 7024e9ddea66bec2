"""Reading benchmark files: `.jsonl`, `.jsonl.gz`, or a folder of them, recognised by their fields."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from rag.errors import ConfigError, SourceError

Row = Mapping[str, Any]
"""One line of somebody else's file; each benchmark takes from it what its README promises."""

_SUFFIXES = (".jsonl", ".jsonl.gz")


def find_tables(path: Path, fields: Sequence[str]) -> list[Path]:
    """Find the files whose first row has all `fields`: `path` itself, or those of the folder `path`, by name.

    Raises:
        ConfigError: the path does not exist, holds no such file, or the file has other fields.
    """
    if not path.exists():
        raise ConfigError(f"expected a .jsonl or .jsonl.gz file or a folder of them at {str(path)!r}; nothing is there")
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.name.endswith(_SUFFIXES))
    wanted = set(fields)
    found = {file: _first_fields(file) for file in files}
    fitting = [file for file, names in found.items() if wanted <= names]
    if not fitting:
        seen = "; ".join(f"{file.name}: {', '.join(sorted(names)) or 'no rows'}" for file, names in found.items())
        raise ConfigError(
            f"expected rows with the fields {', '.join(sorted(wanted))} in {str(path)!r}; "
            f"found {seen or 'no .jsonl or .jsonl.gz file'}; check --set, --data and --corpus"
        )
    return fitting


def read_rows(files: Sequence[Path], fields: Sequence[str] = (), *, limit: int | None = None) -> list[Row]:
    """Read the rows of all files, in order, the first `limit` of them.

    Raises:
        SourceError: a line is no JSON object, or lacks one of `fields`; the message names file and line.
    """
    rows: list[Row] = []
    for file in files:
        for number, row in _lines(file):
            if limit is not None and len(rows) >= limit:
                return rows
            missing = [name for name in fields if name not in row]
            if missing:
                raise SourceError(f"{file.name}:{number}: expected the fields {', '.join(fields)}; no {missing[0]!r}")
            rows.append(row)
    return rows


def _first_fields(file: Path) -> set[str]:
    for _, row in _lines(file):
        return set(row)
    return set()


def _open(file: Path) -> TextIO:
    if file.name.endswith(".gz"):
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")


def _lines(file: Path) -> Iterator[tuple[int, Row]]:
    try:
        with _open(file) as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except json.JSONDecodeError as exc:
                    raise SourceError(f"{file.name}:{number}: expected a JSON object a line; {exc}") from exc
                if not isinstance(row, dict):
                    raise SourceError(f"{file.name}:{number}: expected a JSON object; found {type(row).__name__}")
                yield number, row
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as exc:
        raise SourceError(f"cannot read {str(file)!r}: {exc}") from exc
