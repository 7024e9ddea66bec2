r"""From bytes to `SourceFile`: walk folders, read and decode files, and say what is skipped and why.

    roots --walk--> FoundFile --read_sources--> SourceFile
              \-> SkippedSource     \-> SkippedSource

Nothing here judges what is article and what is furniture; that is `rag/cleaning`.
"""

from rag.sources.freshness import Freshness
from rag.sources.reading import MAX_RECORD_BYTES, read_sources, source_from_upload, sources_from_upload
from rag.sources.walking import SUFFIXES, FoundFile, root_prefixes, walk

__all__ = [
    "MAX_RECORD_BYTES",
    "SUFFIXES",
    "FoundFile",
    "Freshness",
    "read_sources",
    "root_prefixes",
    "source_from_upload",
    "sources_from_upload",
    "walk",
]
