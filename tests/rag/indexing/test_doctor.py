"""The doctor sees every kind of disagreement, and mends it."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import IndexDamagedError, IndexLockedError, IndexUnavailable
from rag.indexing import DoctorReport, add_article, examine
from rag.indexing.lock import IndexLock
from rag.lexical import TantivyIndex
from rag.models.doubles import HashingEmbedder
from rag.sources import source_from_upload
from rag.vectors import ChromaVectors
from tests.rag.indexing.building import Bench, story


def look(bench: Bench, *, repair: bool = False) -> DoctorReport:
    return examine(bench.index, bench.settings, bench.embedder, repair=repair)


def change(bench: Bench, query: str, values: tuple[object, ...] = ()) -> None:
    db = sqlite3.connect(bench.index / "catalog.sqlite")
    db.execute(query, values)
    db.commit()
    db.close()


def drop_postings(bench: Bench) -> None:
    index = TantivyIndex(bench.index / "lexical")
    index.delete(sorted(index.ids())[:2])
    index.close()


def drop_vectors(bench: Bench) -> None:
    store = ChromaVectors(folder=bench.index / "chroma", collection="passages")
    store.delete(sorted(store.ids())[:2])
    store.close()


def orphan(bench: Bench) -> None:
    change(bench, "DELETE FROM passages WHERE num = 1")


def alter_raw(bench: Bench) -> None:
    raw = zlib.compress(story(1).replace("grain", "brain").encode())
    change(bench, "UPDATE texts SET raw = ? WHERE article = 2", (raw,))


def truncate(bench: Bench, pattern: str) -> None:
    files = [file for file in bench.index.glob(pattern) if file.is_file()]
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


CASES: dict[str, tuple[Callable[[Bench], object], set[str]]] = {
    "postings lost": (drop_postings, {"lexical_missing"}),
    "vectors lost": (drop_vectors, {"vectors_missing"}),
    "passages lost": (orphan, {"passages_damaged", "lexical_orphans", "vectors_orphans"}),
    "raw text altered": (alter_raw, {"text_damaged", "passages_damaged"}),
    "passage moved": (lambda b: change(b, "UPDATE passages SET start = start + 1 WHERE num = 1"), {"passages_damaged"}),
    "in flight": (lambda b: change(b, "INSERT INTO inflight VALUES ('x')"), {"unfinished_ingest"}),
    "lexical index deleted": (lambda b: shutil.rmtree(b.index / "lexical"), {"lexical_unreadable"}),
    "lexical index truncated": (lambda b: truncate(b, "lexical/*.store"), {"lexical_unreadable"}),
    "lexical meta truncated": (lambda b: truncate(b, "lexical/meta.json"), {"lexical_unreadable"}),
    "vectors deleted": (lambda b: shutil.rmtree(b.index / "chroma"), {"vectors_unreadable"}),
    "vectors truncated": (lambda b: truncate(b, "chroma/chroma.sqlite3"), {"vectors_unreadable"}),
    "file added": (lambda b: b.write("new.txt", story(8)), {"file_new"}),
    "file changed": (lambda b: b.write("story1.txt", story(8)), {"file_changed"}),
    "file gone": (lambda b: (b.corpus / "story1.txt").unlink(), {"file_gone"}),
    "article lost": (lambda b: change(b, "DELETE FROM articles WHERE num = 1"), {"catalog_orphans", "file_new"}),
    "catalog truncated": (lambda b: truncate(b, "catalog.sqlite"), {"catalog_damaged"}),
}


def test_a_sound_index_has_no_findings(filled: Bench) -> None:
    report = look(filled)
    assert report.ok
    assert (report.articles, report.passages, report.files) == (4, 4, 4)
    assert look(filled, repair=True).ok


@pytest.mark.parametrize("name", CASES)
def test_damage_is_found_and_mended(filled: Bench, name: str) -> None:
    harm, expected = CASES[name]
    harm(filled)
    before = look(filled)
    assert not before.ok
    assert before.findings == before.remaining
    assert {finding.kind for finding in before.findings} >= expected
    assert all(finding.count and finding.where and finding.what and finding.repair for finding in before.findings)
    if name == "catalog truncated":  # with it goes the list of folders
        with pytest.raises(IndexDamagedError, match=r"name the folders to rebuild from"):
            look(filled, repair=True)
        filled.ingest(filled.corpus, rebuild=True)
    else:
        mended = look(filled, repair=True)
        assert mended.findings == before.findings
        assert mended.remaining == ()
        assert mended.ok
    direct = Bench(filled.folder / "direct")
    shutil.copytree(filled.corpus, direct.corpus)
    direct.ingest(direct.corpus)
    assert filled.check() == direct.check()
    assert look(filled).ok


def test_an_ingest_mends_missing_stores_by_itself(filled: Bench) -> None:
    shutil.rmtree(filled.index / "chroma")
    shutil.rmtree(filled.index / "lexical")
    report = filled.ingest()
    assert (report.repaired, report.unchanged) == (4, 4)
    filled.check()


def test_looking_changes_nothing(filled: Bench) -> None:
    drop_vectors(filled)
    look(filled)
    assert [finding.kind for finding in look(filled).findings] == ["vectors_missing"]


def test_only_what_is_missing_is_embedded_again(filled: Bench) -> None:
    drop_vectors(filled)
    filled.embedder.embedded.clear()
    assert look(filled, repair=True).ok
    assert len(filled.embedder.embedded) == 2


def test_a_damaged_upload_remains_a_finding(filled: Bench) -> None:
    add_article(filled.index, filled.settings, filled.embedder, source_from_upload("letter.txt", story(9)))
    change(filled, "UPDATE articles SET sha256 = 'x' WHERE path = 'letter.txt'")
    report = look(filled, repair=True)
    assert [(finding.kind, finding.where) for finding in report.remaining] == [("text_damaged", ("letter.txt",))]
    assert "letter.txt" in filled.check().paths


def test_a_root_that_is_away_remains_a_finding_and_costs_nothing(filled: Bench) -> None:
    filled.corpus.rename(filled.folder / "away")
    report = look(filled, repair=True)
    assert [finding.kind for finding in report.remaining] == ["root_missing"]
    assert len(filled.check().paths) == 4


def test_no_index_and_a_locked_index_are_errors(filled: Bench, tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="no index in"):
        examine(tmp_path / "nowhere", filled.settings, HashingEmbedder(64))
    with IndexLock(filled.index), pytest.raises(IndexLockedError):
        look(filled)
