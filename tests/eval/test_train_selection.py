from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from eval.train_selection import Example, cross_validated, fit, main, shares
from rag.answering.selection import LARGE_SHARES, SMALL_SHARES


def examples(count: int) -> list[Example]:
    """Return questions whose answering sentence has the first measure, while all others are noise."""
    random = np.random.default_rng(1)
    found = []
    for number in range(count):
        measures = random.random((6, len(SMALL_SHARES)))
        measures[:, 0] = 0.0
        measures[number % 6, 0] = 1.0
        found.append(Example("one" if number % 2 else "two", measures, np.arange(6) == number % 6))
    return found


def test_the_measure_that_tells_answers_gets_the_share() -> None:
    found = shares(fit(examples(30)))
    assert sum(found.values()) == pytest.approx(1.0)
    assert list(found) == list(SMALL_SHARES) == list(LARGE_SHARES)
    assert found["own"] > 0.5


def test_cross_validation_counts_each_set_apart() -> None:
    assert cross_validated(examples(30)) == {"one": (1.0, 15), "two": (1.0, 15)}


def _write(file: Path, *rows: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def test_the_sets_are_read_asked_and_fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [f"Harbour {n} was closed by a storm of {n} days. The ferry of pier {n} sank. Rain fell." for n in range(6)]
    _write(
        tmp_path / "clapnq" / "questions.jsonl.gz",
        *(
            {
                "answerable": True,
                "question": f"Why was harbour {n} closed?",
                "title": "Harbours",
                "passage": text,
                "selected_sentences": [[text.split(". ")[0] + "."]],
            }
            for n, text in enumerate(texts)
        ),
    )
    _write(
        tmp_path / "squad2_sample" / "questions.jsonl.gz",
        {"question": "What sank at pier 3?", "context": texts[3], "answers": ["ferry of pier 3"]},
        {"question": "Who owned it?", "context": texts[3], "answers": []},
    )
    evidence = {"url": "u", "title": "Mills", "published_at": "2023-10-01T00:00:00", "fact": "Ann Lee bought a mill."}
    _write(tmp_path / "multihop_rag" / "evidence_articles.jsonl.gz", {**evidence, "facts": [evidence["fact"]]})
    _write(
        tmp_path / "multihop_rag" / "queries.jsonl.gz",
        {"question_type": "inference_query", "query": "Who bought a mill?", "evidence": [evidence]},
    )
    page = "Tug sunk in a gale\n\nA gale sank the tug Brisk off Arbroth on Monday. Nobody was hurt.\n"
    body = {"title": "Tug sunk | Daily", "date": None, "gold_body": "A gale sank the tug Brisk. Nobody was hurt."}
    _write(tmp_path / "extraction" / "articles.jsonl.gz", {"id": "p", "raw_light": page, **body})
    news = {"question": "Which tug was sunk by a gale?", "answer": "Brisk", "articles": ["p"]}
    (tmp_path / "news.jsonl").write_text(f"{json.dumps(news)}\n{json.dumps({**news, 'articles': ['elsewhere']})}\n")
    start = page.index("on Monday")
    of_page = {"folder": "x", "question": "When did the tug Brisk sink?"}
    (tmp_path / "pages.jsonl").write_text(
        json.dumps({**of_page, "answers": [{"page": "p", "spans": [[start, start + 9]]}]}) + "\n"
    )
    of_seeds = {"question": "What did Blinken thank Cho for?", "facts": [["gratitude"]]}
    (tmp_path / "seeds.jsonl").write_text(
        json.dumps({**of_seeds, "files": ["001_8d2cb2aa2a8e2621.txt"]})
        + "\n"
        + json.dumps({"question": "Who lost?", "facts": [], "files": []})
        + "\n"
    )
    assert main([str(tmp_path), "--training", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "clapnq: 6 questions" in printed
    assert "squad2_sample: 1 questions" in printed
    assert "multihop_rag: 1 questions" in printed
    assert "news: 1 questions" in printed
    assert "seeds: 1 questions" in printed
    assert "pages: 1 questions" in printed
    assert printed.count("shipped") == 2 * len(SMALL_SHARES)
