"""The processes that read and clean: what they load, how long they live, what becomes of one that dies."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.indexing.workers import Workers, _Process


@dataclass(frozen=True)
class ProcessId:
    """Tells who does the work; number 13 kills whoever takes it on."""

    numbers: tuple[int, ...]

    def run(self) -> list[int]:
        """Return the process once for each number."""
        if 13 in self.numbers:
            os._exit(3)
        return [os.getpid() for _ in self.numbers]

    def split(self) -> Sequence[ProcessId]:
        """Return one task a number."""
        return [ProcessId((number,)) for number in self.numbers]

    def failed(self, reason: str) -> list[int]:
        """Return no process."""
        assert "ended with code 3" in reason
        return [0]


@dataclass(frozen=True)
class Priority(ProcessId):
    """Tells how the worker stands aside."""

    def run(self) -> list[int]:
        """Return its niceness."""
        return [os.nice(0)]


def test_a_process_stands_aside_for_the_one_that_writes() -> None:
    with Workers() as workers:
        ((nice,),) = workers.run([Priority((1,))], processes=1)
    assert nice > os.nice(0)


def test_a_process_is_kept_for_the_next_tasks() -> None:
    with Workers() as workers:
        (first,) = {pid for task in workers.run([ProcessId((1,)), ProcessId((2,))], processes=1) for pid in task}
        (second,) = next(iter(workers.run([ProcessId((3,))], processes=2)))
        here = list(workers.run([ProcessId((4, 5))], processes=0))
    assert first == second != os.getpid()
    assert here == [[os.getpid(), os.getpid()]]


def test_a_source_that_kills_its_process_is_alone_in_failing() -> None:
    with Workers() as workers:
        found = [pid > 0 for pid in next(iter(workers.run([ProcessId((1, 13, 2))], processes=1)))]
    assert found == [True, False, True]


def test_a_task_behind_or_before_one_that_kills_its_process_is_done() -> None:
    numbers = [1, 2, 13, 3, 4, 13, 13, 5]
    with Workers() as workers:
        tasks = [ProcessId((number,)) for number in numbers]
        for processes in (1, 2):
            found = [pid > 0 for (pid,) in workers.run(tasks, processes=processes)]
            assert found == [number != 13 for number in numbers]


@dataclass(frozen=True)
class Bulky:
    """Makes a file, and results that no pipe holds."""

    file: Path

    def run(self) -> list[bytes]:
        """Return a megabyte."""
        self.file.touch()
        return [bytes(1_000_000)]

    def split(self) -> Sequence[Bulky]:
        """Return itself."""
        return [self]

    def failed(self, reason: str) -> list[bytes]:
        """Never happens."""
        raise AssertionError(reason)


def test_a_worker_goes_on_while_nobody_takes_its_results(tmp_path: Path) -> None:
    files = [tmp_path / "first", tmp_path / "second"]
    process = _Process()
    try:
        for file in files:
            process.send(Bulky(file))
        deadline = time.monotonic() + 30
        while not files[1].exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert [process.receive() for _ in files] == [[bytes(1_000_000)]] * 2
    finally:
        process.kill()


def test_what_cannot_be_sent_fails_where_its_results_are_awaited() -> None:
    with Workers() as workers:
        results = workers.run([ProcessId((1,)), ProcessId((lambda: 2,)), ProcessId((3,))], processes=1)  # type: ignore[arg-type]
        assert len(next(results)) == 1
        with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
            next(results)


def test_a_worker_loads_no_vector_store_and_no_model() -> None:
    code = "import sys, rag.indexing.tasks; print({'chromadb', 'tokenizers', 'rag.indexing.stores'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
