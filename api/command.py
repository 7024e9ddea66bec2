"""`newsqa serve`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("serve")
@click.option("--index", "index_folder", type=click.Path(path_type=Path), metavar="DIR", help="Index folder.")
@click.option("--host", help="Address to listen on; any but loopback needs an API key.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]")
def command(index_folder: Path | None, host: str | None, port: int | None) -> None:
    """Serve the HTTP API and the web page."""
    from api import logs
    from api.app import create_app
    from api.security import check_bind
    from api.server import make_server
    from rag.cli.options import load_settings
    from rag.engine import Engine

    settings = load_settings(index_folder)
    changes = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"server": settings.server.model_copy(update=changes)})
    server = settings.server
    check_bind(server)
    logs.configure()
    # Opened here and not in the lifespan, so that a missing index is a message and not a failed start.
    with Engine.open(settings) as engine:
        make_server(create_app(settings, engine), server).run()
