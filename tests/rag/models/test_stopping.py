"""A model that is slow, silent or lost in thought keeps nobody waiting; row 21 of the public reports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.errors import Stopped
from rag.llm import Interruptible
from tests.rag.models.loopback import Behaviour, Handler, Loopback, event, serve, silence, trickle
from tests.rag.models.test_openai_chat import PROMPT, model_at


def thinking(handler: Handler) -> None:
    """Think aloud in a field of its own until the client hangs up, and say when that was."""
    handler.start_stream()
    try:
        while not handler.loopback.released.wait(0.01):
            handler.wfile.write(event({"reasoning_content": "hmm "}))
            handler.wfile.flush()
    except OSError:
        handler.loopback.hung_up.set()


def headers_only(handler: Handler) -> None:
    """Begin a reply and go silent; see when the client hangs up."""
    handler.start_stream()
    handler.wfile.flush()
    notice_hanging_up(handler)


def notice_hanging_up(handler: Handler) -> None:
    """Never answer; see when the client hangs up."""
    handler.connection.settimeout(10)
    if handler.connection.recv(1) == b"":
        handler.loopback.hung_up.set()


def stopping_after(seconds: float) -> Callable[[], None]:
    until = time.monotonic() + seconds

    def check() -> None:
        if time.monotonic() > until:
            raise Stopped("nobody waits")

    return check


def abandon(server: Loopback) -> float:
    """Ask, leave after 0.3 s, and return how long that took."""
    began = time.monotonic()
    model = Interruptible(model_at(server, timeout_s=60, retries=2), stopping_after(0.3))
    with pytest.raises(Stopped):
        list(model.stream(PROMPT, max_tokens=5000))
    return time.monotonic() - began


@pytest.mark.parametrize("behaviour", [thinking, headers_only, notice_hanging_up])
def test_a_question_that_nobody_waits_for_stops_the_model(behaviour: Behaviour) -> None:
    with serve(behaviour) as server:
        assert abandon(server) < 2
        assert server.hung_up.wait(2)


def test_eight_of_them_at_once_are_gone_within_two_seconds() -> None:
    with serve(silence, thinking, trickle("la ", 0.2)) as server, ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: abandon(server), range(8)))
    assert max(took) < 2


def test_the_pieces_of_a_silent_model_are_empty() -> None:
    with serve(silence) as server:
        stream = model_at(server, timeout_s=60).stream(PROMPT, max_tokens=50)
        began = time.monotonic()
        assert [next(stream).text for _ in range(3)] == ["", "", ""]
        assert time.monotonic() - began < 2
        stream.close()


def test_no_thread_is_left_behind() -> None:
    with serve(silence) as server:
        abandon(server)
        ours = [thread.name for thread in threading.enumerate() if thread.name.startswith("newsqa")]
    assert ours == ["newsqa-models"]
