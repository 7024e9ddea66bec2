"""Writes answers for people: coloured, wrapped and linked on a terminal, plain and unwrapped in a pipe.

Everything that comes from an article goes through `printable`, and no markup in it is interpreted.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from rag.text.folding import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from rag.schema import Answer, Article, Citation, Near, PartialDate

MAX_WIDTH = 100  # longer lines are hard to read, however wide the window
CONTEXT_CHARS = 160  # of the paragraph, shown on each side of a quote

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_MARKER = re.compile(r"\[\d+\]")
_NO_HYPERLINKS = frozenset({"dumb", "linux", "unknown", ""})


class Output:
    """Where a command writes to, and what that can show."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.is_terminal = self.stream.isatty() and os.environ.get("TERM", "") != "dumb"
        self.has_hyperlinks = self.is_terminal and os.environ.get("TERM", "") not in _NO_HYPERLINKS
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """A rich console on the stream; only for a terminal."""
        if self._console is None:
            from rich.console import Console

            console = Console(file=self.stream, highlight=False, markup=False, emoji=False)
            console.width = min(console.width, MAX_WIDTH)
            self._console = console
        return self._console

    def line(self, text: str = "") -> None:
        """Write one plain line."""
        self.stream.write(text + "\n")

    def styled(self, *parts: tuple[str, str], indent: int = 0) -> None:
        """Write a paragraph of (text, rich style) pairs on a terminal, wrapped; without styles in a pipe."""
        if not self.is_terminal:
            self.line(" " * indent + "".join(text for text, _ in parts))
            return
        from rich.padding import Padding
        from rich.text import Text

        self.console.print(Padding(Text.assemble(*parts), (0, 0, 0, indent)), soft_wrap=False)

    def columns(self, left: tuple[str, str], right: Sequence[tuple[str, str]]) -> None:
        """Write a paragraph with something left of it; on a terminal its lines stay in their column."""
        if not self.is_terminal:
            self.line(left[0] + "".join(text for text, _ in right))
            return
        from rich.table import Table
        from rich.text import Text

        row = Table.grid()
        row.add_row(Text(*left), Text.assemble(*right))
        self.console.print(row)

    @contextmanager
    def busy(self, message: str) -> Iterator[None]:
        """Show that something goes on, on stderr, as long as the block runs; nothing in a pipe."""
        if not (self.is_terminal and sys.stderr.isatty()):
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(message, spinner="dots"):
            yield


Locate = Callable[[str], Path | None]
"""Finds the file of an article by its id; None for an upload."""
Read = Callable[[str], "Article | None"]
"""Reads an article by its id."""


def show_answer(
    output: Output,
    answer: Answer,
    *,
    locate: Locate,
    read: Read,
    show_rejected: bool = False,
    is_shown: bool = False,
) -> None:
    """Write an answer with its citations, or a refusal with what was near; `is_shown`: its words are there already."""
    if not is_shown:
        show_text(output, answer)
    if answer.standalone_question:
        output.styled(("Understood as: ", "dim"), (one_line(answer.standalone_question), "dim italic"))
    for citation in answer.citations:
        output.line()
        show_citation(output, citation, locate=locate, article=read(citation.article_id))
    show_remarks(output, answer, show_rejected=show_rejected)


def show_text(output: Output, answer: Answer) -> None:
    """Write the words of an answer."""
    if output.is_terminal:
        output.console.print(text_for_terminal(answer.text, is_refusal=answer.status == "abstained"))
    else:
        output.line(printable(answer.text))


def text_for_terminal(text: str, *, is_refusal: bool) -> Text:
    """Return the words of an answer with its markers standing out."""
    from rich.text import Text

    shown = Text(printable(text), style="yellow" if is_refusal else "")
    if not is_refusal:
        shown.highlight_regex(_MARKER, "bold cyan")
    return shown


def show_citation(output: Output, citation: Citation, *, locate: Locate, article: Article | None) -> None:
    """Write a citation: what article, where in which file, and the quote in its paragraph."""
    title = one_line(citation.title or citation.path)
    about = [part for part in (article.publisher if article else None, citation.published) if part]
    source = f" ({', '.join(one_line(str(part)) for part in about)})" if about else ""
    lines = f"{citation.line_start}"
    if citation.line_end != citation.line_start:
        lines += f"-{citation.line_end}"
    place = f"{one_line(citation.path)}:{lines}"
    file = locate(citation.article_id)
    if not output.is_terminal:
        output.line(f"[{citation.number}] {place}  {title}{source}")
        output.line(f"    “{one_line(citation.quote)}”")
    else:
        output.styled((f"[{citation.number}] ", "bold cyan"), (title, "bold"), (source, "dim"))
        output.styled((place, f"blue{link_style(output, file)}"), indent=4)
        before, after = _around(citation, article)
        output.styled((before, "dim"), (one_line(citation.quote), "black on bright_yellow"), (after, "dim"), indent=4)
    if citation.stale:
        output.styled(("The file has changed or gone since it was indexed.", "yellow"), indent=4)
    if citation.also_in:
        copies = ", ".join(one_line(copy.path) for copy in citation.also_in)
        output.styled((f"also in {copies}", "dim"), indent=4)


def show_remarks(output: Output, answer: Answer, *, show_rejected: bool) -> None:
    """Write conflicts, what was near, notices and, when asked for, the statements that did not hold."""
    published = {citation.number: citation.published for citation in answer.citations}
    for conflict in answer.conflicts:
        output.line()
        output.styled((f"Sources differ on {one_line(conflict.fact)}:", "yellow"))
        for value in conflict.values:
            sources = ", ".join(_dated(number, published.get(number)) for number in value.citations)
            output.styled((f"{one_line(value.text)} {sources}", ""), indent=4)
    if answer.near:
        output.line()
        output.styled(("Near to it:", "dim"))
        for near in answer.near:
            output.styled((f"- {_near(near)}", ""), indent=2)
    for notice in answer.notices:
        output.line()
        output.styled(("Note: ", "yellow"), (one_line(notice.message), ""))
    if show_rejected:
        output.line()
        if not answer.rejected:
            output.styled(("No drafted statement was rejected.", "dim"))
        for rejection in answer.rejected:
            output.styled(
                ("Rejected ", "red"), (f"({one_line(rejection.reason)}): ", "dim"), (one_line(rejection.text), "")
            )


def _dated(number: int, published: PartialDate | None) -> str:
    return f"[{number}] {published}" if published else f"[{number}]"


def _near(near: Near) -> str:
    return one_line(near.text) + (f" ({one_line(near.path)})" if near.path else "")


def link_style(output: Output, file: Path | None) -> str:
    """Return the part of a rich style that links to a file, where the terminal can follow it."""
    return f" link {file.absolute().as_uri()}" if file is not None and output.has_hyperlinks else ""


def count_of(count: int, what: str) -> str:
    """Return "1 article", "2 articles", "3 files or records"."""
    plural = " ".join(f"{word}s" if word != "or" else word for word in what.split(" "))
    return f"{count} {what if count == 1 else plural}"


def without_escapes(text: str) -> str:
    """Drop the colours and cursor movements that come along when text is copied from a terminal."""
    return _ESCAPE.sub("", text)


def one_line(text: str) -> str:
    """Make a text safe to show, on one line."""
    return " ".join(printable(text).split())


def _around(citation: Citation, article: Article | None) -> tuple[str, str]:
    """Return what stands before and after a quote in its paragraph, shortened at words."""
    if article is None:
        return "", ""
    block = next((block.span for block in article.blocks if block.span.contains(citation.raw)), None)
    if block is None:
        return "", ""
    before = one_line(article.raw[block.start : citation.raw.start])
    after = one_line(article.raw[citation.raw.end : block.end])
    if len(before) > CONTEXT_CHARS:
        before = "… " + before[-CONTEXT_CHARS:].partition(" ")[2]
    if len(after) > CONTEXT_CHARS:
        after = after[:CONTEXT_CHARS].rpartition(" ")[0] + " …"
    return before and before + " ", after and " " + after


def show_around(output: Output, article: Article, citation: Citation, *, lines: int) -> None:
    """Write the lines of an article around a citation, numbered; the quote is marked and what is no body is dim."""
    output.styled((one_line(article.title or article.path), "bold"), (f"  {one_line(article.path)}", "dim"))
    first, last = citation.line_start - lines, citation.line_end + lines
    for number, (start, end) in enumerate(_lines(article.raw), start=1):
        if not first <= number <= last:
            continue
        mark = ">" if citation.line_start <= number <= citation.line_end else " "
        parts = [
            (printable(article.raw[a:b]), _style(article, citation, a, b))
            for a, b in _cut(article, citation, start, end)
        ]
        output.columns((f"{mark}{number:>5}  ", "dim"), parts)


def _lines(raw: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _LINE_BREAK.finditer(raw):
        yield start, match.start()
        start = match.end()
    yield start, len(raw)


def _cut(article: Article, citation: Citation, start: int, end: int) -> Iterator[tuple[int, int]]:
    spans = [citation.raw, *(removal.span for removal in article.removed)]
    inside = {edge for span in spans for edge in (span.start, span.end) if start < edge < end}
    yield from pairwise(sorted({start, end} | inside))


def _style(article: Article, citation: Citation, start: int, end: int) -> str:
    if citation.raw.start <= start and end <= citation.raw.end:
        return "black on bright_yellow"
    if any(removal.span.start <= start and end <= removal.span.end for removal in article.removed):
        return "dim"
    return ""
