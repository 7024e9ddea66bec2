"""Kills an ingest at random moments; the next one must end where an undisturbed one ends.

`make torture` runs a hundred rounds (NEWSQA_TORTURE_ROUNDS), `make check` a few. A round starts from an index of an
earlier state of the corpus, kills the ingest of the next state up to three times, finishes it, and compares.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rag.config import Settings
from rag.indexing import examine
from tests.rag.indexing.building import Bench, Contents, story

ROUNDS = int(os.environ.get("NEWSQA_TORTURE_ROUNDS", "2"))
SEED = int(os.environ.get("NEWSQA_TORTURE_SEED", "20241122"))
PAGES = 30


def write_state(bench: Bench, chance: random.Random) -> None:
    """Add, edit, rename, copy and delete files of the corpus."""
    bench.corpus.mkdir(parents=True, exist_ok=True)
    for file in sorted(bench.corpus.iterdir()):
        fate = chance.random()
        if fate < 0.15:
            file.unlink()
        elif fate < 0.25:
            file.rename(file.with_name(f"moved-{chance.randrange(10**6)}.txt"))
        elif fate < 0.35:
            bench.write(file.name, story(chance.randrange(200)))
    while len(list(bench.corpus.iterdir())) < PAGES:
        footer = "Printed by the Lighthouse Cooperative of the northern piers.\n" if chance.random() < 0.5 else ""
        bench.write(f"{chance.randrange(10**6)}.txt", story(chance.randrange(200)) + footer)


def start(bench: Bench, workers: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.ingesting", str(bench.folder), str(workers)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


def answers(bench: Bench) -> list[list[tuple[str, float]]]:
    """Return what searches find, with scores instead of ids where scores tie."""
    opened = bench.open()
    try:
        queries = ["grain shipment storm", "crane pier engineers repaired", "vessel Sunday", "Okafor berth 49"]
        found = []
        for query in queries:
            hits = opened.lexical.search(dict.fromkeys(query.lower().split(), 1.0), limit=200)
            near = opened.vectors.query(bench.embedder.embed_query(query), limit=200)
            found.append(sorted((passage_id, round(score, 3)) for passage_id, score in near))
            found.append(sorted((passage_id, 0.0) for passage_id, _ in hits))
        return found
    finally:
        opened.close()


@pytest.mark.timeout(60 * 60)
def test_an_ingest_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    bench = Bench(tmp_path / "killed", Settings(workers=1))
    write_state(bench, chance)
    process = start(bench, 1)
    began = time.monotonic()
    process.wait()
    duration = time.monotonic() - began
    kills = 0
    for number in range(ROUNDS):
        write_state(bench, chance)
        workers = 2 if number % 5 == 4 else 1
        for _ in range(chance.randint(1, 3)):
            process = start(bench, workers)
            time.sleep(chance.uniform(0, duration))
            kills += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        # What is visible after a kill is whole, even before anybody mends anything.
        if (bench.index / "catalog.sqlite").exists() and number % 3 == 0:
            visible = bench.contents()
            assert visible.passages <= visible.lexical
            assert visible.passages <= visible.vectors
        process = start(bench, workers)
        assert process.wait() == 0
        fresh = Bench(tmp_path / f"direct{number}", Settings(workers=1))
        shutil.copytree(bench.corpus, fresh.corpus)
        fresh.ingest(fresh.corpus)
        assert _same(bench.check(), fresh.check()), f"round {number} of seed {SEED}"
        assert answers(bench) == answers(fresh), f"round {number} of seed {SEED}"
        report = examine(bench.index, bench.settings, bench.embedder)
        assert report.ok, f"round {number} of seed {SEED}: {report.findings}"
        shutil.rmtree(fresh.folder)
    print(f"{ROUNDS} rounds, {kills} kills that hit a running ingest")
    assert kills > 0


def _same(one: Contents, other: Contents) -> bool:
    assert one == other  # so that pytest shows the difference
    return True
