"""`newsqa index`: read folders into the index."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.group import EXIT_FAILED
from rag.cli.options import index_option, json_option, load_settings

if TYPE_CHECKING:
    from rag.engine import Engine
    from rag.indexing.report import IngestProgress, IngestReport

WATCH_S = 2.0  # an unchanged folder costs a stat a file, so looking often is cheap
SHOWN_SKIPPED = 20
_STAGES = {
    "scan": "Comparing",
    "read": "Reading",
    "index": "Indexing",
    "remove": "Removing",
    "finish": "Finishing",
}


@click.command("index")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--rebuild", is_flag=True, help="Build a new index beside the old one and switch when it is done.")
@click.option("--watch", is_flag=True, help="Keep looking for changes until interrupted.")
@click.option("--strict", is_flag=True, help="Exit 1 when anything was skipped or nothing can be cited.")
@json_option
@index_option
def command(
    paths: tuple[Path, ...], rebuild: bool, watch: bool, strict: bool, as_json: bool, index_folder: Path | None
) -> int:
    """Read files and folders into the index; only what changed is read again.

    Without PATH, every folder that the index remembers.
    """
    from rag.engine import Engine
    from rag.errors import SourceError
    from rag.models.pricing import estimate_run

    for path in paths:
        if not path.exists():
            raise SourceError(f"expected a file or folder at {str(path)!r}, found nothing; check the path")
    settings = load_settings(index_folder)
    if (estimate := estimate_run(settings, paths)) is not None:
        click.echo(f"embedding sends {estimate}; unchanged articles cost nothing", err=True)
    with Engine.open(settings) as engine:
        report = _run(engine, paths, rebuild=rebuild, quiet=as_json)
        _show(report, as_json=as_json)
        while watch:
            time.sleep(WATCH_S)
            report = engine.index(paths)
            if report.written or report.removed or report.changed:
                _show(report, as_json=as_json)
    lost = any(concern.kind == "nothing_left" for concern in report.concerns)
    return EXIT_FAILED if strict and (report.skipped or lost) else 0


def _show_some(notes: Sequence[str]) -> None:
    for note in notes[:SHOWN_SKIPPED]:
        click.echo(note, err=True)
    if len(notes) > SHOWN_SKIPPED:
        click.echo(f"... and {len(notes) - SHOWN_SKIPPED} more; --json lists them all", err=True)


def _run(engine: Engine, paths: tuple[Path, ...], *, rebuild: bool, quiet: bool) -> IngestReport:
    if quiet or not sys.stderr.isatty():
        return engine.index(paths, rebuild=rebuild)
    with _progress_bar() as progress:
        return engine.index(paths, rebuild=rebuild, progress=progress)


@contextmanager
def _progress_bar() -> Iterator[Callable[[IngestProgress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {stage: bar.add_task(text, total=None, visible=False) for stage, text in _STAGES.items()}

        def show(progress: IngestProgress) -> None:
            bar.update(tasks[progress.stage], completed=progress.done, total=progress.total, visible=True)

        yield show


def _show(report: IngestReport, *, as_json: bool) -> None:
    from rag.cli.terminal import Output, count_of, one_line

    output = Output()
    if as_json:
        from rag.wire import IngestObject

        output.line(IngestObject.of(report).model_dump_json(indent=2))
        return
    _show_some([f"skipped {one_line(item.path)}: {one_line(item.reason)}" for item in report.skipped])
    _show_some([f"look at {one_line(item.path)}: {item.what}" for item in report.concerns])
    if not report.articles:
        click.echo("newsqa: no article found; .txt, .md, .html, .json and .jsonl files are read", err=True)
    changes = [
        f"{count} {what}"
        for count, what in (
            (report.indexed, "new"),
            (report.changed, "changed"),
            (report.removed, "removed"),
            (report.unchanged, "unchanged"),
            (len(report.skipped), "skipped"),
        )
        if count
    ]
    output.line(
        f"{count_of(report.articles, 'article')}, {count_of(report.passages, 'passage')}"
        + (f" ({', '.join(changes)})" if changes else "")
        + f" in {report.seconds:.1f} s"
    )
    output.stream.flush()
