from collections import Counter
from pathlib import Path

import pytest

import eval as eval_package
from eval.cases import Case, load_cases, mistakes

GOLDEN = Path(eval_package.__file__).parent / "golden.jsonl"
SEEDS = GOLDEN.parent.parent / "seeds"


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases(GOLDEN)


def test_every_quote_fact_and_file_of_the_golden_set_is_in_the_seeds(cases: tuple[Case, ...]) -> None:
    sources = {path.name: path.read_bytes().decode("utf-8") for path in SEEDS.glob("*.txt")}
    assert len(sources) == 5
    assert mistakes(cases, sources) == []


def test_the_golden_set_covers_what_it_promises(cases: tuple[Case, ...]) -> None:
    answerable = [case for case in cases if case.answerable]
    refusals = [case for case in cases if not case.answerable]
    assert len(answerable) >= 80
    assert len(refusals) >= 30
    assert len({case.question.casefold() for case in cases}) == len(cases)
    kinds = Counter(case.kind for case in cases)
    expected = (
        "said who when where how_many why what yes_no list two_articles paraphrase slips "
        "absent off_subject silent boilerplate wrong_relation not_stated unrelated misspelt outside_dates"
    )
    assert set(kinds) == set(expected.split())
    assert sum(len({gold.file for gold in case.evidence}) > 1 and len(case.facts) > 1 for case in answerable) >= 5
    assert sum(bool(case.forbidden_files) for case in answerable) >= 20


def test_facts_that_stand_only_in_removed_text_are_in_no_evidence(cases: tuple[Case, ...]) -> None:
    # The names of the boilerplate questions must be found in the files, or the question would test nothing.
    text = " ".join(path.read_bytes().decode("utf-8") for path in SEEDS.glob("*.txt"))
    for name in ("Cybertruck", "iPhone 12", "Cold Calling", "Bolivia", "Rivian", "cookies", "IMF", "Drone attack"):
        assert name in text
        assert not any(name in gold.quote for case in cases for gold in (*case.evidence, *case.also_right))


def test_both_splits_hold_questions_with_and_without_an_answer(cases: tuple[Case, ...]) -> None:
    sizes = Counter((case.split, case.answerable) for case in cases)
    assert sizes["test", True] >= 25
    assert sizes["test", False] >= 12
    assert sizes["dev", True] > sizes["test", True]


def test_the_folder_that_nobody_tunes_on_is_whole() -> None:
    folder = GOLDEN.parent / "folders" / "assorted"
    articles = {path.name: path.read_bytes().decode("utf-8") for path in (folder / "articles").glob("*.txt")}
    questions = load_cases(folder / "golden.jsonl")
    assert 20 <= len(articles) <= 24
    assert len(questions) >= 100
    assert mistakes(questions, articles) == []
    assert {gold.file for case in questions for gold in case.evidence} == set(articles)
