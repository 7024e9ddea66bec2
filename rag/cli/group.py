"""The `newsqa` command group: finds commands by name when they are needed, and turns errors into messages.

No mistake of a user ends in a traceback. An error that is ours says so, and `--debug` shows where it was.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from rag import __version__

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COMMANDS = {
    "index": "Read folders of articles into the index.",
    "ask": "Answer one question, with citations.",
    "chat": "Ask in a conversation.",
    "search": "Find passages.",
    "sources": "List the indexed articles, or who speaks in them.",
    "clean": "Show what cleaning keeps and removes, and why.",
    "model": "Try the model that writes answers.",
    "doctor": "Prove that folder, catalog, lexical index and vectors agree; mend them.",
}
"""Our own commands with the help that `--help` shows, so that it imports none of them."""

PLUGINS = {
    "eval": "Measure answers against a golden set.",
    "serve": "Serve the HTTP API and the web page.",
}
"""The same for the commands of our other packages; a command of a third package says `(from PACKAGE)`."""

PLUGIN_GROUP = "newsqa.commands"

EXIT_FAILED = 1
EXIT_MISUSED = 2
EXIT_ABSTAINED = 3
EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """Loads a command's module when the command is used, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names in the order in which a user meets them."""
        ours = [*COMMANDS, *PLUGINS]
        return [*ours, *sorted(set(_plugins()) - set(ours))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for a name that nothing registers."""
        if cmd_name in COMMANDS:
            command = importlib.import_module(f"rag.cli.{cmd_name}").command
        else:
            entry = _plugins().get(cmd_name)
            if entry is None:
                return None
            command = entry.load()
        if not isinstance(command, click.Command):
            raise TypeError(f"expected a click command for {cmd_name!r}, found {type(command).__name__}")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that `args` begin with; a mistyped one gets a suggestion."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = get_close_matches(name, self.list_commands(ctx), n=1, cutoff=0.5)
            hint = f"did you mean `newsqa {near[0]}`?" if near else "`newsqa --help` lists the commands"
            raise click.UsageError(f"no command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading one."""
        plugins = _plugins()
        rows = [
            (name, COMMANDS.get(name) or PLUGINS.get(name) or f"(from {_package_of(plugins[name])})")
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugins() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=PLUGIN_GROUP)}


def _package_of(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.module


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings come from the environment, as NEWSQA_...; docs/configuration.md lists them.",
)
@click.version_option(__version__, prog_name="newsqa", message="%(prog)s %(version)s")
@click.option("-v", "--verbose", is_flag=True, help="Log each stage to stderr.")
@click.option("--debug", is_flag=True, help="Log details, and show where an unexpected error was.")
def cli(verbose: bool, debug: bool) -> None:
    r"""Ask a folder of scraped news articles.

    Every sentence of an answer cites the exact place in the source.

    \b
      newsqa index seeds/
      newsqa ask "What did Blinken say?"
    """
    level = logging.DEBUG if debug else logging.INFO if verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in ("rag", "api", "eval"):
        logging.getLogger(name).setLevel(level)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; every error has become a line on stderr."""
    from rag.errors import ConfigError, QuestionError, RagError

    _be_plain_about_bad_characters()
    try:
        result = cli.main(list(arguments), prog_name="newsqa", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as exc:
        _complain(exc.format_message())
        if isinstance(exc, click.UsageError) and exc.ctx is not None:
            click.echo(f"Try: {exc.ctx.command_path} --help", err=True)
        return exc.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(err=True)
        return EXIT_INTERRUPTED
    except (ConfigError, QuestionError) as exc:
        _complain(str(exc))
        return EXIT_MISUSED
    except RagError as exc:
        _complain(str(exc))
        return EXIT_FAILED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`). Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as exc:
        return _confess(exc, arguments)


def _complain(message: str) -> None:
    from rag.text.folding import printable

    click.echo(f"newsqa: {printable(message)}", err=True)


def _confess(exc: Exception, arguments: Sequence[str]) -> int:
    from rag.text.folding import printable

    if "--debug" in arguments:
        traceback.print_exc()
    else:
        what = printable(f"{type(exc).__name__}: {exc}")
        click.echo(f"newsqa: unexpected error, {what}\nRun `newsqa --debug ...` to see where, and report it.", err=True)
    return EXIT_FAILED


def _be_plain_about_bad_characters() -> None:
    # A terminal in the C locale cannot show every character; an answer with a "?" in it beats no answer.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
