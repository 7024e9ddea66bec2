"""The web page and the API's own documentation: static files, with no build and nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent.parent / "static"

# Swagger UI styles its elements inline and builds markup from strings, which our own page may not.
DOCS_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def index() -> FileResponse:
    """Send the page."""
    return FileResponse(FOLDER / "index.html", headers={"Cache-Control": "no-cache"})


@router.get("/docs")
async def docs() -> FileResponse:
    """Send the documentation of the API."""
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": DOCS_CSP}
    return FileResponse(FOLDER / "docs.html", headers=headers)


def mount(app: FastAPI) -> None:
    """Serve the page and its files."""
    app.include_router(router)
    # The package ships Swagger UI; of its code we need nothing.
    swagger = Path(str(files("fastapi_offline"))) / "static"
    app.mount("/static/swagger", StaticFiles(directory=swagger), name="swagger")
    app.mount("/static", StaticFiles(directory=FOLDER), name="static")
