"""Errors as RFC 9457 problem documents, from one table. The client never sees a traceback, the log always does.

On the routes of OpenAI's API the same body also holds OpenAI's `error` object, the only part that its clients show.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from rag.errors import (
    ConfigError,
    IndexLockedError,
    IndexUnavailable,
    ModelOutputError,
    ModelUnavailable,
    QuestionError,
    RagError,
    SourceError,
)
from rag.text.folding import printable

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
GONE = 499
"""In log and metrics: the client went before there was an answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of error leaves."""

    status: int
    code: str
    title: str
    retry_after_s: int | None = None
    param: str | None = None


class RequestRefused(HTTPException):
    """A request that asks for something this server does not do."""

    def __init__(self, status: int, detail: str, *, code: str, param: str | None = None) -> None:
        super().__init__(status, detail)
        self.code = code
        self.param = param


# The first type that fits wins, so a subclass stands before its base.
TABLE: Mapping[type[Exception], Kind] = {
    QuestionError: Kind(422, "bad-question", "The question cannot be understood"),
    ConfigError: Kind(422, "bad-setting", "A setting in the request cannot be used"),
    SourceError: Kind(422, "bad-source", "The article cannot be read"),
    IndexLockedError: Kind(503, "index-locked", "Another process is writing to the index", retry_after_s=5),
    IndexUnavailable: Kind(503, "index-unavailable", "There is no index that can answer", retry_after_s=5),
    ModelUnavailable: Kind(503, "model-unavailable", "The model does not answer", retry_after_s=5),
    ModelOutputError: Kind(502, "model-output", "The model gave nothing that can be used"),
    RagError: Kind(500, "internal", "Something went wrong here"),
    TimeoutError: Kind(504, "too-slow", "The answer took too long"),
}
INTERNAL = Kind(500, "internal", "Something went wrong here")
INVALID = Kind(422, "invalid-request", "The request does not fit its description")


class FieldProblem(BaseModel):
    """One value of the request that does not fit."""

    where: str = Field(examples=["body.question"])
    message: str


class OpenAIError(BaseModel):
    """The same error as OpenAI's clients read it."""

    message: str = Field(description="The problem's `detail`")
    type: str = Field(description="OpenAI's word for errors of this status", examples=["invalid_request_error"])
    code: str = Field(description="The last part of the problem's `type`", examples=["model_not_found"])
    param: str | None = Field(description="Which part of the request is meant", examples=["messages.0.content"])


class Problem(BaseModel):
    """An error, as RFC 9457 describes it."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="What kind of error this is", examples=["urn:newsqa:problem:bad-question"])
    title: str = Field(description="The kind in words")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What happened this time, and what to do")
    instance: str = Field(description="The path that was asked for")
    request_id: str = Field(description="Names this request in the server's log")
    errors: list[FieldProblem] = Field(default=[], description="Each value that does not fit")
    error: OpenAIError | None = Field(
        None, exclude_if=lambda error: error is None, description="On the routes of OpenAI's API only"
    )


OPENAI_ROUTES = ("/v1/chat/", "/v1/completions", "/v1/embeddings", "/v1/models", "/v1/responses")
_ERROR_TYPES = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


def problem_of(error: Exception, request: Request) -> Problem:
    """Describe an error; one that is not in the table is logged with its traceback and says nothing about itself."""
    kind = kind_of(error)
    if kind is INTERNAL or kind.code == "internal":
        logger.error("unexpected error", exc_info=error)
        return _problem(request, kind, "The error is in the server's log under this request id.")
    return _problem(request, kind, str(error) or kind.title)


def kind_of(error: Exception) -> Kind:
    """Find an error in the table."""
    return next((kind for type_, kind in TABLE.items() if isinstance(error, type_)), INTERNAL)


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Answer a request with a problem document."""
    body = problem.model_dump(mode="json", exclude={"errors"} if not problem.errors else None)
    return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def refusal(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer a request that does not get as far as its endpoint."""
    kind = Kind(status, code, HTTPStatus(status).phrase)
    return problem_response(_problem(request, kind, detail), headers)


def _problem(request: Request, kind: Kind, detail: str, errors: list[FieldProblem] | None = None) -> Problem:
    is_openai = route_path(request).startswith(OPENAI_ROUTES)
    return Problem(
        type=f"urn:newsqa:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=printable(detail),
        instance=printable(request.url.path),
        request_id=request.scope.get("request_id", ""),
        errors=errors or [],
        error=_openai_error(kind, printable(detail)) if is_openai else None,
    )


def route_path(request: Request) -> str:
    """Return the path that a request asks for, without the prefix under which a proxy serves it."""
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", ""))


def _openai_error(kind: Kind, message: str) -> OpenAIError:
    by_status = "server_error" if kind.status >= INTERNAL.status else "invalid_request_error"
    type_ = _ERROR_TYPES.get(HTTPStatus(kind.status), by_status)
    return OpenAIError(message=message, type=type_, code=kind.code, param=kind.param)


def install(app: FastAPI) -> None:
    """Let every error of an application leave as a problem document."""
    for error_type in TABLE:
        app.add_exception_handler(error_type, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


def _on_error(request: Request, error: Exception) -> Response:
    kind = kind_of(error)
    headers = {} if kind.retry_after_s is None else {"Retry-After": str(kind.retry_after_s)}
    return problem_response(problem_of(error, request), headers)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # The value itself is left out: it may be a key, an article, or no valid Unicode.
    fields = [
        FieldProblem(where=".".join(_part(part) for part in item["loc"]), message=printable(str(item["msg"])))
        for item in error.errors()
    ]
    detail = "; ".join(f"{field.where}: {field.message}" for field in fields[:5])
    kind = replace(INVALID, param=fields[0].where.removeprefix("body.") if fields else None)
    return problem_response(_problem(request, kind, detail, fields))


def _part(part: object) -> str:
    return printable(str(part))[:100]


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    kind = Kind(error.status_code, phrase.lower().replace(" ", "-"), phrase)
    if isinstance(error, RequestRefused):
        kind = replace(kind, code=error.code, param=error.param)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Starlette names the methods of the first route that has the path, and another route may have others.
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    return problem_response(_problem(request, kind, str(error.detail)), headers)


def _on_disconnect(_request: Request, _error: Exception) -> Response:
    return Response(status_code=GONE)  # nobody reads it, but the log does


def _methods_of(request: Request) -> set[str]:
    found: set[str] = set()
    for route in request.app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of error statuses, for a route's `responses`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(statuses)}
