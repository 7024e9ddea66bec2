"""What a benchmark is given and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from eval.bench.reading import Row, find_tables, read_rows
from rag.config import Settings
from rag.errors import ConfigError

Direction = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure, with what it means and how sure it is."""

    name: str
    value: float | None
    """None when there was no case to measure on."""
    low: float | None
    """Lower end of the 95 % bootstrap interval (percentiles, fixed seed); None where it has no meaning."""
    high: float | None
    definition: str
    n: int
    """Cases behind the figure."""
    direction: Direction = "higher"
    """Which way is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRequest:
    """One run of one benchmark."""

    set_name: str
    """The data set, as its folder is called ("realtimeqa")."""
    data: Path
    """A `.jsonl` or `.jsonl.gz` file, or a folder of them."""
    corpus: Path | None = None
    """The articles, where they are in another place than the cases."""
    queries: Path | None = None
    """Questions, where they are apart from the data."""
    limit: int | None = None
    """Take the first so many cases."""
    index: Path | None = None
    """Index folder to build in, or to reuse when it is there; None is a temporary one."""
    settings: Settings = field(default_factory=Settings)

    def rows(self, *fields: str, limit: bool = True) -> list[Row]:
        """Read the rows of `data` that have these fields, from the file or from every fitting file of the folder.

        Raises:
            ConfigError: nothing is there, or no file has the fields.
            SourceError: a file that fits has a line that cannot be read.
        """
        return read_rows(find_tables(self.data, fields), fields, limit=self.limit if limit else None)

    def companion_files(self, *fields: str) -> list[Path]:
        """Find the files with these fields in `corpus`, else beside or in `data` (articles, documents)."""
        where = self.corpus or (self.data if self.data.is_dir() else self.data.parent)
        return find_tables(where, fields)

    def companion_rows(self, *fields: str) -> list[Row]:
        """Read `companion_files` wholly; the limit on cases does not apply."""
        return read_rows(self.companion_files(*fields), fields)

    def require_set(self, *known: str) -> None:
        """Raise ConfigError unless the set is one of these."""
        if self.set_name not in known:
            raise ConfigError(f"expected --set to be one of {', '.join(known)}; found {self.set_name!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchResult:
    """What one benchmark found."""

    n: int
    metrics: Sequence[Metric]
    baseline: Sequence[Metric]
    """The same metrics of something plain, computed in this run; the name says of what ("BM25 hit@1")."""
    records: Sequence[Row] = ()
    """One JSON object a case, with its id, what was expected and what came out."""
    notes: Sequence[str] = ()
    """What the reader of the figures must know: paired tests, cases left out."""
