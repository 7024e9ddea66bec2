"""`response_format`: the answer as JSON, where what the client asks for is newsqa's own object or a part of it.

A client's JSON schema is compared with that of the answer object before anything is answered. Where every required
property is in ours, with a type that ours always has, the answer is cut down to it; any other schema is refused,
because quoted and checked sentences cannot be poured into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.problems import RequestRefused
from rag.wire import AnswerObject

Schema = Mapping[str, Any]

MOST_ALTERNATIVES = 10
"""In one place of a schema, counting references; a stranger's schema must not keep the server busy."""
ANSWER_SCHEMA: Schema = AnswerObject.model_json_schema(mode="serialization")
_WITHOUT_EFFECT = frozenset({"title", "description", "default", "examples", "$schema", "$id", "strict"})
_UNDERSTOOD = _WITHOUT_EFFECT | {
    *("$ref", "$defs", "definitions", "anyOf", "oneOf", "type", "enum", "const"),
    *("properties", "required", "additionalProperties", "items"),
}


def wanted_schema(kind: str, schema: Schema | None, *, param: str) -> Schema | None:
    """Return the JSON schema that an answer is to follow, or None for text.

    Raises:
        RequestRefused: the answer cannot follow it.
    """
    if kind == "text":
        return None
    if kind == "json_object":
        return ANSWER_SCHEMA
    if kind != "json_schema" or schema is None:
        raise _refused(param, f"expected text, json_object or json_schema, found {kind!r}")
    try:
        misfit = _misfit(schema, schema, ANSWER_SCHEMA, "$")
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise _refused(param, f"this JSON schema cannot be read: {exc}") from exc
    if misfit is not None:
        raise _refused(
            param, f"the answer cannot have this form: {misfit}; it can be any part of what POST /v1/ask gives"
        )
    return schema


def cut_to(value: Any, wanted: Schema, root: Schema) -> Any:
    """Return the parts of a value that a schema names.

    Args:
        value: it has what the schema requires.
        wanted: the schema, which may refer to definitions.
        root: where these are.
    """
    if isinstance(value, list):
        form = _form(wanted, root, "array") or {}
        return [cut_to(item, form["items"], root) for item in value] if "items" in form else value
    if isinstance(value, dict):
        parts = (_form(wanted, root, "object") or {}).get("properties")
        return (
            value
            if parts is None
            else {name: cut_to(value[name], parts[name], root) for name in parts if name in value}
        )
    return value


def _refused(param: str, detail: str) -> RequestRefused:
    return RequestRefused(400, f"{param}: {detail}", code="unsupported_option", param=param)


def _misfit(wanted: Schema, root: Schema, ours: Schema, where: str) -> str | None:
    """Say why a value of ours need not follow a schema, or None where it always does."""
    for mine in _alternatives(ours, ANSWER_SCHEMA):
        form = _form(wanted, root, mine["type"])
        misfit = f"{where} is {mine['type']!r}" if form is None else _misfit_of_form(form, root, mine, where)
        if misfit is not None:
            return misfit
    return None


def _misfit_of_form(wanted: Schema, root: Schema, ours: Schema, where: str) -> str | None:
    unknown = sorted(set(wanted) - _UNDERSTOOD)
    if unknown:
        return f"{where} has {unknown[0]!r}, which is not understood"
    allowed = wanted.get("enum", [wanted["const"]] if "const" in wanted else None)
    if allowed is not None and not set(ours.get("enum", ["anything"])) <= set(allowed):
        return f"{where} may have other values"
    if "items" in wanted:
        return _misfit(wanted["items"], root, ours["items"], f"{where}[]")
    return _misfit_of_properties(wanted, root, ours, where)


def _form(wanted: Schema, root: Schema, type_: str) -> Schema | None:
    """Return the first of a schema's alternatives that values of a JSON type may follow."""
    allowed = (None, type_, "number") if type_ == "integer" else (None, type_)
    return next((one for one in _alternatives(wanted, root) if one.get("type") in allowed), None)


def _misfit_of_properties(wanted: Schema, root: Schema, ours: Schema, where: str) -> str | None:
    known = ours.get("properties", {})
    missing = sorted(set(wanted.get("required", ())) - set(known))
    if missing:
        return f"{where}.{missing[0]} is no field of it; there are {', '.join(known) or 'none'}"
    parts = {name: part for name, part in wanted.get("properties", {}).items() if name in known}
    found = (_misfit(part, root, known[name], f"{where}.{name}") for name, part in parts.items())
    return next((misfit for misfit in found if misfit is not None), None)


def _alternatives(schema: Schema, root: Schema) -> list[Schema]:
    """Return the schemas of which a value follows one, without references.

    Raises:
        ValueError: there are too many, or a reference leads to itself.
    """
    found: list[Schema] = []
    waiting = [schema]
    for _ in range(MOST_ALTERNATIVES):
        if not waiting:
            return found
        first = waiting.pop(0)
        if "$ref" in first:
            waiting.insert(0, _target(first["$ref"], root))
        elif "anyOf" in first or "oneOf" in first:
            waiting[:0] = first.get("anyOf") or first["oneOf"]
        elif isinstance(first.get("type"), list):
            waiting[:0] = [{**first, "type": name} for name in first["type"]]
        else:
            found.append(first)
    raise ValueError(f"more than {MOST_ALTERNATIVES} alternatives in one place")


def _target(reference: str, root: Schema) -> Schema:
    target: Schema = root
    for name in filter(None, reference.removeprefix("#").split("/")):
        target = target[name]
    return target
