"""The ingest: sources into stores, and the doctor that proves the stores agree."""

from __future__ import annotations

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
