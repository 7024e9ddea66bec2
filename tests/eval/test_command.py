import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag.cli.group import run
from tests.eval.builders import BOATS, CASES, MACRON, SOURCES


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in SOURCES.items():
        (folder / name).write_text(f"About {name}\n\n{text}\n")
    return folder


@pytest.fixture
def golden(tmp_path: Path, corpus: Path) -> Path:
    return write_golden(tmp_path / "golden.jsonl", corpus)


def write_golden(file: Path, corpus: Path) -> Path:
    """Write two cases of the builders, with their offsets moved to where the sentences stand in the files."""
    lines = []
    for case in (BOATS, MACRON):
        moved = json.loads(case.model_dump_json())
        for gold in (*moved["evidence"], *moved["also_right"]):
            gold["start"] = (corpus / gold["file"]).read_text().index(gold["quote"])
            gold["end"] = gold["start"] + len(gold["quote"])
        lines.append(json.dumps(moved) + "\n")
    file.write_text("".join(lines))
    return file


def evaluate(*arguments: object) -> int:
    return run(["eval", *map(str, arguments)])


def test_a_golden_set_of_ones_own_is_asked_reported_and_gated(
    tmp_path: Path, corpus: Path, golden: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index, floors, output = tmp_path / "index", tmp_path / "floors.json", tmp_path / "out"
    common: Sequence[object] = ("--golden", golden, "--output", output)

    assert evaluate(*common, "--corpus", corpus, "--index", index) == 0
    shown = capsys.readouterr().out
    assert shown == (output / "report.md").read_text() + "\n"
    report = json.loads((output / "report.json").read_text())
    assert report["n"] == 2
    assert [case["id"] for case in report["cases"]] == ["boats", "macron"]
    assert report["violations"] == []

    assert evaluate(*common, "--index", index, "--baseline", floors, "--update", "--json") == 0
    assert json.loads(capsys.readouterr().out)["metrics"] == report["metrics"]

    pinned = json.loads(floors.read_text())
    floors.write_text(json.dumps({**pinned, "corpus": "0123456789abcdef"}))
    assert evaluate(*common, "--index", index, "--baseline", floors) == 1
    assert "below the floor: the floors are for other articles" in capsys.readouterr().err

    floors.write_text(json.dumps({**pinned, "model": "another"}))
    assert evaluate(*common, "--index", index, "--baseline", floors) == 0
    assert "the floors are for 'another', not for 'extractive': not compared" in capsys.readouterr().err

    (corpus / "rain.txt").write_text("Something else.\n")
    assert evaluate(*common, "--corpus", corpus, "--index", index) == 2
    assert "the golden set does not fit the articles: boats: rain.txt at" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--allow-regression",), "--allow-regression goes with --update"),
        (("--golden", "g.jsonl", "--update"), "where shall the floors go?"),
        (("--update", "--split", "dev"), "leave --split out"),
        (("--index", "/nowhere/at/all"), "no index at '/nowhere/at/all'"),
        (("--golden", "/nowhere.jsonl"), "expected golden cases, one JSON object a line, in '/nowhere.jsonl'"),
    ],
)
def test_mistakes_give_a_message_and_code_2(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(*arguments) == 2
    assert words in capsys.readouterr().err


def test_the_builders_are_a_sound_golden_set() -> None:
    from eval.cases import mistakes

    assert mistakes(CASES, SOURCES) == []
