"""What somebody sends to be indexed: JSON, the article itself, JSON lines, or files of a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.models import VISIBLE, UploadFields, UploadRequest
from rag.errors import SourceError
from rag.schema import Metadata, SkippedSource, SourceFile
from rag.sources import source_from_upload, sources_from_upload
from rag.sources.published import read_date

M = TypeVar("M", bound=BaseModel)

MAX_FILES = 1000
"""Files of one form."""

# Types of a body that is the article itself; its name comes from the query and the extension from here.
_RAW_TYPES = {"text/plain": ".txt", "text/markdown": ".md", "text/html": ".html"}
_RECORD_TYPES = ("application/x-ndjson", "application/jsonl", "application/jsonlines")
_RECORD_SUFFIXES = (".jsonl", ".jsonl.gz")
_FORM = "multipart/form-data"
_TEXT_SCHEMA = {"type": "string", "minLength": 1, "pattern": VISIBLE}

REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": UploadRequest.model_json_schema()},
        **{kind: {"schema": _TEXT_SCHEMA} for kind in (*_RAW_TYPES, *_RECORD_TYPES)},
        _FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary", "minLength": 1},
                        "minItems": 1,
                        "maxItems": MAX_FILES,
                        "description": "Articles, or `.jsonl` files of them; each by the name it is sent under",
                    },
                    **UploadFields.model_json_schema()["properties"],
                },
                "required": ["file"],
                "additionalProperties": False,
            }
        },
    },
}
"""For OpenAPI."""
NOTHING_KNOWN = UploadFields()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The files of a request, by name, and what is known of the article where it is one."""

    files: Sequence[tuple[str, bytes | str]]
    fields: UploadFields = NOTHING_KNOWN

    @property
    def is_single(self) -> bool:
        """Whether it can hold one article only."""
        return len(self.files) == 1 and not _holds_records(self.files[0][0])

    def sources(self) -> list[SourceFile | SkippedSource]:
        """Make sources of the files; slow for many or large ones.

        Raises:
            SourceError: there is one article, and it cannot be read.
        """
        if self.is_single:
            name, content = self.files[0]
            return [source_from_upload(name, content, _metadata(self.fields))]
        return [
            source
            for name, content in self.files
            for source in sources_from_upload(name, content if isinstance(content, bytes) else content.encode())
        ]


async def read_upload(request: Request, name: str) -> Upload:
    """Read a request's body.

    Args:
        request: its content type says what the body is.
        name: of a body that does not name itself.

    Raises:
        HTTPException: the type is none that is understood.
        RequestValidationError: JSON or form do not fit their description.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        upload = _validated(UploadRequest, await request.body())
        if _holds_records(upload.name):
            raise SourceError(f"expected one article, found {upload.name!r}; send JSON lines as application/jsonl")
        return Upload(files=[(_file_name(upload.name), upload.text)], fields=upload)
    if kind == _FORM:
        return await _read_form(request)
    body = await request.body()
    name = _file_name(name)
    if kind in _RECORD_TYPES:
        return Upload(files=[(_ending_in(name, _RECORD_SUFFIXES), body)])
    suffix = _RAW_TYPES.get(kind)
    if suffix is None:
        expected = ", ".join(("application/json", *_RAW_TYPES, *_RECORD_TYPES, _FORM))
        raise HTTPException(415, f"Expected one of {expected}, found {kind or 'no content type'}.")
    if kind != "text/plain":  # under which browsers send Markdown too, so that its name may say more
        name = _ending_in(name, (suffix,))
    return Upload(files=[(name, body)])


async def _read_form(request: Request) -> Upload:
    files: list[tuple[str, bytes | str]] = []
    fields: dict[str, str] = {}
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FILES, max_part_size=10**9) as form:
        for key, part in form.multi_items():
            if isinstance(part, UploadFile):
                files.append((_file_name(part.filename or ""), await part.read()))
            elif key == "file":
                files.append((_file_name(""), part))
            else:
                fields[key] = part
    if not files:
        raise _invalid("file", "missing", "expected a file, as in `curl -F file=@story.txt`, found none")
    known = _validated(UploadFields, fields)
    upload = Upload(files=files, fields=known)
    if fields and not upload.is_single:
        raise _invalid(next(iter(fields)), "value_error", "expected no fields beside several articles")
    return upload


def _validated(model: type[M], given: bytes | Mapping[str, str]) -> M:
    try:
        return model.model_validate_json(given) if isinstance(given, bytes) else model.model_validate(given)
    except ValidationError as exc:
        raise RequestValidationError([item | {"loc": ("body", *item["loc"])} for item in exc.errors()]) from exc


def _invalid(field: str, kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", field), "type": kind, "msg": message}])


def _file_name(name: str) -> str:
    """Return a name that can be shown and that no folder can be reached by."""
    shown = "".join(char if char.isprintable() and char not in "/\\" else "_" for char in name).strip(". ")
    return shown or "upload.txt"


def _holds_records(name: str) -> bool:
    return name.lower().endswith(_RECORD_SUFFIXES)


def _ending_in(name: str, suffixes: Sequence[str]) -> str:
    if name.lower().endswith(tuple(suffixes)):
        return name
    return f"{PurePosixPath(name).stem if name.endswith('.txt') else name}{suffixes[0]}"


def _metadata(fields: UploadFields) -> Metadata:
    published = None
    if fields.published:
        published = read_date(fields.published)
        if published is None:
            raise SourceError(f"expected a date such as 2024-06-21 as `published`, found {fields.published!r}")
    return Metadata(
        title=fields.title,
        published=published,
        publisher=fields.publisher,
        author=fields.author,
        url=fields.url,
    )
