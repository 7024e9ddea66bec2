from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.fake_engine import seeds
from tests.rag.cli.conftest import Result

Newsqa = Callable[..., Result]
FILE = str(seeds() / "001_8d2cb2aa2a8e2621.txt")


def test_every_line_is_kept_or_has_a_reason(newsqa: Newsqa) -> None:
    result = newsqa("clean", FILE)
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0] == "001_8d2cb2aa2a8e2621.txt"
    assert "    title  Rising Tensions: U.S. Condemns North Korea-Russia Defense Treaty" in result.out
    (aside,) = [line for line in lines if line.startswith("   40 ")]
    assert re.fullmatch(r" +40 [a-z_]+ +• Sneak Peek: Apple's Next Big Thing – The Apple Watch 10th Generation!", aside)
    (body,) = [line for line in lines if line.startswith("   19 ")]
    assert re.match(r" +19 +Blinken added that the U.S. will", body)


def test_json_partitions_the_source(newsqa: Newsqa) -> None:
    result = newsqa("clean", "--json", FILE, str(seeds() / "002_25ce6273a6f2b184.txt"))
    objects = [json.loads(line) for line in result.out.splitlines()]
    assert [item["path"] for item in objects] == ["001_8d2cb2aa2a8e2621.txt", "002_25ce6273a6f2b184.txt"]
    raw = Path(FILE).read_bytes().decode("utf-8")
    first = objects[0]
    assert "".join(raw[start:end] for start, end in first["kept"]) == first["text"]
    spans = sorted([*map(tuple, first["kept"]), *((item["start"], item["end"]) for item in first["removed"])])
    assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == len(raw)
    for item in first["removed"]:
        assert item["line_start"] == raw.count("\n", 0, item["start"]) + 1


def test_diff_removes_lines_only(newsqa: Newsqa) -> None:
    result = newsqa("clean", "--diff", FILE)
    lines = result.out.splitlines()
    assert lines[0] == "--- 001_8d2cb2aa2a8e2621.txt"
    assert "-© News1" in lines
    assert not any(line.startswith("+") and line.strip("+").strip() for line in lines[2:])


def test_lines_that_repeat_in_a_corpus_are_removed(newsqa: Newsqa, tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number}.txt").write_text(
            f"The committee met on day number {number} and discussed matter {number * 7} at length, officials said.\n\n"
            f"It was meeting {number + 40} of the year, and {number + 3} of its members spoke about the road.\n\n"
            "Our correspondents follow the council wherever it happens to meet.\n\n"
            f"Work on the road is planned to begin in week {number}, the mayor told reporters on Monday evening.\n\n"
            f"The council will meet again after {number + 2} weeks to look at what has been done until then.\n",
            encoding="utf-8",
        )
    alone = json.loads(newsqa("clean", "--json", str(tmp_path / "3.txt")).out)
    together = json.loads(newsqa("clean", "--json", "--corpus", str(tmp_path), str(tmp_path / "3.txt")).out)
    assert "correspondents" in alone["text"]
    assert "correspondents" not in together["text"]
    assert "day number 3" in together["text"]


def test_file_that_cannot_be_read_is_reported(newsqa: Newsqa, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    result = newsqa("clean", str(tmp_path / "empty.txt"))
    assert (result.code, result.out, result.err) == (1, "", "skipped empty.txt: the file is empty\n")


def test_file_that_is_not_there_is_an_error(newsqa: Newsqa, tmp_path: Path) -> None:
    result = newsqa("clean", str(tmp_path / "none.txt"))
    assert result.code == 1
    assert "check the path" in result.err


def test_diff_with_a_corpus_shows_what_the_corpus_changes(newsqa: Newsqa, tmp_path: Path) -> None:
    plea = "The Coast Post is owned by you, its readers, and depends on what you give each year."
    for number in range(9):
        (tmp_path / f"{number}.txt").write_text(
            f"The council raised fare {number} by {number} percent on Monday, saying that fuel {number} cost more.\n\n"
            f"According to office {number}, {number} thousand people use ferry {number} every day to get to work.\n\n"
            f"{plea}\n",
            encoding="utf-8",
        )

    result = newsqa("clean", "--diff", "--corpus", str(tmp_path), str(tmp_path / "3.txt"))

    assert result.out.splitlines() == ["3.txt", f"    5 - repeated_in_corpus  {plea}"]
