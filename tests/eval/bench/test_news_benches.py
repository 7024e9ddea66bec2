"""The benchmarks that ask an engine, on a handful of rows made up in the schema of the public sets."""

import json
from pathlib import Path

import pytest

from eval.bench import BenchRequest, BenchResult, Row
from eval.bench.conflicts import run as run_conflicts
from eval.bench.refusal import run as run_refusal
from eval.bench.retrieval import run as run_retrieval
from rag.config import LLMSettings, Settings
from rag.errors import ConfigError

ARTICLES = [
    ("a1", "2024-03-04", "Bakers strike", "Bakers in Lyon went on strike on Monday over flour prices."),
    ("a2", "2024-03-05", "Ferry sinks", "A ferry called the Heron sank off Crete. All 40 passengers were saved."),
    ("a3", "2022-01-10", "Comet seen", "A comet named Ardo was seen over Peru by a shepherd."),
    ("a4", "2024-03-06", "Film prize", "The film prize went to Mara Quist for her story of a lighthouse keeper."),
]
QUESTIONS = [
    ("q1", "2024-03-06", "What was the name of the ferry that sank off Crete?", "The Heron", "a2"),
    ("q2", "2024-03-08", "Who won the film prize this week?", "Mara Quist", "a4"),
    ("q3", "2024-03-08", "Which volcano erupted in Iceland?", "Katla", None),
]


def write(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def request(set_name: str, data: Path, **options: Path | int) -> BenchRequest:
    settings = Settings(llm=LLMSettings(model="extractive"), workers=1)
    return BenchRequest(set_name=set_name, data=data, settings=settings, **options)  # type: ignore[arg-type]


def values(result: BenchResult) -> dict[str, float | None]:
    return {metric.name: metric.value for metric in (*result.metrics, *result.baseline)}


@pytest.fixture
def realtimeqa(tmp_path: Path) -> Path:
    write(
        tmp_path / "corpus.jsonl",
        [{"id": i, "published": day, "title": title, "text": text} for i, day, title, text in ARTICLES],
    )
    rows: list[Row] = [
        {
            "id": i,
            "date": day,
            "question": question,
            "answer": answer,
            "kind": "answerable" if doc else "unanswerable_silver",
            **({"gold": [{"doc": doc, "grade": 2, "rank": 1}]} if doc else {}),
        }
        for i, day, question, answer, doc in QUESTIONS
    ]
    write(tmp_path / "questions.jsonl", rows)
    return tmp_path


def test_retrieval_ranks_articles_with_and_without_the_date(realtimeqa: Path) -> None:
    result = run_retrieval(request("realtimeqa", realtimeqa, index=realtimeqa / "index"))
    shown = values(result)
    assert result.n == 2
    assert shown["no date, grade 2: hit@1"] == shown["as_of, grade 2: hit@1"] == 1
    assert shown["BM25, grade 2: hit@1"] == shown["BM25 with date prior, grade >= 1: MRR@10"] == 1
    assert [record["as_of_rank"] for record in result.records] == [1, 1]
    again = run_retrieval(request("realtimeqa", realtimeqa, index=realtimeqa / "index", limit=1))
    assert again.n == 1


def test_time1963_is_judged_by_average_precision(tmp_path: Path) -> None:
    write(tmp_path / "docs.jsonl", [{"id": i, "date": "1963-01-04", "text": text} for i, _, _, text in ARTICLES])
    write(tmp_path / "queries.jsonl", [{"id": "t1", "query": "FERRY SINKS OFF CRETE", "relevant": ["a2"]}])
    shown = values(run_retrieval(request("time1963", tmp_path)))
    assert shown == pytest.approx(
        dict.fromkeys(("MAP", "recall@10", "nDCG@10", "BM25 MAP", "BM25 recall@10", "BM25 nDCG@10"), 1.0)
    )


def test_refusal_measures_both_kinds_in_one_run(realtimeqa: Path) -> None:
    result = run_refusal(request("realtimeqa", realtimeqa))
    shown = values(result)
    assert result.n == 3
    assert {record["id"] for record in result.records} == {"q1", "q2", "q3"}
    for mode in ("as_of", "no date"):
        assert shown[f"{mode}: unanswerable refused"] == 1
        assert shown[f"overlap, {mode}: unanswerable refused"] == 1
        assert shown[f"{mode}: answer cited"] is not None


def test_ramdocs_counts_values_shown_and_set_apart(tmp_path: Path) -> None:
    documents = [
        {"text": "The Orvo bridge was opened in 1902 by the mayor.", "type": "correct", "answer": "1902"},
        {"text": "According to the guide, the Orvo bridge was opened in 1885.", "type": "misinfo", "answer": "1885"},
    ]
    case = {
        "id": "r1",
        "question": "When was the Orvo bridge opened?",
        "documents": documents,
        "gold_answers": ["1902"],
        "wrong_answers": ["1885"],
    }
    noise = [{"text": text, "type": "noise", "answer": "unknown"} for *_, text in ARTICLES]
    other = {**case, "id": "r2", "question": "Where was a comet seen?", "documents": noise, "gold_answers": ["Peru"]}
    result = run_conflicts(request("ramdocs", write(tmp_path / "c.jsonl", [case, other])))
    shown = values(result)
    assert shown["overlap all gold shown"] == 1
    assert shown["overlap all gold, no wrong"] == 0.5
    assert shown["overlap conflict marked"] == 0
    assert shown["all gold shown"] is not None
    assert shown["false conflict"] is None


def test_rgb_asks_each_case_in_three_ways(tmp_path: Path) -> None:
    case = {
        "id": "g1",
        "query": "When was Tarn Quest released?",
        "answer": [["July 21 2017", "July 21, 2017"]],
        "fake_answer": "July 1, 2007",
        "positive": ["Tarn Quest was released worldwide on July 21, 2017, for all consoles."],
        "positive_wrong": ["Tarn Quest was released worldwide on July 1, 2007, for all consoles."],
        "negative": ["A recipe for soup needs onions and butter."],
    }
    snippets = {"positive": ["The comet was seen."], "positive_wrong": ["A ferry sank."], "negative": ["Soup is hot."]}
    other = {**case, "id": "g2", "query": "Which ferry sank?", **snippets}
    result = run_conflicts(request("rgb_counterfactual", write(tmp_path / "c.jsonl", [case, other])))
    shown = values(result)
    assert shown["overlap noise: answer shown"] == shown["overlap both: both shown"] == 0.5
    assert shown["negative: refused"] == shown["overlap negative: refused"] == 1
    assert [record["mode"] for record in result.records] == ["noise", "noise", "both", "both", "negative", "negative"]


def test_an_unknown_set_is_named(tmp_path: Path) -> None:
    for run in (run_retrieval, run_refusal, run_conflicts):
        with pytest.raises(ConfigError, match="found 'other'"):
            run(request("other", tmp_path))
