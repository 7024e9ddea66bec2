from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import SourceError
from rag.schema import SkippedSource
from rag.sources import FoundFile, root_prefixes, walk


def paths(*roots: Path, limit: int = 1000) -> list[str]:
    return [item.path for item in walk(roots, max_file_bytes=limit)]


def reasons(*roots: Path, limit: int = 1000) -> dict[str, str]:
    return {item.path: item.reason for item in walk(roots, max_file_bytes=limit) if isinstance(item, SkippedSource)}


def write(path: Path, text: str = "text") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_come_in_the_order_of_their_names_with_posix_paths(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/c.html", "a.jsonl", "d.jsonl.gz"):
        write(tmp_path / name)

    assert paths(tmp_path) == ["a.jsonl", "b.txt", "d.jsonl.gz", "a/c.html", "a/z.md"]


def test_what_is_found_carries_size_and_time(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt", "12345")

    (found,) = walk([tmp_path], max_file_bytes=1000)

    assert found == FoundFile(root=tmp_path, file=file, path="a.txt", size=5, mtime_ns=file.stat().st_mtime_ns)


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path / ".newsqa/catalog.sqlite")
    write(tmp_path / ".git/x.txt")
    write(tmp_path / ".hidden.txt")

    assert paths(tmp_path) == []


def test_several_roots_are_told_apart_by_their_names(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one/a.txt").parent, write(tmp_path / "two/a.txt").parent

    assert paths(one, two) == ["one/a.txt", "two/a.txt"]


def test_roots_of_the_same_name_are_told_apart_by_their_parents(tmp_path: Path) -> None:
    assert root_prefixes([Path("/x/may/news"), Path("/x/june/news")]) == ("may/news/", "june/news/")


def test_a_single_file_is_called_by_its_name(tmp_path: Path) -> None:
    file = write(tmp_path / "one/a.txt")

    assert paths(file) == ["a.txt"]
    assert paths(file, write(tmp_path / "two/b.txt").parent) == ["a.txt", "two/b.txt"]


def test_a_missing_root_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere', found nothing; check the path"):
        walk([tmp_path / "nowhere"], max_file_bytes=1000)


def test_other_kinds_of_files_are_reported(tmp_path: Path) -> None:
    write(tmp_path / "story.pdf")
    write(tmp_path / "README")

    assert reasons(tmp_path) == {
        "README": "found no file extension; newsqa reads .txt, .text, .md, .markdown, .html, .htm, .xhtml, .jsonl, "
        ".ndjson, .jl, .jsonl.gz, .jl.gz, .json, .wet, .wet.gz",
        "story.pdf": "found '.pdf'; newsqa reads .txt, .text, .md, .markdown, .html, .htm, .xhtml, .jsonl, .ndjson, "
        ".jl, .jsonl.gz, .jl.gz, .json, .wet, .wet.gz",
    }


def test_a_file_over_the_limit_is_reported_but_records_may_be_of_any_size(tmp_path: Path) -> None:
    write(tmp_path / "big.txt", "x" * 1001)
    write(tmp_path / "big.jsonl", "x" * 1001)

    assert reasons(tmp_path) == {
        "big.txt": "holds 1,001 bytes, the limit is 1,000; split the file or raise NEWSQA_MAX_FILE_BYTES"
    }


def test_a_named_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")

    assert reasons(tmp_path) == {"pipe.txt": "expected a regular file, found a named pipe"}


def test_a_broken_link_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")

    assert reasons(tmp_path) == {"gone.txt": "a link that leads nowhere (No such file or directory)"}


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    write(tmp_path / "a/story.txt")
    (tmp_path / "a/again").symlink_to(tmp_path, target_is_directory=True)

    assert paths(tmp_path) == ["a/story.txt", "a/again"]
    assert reasons(tmp_path) == {"a/again": "a link to a folder that is read already"}


def test_links_to_folders_outside_are_followed_once(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside/b.txt").parent
    root = write(tmp_path / "root/a.txt").parent
    for name in ("x", "y"):
        (root / name).symlink_to(outside, target_is_directory=True)

    assert paths(root) == ["a.txt", "x/b.txt", "y"]


def test_links_that_multiply_do_not(tmp_path: Path) -> None:
    for level in range(12):
        folder = tmp_path / f"level{level}"
        folder.mkdir()
        for name in ("left", "right"):
            (folder / name).symlink_to(tmp_path / f"level{level + 1}", target_is_directory=True)
    write(tmp_path / "level12/story.txt")

    assert len(paths(tmp_path / "level0")) < 30


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_permission_is_reported(tmp_path: Path) -> None:
    folder = write(tmp_path / "closed/a.txt").parent
    folder.chmod(0)
    try:
        assert reasons(tmp_path) == {"closed": "the folder cannot be read (Permission denied)"}
    finally:
        folder.chmod(0o700)


def test_a_name_that_is_not_utf8_is_reported_in_printable_form(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    except OSError:
        pytest.skip("the file system takes UTF-8 names only")

    assert reasons(tmp_path) == {"caf\\udce9.txt": "the file name is not valid UTF-8; rename it"}
