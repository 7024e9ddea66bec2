"""The OpenAPI document, made exact for one server: its models, its keys or none, and the problem documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from api.context import Context
from api.model_names import QUOTING, WITH_SOURCES, ModelNames
from api.problems import Problem

_REQUESTS_OF_OPENAI = ("CompletionRequest", "LegacyCompletionRequest", "ResponseRequest")


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
            _name_models(schemas, context.models)
            if not context.keyring:
                _drop_security(document)
            app.openapi_schema = document
        return app.openapi_schema

    return openapi


def _name_models(schemas: dict[str, Any], models: ModelNames) -> None:
    known = [*dict.fromkeys([*models.listed, QUOTING])]
    for name in ("AskRequest", *_REQUESTS_OF_OPENAI):
        model = schemas[name]["properties"]["model"]
        for choice in model.get("anyOf", [model]):
            if choice.get("type") == "string":
                choice["enum"] = [*known, WITH_SOURCES] if name in _REQUESTS_OF_OPENAI else known


def _drop_security(document: dict[str, Any]) -> None:
    document["components"].pop("securitySchemes", None)
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)
