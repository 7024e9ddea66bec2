from dataclasses import replace

import pytest

from eval.cases import Case
from eval.scoring import Score, broken_promises, score
from rag.schema import Answer, Citation, Span
from tests.eval.builders import (
    BLAMED,
    BOATS,
    BROKE,
    MACRON,
    PEO,
    POE,
    RAIN,
    SANK,
    answered,
    cite,
    found,
    refused,
    source_of,
)


def judge(case: Case, answer: Answer) -> Score:
    return score(case, answer, [found(BROKE), found(SANK)], read_source=source_of, milliseconds=2.0)


def test_a_right_answer_passes_whole() -> None:
    assert judge(BOATS, answered(SANK)) == Score(
        id="boats",
        question="How many boats sank?",
        kind="how_many",
        split="dev",
        answerable=True,
        passed=True,
        status="answered",
        reason=None,
        facts=1,
        facts_found=1,
        facts_cited=1,
        citations=1,
        right_citations=1,
        gold_rank=2,
        faults=(),
        violations=(),
        milliseconds=2.0,
        text="Ada Poe said ten boats sank in June. [1]",
        quotes=("rain.txt: Ada Poe said ten boats sank in June.",),
    )


@pytest.mark.parametrize(
    ("case", "answer", "faults"),
    [
        (BOATS, answered(SANK, BLAMED), ()),
        (BOATS, answered(BLAMED), ("no right citation states 'ten'",)),
        (BOATS, answered(SANK, BROKE), ("cites fire.txt",)),
        (BOATS, answered(BROKE), ("no right citation states 'ten'", "does not cite rain.txt", "cites fire.txt")),
        (BOATS, refused("no_match"), ("refused (no_match) what the sources answer",)),
        (POE, answered(SANK), ("no right citation states 'blamed the wind'",)),
        (MACRON, refused("subject_not_found"), ()),
        (MACRON, refused("no_match"), ("refused as no_match, expected subject_not_found",)),
        (MACRON, answered(SANK), ("answered what the sources do not answer",)),
        (PEO, refused("subject_not_found", "Ada Poe"), ()),
        (PEO, refused("subject_not_found"), ("did not offer 'Ada Poe'",)),
    ],
)
def test_faults(case: Case, answer: Answer, faults: tuple[str, ...]) -> None:
    judged = judge(case, answer)
    assert judged.faults == faults
    assert judged.passed == (not faults)


def test_a_fact_in_a_wrong_citation_is_found_and_not_cited() -> None:
    # The model says the right thing and points at the wrong sentence.
    right = answered(SANK)
    judged = judge(BOATS, replace(right, citations=(cite(1, BROKE),)))
    assert (judged.facts_found, judged.facts_cited, judged.right_citations) == (1, 0, 0)


def test_a_citation_of_half_a_gold_sentence_is_right_and_of_its_edge_is_not() -> None:
    half = SANK.model_copy(update={"end": SANK.start + 20, "quote": RAIN[SANK.start : SANK.start + 20]})
    wide = SANK.model_copy(update={"start": 0, "quote": RAIN[: SANK.end]})
    edge = SANK.model_copy(update={"start": 0, "end": SANK.start + 4, "quote": RAIN[: SANK.start + 4]})
    assert judge(BOATS, answered(half)).right_citations == 1
    assert judge(BOATS, answered(wide)).right_citations == 1
    assert judge(BOATS, answered(edge)).right_citations == 0


def test_promises_that_hold() -> None:
    assert broken_promises(answered(SANK, BLAMED), source_of) == ()
    assert broken_promises(refused("no_match"), source_of) == ()


def test_each_broken_promise_is_named() -> None:
    good = answered(SANK)
    [citation], [statement] = good.citations, good.statements
    shifted = replace(citation, raw=Span(citation.raw.start + 1, citation.raw.end))
    for answer, words in (
        (replace(good, citations=(shifted,)), "rain.txt says 'da Poe"),
        (replace(good, citations=(replace(citation, number=2),)), r"citations are numbered \[2\]"),
        (replace(good, statements=(replace(statement, citations=()),)), r"cites \[\] of \[1\]"),
        (replace(good, statements=(replace(statement, citations=(7,)),)), r"cites \[7\] of \[1\]"),
        (replace(good, statements=(replace(statement, span=Span(1, 5)),)), "is not at its place"),
        (replace(good, statements=()), "answered without a statement"),
        (replace(good, status="abstained", reason="no_match"), "abstained with statements"),
        (replace(refused("no_match"), reason=None), "without a reason"),
    ):
        with pytest.raises(AssertionError, match=words):
            assert not " ".join(broken_promises(answer, source_of))


def test_a_source_that_cannot_be_read_breaks_the_promise() -> None:
    def gone(citation: Citation) -> str:
        raise FileNotFoundError(citation.path)

    assert broken_promises(answered(SANK), gone) == ("[1] rain.txt: its source cannot be read: rain.txt",)
    assert not judge(BOATS, answered(SANK)).violations
