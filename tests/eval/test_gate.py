from dataclasses import replace
from pathlib import Path

import pytest

from eval.gate import GATED, Baseline, load_baseline, raise_floors, save_baseline, shortfalls
from eval.report import Report
from eval.runner import ask_all
from rag.errors import ConfigError
from rag.schema import Answer
from tests.eval.builders import BROKE, CASES, PERFECT, SANK, TableEngine, answered, refused, source_of


def run(**answers: Answer) -> Report:
    """Run the golden cases on a perfect answerer, except for the answers given."""
    engine = TableEngine({**PERFECT, **answers})
    scores = ask_all(engine, CASES, read_source=source_of)
    return Report(model="extractive", settings="s", cases_digest="cases", corpus_digest="corpus", scores=scores)


@pytest.fixture
def floors() -> Baseline:
    return raise_floors(run(), None)


def test_the_run_that_set_the_floors_passes_them(floors: Baseline) -> None:
    assert set(floors.floors) == set(GATED)
    assert floors.floors["right_answers"].floor == 1
    assert floors.floors["right_answers"].tolerance == 0.5
    assert shortfalls(run(), floors) == []


def test_one_flipped_case_is_within_the_tolerance_and_two_are_not(floors: Baseline) -> None:
    assert shortfalls(run(poe=refused("no_match")), floors) == []
    found = shortfalls(run(poe=refused("no_match"), boats=refused("no_match")), floors)
    assert "right_answers is 0.0000, its floor 1.0000 less 0.5000" in found
    assert "answered is 0.0000, its floor 1.0000 less 0.5000" in found


def test_an_answerer_that_always_answers_fails(floors: Baseline) -> None:
    found = shortfalls(run(macron=answered(SANK), peo=answered(SANK)), floors)
    assert {words.split()[0] for words in found} == {"right_refusals", "refused"}


def test_an_answerer_that_cites_wrongly_fails(floors: Baseline) -> None:
    found = shortfalls(run(boats=answered(BROKE), poe=answered(BROKE)), floors)
    assert {words.split()[0] for words in found} >= {"right_answers", "facts_cited", "citation_precision"}


def test_one_broken_promise_fails_whatever_the_figures(floors: Baseline) -> None:
    good = answered(SANK)
    invented = replace(good, citations=(replace(good.citations[0], quote="Ada Poe said ten boats sank in July."),))
    found = shortfalls(run(boats=invented), floors)
    assert any(words.startswith("boats: [1] rain.txt says") for words in found)


def test_floors_of_other_cases_or_articles_do_not_fit(floors: Baseline) -> None:
    found = shortfalls(replace(run(), cases_digest="others", corpus_digest="others"), floors)
    assert [words.split(" (")[0] for words in found] == [
        "the floors are for other golden cases",
        "the floors are for other articles",
    ]


def test_a_figure_that_vanished_fails(floors: Baseline) -> None:
    only_refusals = replace(run(), scores=tuple(one for one in run().scores if not one.answerable))
    assert "right_answers was not measured; its floor is 1.0000" in shortfalls(only_refusals, floors)


def test_update_raises_floors_and_lowers_them_only_when_told(floors: Baseline) -> None:
    worse = run(poe=refused("no_match"))
    assert raise_floors(worse, floors).floors["right_answers"].floor == 1
    lowered = raise_floors(worse, floors, allow_regression=True)
    assert lowered.floors["right_answers"].floor == 0.5
    assert raise_floors(run(), lowered).floors["right_answers"].floor == 1


def test_a_floor_is_never_above_the_run_that_set_it() -> None:
    report = run()
    thirds = replace(report, scores=(*report.scores[:2], replace(report.scores[0], passed=False)))
    assert raise_floors(thirds, None).floors["right_answers"].floor == 0.6666
    assert shortfalls(thirds, raise_floors(thirds, None)) == []


def test_floors_are_written_and_read_back(floors: Baseline, tmp_path: Path) -> None:
    save_baseline(floors, tmp_path / "b.json")
    assert load_baseline(tmp_path / "b.json") == floors
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(ConfigError, match="`newsqa eval --update` writes them"):
        load_baseline(tmp_path / "b.json")
    with pytest.raises(ConfigError, match="expected floors"):
        load_baseline(tmp_path / "gone.json")
