"""Kill an ingest again and again and look whether anything is lost; then fuzz the API at length: `make torture`.

An ingest is killed with SIGKILL at a random moment, a hundred times by default, over a folder that changes in between.
Afterwards the index must hold what one made in peace holds, and the doctor must find nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rag.config import Settings
from rag.engine import Engine
from rag.indexing import OpenIndex, wanted_manifest
from rag.schema import Question
from tests.api.live import running, seeds_indexed

ARTICLES = 120
QUESTIONS = tuple(
    f"{question} {name}mith say{about}?"
    for name in "ABCDEFG"
    for question, about in (("What did Officer", ""), ("What did Officer", " about road works near bridges"))
)
NEWSQA = (sys.executable, "-m", "rag.cli")


def main() -> int:
    """Run both; return 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--examples", type=int, default=150, help="requests tried for each operation of the API")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        survived = _kill(Path(folder), options.kills, random.Random(options.seed))
        described = _fuzz(Path(folder) / "fuzzed", options.examples)
    return 0 if survived and described else 1


def _kill(folder: Path, kills: int, chance: random.Random) -> bool:
    articles, index = folder / "articles", folder / "index"
    articles.mkdir()
    _write(articles, chance)
    began = time.monotonic()
    _newsqa("index", str(articles), "--index", str(folder / "timed"))
    whole_s = time.monotonic() - began
    for number in range(kills):
        for name in chance.sample(range(ARTICLES), 10):
            _article(articles, name, chance)
        (articles / f"{chance.randrange(ARTICLES)}.txt").unlink(missing_ok=True)
        process = subprocess.Popen([*NEWSQA, "index", str(articles), "--index", str(index)], stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, whole_s))
        process.kill()
        process.wait()
        print(f"\rkilled {number + 1} of {kills}", end="", file=sys.stderr)
    print(file=sys.stderr)
    _newsqa("index", str(articles), "--index", str(index))
    _newsqa("index", str(articles), "--index", str(folder / "peaceful"))
    doctor = subprocess.run([*NEWSQA, "doctor", "--index", str(index)], check=False).returncode
    same = _contents(index) == _contents(folder / "peaceful")
    answers = _answers(index) == _answers(folder / "peaceful")
    says = "agrees" if doctor == 0 else "complains"
    print(
        f"after {kills} kills: doctor {says}, articles and ids in every store {'same' if same else 'DIFFER'}, "
        f"answers to {len(QUESTIONS)} questions {'same' if answers else 'DIFFER'}"
    )
    return doctor == 0 and same and answers


def _write(articles: Path, chance: random.Random) -> None:
    for number in range(ARTICLES):
        _article(articles, number, chance)


def _article(articles: Path, number: int, chance: random.Random) -> None:
    body = "\n\n".join(
        f"Officer {chance.choice('ABCDEFG')}mith said on Monday that road {chance.randrange(10_000)} would be closed "
        f"for {chance.randrange(2, 90)} days because of works near bridge {chance.randrange(500)}."
        for _ in range(chance.randrange(3, 12))
    )
    (articles / f"{number}.txt").write_text(f"Road works, part {number}\n\n{body}\n", encoding="utf-8")


def _contents(index: Path) -> tuple[list[tuple[str, str]], set[str], set[str]]:
    """Return the articles, and the ids of the passages in the lexical index and among the vectors."""
    printed = _newsqa("sources", "--json", "--index", str(index))
    articles = sorted((row["article_id"], row["sha256"]) for row in map(json.loads, printed.splitlines()))
    with Engine.open(Settings(index=index)) as engine:
        opened = OpenIndex(index, wanted=wanted_manifest(engine.settings, engine.embedder), chroma_url=None)
        found = articles, opened.lexical.ids(), opened.vectors.ids()
        opened.close()
    return found


def _answers(index: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Return what is answered, and from which places."""
    with Engine.open(Settings(index=index)) as engine:
        answers = [engine.ask(Question(text=text)) for text in QUESTIONS]
    return [(answer.text, tuple(f"{c.path}:{c.raw}" for c in answer.citations)) for answer in answers]


def _newsqa(*arguments: str) -> str:
    return subprocess.run([*NEWSQA, *arguments], check=True, capture_output=True, text=True).stdout


def _fuzz(folder: Path, examples: int) -> bool:
    config = Path("tests/api/schemathesis.toml")
    with seeds_indexed(folder) as engine, running(engine) as address:
        done = subprocess.run(
            [
                Path(sys.executable).with_name("schemathesis"),
                *("--config-file", config, "run", f"{address}/openapi.json"),
                *("--max-examples", str(examples)),
            ],
            check=False,
        )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
