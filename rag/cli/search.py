"""`newsqa search`: passages for a query, best first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import filter_options, filters_from, index_option, json_option, load_settings

if TYPE_CHECKING:
    from rag.cli.terminal import Output
    from rag.schema import ScoredPassage

SHOWN_CHARS = 300  # of a passage in a terminal; a pipe gets all of it


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("-k", type=click.IntRange(1, 200), default=10, show_default=True, help="Longest result.")
@click.option("--explain", is_flag=True, help="Show each retriever's rank and score.")
@filter_options
@json_option
@index_option
def command(
    query: tuple[str, ...],
    k: int,
    explain: bool,
    since: date | None,
    until: date | None,
    as_of: date | None,
    paths: tuple[str, ...],
    as_json: bool,
    index_folder: Path | None,
) -> None:
    """Find passages for QUERY, best first."""
    filters = filters_from(since, until, as_of, paths)
    text = " ".join(query)

    from rag.cli.terminal import Output
    from rag.engine import Engine

    output = Output()
    with output.busy("Searching"):
        engine = Engine.open(load_settings(index_folder))
    with engine:
        found = engine.search(text, k=k, filters=filters)
        if as_json:
            from rag.wire import SearchObject

            output.line(SearchObject.of(text, found).model_dump_json(indent=2))
            return
        if not found:
            click.echo("newsqa: nothing found", err=True)
        for rank, item in enumerate(found, start=1):
            _show(output, rank, item, explain=explain, file=engine.file_of(item.article.id))


def _show(output: Output, rank: int, item: ScoredPassage, *, explain: bool, file: Path | None) -> None:
    from rag.cli.terminal import link_style, one_line
    from rag.wire import LineNumbers

    article, passage = item.article, item.passage
    line = LineNumbers(article.raw).at(passage.span.start)
    about = ", ".join(one_line(str(part)) for part in (article.publisher, article.published) if part)
    output.styled(
        (f"{rank:>2}. ", "bold cyan"),
        (one_line(article.title or article.path), "bold"),
        (f" ({about})" if about else "", "dim"),
    )
    output.styled((f"{one_line(article.path)}:{line}", f"blue{link_style(output, file)}"), indent=4)
    if explain:
        origins = ", ".join(
            f"{name} #{origin.rank} ({origin.score:.3f})" for name, origin in sorted(item.origins.items())
        )
        output.styled((f"score {item.score:.4f}: {origins}", "magenta"), indent=4)
    text = one_line(passage.text)
    if output.is_terminal and len(text) > SHOWN_CHARS:
        text = text[:SHOWN_CHARS].rpartition(" ")[0] + " …"
    output.styled((text, ""), indent=4)
    if item.also_in:
        output.styled((f"also in {', '.join(one_line(copy.path) for copy in item.also_in)}", "dim"), indent=4)
    output.line()
