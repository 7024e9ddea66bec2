import json
from pathlib import Path
from typing import Any

import pytest

from eval.bench import BenchRequest
from eval.bench.grounding import as_many_by_score, most_alike, run, sentences_of
from rag.errors import ConfigError

TEXT = "Blinken thanked Cho on June 20.\nThe two leaders held a 2-hour meeting in Moscow. It rained."


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_texts_become_the_sentences_of_one_article() -> None:
    found = sentences_of("a", [*TEXT.splitlines(), "  "])
    assert [item.text for item in found] == [
        "Blinken thanked Cho on June 20.",
        "The two leaders held a 2-hour meeting in Moscow.",
        "It rained.",
    ]
    assert len({item.article.id for item in found}) == 1
    assert sentences_of("a", []) == ()


def test_the_sentences_that_share_most_words_are_cited_in_their_order() -> None:
    page = sentences_of("a", ["It rained.", "Cho spoke.", "He ate.", "Blinken thanked Cho.", "Blinken left."])
    cited = most_alike("Blinken thanked Cho.", page)
    assert [item.text for item in cited] == ["Cho spoke.", "Blinken thanked Cho.", "Blinken left."]


def test_words_alone_give_as_many_verdicts_of_each_kind() -> None:
    scores = [0.2, 0.9, 0.5, 0.9, 0.1]
    assert as_many_by_score(["rejected", "open", "open", "proven", "rejected"], scores) == [
        "rejected",
        "proven",
        "open",
        "open",
        "rejected",
    ]
    assert as_many_by_score(["open"] * 5, scores) == ["open"] * 5


def test_summaries_are_judged_against_their_article(tmp_path: Path) -> None:
    write(tmp_path / "docs.jsonl", {"doc_id": "d", "text": TEXT})
    write(
        tmp_path / "cases.jsonl",
        {"id": "1", "doc_id": "d", "summary": "Blinken thanked Cho on June 20.", "label": 1},
        {"id": "2", "doc_id": "d", "summary": "Blinken did not thank Cho.", "label": 0},
        {"id": "3", "doc_id": "d", "summary": "The two leaders held a 3-hour meeting.", "label": 0},
        {"id": "4", "doc_id": "d", "summary": "Cho was thanked by Blinken.", "label": 1},
    )
    result = run(BenchRequest(set_name="summedits_news", data=tmp_path))
    assert result.n == 4
    assert [(metric.name, metric.value, metric.n) for metric in result.metrics] == [
        ("proven of supported", 0.5, 2),
        ("open of supported", 0.5, 2),
        ("rejected of supported", 0.0, 2),
        ("proven of unsupported", 0.0, 2),
        ("open of unsupported", 0.5, 2),
        ("rejected of unsupported", 0.5, 2),
        ("precision of proven", 1.0, 1),
        ("precision of rejected", 1.0, 1),
    ]
    assert [metric.name for metric in result.baseline] == [f"word overlap: {metric.name}" for metric in result.metrics]
    assert [(record["verdict"], record["reason"]) for record in result.records] == [
        ("proven", None),
        ("open", None),
        ("rejected", "number_not_in_source"),
        ("open", None),
    ]
    assert list(result.notes) == [
        "verdicts: open 2 (1 of them supported in the gold), number_not_in_source 1 (0 of them supported in the gold), "
        "proven 1 (1 of them supported in the gold)"
    ]


def test_claims_are_judged_against_their_references(tmp_path: Path) -> None:
    row = {"claim": "Blinken thanked Cho on June 20 [1].", "references": ["[1] " + TEXT], "question": "q"}
    data = write(
        tmp_path / "claims.jsonl",
        {**row, "id": "1", "label": "attributable"},
        {**row, "id": "2", "label": "not attributable", "claim": "Macron thanked Cho [1]."},
    )
    result = run(BenchRequest(set_name="attributionbench", data=data))
    values = {metric.name: metric.value for metric in result.metrics}
    assert (values["precision of proven"], values["precision of rejected"]) == (1.0, 1.0)
    assert (values["proven of supported"], values["rejected of unsupported"]) == (1.0, 1.0)


def test_a_claim_of_wice_cites_three_sentences_and_partly_supported_is_not_supported(tmp_path: Path) -> None:
    row = {"claim": "Blinken thanked Cho.", "evidence": ["Blinken thanked Cho.", *"ABCD"], "meta": {"id": "w1"}}
    data = write(
        tmp_path / "claims.jsonl",
        {**row, "label": "supported"},
        {**row, "label": "partially_supported"},
    )
    result = run(BenchRequest(set_name="wice", data=data))
    values = {metric.name: (metric.value, metric.n) for metric in result.metrics}
    assert values["precision of proven"] == (0.5, 2)
    assert values["precision of rejected"] == (None, 0)
    assert [record["cited"] for record in result.records] == [["Blinken thanked Cho.", "A", "B"]] * 2


def test_another_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="summedits_news"):
        run(BenchRequest(set_name="polnear", data=tmp_path))
