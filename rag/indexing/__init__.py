"""The ingest: sources into stores, and the doctor that proves the stores agree."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.indexing.doctor import DoctorReport, Finding, examine
    from rag.indexing.operations import add_article, delete_article, ingest
    from rag.indexing.report import IngestProgress, IngestReport
    from rag.indexing.stores import OpenIndex, wanted_manifest

__all__ = [
    "DoctorReport",
    "Finding",
    "IngestProgress",
    "IngestReport",
    "OpenIndex",
    "add_article",
    "delete_article",
    "examine",
    "ingest",
    "wanted_manifest",
]

_HOMES = {
    "doctor": ("DoctorReport", "Finding", "examine"),
    "operations": ("add_article", "delete_article", "ingest"),
    "report": ("IngestProgress", "IngestReport"),
    "stores": ("OpenIndex", "wanted_manifest"),
}


def __getattr__(name: str) -> Any:
    # Loaded when asked for: worker processes import this package too, and Chroma, of which they have no need, took
    # two thirds of the 0.73 s of processor time in which one started.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
