"""The processes that read and clean: what they load, how long they live, what becomes of one that dies."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rag.indexing.workers import Workers


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


def test_a_worker_loads_no_vector_store_and_no_model() -> None:
    code = "import sys, rag.indexing.tasks; print({'chromadb', 'tokenizers', 'rag.indexing.stores'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
