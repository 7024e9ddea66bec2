import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import load_cases
from eval.compare_models import Asked, Stopwatch, as_table, cited_numbers, main, spread
from tests.rag.models.loopback import Handler, reply, serve

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


def answers_of_zorn_nothing(handler: Handler) -> None:
    """Answer as a model does that reads the question; each engine words its refusal as it was told to."""
    asked = handler.loopback.requests[-1]["messages"][-1]["content"]
    text = "The storm reached Osaka on Monday [1]."
    if "Zorn" in asked:
        text = "NOT IN THE ARTICLES" if "<<<articles>>>" in asked else "Nine people died in Osaka [1]."
    reply(text)(handler)


def test_both_engines_are_asked_the_same_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "storm.txt").write_text(ARTICLE, encoding="utf-8")
    golden = tmp_path / "golden.jsonl"
    questions = [case("When did the storm reach Osaka?", [["Monday"]], "a"), case("What did Zorn say?", [], "b")]
    golden.write_text("\n".join(questions) + "\n", encoding="utf-8")
    records = tmp_path / "records.jsonl"
    with serve(answers_of_zorn_nothing) as server:
        arguments = ["--base-url", server.url, "--model", "m", "--golden", str(golden), "--corpus", str(corpus)]
        assert main([*arguments, "--records", str(records)]) == 0
    rows = [json.loads(line) for line in records.read_text(encoding="utf-8").splitlines()]
    assert [(row["engine"], row["id"], row["facts_found"], row["facts_cited"], row["refused"]) for row in rows] == [
        ("newsqa", "a", 1, 1, False),
        ("newsqa", "b", 0, 0, True),
        ("CitationQueryEngine", "a", 1, 1, False),
        ("CitationQueryEngine", "b", 0, 0, False),
    ]
    assert "| newsqa | 1/1 | 1/1 | 1/1 | 2/2 |" in capsys.readouterr().out


def test_the_table_counts_by_engine() -> None:
    row = Asked(
        engine="x",
        id="a",
        question="?",
        answerable=True,
        facts=2,
        facts_found=1,
        facts_cited=1,
        refused=False,
        seconds=3,
        server_seconds=None,
        prompt_tokens=9,
        text="",
    )
    never_asked = replace(
        row, id="b", answerable=False, facts=0, facts_found=0, facts_cited=0, refused=True, prompt_tokens=None
    )
    assert as_table([row, never_asked]).splitlines()[-1] == "| x | 1/2 | 1/2 | 1/1 | 1/2 | 3.0 | - | 9 |"


def test_numbers_are_read_as_models_write_them() -> None:
    assert cited_numbers("A [1]. B [Source 2]. C [3, 4] [sources 5, 6]. In [2023] D [x].") == {1, 2, 3, 4, 5, 6}


def test_a_sample_is_spread_over_the_set(tmp_path: Path) -> None:
    golden = tmp_path / "golden.jsonl"
    golden.write_text("\n".join(case("Who?", [], str(number)) for number in range(10)), encoding="utf-8")
    cases = load_cases(golden)
    assert [each.id for each in spread(cases, 3)] == ["0", "3", "6"]
    assert spread(cases, None) == spread(cases, 99) == list(cases)


def test_processor_seconds_are_those_of_the_process_that_is_watched() -> None:
    def work() -> str:
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
        return "done"

    result, seconds, server_seconds = Stopwatch(os.getpid()).time(work)
    assert result == "done"
    assert server_seconds == pytest.approx(0.2, abs=0.05)
    assert seconds >= 0.15  # another thread's processor time counts too, so the clock may be a little behind
    assert Stopwatch(None).time(work)[2] is None
