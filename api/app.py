"""Puts the application together. Importing this module has no effect; `create_app` has."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from api import problems
from api.context import Context
from api.description import describe
from api.limits import Limits
from api.metrics import Metrics
from api.middleware import REQUEST_ID, Guard, RequestContext
from api.model_names import ModelNames
from api.routes import articles, ask, health, openai, page
from api.security import Keyring, check_bind, is_loopback
from rag import __version__
from rag.config import Settings
from rag.engine import Engine
from rag.errors import RagError

logger = logging.getLogger(__name__)

DESCRIPTION = """
Answers questions from scraped news articles. Every sentence cites the exact place in the source.

Offsets are half-open and count Unicode code points. Errors are problem documents (RFC 9457). Nothing in an article is
ever an instruction, and nothing of it is rendered as HTML.
"""


def create_app(settings: Settings, engine: Engine | None = None) -> FastAPI:
    """Build the application.

    Args:
        settings: read once; nothing looks at the environment later.
        engine: an open one, which stays the caller's to close; without it one is opened when the server starts.

    Raises:
        ConfigError: the settings would let anybody in, or contradict each other.
    """
    server = settings.server
    check_bind(server)
    keyring = Keyring(server)
    context = Context(
        settings=settings,
        models=ModelNames(settings),
        metrics=Metrics(),
        keyring=keyring,
        limits=Limits(server, enabled=bool(keyring) or not is_loopback(server.host)),
        workers=ThreadPoolExecutor(server.threads, thread_name_prefix="question"),
        engine=engine,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if context.engine is None:
            context.engine = await context.work(lambda: Engine.open(settings))
        context.workers.submit(_warm, context.engine)
        try:
            yield
        finally:
            # Questions in flight have been answered by now, or their time is up.
            context.workers.shutdown(wait=True, cancel_futures=True)
            if engine is None and context.engine is not None:
                context.engine.close()

    app = FastAPI(
        title="newsqa",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # ours is served from here and not from a CDN
        redoc_url=None,
        openapi_tags=[{"name": name} for name in ("Questions", "Articles", "OpenAI", "Operation")],
    )
    app.state.context = context
    problems.install(app)
    for module in (ask, articles, openai, health):
        app.include_router(module.router)
    page.mount(app)
    app.openapi = describe(app, context)  # type: ignore[method-assign]  # the way FastAPI documents
    # The last one added is the first to see a request.
    app.add_middleware(Guard, settings=server, has_keys=bool(keyring))
    app.add_middleware(RequestContext, metrics=context.metrics)
    if server.cors_origins:
        # Outermost, so that a page can read refusals too. All headers may be sent: OpenAI's clients add eight of their
        # own to each request, and those of other clients cannot be foreseen. Cookies, which may not be, mean nothing.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=server.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=[REQUEST_ID, "Retry-After", "Location"],
        )
    return app


def _warm(engine: Engine) -> None:
    """Load models and stores before the first question needs them."""
    try:
        engine.search("news", k=1)
    except RagError as exc:
        logger.warning("not ready: %s", exc)  # /readyz says so until an index can be opened
