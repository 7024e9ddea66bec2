"""A worker process: `python -m rag.indexing.worker`, started and fed by `rag.indexing.workers`."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rag.indexing.workers import Task

NICE = 5
"""The process that writes goes first: what it has not written when the last article is clean, it writes alone."""


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Run tasks as they arrive until there are no more; nobody need take results for the next task to begin."""
    results: SimpleQueue[bytes | None] = SimpleQueue()
    sender = threading.Thread(target=_send, args=(results, sink), daemon=True)
    sender.start()
    while True:
        try:
            task: Task[object] = pickle.load(source)
        except EOFError:
            break
        results.put(pickle.dumps(task.run(), protocol=pickle.HIGHEST_PROTOCOL))
        del task
        gc.collect()
        gc.freeze()  # what is left is caches and modules; the next collection need not walk them
    results.put(None)
    sender.join()


def _send(results: SimpleQueue[bytes | None], sink: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody is waiting any more
        while (packed := results.get()) is not None:
            sink.write(packed)
            sink.flush()


def main() -> None:
    """Serve standard input and output."""
    # Collecting between tasks finds as much as collecting all the time, which took a tenth of the processor time.
    gc.disable()
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not reach the pipe
    serve(sys.stdin.buffer, sink)
    sys.stdout.flush()
    os._exit(0)  # nothing to clean up, and half a second of module teardown saved


if __name__ == "__main__":
    main()
