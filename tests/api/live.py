"""A server on a real socket, in this process, over a real index of the seeds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.app import create_app
from api.server import make_server
from rag.config import ServerSettings, Settings
from rag.engine import Engine
from tests.fake_engine import seeds


@contextmanager
def running(engine: Engine, server_settings: ServerSettings | None = None) -> Iterator[str]:
    """Serve an engine on loopback; yields the address."""
    settings = (server_settings or ServerSettings()).model_copy(update={"port": 0})
    server = make_server(create_app(Settings(server=settings), engine), settings)
    thread = threading.Thread(target=server.run, name="server")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def seeds_indexed(folder: Path) -> Iterator[Engine]:
    """Index the seeds with the embedded default."""
    with Engine.open(Settings(index=folder)) as engine:
        engine.index([seeds()])
        yield engine
