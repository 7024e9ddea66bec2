import json
from pathlib import Path
from typing import Any

import pytest

from eval.bench import BenchRequest
from eval.bench.grounding import balanced_accuracy, f1, macro_f1, run
from rag.errors import ConfigError

TEXT = "Blinken thanked Cho on June 20.\nThe two leaders held a 2-hour meeting in Moscow."


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_measures_agree_with_tables_worked_by_hand() -> None:
    verdicts = [(True, True), (True, True), (True, False), (False, False), (False, True)]
    assert balanced_accuracy(verdicts) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert f1(verdicts, of=True) == pytest.approx(4 / 6)
    assert f1(verdicts, of=False) == pytest.approx(2 / 4)
    assert macro_f1(verdicts) == pytest.approx((4 / 6 + 2 / 4) / 2)
    assert f1([(True, True)], of=False) == 0


def test_summaries_are_judged_against_their_article(tmp_path: Path) -> None:
    write(tmp_path / "docs.jsonl", {"doc_id": "d", "text": TEXT})
    write(
        tmp_path / "cases.jsonl",
        {"id": "1", "doc_id": "d", "summary": "Blinken thanked Cho.", "label": 1},
        {"id": "2", "doc_id": "d", "summary": "Blinken did not thank Cho.", "label": 0},
        {"id": "3", "doc_id": "d", "summary": "The two leaders held a 3-hour meeting.", "label": 0},
    )
    result = run(BenchRequest(set_name="summedits_news", data=tmp_path))
    assert result.n == 3
    assert [(m.name, m.value) for m in result.metrics] == [("balanced accuracy", 1.0), ("accuracy", 1.0)]
    assert [record["reason"] for record in result.records] == [None, "negation_differs", "number_not_in_source"]
    assert [m.name for m in result.baseline] == ["word overlap: balanced accuracy", "word overlap: accuracy"]


def test_claims_are_judged_against_their_references(tmp_path: Path) -> None:
    row = {"claim": "Blinken thanked Cho [1].", "references": ["[1] " + TEXT], "question": "q"}
    data = write(
        tmp_path / "claims.jsonl",
        {**row, "id": "1", "label": "attributable"},
        {**row, "id": "2", "label": "not attributable", "claim": "Macron thanked Cho [1]."},
    )
    result = run(BenchRequest(set_name="attributionbench", data=data))
    assert [(m.name, m.value) for m in result.metrics] == [("macro-F1", 1.0), ("accuracy", 1.0)]


def test_supporting_sentences_are_pointed_at(tmp_path: Path) -> None:
    row = {"claim": "Blinken thanked Cho.", "evidence": TEXT.split("\n"), "meta": {"id": "w1"}}
    data = write(
        tmp_path / "claims.jsonl",
        {**row, "label": "supported", "supporting_sentences": [[0], [0, 1]]},
        {**row, "label": "not_supported", "supporting_sentences": [[]], "claim": "The weather in Rome was fine."},
    )
    result = run(BenchRequest(set_name="wice", data=data))
    assert [(m.name, m.value, m.n) for m in result.metrics] == [
        ("F1 of supported", 1.0, 2),
        ("accuracy", 1.0, 2),
        ("sentence F1", 1.0, 1),
    ]
    assert [record["sentences"] for record in result.records] == [[0], []]


def test_another_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="summedits_news"):
        run(BenchRequest(set_name="polnear", data=tmp_path))
