"""Run the public benchmarks that the folder $NEWSQA_BENCH has data for: `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Benchmark, set, data, and the articles where they are apart.
RUNS = (
    ("cleaning", "extraction", "extraction", None),
    ("retrieval", "realtimeqa", "realtimeqa/questions.jsonl.gz", "realtimeqa/corpus.jsonl.gz"),
    ("retrieval", "time1963", "time1963", None),
    ("attribution", "polnear", "polnear", None),
    ("grounding", "summedits_news", "summedits_news", None),
    ("grounding", "wice", "wice", None),
    ("grounding", "attributionbench", "attributionbench", None),
    ("refusal", "realtimeqa", "realtimeqa/questions.jsonl.gz", "realtimeqa/corpus.jsonl.gz"),
    ("conflicts", "ramdocs", "ramdocs", None),
    ("ingest", "corpus", "realtimeqa/corpus.jsonl.gz", None),
    ("ask", "corpus", "realtimeqa/corpus.jsonl.gz", None),
)


def main() -> int:
    """Run one after another; return 0 when all ran."""
    named = os.environ.get("NEWSQA_BENCH")
    if not named:
        print(
            "set NEWSQA_BENCH to the folder of benchmark data; docs/benchmarks.md says where it is from",
            file=sys.stderr,
        )
        return 2
    folder, failed = Path(named), 0
    for name, set_name, data, corpus in RUNS:
        if not (folder / data).exists():
            print(f"{name} on {set_name}: no data in {folder / data}", file=sys.stderr)
            continue
        command = [sys.executable, "-m", "eval.bench", name, "--set", set_name, "--data", str(folder / data)]
        if corpus:
            command += ["--corpus", str(folder / corpus)]
        failed += subprocess.run(command, check=False).returncode != 0
        print(flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
