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
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

logger = logging.getLogger(__name__)

AHEAD = 6  # tasks a process may be ahead of the writer, which stops for a second whenever it writes a batch
SENT = 3  # tasks a process has: while Chroma writes, no other thread of ours runs that could send it the next one
_BROKEN = (EOFError, OSError, pickle.UnpicklingError)

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
        orders: Queue[_Order[R] | None] = Queue()
        waiting: deque[Future[list[R]]] = deque()
        with ThreadPoolExecutor(processes, thread_name_prefix="newsqa-worker") as threads:
            for _ in range(processes):
                threads.submit(self._drive, orders, processes)
            try:
                for task in tasks:
                    order = _Order(task)
                    orders.put(order)
                    waiting.append(order.results)
                    if len(waiting) > AHEAD * processes:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for results in waiting:
                    results.cancel()
                for _ in range(processes):
                    orders.put(None)

    def _drive(self, orders: Queue[_Order[R] | None], processes: int) -> None:
        """Feed one process with orders until None comes instead of one."""
        process: _Process | None = None
        sent: deque[_Order[R]] = deque()
        while (order := _next_to_send(orders, len(sent), processes)) is not None or sent:
            try:
                if order is not None:
                    sent.append(order)
                    process = process or self._take()
                    process.send(order.task)
                elif process is not None:
                    results = process.receive()
                    sent.popleft().results.set_result(results)
            except Exception as exc:  # whatever it is, nobody may be left waiting for results
                at_fault = order if process is None or not isinstance(exc, _BROKEN) else None
                if process is not None:
                    process.kill()
                    process = None
                for one in sent:
                    self._settle(one, exc if one is at_fault else None)
                sent.clear()
        if process is not None:
            self._give_back(process)

    def _settle(self, order: _Order[R], error: Exception | None) -> None:
        """Do alone what was sent to a process that is no more, or say why it cannot be done."""
        try:
            if error is not None:
                raise error
            order.results.set_result(self._run_alone(order.task))
        except Exception as exc:  # it is raised again where the results are awaited
            order.results.set_exception(exc)

    def _run_alone(self, task: Task[R]) -> list[R]:
        """Run a task by a process that has no other, so that it is to blame if that dies."""
        process = self._take()
        try:
            process.send(task)
            results: list[R] = process.receive()
        except _BROKEN as exc:
            code = process.kill()
            pieces = task.split()
            if len(pieces) > 1:
                return [result for piece in pieces for result in self._run_alone(piece)]
            logger.warning("a worker process ended with code %s (%s)", code, exc)
            return task.failed(f"the process that read it ended with code {code}; the file may be too large or damaged")
        self._give_back(process)
        return results

    def _take(self) -> _Process:
        with self._lock:
            if self._closed:
                raise WorkersClosed
            return self._idle.pop() if self._idle else _Process()

    def _give_back(self, process: _Process) -> None:
        with self._lock:
            if self._closed:
                process.close()
            else:
                self._idle.append(process)


@dataclass(frozen=True, slots=True, eq=False)
class _Order(Generic[R]):
    """A task and where its results go."""

    task: Task[R]
    results: Future[list[R]] = field(default_factory=Future)


def _next_to_send(orders: Queue[_Order[R] | None], sent: int, processes: int) -> _Order[R] | None:
    """Return what to send to a process that has been sent so many tasks; None when it is time to take results."""
    # A second task waits only while there are enough for the other processes, lest one of them idles at the end.
    if sent and (sent >= SENT or orders.qsize() < processes):
        return None
    while True:
        try:
            order = orders.get(block=not sent)
        except Empty:
            return None
        if order is None:
            if sent:
                orders.put(None)  # to be met again when the results are in
            return None
        if order.results.set_running_or_notify_cancel():
            return order


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

    def send(self, task: Task[R]) -> None:
        """Send a task; results come in the order of the tasks."""
        assert self._process.stdin is not None
        pickle.dump(task, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def receive(self) -> Any:
        """Wait for the results of the first task that has none yet."""
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

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
