import hashlib
import os
from pathlib import Path

import pytest

from rag.sources import Freshness


def seen(file: Path) -> dict[str, int]:
    """Return size and time of a file as an ingest remembers them."""
    stat = file.stat()
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "harvest.txt"
    path.write_bytes(b"The harvest was good.\n")
    return path


def test_a_file_is_stale_once_it_says_something_else(file: Path) -> None:
    freshness, then = Freshness(), seen(file)
    digest = sha256("The harvest was good.\n")
    assert not freshness.is_stale(digest, file, **then)
    file.write_bytes(b"The harvest was poor.\n")
    os.utime(file, ns=(0, then["mtime_ns"] + 1))
    assert freshness.is_stale(digest, file, **then)


def test_a_file_is_not_stale_because_its_time_moved(file: Path) -> None:
    freshness, then = Freshness(), seen(file)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert not freshness.is_stale(sha256("The harvest was good.\n"), file, **then)


def test_a_file_that_vanished_is_stale_and_fresh_again_when_it_returns(file: Path) -> None:
    freshness, then = Freshness(), seen(file)
    raw = file.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    file.unlink()
    assert freshness.is_stale(digest, file, **then)
    file.write_bytes(raw)
    assert not freshness.is_stale(digest, file, **then)


def test_a_file_that_became_empty_or_a_folder_is_stale(file: Path) -> None:
    freshness, then = Freshness(), seen(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(b"")
    assert freshness.is_stale(digest, file, **then)
    file.unlink()
    file.mkdir()
    assert freshness.is_stale(digest, file, **then)


def test_only_the_record_that_changed_is_stale(tmp_path: Path) -> None:
    file = tmp_path / "wire.jsonl"
    file.write_text('{"id": "a", "text": "It rained."}\n{"id": "b", "text": "It snowed."}\n', encoding="utf-8")
    freshness, then = Freshness(), seen(file)
    file.write_text('{"id": "a", "text": "It rained."}\n{"id": "b", "text": "It froze hard."}\n', encoding="utf-8")
    assert not freshness.is_stale(sha256("It rained."), file, **then)
    assert freshness.is_stale(sha256("It snowed."), file, **then)


def test_a_changed_file_is_read_once_for_many_questions(file: Path) -> None:
    freshness, then = Freshness(), seen(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    os.utime(file, ns=(0, 1_000_000_000))
    assert not freshness.is_stale(digest, file, **then)
    # The same size and time as at the last look: what the file says now is not read again.
    file.write_bytes(b"The harvest was poor.\n")
    os.utime(file, ns=(0, 1_000_000_000))
    assert not freshness.is_stale(digest, file, **then)


def test_many_changed_files_are_told_apart(tmp_path: Path) -> None:
    freshness = Freshness()
    for number in range(300):  # more than are remembered
        file = tmp_path / f"{number}.txt"
        file.write_text(f"Story {number}.", encoding="utf-8")
        assert not freshness.is_stale(sha256(f"Story {number}."), file, size=0, mtime_ns=0)
        assert freshness.is_stale(sha256("Another story."), file, size=0, mtime_ns=0)
