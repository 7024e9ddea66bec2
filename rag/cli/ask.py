"""`newsqa ask`: one question, one answer."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from rag.cli.group import EXIT_ABSTAINED
from rag.cli.options import filter_options, filters_from, index_option, json_option, load_settings


@click.command("ask")
@click.argument("question", nargs=-1)
@click.option("--max-statements", type=click.IntRange(1, 200), default=8, show_default=True, help="Longest answer.")
@click.option("--model", help="What writes the answer, such as `extractive` or `gpt-4o-mini`.")
@click.option("--show-rejected", is_flag=True, help="Also show drafted statements that the sources do not support.")
@filter_options
@json_option
@index_option
def command(
    question: tuple[str, ...],
    max_statements: int,
    model: str | None,
    show_rejected: bool,
    since: date | None,
    until: date | None,
    as_of: date | None,
    paths: tuple[str, ...],
    as_json: bool,
    index_folder: Path | None,
) -> int:
    """Answer QUESTION from the index, with citations. Without QUESTION, or for `-`, it is read from stdin.

    Exits 3 when the articles do not answer it.
    """
    text = " ".join(question)
    if text in ("", "-"):
        if sys.stdin.isatty():
            raise click.UsageError('what is the question? For example: newsqa ask "What did Blinken say?"')
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    filters = filters_from(since, until, as_of, paths)

    from rag.cli.following import follow
    from rag.cli.terminal import Output, show_answer, without_escapes
    from rag.schema import Question

    output = Output()
    with output.busy("Reading"):
        from rag.engine import Engine
        from rag.wire import AnswerObject

        engine = Engine.open(load_settings(index_folder))
    asked = Question(text=without_escapes(text), filters=filters, max_statements=max_statements, model=model)
    with engine:
        if as_json:
            answer = engine.ask(asked)
            output.line(AnswerObject.of(answer).model_dump_json(indent=2))
        else:
            answer = follow(output, engine.stream(asked))
            show_answer(
                output,
                answer,
                locate=engine.file_of,
                read=engine.article,
                show_rejected=show_rejected,
                is_shown=output.is_terminal,
            )
    return 0 if answer.status == "answered" else EXIT_ABSTAINED
