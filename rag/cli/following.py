"""Shows an answer while it is being written, on a terminal; in a pipe it is shown whole by `show_answer`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rag.cli.terminal import Output, text_for_terminal

if TYPE_CHECKING:
    from rich.live import Live

    from rag.schema import Answer, StreamEvent


def follow(output: Output, events: Iterator[StreamEvent]) -> Answer:
    """Wait for the whole answer; on a terminal its words appear as they come, which the answer itself completes."""
    from rag.schema import AnswerEvent, DeltaEvent

    written = ""
    live: Live | None = None
    with ExitStack() as waiting, ExitStack() as shown:
        waiting.enter_context(output.busy("Reading"))
        for event in events:
            if isinstance(event, AnswerEvent):
                if live is not None:
                    live.update(text_for_terminal(event.answer.text, is_refusal=event.answer.status == "abstained"))
                return event.answer
            if isinstance(event, DeltaEvent) and output.is_terminal:
                written += event.text
                if live is None:
                    waiting.close()
                    live = shown.enter_context(_live(output))
                live.update(text_for_terminal(written, is_refusal=False))
    raise AssertionError("a stream ends in an answer")


def _live(output: Output) -> Live:
    from rich.live import Live

    return Live(console=output.console, refresh_per_second=12, vertical_overflow="visible")
