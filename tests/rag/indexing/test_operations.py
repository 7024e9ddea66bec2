"""Uploads and deletions, the lock, and what other processes see."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from rag.errors import IndexLockedError, IndexUnavailable, SourceError
from rag.indexing import add_article, delete_article, operations
from rag.indexing.lock import IndexLock
from rag.indexing.operations import add_articles
from rag.schema import Metadata, SkippedSource, SourceFile
from rag.sources import source_from_upload
from tests.rag.indexing.building import Bench, story


def upload(bench: Bench, name: str, number: int) -> str:
    source = source_from_upload(name, story(number))
    return add_article(bench.index, bench.settings, bench.embedder, source).id


def delete(bench: Bench, article_id: str) -> bool:
    return delete_article(bench.index, bench.settings, bench.embedder, article_id)


# --- uploads ----------------------------------------------------------------------------------------------------


def test_an_upload_makes_an_index_where_there_is_none(bench: Bench) -> None:
    source = source_from_upload("letter.txt", story(3), Metadata(title="A Letter"))
    summary = add_article(bench.index, bench.settings, bench.embedder, source)
    assert (summary.path, summary.title, summary.uploaded, summary.passages) == ("letter.txt", "A Letter", True, 1)
    assert bench.check().articles == {"letter.txt": summary.id}


def test_no_comparison_of_folders_removes_an_upload(filled: Bench) -> None:
    upload(filled, "letter.txt", 9)
    assert filled.ingest().unchanged == 4
    assert "letter.txt" in filled.check().paths
    filled.ingest(rebuild=True)
    assert filled.check().paths == ["letter.txt", *(f"story{n}.txt" for n in range(4))]


def test_a_rebuild_of_uploads_alone(bench: Bench) -> None:
    upload(bench, "letter.txt", 9)
    assert bench.ingest(rebuild=True).indexed == 1
    assert bench.check().paths == ["letter.txt"]


def test_several_uploads_are_one_step_and_a_bad_one_stops_no_other(
    filled: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = upload(filled, "letter.txt", 9)
    monkeypatch.setattr(operations, "UPLOAD_BATCH", 2)
    names = ["letter.txt", "new.txt", "story0.txt", "new.txt", "other.txt"]
    sources = [source_from_upload(name, story(10 + number)) for number, name in enumerate(names)]
    outcomes = add_articles(filled.index, filled.settings, filled.embedder, sources)
    assert [(one.path, isinstance(one, SkippedSource)) for one in outcomes] == list(
        zip(names, [False, False, True, True, False], strict=True)
    )
    assert [one.reason for one in outcomes if isinstance(one, SkippedSource)] == [
        "expected a new name for the article, found that 'story0.txt' is a file in the index; choose another",
        "expected another name for each article, found 'new.txt' twice; choose another",
    ]
    contents = filled.check()
    assert contents.paths == ["letter.txt", "new.txt", "other.txt", *(f"story{n}.txt" for n in range(4))]
    assert contents.articles["letter.txt"] != first


def test_uploading_under_the_same_name_replaces(filled: Bench) -> None:
    first = upload(filled, "letter.txt", 9)
    assert upload(filled, "letter.txt", 9) == first
    second = upload(filled, "letter.txt", 10)
    contents = filled.check()
    assert contents.articles["letter.txt"] == second != first
    assert len(contents.paths) == 5


def test_a_name_that_a_file_has_is_refused_on_both_sides(filled: Bench) -> None:
    with pytest.raises(SourceError, match=r"'story1.txt' is a file in the index"):
        upload(filled, "story1.txt", 9)
    upload(filled, "late.txt", 9)
    filled.write("late.txt", story(10))
    assert filled.ingest().skipped == (SkippedSource("late.txt", "another article has this path; rename the file"),)


def test_an_upload_that_copies_a_file_joins_its_group(filled: Bench) -> None:
    upload(filled, "letter.txt", 2)
    groups = filled.check().groups
    assert groups["letter.txt"] == groups["story2.txt"]
    assert filled.embedder.embedded == []


# --- deletions --------------------------------------------------------------------------------------------------


def test_a_deleted_upload_is_gone(filled: Bench) -> None:
    article_id = upload(filled, "letter.txt", 9)
    assert delete(filled, article_id)
    assert not delete(filled, article_id)
    assert "letter.txt" not in filled.check().paths


def test_a_deleted_file_stays_out_until_it_changes(filled: Bench) -> None:
    assert delete(filled, filled.check().articles["story1.txt"])
    reason = SkippedSource("story1.txt", "it was deleted by hand and has not changed since")
    for rebuild in (False, True):
        report = filled.ingest(rebuild=rebuild)
        assert (report.indexed, report.unchanged) == ((4 - 1, 0) if rebuild else (0, 3))
        assert filled.check().paths == ["story0.txt", "story2.txt", "story3.txt"]
    filled.write("story1.txt", story(1))  # written again, with the same contents
    assert filled.ingest().skipped == (reason,)
    assert filled.ingest().skipped == (reason,)
    filled.write("story1.txt", story(1) + "\nA correction followed on Tuesday in the evening edition of the paper.\n")
    assert filled.ingest().indexed == 1
    assert "story1.txt" in filled.check().paths


def test_a_deleted_record_stays_out_while_its_file_changes(bench: Bench) -> None:
    lines = [json.dumps({"id": n, "text": story(n)}) + "\n" for n in range(3)]
    bench.write("feed.jsonl", "".join(lines))
    bench.ingest(bench.corpus)
    delete(bench, bench.check().articles["feed.jsonl#1"])
    bench.write("feed.jsonl", "".join(lines) + json.dumps({"id": 7, "text": story(7)}) + "\n")
    assert bench.ingest().indexed == 1
    assert bench.check().paths == ["feed.jsonl#0", "feed.jsonl#2", "feed.jsonl#7"]


# --- the lock ---------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_who_is_writing(filled: Bench) -> None:
    filled.write("new.txt", story(9))
    with IndexLock(filled.index), pytest.raises(IndexLockedError, match=r"written by process \d+ on .* since \d{4}-"):
        filled.ingest()
    assert filled.ingest().indexed == 1


def test_a_second_writer_may_wait(filled: Bench) -> None:
    lock = IndexLock(filled.index)
    with lock:
        timer = threading.Timer(0.3, lambda: lock.__exit__(None, None, None))
        timer.start()
        with IndexLock(filled.index, wait_s=10):
            pass
        timer.join()


def test_a_holder_that_died_holds_nothing(filled: Bench) -> None:
    script = f"""
        import os, signal
        from pathlib import Path
        from rag.indexing.lock import IndexLock
        IndexLock(Path({str(filled.index)!r})).__enter__()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False)
    assert (filled.index / "lock.json").exists()
    assert filled.ingest().unchanged == 4
    assert not (filled.index / "lock.json").exists()


def test_readers_go_on_while_somebody_writes(filled: Bench) -> None:
    opened = filled.open()
    with IndexLock(filled.index):
        assert opened.catalog.size()[0] == 4
        assert filled.open().lexical.num_docs() == 4
    opened.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(IndexUnavailable, match="cannot write to the index folder"),
        IndexLock(tmp_path / "file" / "index"),
    ):
        pass


# --- two processes ----------------------------------------------------------------------------------------------


def elsewhere(bench: Bench, action: str) -> None:
    """Do something to the index in another process."""
    script = f"""
        import sys
        from pathlib import Path
        from rag.config import Settings
        from rag.indexing import ingest
        from rag.models.doubles import HashingEmbedder
        from tests.rag.indexing.building import Bench, story
        bench = Bench(Path({str(bench.folder)!r}))
        Bench._clock = {Bench._clock}
        {action}
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, cwd=Path(__file__).parents[3])
    Bench._clock += 100


def test_an_open_reader_sees_what_another_process_finished(filled: Bench) -> None:
    opened = filled.open()
    assert not opened.refresh()
    elsewhere(filled, "bench.write('new.txt', story(9)); (bench.corpus / 'story1.txt').unlink(); bench.ingest()")
    (new,) = [one.id for one in opened.catalog.article_summaries(query="new.txt").items]
    assert opened.refresh()
    (passage,) = opened.catalog.passages_of(new)
    assert opened.lexical.search({"117": 1.0}, limit=1)[0][0] == passage.id
    assert opened.vectors.query(filled.embedder.embed_query(passage.text), limit=1)[0][0] == passage.id
    assert (
        opened.lexical.ids()
        == opened.vectors.ids()
        == {passage.id}
        | {one.id for item in opened.catalog.article_summaries().items for one in opened.catalog.passages_of(item.id)}
    )
    assert not opened.refresh()
    opened.close()


def test_an_open_reader_follows_a_rebuild_of_another_process(filled: Bench) -> None:
    opened = filled.open()
    elsewhere(filled, "bench.ingest(rebuild=True)")
    assert opened.refresh()
    assert len(opened.lexical.ids()) == len(opened.vectors.ids()) == opened.catalog.size()[1] == 4
    opened.close()


def test_refreshing_while_others_ask(filled: Bench) -> None:
    opened = filled.open()
    failures: list[BaseException] = []
    done = threading.Event()
    vector = filled.embedder.embed_query(story(1))

    def ask() -> None:
        try:
            while not done.is_set():
                opened.refresh()
                assert opened.lexical.search({"grain": 1.0}, limit=3)
                assert opened.vectors.query(vector, limit=3)
                assert opened.catalog.size()[0] >= 4
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10, 14):
        upload(filled, f"{number}.txt", number)
    done.set()
    for thread in threads:
        thread.join()
    opened.close()
    assert failures == []


def test_a_source_made_by_hand_is_taken_as_it_is(bench: Bench) -> None:
    source = SourceFile(path="x", raw="\ufeff" + story(1), sha256="0" * 64, encoding="utf-8", kind="text")
    assert add_article(bench.index, bench.settings, bench.embedder, source).path == "x"
