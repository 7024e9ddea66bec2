"""A worker process: `python -m rag.indexing.worker`, started and fed by `rag.indexing.workers`."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rag.indexing.workers import Task


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Run tasks as they arrive until there are no more."""
    while True:
        try:
            task: Task[object] = pickle.load(source)
        except EOFError:
            return
        results = task.run()
        try:
            pickle.dump(results, sink, protocol=pickle.HIGHEST_PROTOCOL)
            sink.flush()
        except BrokenPipeError:  # nobody is waiting any more
            return
        del task, results
        gc.collect()
        gc.freeze()  # what is left is caches and modules; the next collection need not walk them


def main() -> None:
    """Serve standard input and output."""
    # Collecting between tasks finds as much as collecting all the time, which took a tenth of the processor time.
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not reach the pipe
    serve(sys.stdin.buffer, sink)
    sys.stdout.flush()
    os._exit(0)  # nothing to clean up, and half a second of module teardown saved


if __name__ == "__main__":
    main()
