"""`newsqa chat`: questions in a conversation. The prompt comes at once; the engine opens while the user types."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import filter_options, filters_from, index_option, load_settings

if TYPE_CHECKING:
    from prompt_toolkit.history import History

    from rag.cli.terminal import Output
    from rag.engine import Engine
    from rag.schema import Answer, Filters, Turn

HELP = """\
Ask anything; a follow-up such as "and what did Cho say?" keeps its subject.

  /sources    list the citations of the last answer
  /open N     print the article around citation N
  /new        forget the conversation
  /help       show this
  /quit       leave (Ctrl-D does too)
"""

LINES_AROUND = 6  # of the source file, shown by /open on each side of a quote


@click.command("chat")
@click.option("--max-statements", type=click.IntRange(1, 200), default=8, show_default=True, help="Longest answer.")
@click.option("--model", help="What writes the answers, such as `extractive` or `gpt-4o-mini`.")
@filter_options
@index_option
def command(
    max_statements: int,
    model: str | None,
    since: date | None,
    until: date | None,
    as_of: date | None,
    paths: tuple[str, ...],
    index_folder: Path | None,
) -> None:
    """Ask in a conversation. In a pipe, each line of stdin is a question."""
    from rag.cli.terminal import Output

    filters = filters_from(since, until, as_of, paths)
    settings = load_settings(index_folder)

    def open_engine() -> Engine:
        from rag.engine import Engine

        return Engine.open(settings)

    # One worker: the engine opens on it while the main thread already shows the prompt.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="open-engine") as opener:
        opening: list[Future[Engine]] = []

        def start() -> None:
            if not opening:
                opening.append(opener.submit(open_engine))

        def engine() -> Engine:
            start()
            return opening[0].result()

        conversation = Conversation(engine, Output(), filters=filters, max_statements=max_statements, model=model)
        try:
            _converse(conversation, on_prompt=start)
        finally:
            if opening and opening[0].exception() is None:
                opening[0].result().close()


def _converse(conversation: Conversation, *, on_prompt: Callable[[], None]) -> None:
    if sys.stdin.isatty():
        lines = _typed_lines(on_prompt)
        click.echo("Ask about the indexed articles. /help shows what else there is.", err=True)
    else:
        lines = (line.rstrip("\r\n") for line in sys.stdin)
    for line in lines:
        if not conversation.take(line):
            return


def _typed_lines(on_prompt: Callable[[], None]) -> Iterator[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.formatted_text import FormattedText

    session: PromptSession[str] = PromptSession(FormattedText([("bold ansicyan", "› ")]), history=_history())
    while True:
        try:
            yield session.prompt(pre_run=on_prompt)
        except KeyboardInterrupt:  # clears the line, as in a shell
            continue
        except EOFError:
            return


def _history() -> History:
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    folder = Path(click.get_app_dir("newsqa"))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "history").touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(folder / "history")


class Conversation:
    """What was asked and answered, and what the last answer cites."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        output: Output,
        *,
        filters: Filters,
        max_statements: int = 8,
        model: str | None = None,
    ) -> None:
        self._engine = engine
        self._output = output
        self._filters = filters
        self._max_statements = max_statements
        self._model = model
        self._turns: tuple[Turn, ...] = ()
        self._last: Answer | None = None

    def take(self, line: str) -> bool:
        """Answer one line of input; False when it ends the conversation. An error ends one turn only."""
        from rag.errors import IndexUnavailable, RagError

        line = line.strip()
        if not line:
            return True
        if line.startswith("/"):
            return self._command(line)
        try:
            self._ask(line)
        except IndexUnavailable:
            raise
        except RagError as exc:
            self._complain(str(exc))
        except KeyboardInterrupt:
            self._complain("stopped")
        self._output.line()
        self._output.stream.flush()
        return True

    def _ask(self, text: str) -> None:
        from rag.cli.following import follow
        from rag.cli.terminal import show_answer, without_escapes
        from rag.schema import Question, Turn

        with self._output.busy("Opening the index"):
            engine = self._engine()
        question = Question(
            text=without_escapes(text),
            history=self._turns,
            filters=self._filters,
            max_statements=self._max_statements,
            model=self._model,
        )
        answer = follow(self._output, engine.stream(question))
        show_answer(
            self._output,
            answer,
            locate=engine.file_of,
            read=engine.article,
            is_shown=self._output.is_terminal,
        )
        self._turns += (Turn("user", text), Turn("assistant", answer.text))
        self._last = answer

    def _command(self, line: str) -> bool:
        name, _, argument = line.partition(" ")
        match name:
            case "/quit" | "/exit" | "/q":
                return False
            case "/help" | "/?":
                self._output.line(HELP)
            case "/new":
                self._turns, self._last = (), None
            case "/sources":
                self._list_citations()
            case "/open":
                self._open(argument.strip().strip("[]"))
            case _:
                self._complain(f"no command {name}; /help lists them")
        self._output.stream.flush()
        return True

    def _list_citations(self) -> None:
        from rag.cli.terminal import show_citation

        if self._last is None or not self._last.citations:
            self._complain("nothing has been cited yet; ask something first")
            return
        engine = self._engine()
        for citation in self._last.citations:
            show_citation(self._output, citation, locate=engine.file_of, article=engine.article(citation.article_id))

    def _open(self, number: str) -> None:
        from rag.cli.terminal import show_around

        citations = {str(citation.number): citation for citation in self._last.citations} if self._last else {}
        citation = citations.get(number)
        if citation is None:
            known = f"1 to {len(citations)}" if citations else "none yet; ask something first"
            self._complain(f"which citation? There is {known}" if citations else f"citations: {known}")
            return
        article = self._engine().article(citation.article_id)
        if article is None:
            self._complain(f"{citation.path} is no longer in the index")
            return
        show_around(self._output, article, citation, lines=LINES_AROUND)

    def _complain(self, message: str) -> None:
        from rag.cli.terminal import one_line

        self._output.stream.flush()
        click.echo(f"newsqa: {one_line(message)}", err=True)
