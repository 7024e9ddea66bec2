"""Print docs/configuration.md from the settings themselves: `make docs`; a test says when it is out of date."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from rag.config import Settings

HEAD = """\
# Configuration

Made by `make docs` from `rag/config.py`; do not edit.

Settings come from the environment. A nested one has two underscores in its name: `NEWSQA_LLM__MODEL=gpt-4o-mini`.
Lists are written as JSON. An empty variable counts as unset, a value that makes no sense is refused with the name of
the variable, and a command line option wins over the environment.
"""


def main() -> None:
    """Print the page."""
    print(HEAD)
    print(_section("General", Settings, "NEWSQA_"))
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            title = " ".join((group.__doc__ or name).split())
            print(_section(f"`{name}`: {title.rstrip('.')}", group, f"NEWSQA_{name.upper()}__"))


def _section(title: str, model: type[BaseModel], prefix: str) -> str:
    rows = [
        f"| `{_variable(prefix, name, field)}` | {_type(field)} | {_default(field)} | {_about(field)} |"
        for name, field in model.model_fields.items()
        if not _is_group(field.annotation)
    ]
    return "\n".join([f"## {title}", "", "| variable | values | default | |", "|---|---|---|---|", *rows, ""])


def _is_group(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _variable(prefix: str, name: str, field: FieldInfo) -> str:
    # A setting that is known by another name elsewhere keeps that name (OPENAI_API_KEY).
    choices = getattr(field.validation_alias, "choices", ())
    return str(choices[-1]) if choices else f"{prefix}{name.upper()}"


def _type(field: FieldInfo) -> str:
    return " or ".join(dict.fromkeys(_names(field.annotation))) + _range(field)


def _names(annotation: Any) -> Iterator[str]:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        for part in get_args(annotation):
            if part is not type(None):
                yield from _names(part)
    elif origin is Literal:
        yield ", ".join(f"`{value}`" for value in get_args(annotation))
    elif origin is tuple:
        yield "JSON list"
    elif origin is dict:
        yield "JSON object"
    else:
        names = {
            str: "text",
            Path: "path",
            SecretStr: "secret",
            int: "whole number",
            float: "number",
            bool: "true, false",
        }
        yield names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _range(field: FieldInfo) -> str:
    low = high = ""
    for limit in field.metadata:
        if getattr(limit, "ge", None) is not None:
            low = f"from {limit.ge:g}" if isinstance(limit.ge, float) else f"from {limit.ge}"
        if getattr(limit, "gt", None) is not None:
            low = f"above {limit.gt:g}"
        if getattr(limit, "le", None) is not None:
            high = f"to {limit.le:g}" if isinstance(limit.le, float) else f"to {limit.le}"
        if getattr(limit, "min_length", None):
            low = f"at least {limit.min_length} characters"
    shown = " ".join(part for part in (low, high) if part)
    return f", {shown}" if shown else ""


def _default(field: FieldInfo) -> str:
    if field.default is None:
        return ""
    if isinstance(field.default, str):
        return f"`{field.default}`"
    return f"`{json.dumps(field.default)}`"


def _about(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


if __name__ == "__main__":
    main()
