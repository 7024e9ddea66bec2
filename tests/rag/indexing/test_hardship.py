"""A full disk, a read-only folder, and a Chroma server shared by processes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from rag.errors import IndexMismatchError, IndexUnavailable
from rag.indexing import OpenIndex, examine, ingest, wanted_manifest
from tests.rag.indexing.building import Bench, story

ROOT = Path(__file__).parents[3]


def run(script: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=check, cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize("spare", [2_000, 30_000, 70_000])
def test_a_full_disk_loses_nothing_that_was_indexed(filled: Bench, spare: int) -> None:
    """Stands in for a full disk: no file of the process may grow beyond a limit."""
    before = filled.check()
    for number in range(100, 220):
        filled.write(f"new{number}.txt", story(number))
    largest = max(file.stat().st_size for file in filled.index.rglob("*") if file.is_file())
    done = run(
        f"""
        import resource, signal
        from pathlib import Path
        from rag.errors import RagError
        from rag.indexing import pipeline
        from tests.rag.indexing.building import Bench
        pipeline.BATCH_ARTICLES = 10
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({largest + spare}, {largest + spare}))
        try:
            Bench(Path({str(filled.folder)!r})).ingest()
        except RagError as exc:
            print(type(exc).__name__, exc)
        """
    )
    assert "disk" in done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    between = filled.contents()
    assert before.articles.items() <= between.articles.items()
    assert filled.ingest().unchanged >= 4
    after = filled.check()
    assert len(after.paths) == 124
    assert examine(filled.index, filled.settings, filled.embedder).ok


def test_a_read_only_index_is_read_and_not_written() -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to everybody else
    try:
        folder.chmod(0o755)
        bench = Bench(folder)
        for number in range(3):
            bench.write(f"{number}.txt", story(number))
        bench.ingest(bench.corpus)
        before = bench.check()
        for entry in (folder, *folder.rglob("*")):
            entry.chmod(0o555 if entry.is_dir() else 0o444)
        root = os.geteuid() == 0
        if root:
            try:
                os.seteuid(65534)
            except OSError as exc:
                pytest.skip(f"root may write everywhere, and there is nobody else in this namespace: {exc}")
        try:
            assert bench.check() == before
            with pytest.raises(IndexUnavailable, match=r"cannot write to the index folder.*check its permissions"):
                bench.ingest()
            assert examine(bench.index, bench.settings, bench.embedder).ok
        finally:
            if root:
                os.seteuid(0)
        assert bench.contents() == before
    finally:
        for entry in (folder, *folder.rglob("*")):
            if entry.is_dir():
                entry.chmod(0o755)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real `chroma run` on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        [*command, "--path", str(tmp_path_factory.mktemp("server"))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
    ) as server:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def test_several_processes_share_a_chroma_server(bench: Bench, chroma_url: str) -> None:
    bench.settings = bench.settings.model_copy(update={"chroma_url": chroma_url})
    for number in range(4):
        bench.write(f"{number}.txt", story(number))
    bench.ingest(bench.corpus)
    assert not (bench.index / "chroma").exists()
    wanted = wanted_manifest(bench.settings, bench.embedder)
    opened = OpenIndex(bench.index, wanted=wanted, chroma_url=chroma_url)
    assert len(opened.vectors.ids()) == 4
    run(
        f"""
        from pathlib import Path
        from rag.config import Settings
        from tests.rag.indexing.building import Bench, story
        bench = Bench(Path({str(bench.folder)!r}), Settings(workers=1, chroma_url={chroma_url!r}))
        bench.write("late.txt", story(50))
        bench.ingest()
        """
    )
    assert opened.refresh()
    assert opened.vectors.ids() == opened.lexical.ids()
    assert len(opened.vectors.ids()) == 5
    assert bench.ingest().unchanged == 5
    assert examine(bench.index, bench.settings, bench.embedder).ok
    bench.ingest(rebuild=True)
    assert opened.refresh()
    assert opened.vectors.ids() == opened.lexical.ids()
    opened.close()
    embedded = bench.settings.model_copy(update={"chroma_url": None})
    with pytest.raises(IndexMismatchError, match="vectors is 'server', expected 'folder'"):
        ingest(bench.index, embedded, bench.embedder)


@pytest.mark.parametrize("moment", ["_switch", "remove_leftovers"])
def test_a_rebuild_on_a_chroma_server_leaves_one_collection(bench: Bench, chroma_url: str, moment: str) -> None:
    """Whole, and when it is killed before the switch or before what it replaced was dropped."""
    others = collections(chroma_url)
    bench.settings = bench.settings.model_copy(update={"chroma_url": chroma_url})
    bench.write("a.txt", story(1))
    bench.ingest(bench.corpus)
    before = collections(chroma_url) - others
    bench.ingest(rebuild=True)
    rebuilt = collections(chroma_url) - others
    assert len(before) == len(rebuilt) == 1
    assert before != rebuilt
    done = run(
        f"""
        import os
        from pathlib import Path
        from rag.config import Settings
        from rag.indexing import operations
        from tests.rag.indexing.building import Bench
        tidied = []
        real = operations.remove_leftovers
        def kill(*args, **options):
            tidied.append(1)
            if {moment!r} == "_switch" or len(tidied) == 2:  # the first time it tidies up before it begins
                os._exit(9)
            real(*args, **options)
        operations.{moment} = kill
        bench = Bench(Path({str(bench.folder)!r}), Settings(workers=1, chroma_url={chroma_url!r}))
        bench.ingest(rebuild=True)
        """,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    both = collections(chroma_url) - others
    assert len(both) == 2
    assert rebuilt < both
    assert examine(bench.index, bench.settings, bench.embedder).ok
    bench.ingest()
    left = collections(chroma_url) - others
    assert left == (rebuilt if moment == "_switch" else both - rebuilt)
    assert examine(bench.index, bench.settings, bench.embedder).ok


def collections(chroma_url: str) -> set[str]:
    """Ask a server for the names of its collections."""
    with urlopen(f"{chroma_url}/api/v2/tenants/default_tenant/databases/default_database/collections") as reply:
        return {one["name"] for one in json.load(reply)}


def test_a_chroma_server_that_is_away_is_told(bench: Bench) -> None:
    bench.settings = bench.settings.model_copy(update={"chroma_url": "http://127.0.0.1:9"})
    bench.write("a.txt", story(1))
    with pytest.raises(IndexUnavailable, match=r"the Chroma server .* failed"):
        bench.ingest(bench.corpus)
