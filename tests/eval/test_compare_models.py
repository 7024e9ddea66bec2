import json
from pathlib import Path

import pytest

from eval.compare_models import Asked, as_table, main
from tests.rag.models.loopback import reply, serve

ARTICLE = "Osaka storm kills nine\n\nThe storm reached Osaka on Monday. Nine people died in Osaka, the mayor said.\n"


def case(question: str, facts: list[list[str]], identity: str) -> str:
    evidence = {"file": "storm.txt", "start": 24, "end": 57, "quote": "The storm reached Osaka on Monday."}
    row = {
        "id": identity,
        "split": "dev",
        "question": question,
        "kind": "what",
        "answerable": bool(facts),
        "facts": facts,
        "required_files": ["storm.txt"] if facts else [],
        "evidence": [evidence] if facts else [],
        "reasons": [] if facts else ["subject_not_found"],
    }
    return json.dumps(row)


def test_both_engines_are_asked_the_same_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "storm.txt").write_text(ARTICLE, encoding="utf-8")
    golden = tmp_path / "golden.jsonl"
    questions = [case("When did the storm reach Osaka?", [["Monday"]], "a"), case("What did Zorn say?", [], "b")]
    golden.write_text("\n".join(questions) + "\n", encoding="utf-8")
    records = tmp_path / "records.jsonl"
    with serve(reply("The storm reached Osaka on Monday [1].")) as server:
        arguments = ["--base-url", server.url, "--model", "m", "--golden", str(golden), "--corpus", str(corpus)]
        assert main([*arguments, "--records", str(records)]) == 0
    rows = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
    assert [(row["engine"], row["id"], row["facts_found"], row["refused"]) for row in rows] == [
        ("newsqa", "a", 1, False),
        ("newsqa", "b", 0, True),
        ("CitationQueryEngine", "a", 1, False),
        ("CitationQueryEngine", "b", 0, False),
    ]
    assert "| newsqa | 1/1 | 1/1 |" in capsys.readouterr().out


def test_the_table_counts_by_engine() -> None:
    row = Asked(
        engine="x",
        id="a",
        question="?",
        answerable=True,
        facts=2,
        facts_found=1,
        refused=False,
        seconds=3,
        prompt_tokens=9,
        text="",
    )
    assert as_table([row]).splitlines()[-1] == "| x | 1/2 | 0/0 | 3.0 | 9 |"
