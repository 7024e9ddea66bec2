from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from eval.bench import BenchRequest
from eval.bench.cleaning import MarkedPage, Marks, Scores, average, body_scores, count_marks, marks_scores, run
from rag.errors import ConfigError

FIRST = "The council of Port Lenn raised ferry fares by ten percent on Monday, saying that fuel had become dearer."
SECOND = "According to the harbour office, 4,200 people use the ferry of the council every day to get to work."
PAGE = f"Home\nSport\n{FIRST}\n{SECOND}\nShare"


@pytest.mark.parametrize(
    ("output", "gold", "scores"),
    [
        ("a b c d e", "a b c d e", Scores(1.0, 1.0)),
        ("x a b c d", "a b c d", Scores(0.5, 1.0)),  # shingles xabc, abcd against abcd
        ("a b c d", "a b c d e f", Scores(1.0, 1 / 3)),
        ("a b c d a b c d", "a b c d", Scores(0.2, 1.0)),  # the second abcd counts once too often
        ("a b", "a b", Scores(1.0, 1.0)),
        ("", "a b", Scores(0.0, 0.0)),
        ("", "", Scores(1.0, 1.0)),
        ("a, b; c\nd", "A b c d".lower(), Scores(1.0, 1.0)),
    ],
)
def test_body_scores_are_those_worked_out_by_hand(output: str, gold: str, scores: Scores) -> None:
    assert body_scores(output, gold) == scores


def test_f1_is_of_the_two_averages() -> None:
    mean = average([Scores(1.0, 0.5), Scores(0.5, 1.0)])

    assert (mean, mean.f1) == (Scores(0.75, 0.75), 0.75)
    assert Scores(0.0, 0.0).f1 == 0.0


def test_marked_passages_are_found_after_collapsing_white_space() -> None:
    page = MarkedPage("1", "u", {"raw_blocks": ("a b", "c")}, {"raw_blocks": ("d", "e")}, {})

    assert count_marks("x a\n b d", page, "raw_blocks") == Marks(1, 1, 2)
    assert marks_scores([Marks(1, 1, 2), Marks(2, 0, 2)]) == Scores(0.75, 0.75)


def write(folder: Path, name: str, row: Mapping[str, object]) -> None:
    (folder / name).write_text(json.dumps(row) + "\n", encoding="utf-8")


def test_a_folder_with_both_files_is_measured_beside_the_untouched_text(tmp_path: Path) -> None:
    texts: dict[str, object] = {"raw_blocks": PAGE, "raw_light": PAGE}
    body = {"id": "a", "url": "u", "gold_body": f"{FIRST}\n{SECOND}", "raw_bullets": PAGE}
    marks = {
        "id": "s",
        "url": "u",
        "keep": ["ferry fares"],
        "drop": ["Sport"],
        "keep_in_light": [],
        "drop_in_light": [],
    }
    write(tmp_path, "articles.jsonl", {**body, **texts})
    write(tmp_path, "segments.jsonl", {**marks, **texts})

    result = run(BenchRequest(set_name="extraction", data=tmp_path))

    values = {metric.name: metric.value for metric in (*result.metrics, *result.baseline)}
    assert result.n == 2
    assert values["raw_blocks F1"] == values["raw_light F1"] == values["segments raw_blocks F"] == 1.0
    assert values["untouched raw_blocks recall"] == 1.0
    assert values["untouched raw_blocks precision"] == pytest.approx(36 / 39)  # 39 tokens of body, 3 of furniture
    assert values["untouched segments raw_blocks precision"] == 0.5
    assert (values["raw_light texts a second"] or 0) > 0


def test_data_of_another_set_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "other.jsonl", {"question": "?"})

    with pytest.raises(ConfigError, match="expected rows with 'gold_body' or with 'keep' and 'drop'"):
        run(BenchRequest(set_name="extraction", data=tmp_path))
    with pytest.raises(ConfigError, match="nothing is there"):
        run(BenchRequest(set_name="extraction", data=tmp_path / "missing"))
