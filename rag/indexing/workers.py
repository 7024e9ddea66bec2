"""Processes that read and clean, fed with tasks over pipes.

Not `multiprocessing`: its start methods either fork a process full of threads or import the caller's main module
again, and an application that calls newsqa from a script should need neither.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

logger = logging.getLogger(__name__)

AHEAD = 6  # tasks a process may be ahead of the writer, which stops for a second whenever it writes a batch

R = TypeVar("R")


class Task(Protocol[R]):
    """A picklable piece of work on several sources."""

    def run(self) -> list[R]:
        """Do the work; what goes wrong with one source is in its result."""

    def split(self) -> Sequence[Task[R]]:
        """Return the task in pieces of one source each."""

    def failed(self, reason: str) -> list[R]:
        """Return the result of a task of one source that killed its process."""


class WorkersClosed(Exception):
    """The pool was closed while a task was under way."""


class Workers:
    """A pool of processes, each started with its first task and kept until the pool is closed."""

    def __init__(self) -> None:
        """Prepare an empty pool."""
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            for process in self._idle:
                process.close()
            self._idle.clear()

    def run(self, tasks: Iterable[Task[R]], *, processes: int) -> Iterator[list[R]]:
        """Yield the results of tasks in their order; only a few are under way or waiting at any time.

        Args:
            tasks: what to do.
            processes: how many to use at most; with 0 everything happens in this process.
        """
        if processes == 0:
            for task in tasks:
                yield task.run()
            return
        waiting: deque[Future[list[R]]] = deque()
        with ThreadPoolExecutor(processes, thread_name_prefix="newsqa-worker") as threads:
            try:
                for task in tasks:
                    waiting.append(threads.submit(self._run, task))
                    if len(waiting) > AHEAD * processes:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _run(self, task: Task[R]) -> list[R]:
        with self._lock:
            if self._closed:
                raise WorkersClosed
            process = self._idle.pop() if self._idle else _Process()
        try:
            results = process.run(task)
        except (EOFError, OSError, pickle.UnpicklingError) as exc:
            code = process.kill()
            pieces = task.split()
            if len(pieces) > 1:
                return [result for piece in pieces for result in self._run(piece)]
            logger.warning("a worker process ended with code %s (%s)", code, exc)
            return task.failed(f"the process that read it ended with code {code}; the file may be too large or damaged")
        with self._lock:
            if self._closed:
                process.close()
            else:
                self._idle.append(process)
        return results


class _Process:
    """One worker, idle until a task is sent."""

    def __init__(self) -> None:
        here = str(Path(__file__).parents[2])
        paths = [here, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        # One thread of arithmetic a process: the processes themselves use all cores.
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rag.indexing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def run(self, task: Task[R]) -> list[R]:
        """Send a task and wait for its results."""
        assert self._process.stdin is not None and self._process.stdout is not None
        pickle.dump(task, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()
        results: list[R] = pickle.load(self._process.stdout)
        return results

    def close(self) -> None:
        """Let the process end, which it does when its input ends."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()

    def kill(self) -> int:
        """End the process and return its exit code."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                self._process.stdin and self._process.stdin.close()
            try:
                self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self.close()
        return self._process.returncode
