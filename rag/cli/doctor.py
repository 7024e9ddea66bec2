"""`newsqa doctor`: do folder, catalog, lexical index and vectors agree?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.group import EXIT_FAILED
from rag.cli.options import index_option, json_option, load_settings

if TYPE_CHECKING:
    from rag.cli.terminal import Output
    from rag.indexing.doctor import DoctorReport, Finding


@click.command("doctor")
@click.option("--repair", is_flag=True, help="Mend what disagrees.")
@json_option
@index_option
def command(repair: bool, as_json: bool, index_folder: Path | None) -> int:
    """Compare folder, catalog, lexical index and vectors. Exits 0 when they agree, 1 when they do not."""
    from rag.cli.terminal import Output
    from rag.engine import Engine

    output = Output()
    with Engine.open(load_settings(index_folder)) as engine, output.busy("Examining"):
        report = engine.doctor(repair=repair)
    if as_json:
        from rag.wire import DoctorObject

        output.line(DoctorObject.of(report).model_dump_json(indent=2))
    else:
        _show(output, report)
    return 0 if report.ok else EXIT_FAILED


def _show(output: Output, report: DoctorReport) -> None:
    from rag.cli.terminal import count_of, one_line

    counts = ((report.articles, "article"), (report.passages, "passage"), (report.files, "file or record"))
    examined = ", ".join(count_of(count, what) for count, what in counts)
    if not report.findings:
        output.styled(("All agree: ", "bold green"), (examined, ""))
    else:
        output.styled(("Examined ", ""), (examined, ""))
    for finding in report.findings:
        is_left = finding.kind in {left.kind for left in report.remaining}
        state = "not mended" if report.repaired and is_left else "mended" if report.repaired else ""
        _show_finding(output, finding, state=state)
    if report.findings and not report.repaired:
        output.styled(("Mend them with `newsqa doctor --repair`.", "bold"))
    for skipped in report.skipped:
        click.echo(f"skipped {one_line(skipped.path)}: {one_line(skipped.reason)}", err=True)
    for concern in report.concerns:
        click.echo(f"look at {one_line(concern.path)}: {concern.what}", err=True)


def _show_finding(output: Output, finding: Finding, *, state: str) -> None:
    from rag.cli.terminal import one_line

    style = "green" if state == "mended" else "yellow"
    output.styled((f"{finding.count} ", "bold"), (finding.what, style), (f"  {state}" if state else "", style))
    more = ", …" if finding.count > len(finding.where) else ""
    output.styled((", ".join(one_line(where) for where in finding.where) + more, "dim"), indent=4)
    if not state:
        output.styled((f"--repair {finding.repair}", "dim"), indent=4)
