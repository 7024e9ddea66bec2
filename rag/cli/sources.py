"""`newsqa sources`: what is in the index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import index_option, json_option, load_settings

if TYPE_CHECKING:
    from rag.engine import Engine

PAGE = 500


@click.command("sources")
@click.argument("query", required=False, default="")
@click.option("--speakers", is_flag=True, help="List who says something in them instead.")
@json_option
@index_option
def command(query: str, speakers: bool, as_json: bool, index_folder: Path | None) -> None:
    """List the indexed articles; with QUERY, those with it in path, title or publisher."""
    from rag.engine import Engine

    with Engine.open(load_settings(index_folder)) as engine:
        if speakers:
            _list_speakers(engine, query, as_json=as_json)
        else:
            _list_articles(engine, query, as_json=as_json)


def _list_articles(engine: Engine, query: str, *, as_json: bool) -> None:
    from rag.cli.terminal import Output, count_of, link_style, one_line

    output = Output()
    page = engine.articles(query=query, offset=0, limit=PAGE)
    offset = 0
    while page.items:
        for item in page.items:
            if as_json:
                from rag.wire import SummaryObject

                output.line(SummaryObject.of(item).model_dump_json())
                continue
            about = ", ".join(one_line(str(part)) for part in (item.publisher, item.published) if part)
            file = engine.file_of(item.id) if output.is_terminal else None
            output.styled(
                (one_line(item.path), f"blue{link_style(output, file)}"),
                (f"  {one_line(item.title or '(no title)')}", "bold" if item.title else "dim"),
                (f" ({about})" if about else "", "dim"),
                (f"  {count_of(item.passages, 'passage')}, {count_of(item.statements, 'statement')}", "dim"),
            )
        offset += len(page.items)
        page = engine.articles(query=query, offset=offset, limit=PAGE)
    if not offset:
        which = f" has {one_line(query)!r} in path, title or publisher" if query else ""
        click.echo(f"newsqa: no article{which}", err=True)


def _list_speakers(engine: Engine, query: str, *, as_json: bool) -> None:
    from rag.cli.terminal import Output, count_of, one_line
    from rag.text.folding import searchable

    output = Output()
    wanted = searchable(query)
    for speaker in engine.speakers():
        if wanted not in searchable(speaker.name):
            continue
        if as_json:
            from rag.wire import SpeakerObject

            output.line(SpeakerObject.of(speaker).model_dump_json())
            continue
        articles = count_of(speaker.articles, "article")
        output.styled(
            (f"{speaker.statements:>6}  ", "dim"), (one_line(speaker.name), "bold"), (f"  in {articles}", "dim")
        )
