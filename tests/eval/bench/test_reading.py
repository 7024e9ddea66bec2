import gzip
import json
from pathlib import Path

import pytest

from eval.bench import BenchRequest, find_tables, read_rows
from rag.errors import ConfigError, SourceError


def write(path: Path, *rows: object) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def test_a_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    plain = write(tmp_path / "other-half.jsonl", {"id": "a", "query": "q"})
    packed = write(tmp_path / "half.jsonl.gz", {"id": "b", "query": "é"})
    assert read_rows(find_tables(plain, ["id"])) == [{"id": "a", "query": "q"}]
    assert read_rows(find_tables(packed, ["query"])) == [{"id": "b", "query": "é"}]


def test_in_a_folder_files_are_told_apart_by_their_fields(tmp_path: Path) -> None:
    write(tmp_path / "docs.jsonl.gz", {"id": "d", "text": "t"})
    cases = write(tmp_path / "x.jsonl", {"id": "a", "query": "q"}, {"id": "b", "query": "q"})
    (tmp_path / "README.md").write_text("# set\n")
    request = BenchRequest(set_name="s", data=tmp_path, limit=1)
    assert request.rows("query") == [{"id": "a", "query": "q"}]
    assert request.companion_rows("text") == [{"id": "d", "text": "t"}]
    assert BenchRequest(set_name="s", data=cases).companion_rows("text") == [{"id": "d", "text": "t"}]


def test_a_corpus_named_apart_is_used(tmp_path: Path) -> None:
    cases = write(tmp_path / "x.jsonl", {"query": "q"})
    (tmp_path / "elsewhere").mkdir()
    corpus = write(tmp_path / "elsewhere" / "c.jsonl", {"text": "t"})
    assert BenchRequest(set_name="s", data=cases, corpus=corpus).companion_files("text") == [corpus]


def test_missing_data_and_other_fields_say_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing is there"):
        find_tables(tmp_path / "gone", ["id"])
    with pytest.raises(ConfigError, match=r"no \.jsonl or \.jsonl\.gz file"):
        find_tables(tmp_path, ["id"])
    write(tmp_path / "a.jsonl", {"id": 1, "query": "q"})
    with pytest.raises(ConfigError, match=r"expected rows with the fields claim .*found a\.jsonl: id, query"):
        find_tables(tmp_path, ["claim"])


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "a.jsonl"
    broken.write_text('{"id": 1}\n\n{"id": \n')
    with pytest.raises(SourceError, match=r"a\.jsonl:3: expected a JSON object a line"):
        read_rows([broken])
    broken.write_text("[1]\n")
    with pytest.raises(SourceError, match=r"a\.jsonl:1: expected a JSON object; found list"):
        read_rows([broken])
    broken.write_text('{"id": 1}\n{"x": 1}\n')
    with pytest.raises(SourceError, match=r"a\.jsonl:2: expected the fields id; no 'id'"):
        read_rows([broken], ["id"])


def test_a_truncated_archive_is_an_error_and_not_a_traceback(tmp_path: Path) -> None:
    whole = gzip.compress(b'{"id": 1}\n' * 10_000)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="cannot read"):
        read_rows([tmp_path / "a.jsonl.gz"])
