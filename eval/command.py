"""`newsqa eval`: the golden set, its figures and its gate."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eval.report import Report

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.jsonl"
BASELINE = HERE / "baseline.json"
SEEDS = HERE.parent / "seeds"

EXIT_BELOW = 1

_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command("eval")
@click.option("--golden", type=_FILE, help="Questions, one JSON object a line.  [default: ours, over the seeds]")
@click.option("--corpus", type=click.Path(path_type=Path), help="Folder to index and ask.  [default: the seeds]")
@click.option("--index", "index_folder", type=_FOLDER, help="Ask this index; with --corpus, build it there.")
@click.option("--model", default="extractive", show_default=True, help="What writes the answers.")
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="all", show_default=True)
@click.option("--baseline", type=_FILE, help="Floors.  [default: ours; with --golden, none]")
@click.option("--update", is_flag=True, help="Raise the floors to what was reached.")
@click.option("--allow-regression", is_flag=True, help="Let --update lower floors too.")
@click.option("--output", type=_FOLDER, default=Path("out/eval"), show_default=True, help="Where reports go.")
@click.option("--json", "as_json_only", is_flag=True, help="Print the JSON report.")
def command(
    golden: Path | None,
    corpus: Path | None,
    index_folder: Path | None,
    model: str,
    split: str,
    baseline: Path | None,
    update: bool,
    allow_regression: bool,
    output: Path,
    as_json_only: bool,
) -> int:
    """Ask a golden set and compare with its floors.

    Writes report.json and report.md. Exits 1 when a figure is below its floor.
    """
    floors_file = baseline or (None if golden else BASELINE)
    if allow_regression and not update:
        raise click.UsageError("--allow-regression goes with --update")
    if update and floors_file is None:
        raise click.UsageError("where shall the floors go? Give --baseline FILE")
    if update and split != "all":
        raise click.UsageError("--update sets floors for all questions; leave --split out")
    if index_folder and not corpus and not index_folder.is_dir():
        raise click.UsageError(f"no index at {str(index_folder)!r}; `newsqa index FOLDER --index ...` makes one")
    sources = [corpus] if corpus else [] if index_folder else [_seeds()]

    from eval.report import as_json, as_markdown

    report = _measure(golden or GOLDEN, sources, index_folder, model, split)
    written = json.dumps(as_json(report), ensure_ascii=False, indent=2)
    summary = as_markdown(report)
    output.mkdir(parents=True, exist_ok=True)
    (output / "report.json").write_text(written + "\n", encoding="utf-8")
    (output / "report.md").write_text(summary, encoding="utf-8")
    click.echo(written if as_json_only else summary)
    if update and floors_file:
        _update(report, floors_file, allow_regression)
    below = _below(report, floors_file, split)
    for words in below:
        click.echo(f"below the floor: {words}", err=True)
    return EXIT_BELOW if below else 0


def _measure(golden: Path, sources: Sequence[Path], index_folder: Path | None, model: str, split: str) -> Report:
    from eval.cases import digest_of_cases, load_cases, mistakes
    from eval.indexes import corpus_digest, gold_sources, opened_index, source_reader
    from eval.report import Report
    from eval.runner import ask_all
    from rag.cli.options import load_settings
    from rag.errors import ConfigError

    cases = [case for case in load_cases(golden) if split in ("all", case.split)]
    if not cases:
        raise ConfigError(f"no golden case of {str(golden)!r} is in the split {split!r}")
    settings = load_settings()
    settings = settings.model_copy(update={"llm": settings.llm.model_copy(update={"model": model})})
    with opened_index(settings, sources, folder=index_folder) as engine:
        wrong = mistakes(cases, gold_sources(engine, cases))
        if wrong:
            raise ConfigError("the golden set does not fit the articles: " + "; ".join(wrong[:5]))
        with click.progressbar(length=len(cases), label="Asking", file=sys.stderr) as bar:
            scores = ask_all(engine, cases, read_source=source_reader(engine), progress=lambda done: bar.update(1))
        return Report(
            model=model,
            settings=settings.fingerprint(),
            cases_digest=digest_of_cases(cases),
            corpus_digest=corpus_digest(engine),
            scores=scores,
        )


def _update(report: Report, floors_file: Path, allow_regression: bool) -> None:
    from eval.gate import load_baseline, raise_floors, save_baseline

    old = load_baseline(floors_file) if floors_file.exists() else None
    save_baseline(raise_floors(report, old, allow_regression=allow_regression), floors_file)
    click.echo(f"floors written to {floors_file}", err=True)


def _below(report: Report, floors_file: Path | None, split: str) -> list[str]:
    from eval.gate import load_baseline, shortfalls

    if floors_file is None or split != "all":
        return list(report.violations)
    floors = load_baseline(floors_file)
    if floors.model != report.model:
        click.echo(f"the floors are for {floors.model!r}, not for {report.model!r}: not compared", err=True)
        return list(report.violations)
    return shortfalls(report, floors)


def _seeds() -> Path:
    if not SEEDS.is_dir():
        raise click.UsageError(f"the seeds are not beside the package ({SEEDS}); run in a checkout, or give --corpus")
    return SEEDS
