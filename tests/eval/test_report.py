from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.report import Report, as_json, as_markdown, figures, latency_ms
from eval.scoring import Score

PLAIN = Score(
    id="a",
    question="Who?",
    kind="who",
    split="dev",
    answerable=True,
    passed=True,
    status="answered",
    reason=None,
    facts=2,
    facts_found=2,
    facts_cited=2,
    citations=2,
    right_citations=2,
    gold_rank=1,
    faults=(),
    violations=(),
    milliseconds=10.0,
    text="",
    quotes=(),
)
HALF = replace(
    PLAIN, id="b", passed=False, facts_found=1, facts_cited=0, right_citations=1, gold_rank=4, faults=("no",)
)
MISSED = replace(
    PLAIN,
    id="c",
    split="test",
    passed=False,
    status="abstained",
    reason="no_match",
    facts=1,
    facts_found=0,
    facts_cited=0,
    citations=0,
    right_citations=0,
    gold_rank=None,
)
REFUSED = replace(MISSED, id="d", kind="absent", answerable=False, passed=True, facts=0)
TALKED = replace(PLAIN, id="e", kind="absent", answerable=False, passed=False, facts=0, facts_found=0, facts_cited=0)
SCORES = (PLAIN, HALF, MISSED, REFUSED, TALKED)


def report_of(scores: tuple[Score, ...]) -> Report:
    return Report(model="extractive", settings="s", cases_digest="c", corpus_digest="k", scores=scores)


def test_figures_worked_by_hand() -> None:
    values = {name: figure.value for name, figure in figures(SCORES).items()}
    assert values == pytest.approx(
        {
            "right_answers": 1 / 3,
            "right_refusals": 1 / 2,
            "answered": 2 / 3,
            "refused": 1 / 2,
            "facts": 3 / 5,
            "facts_cited": 2 / 5,
            "citation_precision": 3 / 4,
            "citation_recall": 2 / 3,
            "hit@1": 1 / 3,
            "hit@5": 2 / 3,
            "hit@10": 2 / 3,
            "mrr@10": (1 + 1 / 4 + 0) / 3,
        }
    )


def test_one_case_is_worth_its_share() -> None:
    computed = figures(SCORES)
    assert computed["right_answers"].one_case == pytest.approx(1 / 3)
    assert computed["refused"].one_case == pytest.approx(1 / 2)
    assert computed["facts_cited"].one_case == pytest.approx(2 / 5)


def test_without_unanswerable_questions_there_is_no_refusal_figure() -> None:
    assert figures([PLAIN])["refused"].value is None


@given(st.lists(st.sampled_from(SCORES), min_size=1, max_size=20))
def test_figures_agree_with_naive_versions(scores: list[Score]) -> None:
    computed = figures(scores)
    answerable = [s for s in scores if s.answerable]
    if answerable:
        assert computed["hit@5"].value == sum((s.gold_rank or 99) <= 5 for s in answerable) / len(answerable)
        assert computed["right_answers"].value == sum(s.passed for s in answerable) / len(answerable)
    cited = sum(s.citations for s in answerable)
    if cited:
        assert computed["citation_precision"].value == sum(s.right_citations for s in answerable) / cited


def test_latency_is_median_and_nearest_rank() -> None:
    scores = [replace(PLAIN, milliseconds=float(n)) for n in range(1, 101)]
    assert latency_ms(scores) == (50.5, 95.0)
    assert latency_ms([PLAIN]) == (10.0, 10.0)


def test_json_has_figures_splits_kinds_and_cases() -> None:
    written = as_json(report_of(SCORES))
    assert written["kinds"] == {"who": {"n": 3, "passed": 1}, "absent": {"n": 2, "passed": 1}}
    assert written["n"] == 5
    splits = written["splits"]
    assert isinstance(splits, dict)
    assert set(splits) == {"dev", "test"}
    assert splits["dev"]["right_answers"] == pytest.approx(1 / 2)


def test_markdown_names_what_did_not_pass() -> None:
    written = as_markdown(report_of(SCORES))
    assert "| who | 3 | 1 |" in written
    assert "- `b` Who? (dev): no" in written
    assert "`a`" not in written
