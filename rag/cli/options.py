"""Options that several commands share, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rag.config import Settings
    from rag.schema import Filters

Command = TypeVar("Command", bound=Callable[..., Any])

index_option = click.option(
    "--index",
    "index_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Index folder.  [default: $NEWSQA_INDEX, else the nearest .newsqa here or above]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Day(click.ParamType[date]):
    """A calendar day in ISO 8601."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read `2024-06-21`, or the day of a moment."""
        from rag.wire import read_date

        if isinstance(value, date):
            return value
        try:
            return read_date(str(value))
        except ValueError:
            self.fail(f"expected a date such as 2024-06-21, found {value!r}", param, ctx)


def filter_options(command: Command) -> Command:
    """Add `--since`, `--until`, `--as-of` and `--path`."""
    options = (
        click.option("--since", type=Day(), help="Only articles published on this day or later."),
        click.option("--until", type=Day(), help="Only articles published on this day or earlier."),
        click.option("--as-of", "as_of", type=Day(), help="Prefer articles near this day; exclude none."),
        click.option(
            "--path", "paths", multiple=True, metavar="GLOB", help="Only articles whose path matches; may be repeated."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def filters_from(since: date | None, until: date | None, as_of: date | None, paths: tuple[str, ...]) -> Filters:
    """Make filters of the options.

    Raises:
        click.BadParameter: the dates are the wrong way round.
    """
    from rag.schema import Filters

    if since and until and since > until:
        raise click.BadParameter(f"--since {since} is after --until {until}")
    return Filters(since=since, until=until, as_of=as_of, paths=paths)


def load_settings(index_folder: Path | None = None, **changes: object) -> Settings:
    """Read the settings from the environment; an option wins over it.

    Raises:
        ConfigError: a setting is unknown or has an impossible value.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from rag.config import Settings
    from rag.errors import ConfigError

    if index_folder is not None:
        changes["index"] = index_folder
    try:
        return Settings(**changes)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as exc:
        found = "; ".join(
            f"{'NEWSQA_' + '__'.join(str(part).upper() for part in error['loc'])}: {error['msg']}"
            for error in exc.errors(include_url=False, include_input=False)
        )
        raise ConfigError(f"{found}; docs/configuration.md lists the settings") from exc
    except SettingsError as exc:
        raise ConfigError(f"{exc}; docs/configuration.md lists the settings") from exc
