import pytest

from rag.answering.timing import agrees_in_time, is_dated, tells_of_a_plan, writes_date
from rag.schema import PartialDate
from tests.rag.answering.builders import analysed, candidate


@pytest.mark.parametrize(
    ("asked", "sentence", "published", "agrees"),
    [
        ("", "It rained.", None, True),
        ("in September 2021", "It rained on September 9.", None, True),
        ("in September", "It rained on September 9, 2021.", None, True),
        ("in October", "It rained on September 9.", None, False),
        ("in 2021", "It rained on September 9, 2022.", None, True),
        ("in 2021", "It rained.", PartialDate(2022, 9, 9), False),
        ("in September 2021", "It rained.", PartialDate(2021, 9, 9), True),
        ("in September 2021", "It rained.", None, True),
        ("on September 9", "It rained.", None, False),
        ("on September 9", "It rained in September.", None, False),
        ("on September 9", "It rained on September 9.", None, True),
        ("on September 9", "It rained.", PartialDate(2021, 9, 9), True),
        ("on September 9", "It rained on September 8.", PartialDate(2021, 9, 9), False),
        ("on September 8", "It rained.", PartialDate(2021, 9, 9), True),
        ("on September 7", "It rained.", PartialDate(2021, 9, 9), False),
        ("in 2023", "It rained on June 19.", PartialDate(2024, 6, 21), False),
        ("in 2024", "It rained on June 19.", PartialDate(2024, 6, 21), True),
        ("in 2023", "It rained on December 19.", PartialDate(2024, 1, 21), True),
        ("in 2023", "It rained on June 19.", PartialDate(None, 6, 21), True),
        ("in May 2020 or September 2021", "It rained.", PartialDate(2021, 9, 9), True),
        ("in 2021", "It will rain next year.", PartialDate(2020, 9, 9), True),
        ("in 2021", "It rained last year.", PartialDate(2022, 9, 9), True),
        ("in 2021", "It rained last year.", PartialDate(2023, 9, 9), False),
        ("in May 2021", "It rained last year.", PartialDate(2022, 9, 9), False),
        ("in 2021", "The 2021 gale brought rain.", PartialDate(2024, 9, 9), True),
        ("in 2021", "The gale cost $2021 and 2,021 roofs.", PartialDate(2024, 9, 9), False),
    ],
)
def test_the_date_in_the_sentence_decides_and_else_that_of_the_article(
    asked: str, sentence: str, published: PartialDate | None, agrees: bool
) -> None:
    assert agrees_in_time(analysed(f"Did it rain {asked}?"), candidate(sentence, published=published)) == agrees


def test_a_sentence_is_dated_by_what_it_writes_or_by_its_article() -> None:
    question = analysed("What happened in September 2021?")
    assert writes_date(question, candidate("It rained on September 9."))
    unwritten = candidate("It rained.", published=PartialDate(2021, 9, 9))
    assert not writes_date(question, unwritten)
    assert writes_date(analysed("Who won the 2021 regatta?"), candidate("Kamau won the 2021 race."))
    assert is_dated(question, unwritten)
    assert not is_dated(question, candidate("It rained."))


@pytest.mark.parametrize(
    ("question", "text", "plan"),
    [
        ("Where did Kamau meet Teixeira?", "Kamau plans to meet Teixeira in Palermo.", True),
        ("Where did Kamau meet Teixeira?", "Kamau met Teixeira in Palermo.", False),
        ("Where did Kamau plan to meet Teixeira?", "Kamau plans to meet Teixeira in Palermo.", False),
        ("Where will Kamau meet Teixeira?", "Kamau is expected to meet Teixeira in Palermo.", False),
    ],
)
def test_a_plan_is_told_apart_where_the_question_asks_what_happened(question: str, text: str, plan: bool) -> None:
    assert tells_of_a_plan(analysed(question), candidate(text)) is plan
