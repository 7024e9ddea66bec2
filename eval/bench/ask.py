"""How long an answer takes: warm, in a process that has asked before, and cold, from the command line.

`--data` is the corpus (rows with `text`), `--queries` a file of rows with `question`; without one the titles of the
articles are asked. The index is built, or reused from `--index`. The baseline is LlamaIndex retrieving ten nodes
with the same embedder, from a sample of the corpus in nodes as long as our passages, without writing any answer.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from eval.bench import BenchRequest, BenchResult, Metric
from eval.bench.ingest import OVERLAP, SAMPLE, llamaindex
from eval.bench.reading import find_tables, read_rows
from rag.engine import Engine
from rag.schema import Question

COLD = 5  # processes
BASELINE_QUERIES = 50
WARM_UP = 3  # questions before the clock counts


def run(request: BenchRequest) -> BenchResult:
    """Measure; see the module."""
    articles = request.rows("text", limit=False)
    if request.queries is not None:
        rows = read_rows(find_tables(request.queries, ("question",)), ("question",), limit=request.limit)
        questions = [str(row["question"]) for row in rows]
    else:
        questions = [str(row["title"]) for row in articles if row.get("title")][: request.limit or 200]
    with tempfile.TemporaryDirectory(prefix="newsqa-bench-") as scratch:
        index = request.index or Path(scratch) / "index"
        settings = request.settings.model_copy(update={"index": index})
        began = time.perf_counter()
        with Engine.open(settings) as engine:
            engine.index([request.data])
            built = time.perf_counter() - began
            warm, answered, stages = _warm(engine, questions)
        cold = [_cold(index, question) for question in questions[:COLD]]
        theirs = llamaindex(
            articles[:SAMPLE],
            Path(scratch) / "baseline",
            "wordllama",
            splitter=f"{settings.passages.max_tokens}:{OVERLAP}",
            queries=questions[:BASELINE_QUERIES],
        ).result
    return BenchResult(
        n=len(questions),
        metrics=[
            *_percentiles("warm", warm, "milliseconds from question to answer, engine open"),
            _figure("cold, s", float(np.median(cold)), "seconds of `newsqa ask` as a process, median", len(cold)),
            _figure("answered", answered, "share of the questions that got an answer", len(questions), higher=True),
        ],
        baseline=_percentiles(
            f"LlamaIndex retrieval alone, {theirs['articles']} articles",
            theirs["ask_s"],
            "milliseconds to retrieve ten nodes, no answer",
        ),
        records=[
            {"question": one, "ms": round(s * 1000, 2), "articles": len(articles)}
            for one, s in zip(questions, warm, strict=True)
        ],
        notes=[
            f"{len(articles)} articles; the index took {built:.1f} s to build or to check",
            "median milliseconds by stage: " + ", ".join(f"{name} {value:.1f}" for name, value in stages.items()),
        ],
    )


def _warm(engine: Engine, questions: Sequence[str]) -> tuple[list[float], float, dict[str, float]]:
    for question in questions[:WARM_UP]:
        engine.ask(Question(text=question))
    seconds, answered = [], 0
    stages: dict[str, list[float]] = {}
    for question in questions:
        began = time.perf_counter()
        answer = engine.ask(Question(text=question))
        seconds.append(time.perf_counter() - began)
        answered += answer.status == "answered"
        for name, value in answer.timings_ms.items():
            stages.setdefault(name, []).append(value)
    medians = {name: float(np.median(values)) for name, values in stages.items()}
    return seconds, answered / max(len(questions), 1), medians


def _cold(index: Path, question: str) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "rag.cli", "ask", "--index", str(index), "--", question],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def _percentiles(name: str, seconds: Sequence[float], definition: str) -> list[Metric]:
    figures = []
    for label, share in (("median", 50), ("p95", 95), ("p99", 99)):
        value = float(np.percentile(seconds, share)) * 1000 if len(seconds) else None
        figures.append(_figure(f"{name}, {label} ms", value, definition, len(seconds)))
    return figures


def _figure(name: str, value: float | None, definition: str, count: int, *, higher: bool = False) -> Metric:
    return Metric(
        name=name,
        value=value,
        low=None,
        high=None,
        definition=definition,
        n=count,
        direction="higher" if higher else "lower",
    )
