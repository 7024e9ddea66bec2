"""`newsqa model`: does the configured model do what newsqa needs of it?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from rag.cli.group import EXIT_FAILED
from rag.cli.options import json_option, load_settings

if TYPE_CHECKING:
    from rag.cli.terminal import Output
    from rag.models.checking import Check


@click.group("model")
def command() -> None:
    """Try the model that writes answers."""


@command.command("check")
@click.option("--model", "override", metavar="M", help="Try this model instead of the configured one.")
@json_option
def check(override: str | None, as_json: bool) -> int:
    """Ask the model a few invented questions and say what to change. Exits 0 when all is well, 1 when not.

    Tries whether it can be reached, streams, follows the form of answers, refuses what it was not told, judges claims,
    reads prompts as long as real ones, and how fast; then says what a question can cost. Nothing of your articles is
    sent.
    """
    from rag.cli.terminal import Output
    from rag.errors import ConfigError
    from rag.models.checking import check_model
    from rag.models.factory import make_chat_model

    settings = load_settings().llm
    model = make_chat_model(settings, override)
    if model is None:
        raise ConfigError("newsqa answers by quoting, without a model; name one with --model or NEWSQA_LLM__MODEL")
    output = Output()
    found: list[Check] = []
    if not as_json:
        output.styled((model.name, "bold"))
    with output.busy(f"Trying {model.name}"):
        for item in check_model(model, settings):
            found.append(item)
            if not as_json:
                _show(output, item)
    if as_json:
        import json

        output.line(json.dumps({"model": model.name, "checks": [asdict(item) for item in found]}, indent=2))
    else:
        _advise(output, found)
    return EXIT_FAILED if any(item.ok is False for item in found) else 0


def _show(output: Output, item: Check) -> None:
    from rag.cli.terminal import one_line

    mark, style = {True: ("ok", "green"), False: ("no", "bold red"), None: ("--", "dim")}[item.ok]
    output.columns((f"  {mark}  {item.name:<10}", style), [(one_line(item.found), "")])


def _advise(output: Output, found: list[Check]) -> None:
    advice = [item.advice for item in found if item.advice]
    if advice:
        output.line()
        output.styled(("To change:", "bold"))
    for text in advice:
        output.columns(("  - ", ""), [(text, "")])
