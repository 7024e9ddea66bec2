"""The OpenAPI document, made exact for one server: its models, its keys or none, and the problem documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from api.context import Context
from api.problems import Problem

_SCHEMA_OF_REQUESTS_WITH_A_MODEL = ("AskRequest", "CompletionRequest")


def describe(app: FastAPI, context: Context) -> Callable[[], dict[str, Any]]:
    """Return what replaces `app.openapi`."""
    of_fastapi = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = of_fastapi()
            schemas = document["components"]["schemas"]
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs") | {"Problem": problem}
            for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own, which never leave
                schemas.pop(unused, None)
            _name_models(schemas, context.allowed_models())
            if not context.keyring:
                _drop_security(document)
            app.openapi_schema = document
        return app.openapi_schema

    return openapi


def _name_models(schemas: dict[str, Any], models: list[str]) -> None:
    for name in _SCHEMA_OF_REQUESTS_WITH_A_MODEL:
        model = schemas[name]["properties"]["model"]
        for choice in model.get("anyOf", [model]):
            if choice.get("type") == "string":
                choice["enum"] = models


def _drop_security(document: dict[str, Any]) -> None:
    document["components"].pop("securitySchemes", None)
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
