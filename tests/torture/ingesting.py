"""The process that the torture kills: an ingest in small batches, so that a kill has many places to land.

python -m tests.torture.ingesting FOLDER [PROCESSES]
"""

from __future__ import annotations

import sys
from pathlib import Path

from rag.config import Settings
from rag.indexing import pipeline
from rag.models.doubles import HashingEmbedder
from tests.rag.indexing.building import Bench

BATCH = 6


def main() -> None:
    """Ingest the corpus of a folder."""
    pipeline.BATCH_ARTICLES = BATCH
    pipeline.PREPARE_SOURCES = 3
    workers = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if workers > 1:
        pipeline.IN_PROCESS_BYTES = 1
    bench = Bench(Path(sys.argv[1]), Settings(workers=workers), HashingEmbedder(64))
    print("ready", flush=True)
    bench.ingest(bench.corpus)


if __name__ == "__main__":
    main()
