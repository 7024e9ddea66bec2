"""Run the public benchmarks that the folder $NEWSQA_BENCH has data for: `make bench`.

    python scripts/bench.py [--out FOLDER] [--limit N] [NAME ...]

Each run is named after its benchmark and set, as in `retrieval-realtimeqa`; a NAME picks those that begin with it.
With --out, `FOLDER/<run>.txt` keeps what a run printed and `FOLDER/<run>.jsonl` its records, from which
`scripts/chart.py` draws how the cost of an ingest grows. --limit replaces the limits below, to see whether all runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """A benchmark with its data, and the articles or questions where they are apart."""

    name: str
    data: str
    options: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Options that name something in the folder of benchmarks."""

    def arguments(self, folder: Path, limit: int | None) -> list[str]:
        """Return what `python -m eval.bench` is told."""
        benchmark, _, rest = self.name.partition("-")
        options = self.options | ({"--limit": str(limit)} if limit else {})
        found = {
            "--set": rest.partition("-")[0],
            **options,
            **{key: str(folder / file) for key, file in self.files.items()},
        }
        return [benchmark, "--data", str(folder / self.data), *(part for pair in found.items() for part in pair)]


ARTICLES, QUESTIONS = "realtimeqa/corpus.jsonl.gz", "realtimeqa/questions.jsonl.gz"
RUNS = (
    Run("cleaning-extraction", "extraction"),
    Run("retrieval-realtimeqa", QUESTIONS, files={"--corpus": ARTICLES}),
    Run("retrieval-time1963", "time1963"),
    Run("attribution-polnear", "polnear"),
    Run("grounding-summedits_news", "summedits_news"),
    Run("grounding-wice", "wice"),
    Run("grounding-attributionbench", "attributionbench"),
    Run("refusal-realtimeqa", QUESTIONS, files={"--corpus": ARTICLES}),
    Run("conflicts-ramdocs", "ramdocs"),
    Run("ingest-realtimeqa-600", ARTICLES, {"--limit": "600"}),
    Run("ingest-realtimeqa", ARTICLES),
    Run("ingest-corpora", "corpora", {"--limit": "20000"}),
    Run("ask-realtimeqa", ARTICLES, {"--limit": "200"}, {"--queries": QUESTIONS}),
    Run("ask-corpora", "corpora", {"--limit": "200"}),
)
WITH_MINILM = "ingest-realtimeqa"  # one run beside the model that takes minutes is enough


def main() -> int:
    """Run one after another; return 0 when all ran."""
    parser = argparse.ArgumentParser(description="Run the public benchmarks of $NEWSQA_BENCH.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="runs that begin so; default: all")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep what the runs print, and their records")
    parser.add_argument("--limit", type=int, metavar="N", help="first cases of each, to see whether all runs")
    options = parser.parse_args()
    named = os.environ.get("NEWSQA_BENCH")
    if not named:
        print(
            "set NEWSQA_BENCH to the folder of benchmark data; docs/benchmarks.md says where it is from",
            file=sys.stderr,
        )
        return 2
    wanted = [run for run in RUNS if not options.names or run.name.startswith(tuple(options.names))]
    if options.out:
        options.out = options.out.resolve()
        options.out.mkdir(parents=True, exist_ok=True)
    return 1 if sum(not _ran(run, Path(named), options) for run in wanted) else 0


def _ran(run: Run, folder: Path, options: argparse.Namespace) -> bool:
    if not (folder / run.data).exists():
        print(f"{run.name}: no data in {folder / run.data}", file=sys.stderr)
        return True
    print(f"--- {run.name}", flush=True)
    command = [sys.executable, "-m", "eval.bench", *run.arguments(folder, options.limit)]
    if options.out:
        command += ["--records", str(options.out / f"{run.name}.jsonl")]
    environment = dict(os.environ)
    if run.name != WITH_MINILM:
        environment.pop("NEWSQA_BENCH_MINILM", None)
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1], env=environment
    )
    print(done.stdout, flush=True)
    if options.out:
        (options.out / f"{run.name}.txt").write_text(done.stdout, encoding="utf-8")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
