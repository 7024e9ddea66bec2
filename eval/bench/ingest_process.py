"""One ingest in a process of its own: `python -m eval.bench.ingest_process CORPUS INDEX WORKERS`; prints the report."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rag.config import Settings
from rag.engine import Engine
from rag.indexing import IngestProgress

POINTS = 40  # of the curve of articles over time


def main() -> None:
    """Ingest and print."""
    corpus, index, workers = sys.argv[1:4]
    settings = Settings(index=Path(index), workers=int(workers) or None)
    with Engine.open(settings) as engine:
        engine.embedder.embed_query("warm")
        before, began = _cpu_s(), 0.0
        curve: list[tuple[int, float]] = []

        def follow(progress: IngestProgress) -> None:
            nonlocal began
            began = began or time.perf_counter()  # the first call is at the beginning
            if progress.stage == "index" and progress.done > (curve[-1][0] if curve else 0):
                curve.append((progress.done, round(time.perf_counter() - began, 3)))

        report = engine.index([Path(corpus)], progress=follow)
        cpu_s = _cpu_s() - before
    curve = curve[:: max(1, len(curve) // POINTS)]
    result = asdict(report) | {"skipped": len(report.skipped), "cpu_s": cpu_s, "curve": curve}
    sys.stdout.write(json.dumps(result) + "\n")


def _cpu_s() -> float:
    """Return the processor seconds of this process and of the workers that ended."""
    own, ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


if __name__ == "__main__":
    main()
