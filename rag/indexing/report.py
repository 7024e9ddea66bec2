"""What an ingest says about itself, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.indexing.concerns import Concern
from rag.schema import SkippedSource

Stage = Literal["scan", "read", "index", "remove", "finish"]
"""`scan` compares folders with the catalog, `read` decodes what is new, `index` cleans, embeds and writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestProgress:
    """How far a stage is."""

    stage: Stage
    done: int
    total: int | None
    """None while it is not known."""
    rate: float | None = None
    """Items a second in this stage."""
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest did. Counts are articles unless they say otherwise."""

    indexed: int = 0
    """New ones."""
    unchanged: int = 0
    changed: int = 0
    """Read again because the source, its path, or the lines that repeat in the corpus changed."""
    removed: int = 0
    skipped: tuple[SkippedSource, ...] = ()
    """Files and records that are not in the index, each with its reason."""
    concerns: tuple[Concern, ...] = ()
    """About articles that this run took in: of which little or nothing is left, or which have wrong bytes."""
    duplicates: int = 0
    """Articles of the whole index that are near-duplicates of another one."""
    embedded: int = 0
    """Texts given to the embedding model."""
    written: int = 0
    """Passages written."""
    articles: int = 0
    """In the index now."""
    passages: int = 0
    """In the index now."""
    repaired: int = 0
    """Articles that an earlier, interrupted ingest had left half written."""
    seconds: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)
    """Seconds by stage; reading and cleaning run beside the others, so they may add up to more."""
