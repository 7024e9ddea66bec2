"""`newsqa clean`: what cleaning makes of a file, without an index."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.group import EXIT_FAILED
from rag.cli.options import json_option

if TYPE_CHECKING:
    from rag.cli.terminal import Output
    from rag.schema import Article, SkippedSource, SourceFile


@click.command("clean")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--corpus",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR",
    help="Also remove lines that repeat across these articles.",
)
@click.option(
    "--diff",
    "as_diff",
    is_flag=True,
    help="Print a unified diff from the file to its article; with --corpus, what the corpus changes.",
)
@json_option
def command(files: tuple[Path, ...], corpus: Path | None, as_diff: bool, as_json: bool) -> int:
    """Show what cleaning keeps of each FILE, and for everything else the reason."""
    from rag.cleaning import clean
    from rag.cli.terminal import Output, one_line
    from rag.schema import SkippedSource

    output = Output()
    repeated_lines = _repeated_lines(corpus) if corpus else frozenset[str]()
    skipped = 0
    for source in _sources(files):
        if isinstance(source, SkippedSource):
            skipped += 1
            click.echo(f"skipped {one_line(source.path)}: {one_line(source.reason)}", err=True)
            continue
        article = clean(source, repeated_lines=repeated_lines)
        if as_json:
            from rag.wire import CleanedObject

            output.line(CleanedObject.of(article).model_dump_json())
        elif as_diff and corpus:
            _show_changes(output, clean(source), article)
        elif as_diff:
            _show_diff(output, article)
        else:
            _show(output, article)
    return EXIT_FAILED if skipped else 0


def _sources(files: tuple[Path, ...]) -> Iterator[SourceFile | SkippedSource]:
    from rag.cli.options import load_settings
    from rag.schema import SkippedSource
    from rag.sources import read_sources, walk

    for found in walk(files, max_file_bytes=load_settings().max_file_bytes):
        if isinstance(found, SkippedSource):
            yield found
        else:
            yield from read_sources(found)


def _repeated_lines(corpus: Path) -> Container[str]:
    from rag.cleaning import line_keys
    from rag.indexing.repetition import find_repeated, hash_lines
    from rag.schema import SkippedSource

    sources = (source for source in _sources((corpus,)) if not isinstance(source, SkippedSource))
    return find_repeated([hash_lines(line_keys(source)) for source in sources])


def _show(output: Output, article: Article) -> None:
    """Write every line of the source, numbered; a removed one with its reason in front."""
    from rag.cli.terminal import one_line
    from rag.wire import removals

    output.styled((one_line(article.path), "bold blue"))
    for name, value in (
        ("title", article.title),
        ("date", f"{article.published} (from {article.published_from})" if article.published else None),
        ("publisher", article.publisher),
        ("author", article.author),
    ):
        output.styled((f"{name:>10}  ", "dim"), (one_line(value or "not known"), "" if value else "dim"))
    output.line()
    reasons: dict[int, str] = {}
    for removal in removals(article):
        for number in range(removal.line_start, removal.line_end + 1):
            reasons.setdefault(number, removal.reason)
    width = max([len(reason) for reason in reasons.values()], default=0)
    kept = _kept_lines(article)
    for number, text in enumerate(_lines(article.raw), start=1):
        shown = one_line(text)
        if not shown:
            continue
        reason = "" if number in kept else reasons.get(number, "")
        style = "red" if reason else ""
        output.styled((f"{number:>5} ", "dim"), (f"{reason:<{width}}  ", style), (shown, "dim" if reason else ""))
    output.line()


def _kept_lines(article: Article) -> set[int]:
    from rag.wire import LineNumbers

    lines = LineNumbers(article.raw)
    return {
        number
        for block in article.blocks
        for number in range(lines.at(block.span.start), lines.at(block.span.end - 1) + 1)
    }


def _lines(raw: str) -> list[str]:
    return raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _show_changes(output: Output, alone: Article, within: Article) -> None:
    """Write the lines that the corpus judges otherwise than the file alone does: `-` goes now, `+` stays now."""
    from rag.cleaning.report import changes
    from rag.cli.terminal import one_line

    output.styled((one_line(within.path), "bold blue"))
    for change in changes(alone, within):
        goes = change.after is not None
        mark, reason = ("-", change.after) if goes else ("+", f"not {change.before}")
        output.styled(
            (f"{change.number:>5} ", "dim"),
            (f"{mark} {reason or ''}  ", "red" if goes else "green"),
            (one_line(change.text), ""),
        )


def _show_diff(output: Output, article: Article) -> None:
    from rag.text.folding import printable

    styles = {"+": "green", "-": "red", "@": "cyan"}
    diff = difflib.unified_diff(
        _lines(article.raw), _lines(article.text), article.path, f"{article.path} (article)", lineterm=""
    )
    for line in diff:
        shown = printable(line)
        if output.is_terminal:
            output.styled((shown, styles.get(shown[:1], "")))
        else:
            output.line(shown)
