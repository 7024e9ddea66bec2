import pytest

from rag.answering.candidates import NEAR_CREDIT, candidates
from rag.schema import Copy, ScoredPassage
from tests.rag.answering.builders import candidate, processed, scored

STORM = processed(
    "storm",
    "The storm reached Riga.",
    "Will the choir sing?",
    "It sank four boats.",
    "Then the sun came out.",
    title="Baltic weather",
    heading="Damage",
)


def test_each_sentence_is_a_candidate_in_order_but_for_questions() -> None:
    found = candidates(scored(STORM))
    assert [one.evidence.text for one in found] == [
        "The storm reached Riga.",
        "It sank four boats.",
        "Then the sun came out.",
    ]
    assert [one.ordinal for one in found] == [one.evidence.span.start for one in found]
    assert all(one.evidence.span.of(STORM.article.raw) == one.evidence.text for one in found)


@pytest.mark.parametrize("text", ["Who won?", "“Who won?”", "(Who won?) "])
def test_a_question_is_no_candidate_however_it_is_quoted(text: str) -> None:
    assert candidates(scored(processed("a", text.strip()))) == []


def test_a_candidate_knows_its_words_and_those_around_it() -> None:
    first, second, third = candidates(scored(STORM))
    assert "boat" in second.bag.stems and "storm" not in second.bag.stems
    assert {"storm", "choir"} <= second.before.stems  # a pronoun may mean what stands two sentences before
    assert first.before.stems == frozenset()
    assert "storm" not in third.before.stems and "boat" in third.before.stems
    assert {"baltic", "damag", "storm", "boat"} <= third.frame.stems
    assert third.title.stems == {"baltic", "weather"}
    assert [sentence[0].word for sentence in second.earlier] == ["the", "will"]


@pytest.mark.parametrize(
    ("sentence", "needs_context"),
    [
        ("He left.", True),
        ("“They left,” it said.", True),
        ("Both ships left.", True),
        ("The two met.", True),
        ("The ship left.", False),
        ("Hers left.", False),
        ("Riga slept.", False),
    ],
)
def test_a_sentence_that_begins_with_a_pronoun_needs_the_one_before(sentence: str, needs_context: bool) -> None:
    assert candidate("A ship came.", sentence).needs_context == needs_context


def test_a_sentence_leans_the_more_on_the_one_before_the_more_it_points_back() -> None:
    pronoun, definite, plain = (
        candidate("A ship came.", text).lean for text in ("It sank.", "The ship sank.", "Rain.")
    )
    assert pronoun > definite > plain == NEAR_CREDIT


def test_a_noun_with_the_leans_on_the_sentence_that_brought_it_up() -> None:
    *_, last = candidates(
        scored(processed("a", "A council of ports met in Lisbon.", "It rained.", "The council was led by Teixeira."))
    )
    assert "lisbon" in last.before.stems
    *_, last = candidates(scored(processed("b", "A council met in Lisbon.", "It rained.", "The storm was weak.")))
    assert "lisbon" not in last.before.stems


def test_the_best_passage_has_a_retrieval_score_of_one_and_none_has_less_than_nothing() -> None:
    low = scored(processed("low", "It snowed."), score=-0.2)
    found = candidates([*scored(STORM, score=0.8), *scored(processed("half", "It rained."), score=0.4), *low])
    assert [one.retrieval for one in found] == [1.0, 1.0, 1.0, 0.5, 0.0]
    assert candidates(low)[0].retrieval == 0.0
    assert candidates([]) == []


def test_all_retrieved_passages_of_an_article_count_as_the_article_and_copies_stay_known() -> None:
    (passage,) = scored(STORM)
    other = ScoredPassage(
        passage=passage.passage, article=STORM.article, score=1.0, origins={}, also_in=(Copy("b.txt", "b"),)
    )
    found = candidates([other])
    assert found[0].article.stems >= {"storm", "boat", "sun"}
    assert found[0].evidence.also_in == (Copy("b.txt", "b"),)


def test_the_two_countries_are_those_named_before() -> None:
    item = processed(
        "pact",
        "Norway and Portugal signed a pact on cod.",
        "Lindqvist was pleased.",
        "Ties between the two countries are growing.",
    )
    ties = candidates(scored(item))[-1]
    assert {"norway", "portug", "pleas"} <= ties.before.stems
    assert ties.lean == max(one.lean for one in candidates(scored(item)))


def test_what_was_brought_up_before_may_stand_anywhere_in_a_sentence() -> None:
    lean = {
        text: candidate("Riga held a vote.", text).lean
        for text in (
            "Tamm praised this vote.",
            "Tamm praised the vote.",
            "Tamm praised the vote of May.",
            "Tamm praised this week.",
            "Tamm sang.",
        )
    }
    assert lean["Tamm praised this vote."] == lean["Tamm praised the vote."] > NEAR_CREDIT
    assert lean["Tamm praised the vote of May."] == lean["Tamm praised this week."] == lean["Tamm sang."] == NEAR_CREDIT
