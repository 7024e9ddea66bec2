"""How fast, how large: an ingest of a corpus, one file an article, beside LlamaIndex on the same machine.

Ours runs in a process of its own over the whole corpus (`--limit` for its first articles), then once more over the
unchanged folder. LlamaIndex (SentenceSplitter, ChromaVectorStore) runs on the first `SAMPLE` articles with our
embedder, and with all-MiniLM-L6-v2 where NEWSQA_BENCH_MINILM names an interpreter with torch and a model folder, as
`PYTHON:FOLDER`. With each it runs three times: with nodes of as many tokens as our passages, so that a citation is as
exact and the model reads all of the text (all-MiniLM-L6-v2 drops what follows its 256th token), all documents at once
and one document at a time; and with the splitter's default of 1,024 tokens. At once is its fastest way, which holds all
in memory and has stored nothing when it is interrupted; one at a time is how it takes in a folder that grows. Its cost
grows with the number of texts, so a sample gives its rate; ours is measured on the same sample, too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench import BenchRequest, BenchResult, Metric
from eval.bench.reading import Row
from rag.errors import ConfigError

SAMPLE = 600  # articles for LlamaIndex; enough for its collection to grow
OVERLAP = 20  # tokens that neighbouring nodes share; LlamaIndex's default of 200 would nearly be the whole node
CPU_MS = "processor milliseconds an article, all processes; says more than the clock on a busy machine"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process printed, and what it needed."""

    result: dict[str, Any]
    peak_mb: float
    seconds: float


def run(request: BenchRequest) -> BenchResult:
    """Measure; see the module."""
    articles = request.rows("text")
    with tempfile.TemporaryDirectory(prefix="newsqa-bench-") as scratch:
        folder = Path(scratch)
        corpus = write_corpus(articles, folder / "corpus")
        index = request.index or folder / "index"
        workers = str(request.settings.workers or 0)
        first = measure([sys.executable, "-m", "eval.bench.ingest_process", str(corpus), str(index), workers])
        again = measure([sys.executable, "-m", "eval.bench.ingest_process", str(corpus), str(index), workers])
        size_mb = sum(file.stat().st_size for file in index.rglob("*") if file.is_file()) / 1e6
        sample = first
        if len(articles) > SAMPLE:
            some = write_corpus(articles[:SAMPLE], folder / "sample")
            where = str(folder / "sample-index")
            sample = measure([sys.executable, "-m", "eval.bench.ingest_process", str(some), where, workers])
        theirs = _baselines(articles[:SAMPLE], folder, request.settings.passages.max_tokens)
    return BenchResult(
        n=len(articles),
        metrics=_ours(first, again, sample, size_mb),
        baseline=[metric for name, measured in theirs.items() for metric in _theirs(f"LlamaIndex, {name}", measured)],
        records=[
            {
                "stages_s": first.result["stages"],
                "first": first.result,
                "again": again.result,
                "baselines": {name: measured.result for name, measured in theirs.items()},
            }
        ],
        notes=_notes(first, again, sample, theirs),
    )


def write_corpus(articles: Sequence[Row], folder: Path) -> Path:
    """Write one text file an article, its title first, in folders of 1,000."""
    for number, article in enumerate(articles):
        file = folder / f"{number // 1000:03d}" / f"{number:06d}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(plain_text(article), encoding="utf-8", newline="")
    return folder


def plain_text(article: Row) -> str:
    """Return an article as a scraped file would have it."""
    return "\n\n".join(str(article[key]).strip() for key in ("title", "date", "text") if article.get(key)) + "\n"


def llamaindex(
    articles: Sequence[Row],
    folder: Path,
    model: str,
    *,
    splitter: str,
    how: str = "at-once",
    queries: Sequence[str] = (),
    python: str = sys.executable,
) -> Measured:
    """Run the baseline on some articles.

    Args:
        articles: what it indexes.
        folder: a new scratch folder.
        model: `wordllama` or a folder.
        splitter: `default`, or tokens and overlap of a node as `220:20`.
        how: `at-once` or `one-by-one`.
        queries: what to retrieve afterwards.
        python: the interpreter.
    """
    folder.mkdir()
    texts = folder / "texts.jsonl"
    texts.write_text(
        "".join(json.dumps({"path": str(n), "text": plain_text(one)}) + "\n" for n, one in enumerate(articles)),
        encoding="utf-8",
    )
    asked = folder / "queries.json"
    asked.write_text(json.dumps(list(queries)), encoding="utf-8")
    script = Path(__file__).with_name("llamaindex_ingest.py")
    environment = {"TOKENIZERS_PARALLELISM": "true", "PYTHONPATH": str(script.parents[2])}
    arguments = [str(texts), str(folder / "chroma"), model, splitter, how, str(asked)]
    return measure([python, "-P", str(script), *arguments], environment)


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> Measured:
    """Run a process; sample the memory of it and its children, shared pages counted once."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    peak = [0]
    done = threading.Event()

    def sample() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], _memory_kb(process.pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    output, _ = process.communicate()
    done.set()
    sampler.join()
    if process.returncode:
        raise ConfigError(f"{' '.join(command[:3])} ... ended with code {process.returncode}; its error is above")
    return Measured(json.loads(output.splitlines()[-1]), peak[0] / 1000, time.perf_counter() - began)


def _memory_kb(pid: int) -> int:
    total = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                total += _memory_kb(int(child))
    except OSError:  # it ended meanwhile
        pass
    return total


def _baselines(articles: Sequence[Row], folder: Path, max_tokens: int) -> dict[str, Measured]:
    """Run LlamaIndex with every model there is in each way; by what it is called in the figures."""
    models = {"same embedder": ("wordllama", sys.executable)}
    if where := os.environ.get("NEWSQA_BENCH_MINILM"):
        python, _, model = where.partition(":")
        models["all-MiniLM-L6-v2"] = (model, python)
    ours = f"{max_tokens}:{OVERLAP}"
    ways = {
        f"{max_tokens}-token nodes": (ours, "at-once"),
        f"{max_tokens}-token nodes, one by one": (ours, "one-by-one"),
        "default nodes": ("default", "at-once"),
    }
    return {
        f"{name}, {way}": llamaindex(
            articles, folder / f"{name}-{way}", model, splitter=splitter, how=how, python=python
        )
        for name, (model, python) in models.items()
        for way, (splitter, how) in ways.items()
    }


def _ours(first: Measured, again: Measured, sample: Measured, size_mb: float) -> list[Metric]:
    report, repeated = first.result, again.result
    count, some = report["articles"], sample.result["articles"]
    return [
        _figure("articles/s", _rate(first), "articles indexed a second, models loaded", count),
        _figure("articles/s, sample", _rate(sample), "the same, of the articles that LlamaIndex is measured on", some),
        _figure("passages/s", report["passages"] / report["seconds"], "passages indexed a second", count),
        _figure("CPU ms/article", report["cpu_s"] / count * 1000, CPU_MS, count, lower=True),
        _figure("seconds", report["seconds"], "seconds to index the corpus", count, lower=True),
        _figure("peak MB", first.peak_mb, "memory of all processes together, at its highest", count, lower=True),
        _figure("index MB", size_mb, "size of the index folder", count, lower=True),
        _figure("again, s", repeated["seconds"], "seconds to compare the unchanged folder", count, lower=True),
        _figure("again, embedded", repeated["embedded"], "texts embedded for the unchanged folder", count, lower=True),
        _figure("again, written", repeated["written"], "passages written for it", count, lower=True),
    ]


def _theirs(name: str, measured: Measured) -> list[Metric]:
    result = measured.result
    count = result["articles"]
    return [
        _figure(f"{name}: articles/s", _rate(measured), "articles indexed a second, models loaded", count),
        _figure(f"{name}: nodes/s", result["nodes"] / result["seconds"], "nodes indexed a second", count),
        _figure(f"{name}: CPU ms/article", result["cpu_s"] / count * 1000, CPU_MS, count, lower=True),
        _figure(f"{name}: peak MB", measured.peak_mb, "memory at its highest, on the sample", count, lower=True),
    ]


def _figure(name: str, value: float, definition: str, count: int, *, lower: bool = False) -> Metric:
    return Metric(
        name=name,
        value=float(value),
        low=None,
        high=None,
        definition=definition,
        n=count,
        direction="lower" if lower else "higher",
    )


def _rate(measured: Measured) -> float:
    return float(measured.result["articles"] / measured.result["seconds"])


def _notes(first: Measured, again: Measured, sample: Measured, baselines: dict[str, Measured]) -> list[str]:
    report = first.result
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report["stages"].items())
    notes = [f"stages: {stages}; duplicates {report['duplicates']}, skipped {report['skipped']}"]
    for name, theirs in baselines.items():
        per_article = theirs.result["nodes"] / theirs.result["articles"]
        notes.append(
            f"{_rate(first) / _rate(theirs):.1f} times as many articles a second as LlamaIndex with {name} "
            f"({per_article:.1f} an article; ours has {report['passages'] / report['articles']:.1f} passages); "
            f"of the same {theirs.result['articles']} articles {_rate(sample) / _rate(theirs):.1f} times"
        )
    notes.append(f"processes with start and imports: first {first.seconds:.1f} s, unchanged {again.seconds:.1f} s")
    return notes
