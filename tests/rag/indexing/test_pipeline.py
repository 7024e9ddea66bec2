"""What an ingest does to an index when files come, change, move and go."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rag.embedding import Vectors
from rag.errors import ConfigError, IndexMismatchError, ModelError, SourceError
from rag.indexing import IngestProgress, IngestReport, ingest
from rag.indexing.batches import BatchWriter
from rag.indexing.processing import PreparedArticle, prepare
from rag.models.doubles import HashingEmbedder
from rag.schema import SkippedSource, SourceFile
from rag.sources import FoundFile, read_sources
from tests.rag.indexing.building import Bench, story


class Failing(HashingEmbedder):
    """A model that is away."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        raise ModelError("the model is away")


def counts(report: IngestReport) -> dict[str, int]:
    return {
        name: getattr(report, name)
        for name in ("indexed", "changed", "removed", "unchanged", "embedded", "written")
        if getattr(report, name)
    }


def record(number: int, **fields: object) -> str:
    return json.dumps({"id": f"r{number}", "title": f"Report {number}", "text": story(number)} | fields) + "\n"


def test_a_folder_is_indexed_and_found(filled: Bench) -> None:
    contents = filled.check()
    assert contents.paths == [f"story{number}.txt" for number in range(4)]
    opened = filled.open()
    found = opened.lexical.search({"berth": 1.0, "14": 3.0}, limit=1)
    (passage,) = opened.catalog.passages([found[0][0]]).values()
    assert "berth 14 before the storm" in passage.text
    nearest, _ = opened.vectors.query(filled.embedder.embed_query(passage.text), limit=1)[0]
    assert nearest == passage.id
    opened.close()


def test_a_second_ingest_does_nothing_at_all(filled: Bench) -> None:
    before = {file: file.stat().st_mtime_ns for file in filled.index.rglob("*") if file.suffix in {".sqlite", ".json"}}
    generation = filled.open().catalog.generation()
    report = filled.ingest(filled.corpus)
    assert replace(report, seconds=0.0, stages={}) == IngestReport(unchanged=4, articles=4, passages=report.passages)
    assert filled.embedder.embedded == []
    assert filled.open().catalog.generation() == generation
    assert before == {file: file.stat().st_mtime_ns for file in before}


def test_no_path_means_the_roots_of_the_index(filled: Bench) -> None:
    filled.write("new.txt", story(9))
    assert counts(filled.ingest()) == {"indexed": 1, "unchanged": 4, "embedded": 1, "written": 1}


def test_an_edited_file_replaces_its_passages(filled: Bench) -> None:
    filled.write("story1.txt", story(1).replace("berth 7", "berth 8"))
    assert counts(filled.ingest()) == {"changed": 1, "unchanged": 3, "embedded": 1, "written": 1}
    opened = filled.open()
    assert opened.lexical.phrase(["berth", "7"], limit=3) == []
    assert len(opened.lexical.phrase(["berth", "8"], limit=3)) == 1
    opened.close()
    filled.check()


def test_a_touched_file_is_unchanged_and_not_hashed_twice(filled: Bench) -> None:
    os.utime(filled.corpus / "story1.txt", (1_800_000_000, 1_800_000_000))
    report = filled.ingest()
    assert counts(report) == {"unchanged": 4}


def test_a_renamed_file_embeds_nothing(filled: Bench) -> None:
    (filled.corpus / "story1.txt").rename(filled.corpus / "moved.txt")
    assert counts(filled.ingest()) == {"indexed": 1, "removed": 1, "unchanged": 3, "written": 1}
    assert filled.check().paths == ["moved.txt", "story0.txt", "story2.txt", "story3.txt"]


def test_a_deleted_file_leaves_every_store(filled: Bench) -> None:
    (filled.corpus / "story1.txt").unlink()
    assert counts(filled.ingest()) == {"removed": 1, "unchanged": 3}
    assert filled.check().paths == ["story0.txt", "story2.txt", "story3.txt"]


def test_a_file_that_appears_twice_is_two_articles_of_one_group(filled: Bench) -> None:
    filled.write("copy.txt", story(1))
    report = filled.ingest()
    assert counts(report) == {"indexed": 1, "unchanged": 4, "written": 1}
    assert report.duplicates == 1
    groups = filled.check().groups
    assert groups["copy.txt"] == groups["story1.txt"]
    (filled.corpus / "story1.txt").unlink()
    assert filled.ingest().duplicates == 0


def test_order_and_batches_do_not_matter(filled: Bench, tmp_path: Path) -> None:
    other = Bench(tmp_path / "other")
    other.corpus.mkdir(parents=True)
    for number in (2, 0, 3, 1):
        other.write(f"story{number}.txt", story(number))
        other.ingest(other.corpus)
    assert other.check() == filled.check()


def test_an_emptied_folder_empties_the_index(filled: Bench) -> None:
    for file in filled.corpus.iterdir():
        file.unlink()
    assert counts(filled.ingest()) == {"removed": 4}
    contents = filled.check()
    assert (contents.paths, contents.speakers, contents.names) == ([], (), {})
    assert counts(filled.ingest()) == {}


# --- files of records -------------------------------------------------------------------------------------------


def test_records_are_compared_one_by_one(bench: Bench) -> None:
    bench.write("feed.jsonl", "".join(record(number) for number in range(5)))
    assert counts(bench.ingest(bench.corpus)) == {"indexed": 5, "embedded": 5, "written": 5}
    assert counts(bench.ingest()) == {"unchanged": 5}
    bench.write(
        "feed.jsonl",
        record(9) + "".join(record(n) for n in (0, 3)) + record(1, text=story(1).replace("Monday", "Friday")),
    )
    assert counts(bench.ingest()) == {
        "indexed": 1, "changed": 1, "removed": 2, "unchanged": 2, "embedded": 2, "written": 2,
    }  # fmt: skip
    assert bench.check().paths == ["feed.jsonl#r0", "feed.jsonl#r1", "feed.jsonl#r3", "feed.jsonl#r9"]


def test_a_record_with_other_metadata_is_changed_and_keeps_its_vectors(bench: Bench) -> None:
    bench.write("feed.jsonl", record(1))
    bench.ingest(bench.corpus)
    bench.write("feed.jsonl", record(1, date="2024-06-21"))
    assert counts(bench.ingest()) == {"changed": 1, "written": 1}
    opened = bench.open()
    (meta,) = opened.catalog.article_dates().values()
    assert str(meta.published) == "2024-06-21"
    opened.close()


def test_compressed_records_and_bad_lines(bench: Bench) -> None:
    lines = record(1) + "[1, 2]\n" + record(1) + '{"text": ""}\n' + record(2)
    bench.write("feed.jsonl.gz", gzip.compress(lines.encode()))
    report = bench.ingest(bench.corpus)
    assert report.indexed == 2
    assert [item.path for item in report.skipped] == ["feed.jsonl.gz#L1", "feed.jsonl.gz#L2", "feed.jsonl.gz#L4"]
    again = bench.ingest()
    assert (again.unchanged, again.skipped) == (2, report.skipped)


def test_a_record_that_cannot_be_read_any_more_is_reported_and_leaves(bench: Bench) -> None:
    bench.write("feed.jsonl", record(1) + record(2))
    bench.ingest(bench.corpus)
    bench.write("feed.jsonl", record(1) + "{broken\n")
    report = bench.ingest()
    assert (report.removed, report.unchanged, [item.path for item in report.skipped]) == (1, 1, ["feed.jsonl#L2"])


# --- what is worth a look ---------------------------------------------------------------------------------------


def test_what_little_is_left_of_is_reported(bench: Bench) -> None:
    bench.write("labels.txt", "Home\nMenu\nSubscribe\nShare\n")
    bench.write("notice.txt", "Qtly div 65 cts vs 65 cts prior\nPay May Seven\n")
    bench.write("bytes.txt", story(1).encode() + "“It is late,” he said.".encode() + b"\xa0")
    bench.write("good.txt", story(2))
    report = bench.ingest(bench.corpus)
    assert [(item.path, item.kind) for item in report.concerns] == [
        ("bytes.txt", "bytes_replaced"),
        ("labels.txt", "nothing_left"),
        ("notice.txt", "uncleaned"),
    ]
    assert report.concerns[1].what == ("nothing in it can be cited (navigation 50%, subscribe 25%, share 25%)")


# --- what cannot be indexed -------------------------------------------------------------------------------------


def test_bad_files_are_reported_each_time_and_stop_nothing(bench: Bench) -> None:
    bench.write("good.txt", story(1))
    bench.write("empty.txt", "")
    bench.write("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    bench.write("sheet.xlsx", b"PK")
    first, second = bench.ingest(bench.corpus), bench.ingest()
    assert (first.indexed, second.unchanged) == (1, 1)
    assert [item.path for item in first.skipped] == ["empty.txt", "picture.txt", "sheet.xlsx"]
    assert first.skipped == second.skipped
    assert all(item.reason for item in first.skipped)


def test_a_file_that_turns_bad_leaves_and_comes_back(filled: Bench) -> None:
    filled.write("story1.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    report = filled.ingest()
    assert (report.removed, report.unchanged, [item.path for item in report.skipped]) == (1, 3, ["story1.txt"])
    filled.write("story1.txt", story(1))
    assert counts(filled.ingest()) == {"indexed": 1, "unchanged": 3, "embedded": 1, "written": 1}
    filled.check()


def test_a_file_that_cannot_be_opened_keeps_its_article(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.write("story1.txt", story(1) + "\nA correction followed on Tuesday in the evening edition of the paper.\n")
    real = os.open

    def refuse(path: object, *rest: object, **named: object) -> int:
        if str(path).endswith("story1.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **named)  # type: ignore[arg-type]  # passed on as it came

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        report = filled.ingest()
    assert counts(report) == {"unchanged": 4}
    assert [(item.path, "permissions" in item.reason) for item in report.skipped] == [("story1.txt", True)]
    assert counts(filled.ingest()) == {"changed": 1, "unchanged": 3, "embedded": 1, "written": 1}


def test_a_file_that_keeps_changing_keeps_its_article(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.indexing import tasks

    file = filled.write("story1.txt", story(1) + "\nA correction followed on Tuesday in the evening edition.\n")
    size = iter(range(100))

    def read_while_growing(found: FoundFile) -> Iterator[SourceFile | SkippedSource]:
        yield from read_sources(found)
        if found.path == "story1.txt":
            file.write_text(story(1) + "x" * next(size))

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "read_sources", read_while_growing)
        report = filled.ingest()
    assert report.skipped == (
        SkippedSource("story1.txt", "the file changed while it was read; index it again when it is complete"),
    )
    assert filled.check().paths == [f"story{number}.txt" for number in range(4)]
    assert counts(filled.ingest())["changed"] == 1


def test_an_article_that_breaks_the_cleaner_is_reported(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.indexing import tasks

    bench.write("bad.txt", story(1))
    bench.write("good.txt", story(2))

    def fail_for_one(sources: Sequence[SourceFile], **rest: Any) -> list[PreparedArticle]:
        if any(source.path == "bad.txt" for source in sources):
            raise RecursionError("too deep")
        return prepare(sources, **rest)

    monkeypatch.setattr(tasks, "prepare", fail_for_one)
    report = bench.ingest(bench.corpus)
    assert report.indexed == 1
    assert [(item.path, "RecursionError: too deep" in item.reason) for item in report.skipped] == [("bad.txt", True)]
    assert bench.ingest().skipped == report.skipped


def test_a_model_that_fails_halfway_loses_nothing(filled: Bench) -> None:
    before = filled.check()
    filled.write("new.txt", story(9))
    with pytest.raises(ModelError, match="away"):
        ingest(filled.index, filled.settings, Failing(64), ())
    assert filled.check() == before
    assert counts(filled.ingest()) == {"indexed": 1, "unchanged": 4, "embedded": 1, "written": 1}


# --- roots ------------------------------------------------------------------------------------------------------


def test_nothing_given_and_nothing_known_is_an_error(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="newsqa index FOLDER"):
        bench.ingest()


def test_a_missing_path_is_an_error(bench: Bench) -> None:
    with pytest.raises(SourceError, match="expected a file or folder at"):
        bench.ingest(bench.corpus / "nowhere")


def test_an_empty_folder_is_fine(bench: Bench) -> None:
    assert counts(bench.ingest(bench.corpus)) == {}
    bench.write("one.txt", story(1))
    assert counts(bench.ingest())["indexed"] == 1


def test_a_second_root_renames_the_first_ones_articles_and_embeds_only_its_own(filled: Bench, tmp_path: Path) -> None:
    other = tmp_path / "wire"
    other.mkdir()
    (other / "w.txt").write_text(story(7))
    report = filled.ingest(other)
    assert counts(report) == {"indexed": 1, "changed": 4, "embedded": 1, "written": 5}
    assert filled.check().paths == [*(f"corpus/story{n}.txt" for n in range(4)), "wire/w.txt"]
    assert counts(filled.ingest(other)) == {"unchanged": 1}
    assert counts(filled.ingest()) == {"unchanged": 5}


def test_a_part_of_a_root_is_compared_alone(filled: Bench) -> None:
    filled.write("deep/a.txt", story(5))
    filled.write("b.txt", story(6))
    assert counts(filled.ingest(filled.corpus / "deep")) == {"indexed": 1, "embedded": 1, "written": 1}
    assert filled.check().paths == ["deep/a.txt", *(f"story{n}.txt" for n in range(4))]
    assert counts(filled.ingest(filled.corpus / "b.txt")) == {"indexed": 1, "embedded": 1, "written": 1}
    (filled.corpus / "deep/a.txt").unlink()
    assert counts(filled.ingest(filled.corpus / "deep")) == {"removed": 1}
    assert counts(filled.ingest()) == {"unchanged": 5}


def test_a_folder_above_a_root_takes_it_over(bench: Bench) -> None:
    bench.write("deep/a.txt", story(5))
    bench.write("b.txt", story(6))
    bench.ingest(bench.corpus / "deep")
    assert counts(bench.ingest(bench.corpus)) == {"indexed": 2, "removed": 1, "embedded": 1, "written": 2}
    assert bench.check().paths == ["b.txt", "deep/a.txt"]
    assert counts(bench.ingest()) == {"unchanged": 2}


def test_a_single_file_is_a_root(bench: Bench) -> None:
    file = bench.write("a.txt", story(5))
    bench.write("b.txt", story(6))
    bench.ingest(file)
    assert bench.check().paths == ["a.txt"]
    assert counts(bench.ingest()) == {"unchanged": 1}


def test_a_root_that_is_away_keeps_its_articles(filled: Bench) -> None:
    filled.corpus.rename(filled.folder / "away")
    report = filled.ingest()
    assert [(item.path, "stays in the index" in item.reason) for item in report.skipped] == [(str(filled.corpus), True)]
    assert len(filled.check().paths) == 4
    (filled.folder / "away").rename(filled.corpus)
    assert counts(filled.ingest()) == {"unchanged": 4}


# --- how it was built -------------------------------------------------------------------------------------------


def test_other_settings_are_refused_with_the_difference(filled: Bench) -> None:
    with pytest.raises(
        IndexMismatchError, match=r"embedder is 'hashing/64', expected 'hashing/32'.*newsqa index --rebuild"
    ):
        ingest(filled.index, filled.settings, HashingEmbedder(32), ())


def test_an_index_of_an_older_cleaner_names_no_setting(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.indexing.stores.CLEANER_VERSION", 99)
    with pytest.raises(IndexMismatchError, match=r"another version of newsqa: cleaner is .*; run `newsqa index --reb"):
        filled.ingest()
    assert counts(filled.ingest(filled.corpus, rebuild=True)) == {"indexed": 4, "embedded": 4, "written": 4}


def test_a_rebuild_with_another_embedder_switches_whole(filled: Bench) -> None:
    opened = filled.open()
    index_id = opened.catalog.index_id
    filled.embedder = HashingEmbedder(32)
    report = filled.ingest(rebuild=True)
    assert counts(report) == {"indexed": 4, "embedded": 4, "written": 4}
    assert len(filled.check().paths) == 4
    again = filled.open()
    assert again.catalog.index_id != index_id
    assert again.catalog.generation() > opened.generation
    again.close()
    with pytest.raises(IndexMismatchError, match="embedder is 'hashing/32', expected 'hashing/64'"):
        opened.refresh()
    opened.close()
    assert not [entry.name for entry in filled.index.iterdir() if entry.name.startswith(("rebuild", "spool"))]
    assert len([entry for entry in filled.index.iterdir() if entry.is_dir()]) == 2
    assert counts(filled.ingest()) == {"unchanged": 4}


def test_a_rebuild_that_fails_leaves_the_old_index(filled: Bench) -> None:
    before = filled.check()
    with pytest.raises(ModelError):
        ingest(filled.index, filled.settings, Failing(32), (), rebuild=True)
    assert filled.check() == before
    assert counts(filled.ingest()) == {"unchanged": 4}
    assert len([entry for entry in filled.index.iterdir() if entry.is_dir()]) == 2


def test_a_rebuild_of_nothing_is_refused(bench: Bench) -> None:
    with pytest.raises(ConfigError, match="newsqa index FOLDER"):
        bench.ingest(rebuild=True)
    assert not (bench.index / "catalog.sqlite").exists()


def test_lines_that_begin_to_repeat_outside_the_part_that_was_asked_for(bench: Bench) -> None:
    for number in range(7):
        bench.write(f"old/{number}.txt", story(number) + "\nPrinted by the Lighthouse Cooperative of the piers\n")
    bench.ingest(bench.corpus)
    bench.write("new/7.txt", story(7) + "\nPrinted by the Lighthouse Cooperative of the piers\n")
    report = bench.ingest(bench.corpus / "new")
    assert (report.indexed, report.changed, report.unchanged) == (1, 7, 0)
    assert counts(bench.ingest()) == {"unchanged": 8}


def test_a_rebuild_without_its_folder_is_refused(filled: Bench) -> None:
    before = filled.check()
    filled.corpus.rename(filled.folder / "away")
    with pytest.raises(SourceError, match="would be lost"):
        filled.ingest(rebuild=True)
    assert filled.check() == before
    filled.ingest(filled.folder / "away", rebuild=True)
    assert filled.check().paths == before.paths


def test_an_index_of_another_format_is_rebuilt_and_never_misread(filled: Bench) -> None:
    import sqlite3

    db = sqlite3.connect(filled.index / "catalog.sqlite")
    db.execute("UPDATE meta SET value = '{\"format\": 99}' WHERE key = 'manifest'")
    db.execute("DROP TABLE passages")
    db.commit()
    db.close()
    with pytest.raises(IndexMismatchError, match="has format 99"):
        filled.ingest()
    with pytest.raises(IndexMismatchError, match="has format 99"):
        filled.open()
    assert counts(filled.ingest(filled.corpus, rebuild=True)) == {"indexed": 4, "embedded": 4, "written": 4}
    assert len(filled.check().paths) == 4


def test_a_catalog_that_is_gone_is_an_index_that_is_gone(filled: Bench) -> None:
    (filled.index / "catalog.sqlite").unlink()
    assert counts(filled.ingest(filled.corpus)) == {"indexed": 4, "embedded": 4, "written": 4}
    filled.check()


# --- progress and processes -------------------------------------------------------------------------------------


def test_progress_says_where_it_is(bench: Bench) -> None:
    for number in range(20):
        bench.write(f"{number}.txt", story(number))
    heard: list[IngestProgress] = []
    ingest(bench.index, bench.settings, bench.embedder, [bench.corpus], progress=heard.append)
    assert list(dict.fromkeys(item.stage for item in heard)) == ["scan", "read", "index", "remove", "finish"]
    last = [item for item in heard if item.stage == "index"][-1]
    assert (last.done, last.total, last.remaining_s) == (20, 20, 0.0)
    assert last.rate is not None


def test_processes_make_the_same_index(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.indexing import pipeline as module

    for number in range(40):
        bench.write(f"{number}.txt", story(number))
    bench.ingest(bench.corpus)
    other = Bench(tmp_path / "other", settings=bench.settings.model_copy(update={"workers": 2}))
    shutil.copytree(bench.corpus, other.corpus)
    monkeypatch.setattr(module, "IN_PROCESS_BYTES", 1)
    monkeypatch.setattr(module, "PREPARE_SOURCES", 7)
    monkeypatch.setattr(module, "BATCH_ARTICLES", 9)
    other.ingest(other.corpus)
    assert other.check() == bench.check()


def test_batches_shrink_towards_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.indexing import pipeline as module

    for number in range(40):
        bench.write(f"{number}.txt", story(number))
    for name, value in (("PREPARE_SOURCES", 1), ("BATCH_ARTICLES", 8), ("FEWEST_ARTICLES", 2)):
        monkeypatch.setattr(module, name, value)
    sizes: list[int] = []
    add = BatchWriter.add

    def adding(writer: BatchWriter, articles: Sequence[PreparedArticle], **rest: Any) -> None:
        sizes.append(len(articles))
        add(writer, articles, **rest)

    monkeypatch.setattr(BatchWriter, "add", adding)
    bench.ingest(bench.corpus)
    assert sizes == [8, 8, 6, 4, 3, 2, 2, 2, 2, 2, 1]


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcde"), st.integers(1, 9), max_size=5),
        min_size=2,
        max_size=4,
    )
)
def test_any_history_ends_in_the_index_of_the_last_state(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, int]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("history"))
    for state in states:
        shutil.rmtree(bench.corpus, ignore_errors=True)
        bench.corpus.mkdir(parents=True)
        for name, number in state.items():
            bench.write(f"{name}.txt", story(number))
        bench.ingest(bench.corpus)
    direct = Bench(tmp_path_factory.mktemp("direct"))
    shutil.copytree(bench.corpus, direct.corpus)
    direct.ingest(direct.corpus)
    assert bench.check() == direct.check()
