"""The scale benchmarks: what they write, what they measure, and a whole run on a handful of articles."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from eval.bench import BenchRequest
from eval.bench.ingest import measure, plain_text, run, write_corpus
from rag.config import Settings
from rag.errors import ConfigError

ARTICLES = [
    {"id": n, "title": f"Report {n}", "date": "2024-06-21", "text": f"Ann Lee said on Monday that pier {n} was closed."}
    for n in range(5)
]
LONG = {"title": "Piers", "text": " ".join(f"Bo Ray said on Friday that pier {n} was open again." for n in range(40))}


def test_an_article_becomes_a_file(tmp_path: Path) -> None:
    folder = write_corpus(ARTICLES, tmp_path / "corpus")
    files = sorted(folder.rglob("*.txt"))
    assert len(files) == 5
    assert files[2].read_text() == "Report 2\n\n2024-06-21\n\nAnn Lee said on Monday that pier 2 was closed.\n"
    assert plain_text({"text": " bare "}) == "bare\n"


def test_memory_is_that_of_the_process_and_its_children() -> None:
    script = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-c', 'x = bytearray(150_000_000); import time; time.sleep(1.5)']); "
        "p.wait(); print('{\"done\": 1}')"
    )
    measured = measure([sys.executable, "-c", script])
    assert measured.result == {"done": 1}
    assert 150 < measured.peak_mb < 600


def test_a_process_that_fails_is_told() -> None:
    with pytest.raises(ConfigError, match="ended with code 3"):
        measure([sys.executable, "-c", "raise SystemExit(3)"])


def test_a_run_measures_ours_and_the_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSQA_BENCH_MINILM", raising=False)
    data = tmp_path / "corpus.jsonl"
    data.write_text("".join(json.dumps(article) + "\n" for article in [*ARTICLES, LONG]))
    result = run(BenchRequest(set_name="corpus", data=data, settings=Settings(workers=1)))
    figures = {metric.name: metric.value for metric in result.metrics}
    assert result.n == 6
    assert (figures["again, embedded"], figures["again, written"]) == (0.0, 0.0)
    assert all(figures[name] for name in ("articles/s", "passages/s", "CPU ms/article", "peak MB", "index MB"))
    (record,) = result.records
    assert record["first"]["curve"][-1][0] == 6
    assert {one["articles"] for one in record["baselines"].values()} == {6}
    assert [metric.name for metric in result.baseline] == [
        f"LlamaIndex, same embedder, {way}: {figure}"
        for way in ("220-token nodes", "220-token nodes, one by one", "default nodes")
        for figure in ("articles/s", "nodes/s", "CPU ms/article", "peak MB")
    ]
    ratios = [note for note in result.notes if "times as many articles a second as LlamaIndex" in note]
    assert ["(1.3 an article;" in note for note in ratios] == [True, True, False]
    assert ["(1.0 an article;" in note for note in ratios] == [False, False, True]


def test_our_rate_on_the_sample_is_measured_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSQA_BENCH_MINILM", raising=False)
    monkeypatch.setattr("eval.bench.ingest.SAMPLE", 2)
    data = tmp_path / "corpus.jsonl"
    data.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    result = run(BenchRequest(set_name="corpus", data=data, settings=Settings(workers=1)))
    figures = {metric.name: (metric.value, metric.n) for metric in result.metrics}
    assert figures["articles/s"][1] == 5
    assert figures["articles/s, sample"][1] == 2
    assert figures["articles/s, sample"][0]
    assert sum("of the same 2 articles" in note for note in result.notes) == 3
