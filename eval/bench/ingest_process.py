"""One ingest in a process of its own: `python -m eval.bench.ingest_process CORPUS INDEX WORKERS`; prints the report."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from rag.config import Settings
from rag.engine import Engine


def main() -> None:
    """Ingest and print."""
    corpus, index, workers = sys.argv[1:4]
    settings = Settings(index=Path(index), workers=int(workers) or None)
    with Engine.open(settings) as engine:
        engine.embedder.embed_query("warm")
        report = engine.index([Path(corpus)])
    result = asdict(report) | {"skipped": len(report.skipped)}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
