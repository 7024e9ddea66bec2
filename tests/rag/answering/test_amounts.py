"""Amounts in sentences: which one answers, and which agree."""

from __future__ import annotations

from typing import get_args

import pytest

from rag.answering.amounts import Verdict, asked_units, plain_amount, read_amount
from rag.answering.analysis import QuestionAnalysis, analyse
from rag.schema import Span
from rag.text.numbers import find_numbers

DIED = "How many people died in the Marlow flood?"
COST = "How much did the bridge cost?"


def analysed(question: str) -> QuestionAnalysis:
    return analyse(question, is_name=frozenset({"marlow"}).__contains__)


def amount(question: str, text: str) -> str | None:
    found = read_amount(analysed(question), text)
    return found.span.of(text) if found is not None else None


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (DIED, "At least 12 people were killed in the Marlow flood.", "At least 12"),
        (DIED, "The death toll in Marlow rose to 15 on Wednesday.", "15"),
        (DIED, "The flood killed 19 people and injured 140.", "19"),
        (DIED, "The flood killed twelve and left 300 without a home.", "twelve"),
        (DIED, "Between 10 and 12 people died in Marlow.", "10 and 12"),
        (COST, "The bridge cost about $5 million to build.", "about $5 million"),
        ("How many soldiers were sent to Marlow?", "Tarn sent 200 soldiers to Marlow.", "200"),
        ("How many soldiers did Tarn send to Marlow?", "About 200 troops were sent by Tarn.", "About 200"),
        ("How many soldiers has Tarn sent to Marlow?", "Tarn sent 200 soldiers.", "200"),
        ("How many died?", "In all 200 died.", "200"),
        ("What is the population of Marlow?", "Marlow has 7,412 inhabitants.", "7,412"),
        ("What is the population of Marlow?", "The population was 6,120 in 2010, down from 6,733.", "6,120"),
        ("What is the length of the Aller?", "The Aller has 12 locks over its length of 61 km.", "61"),
        ("How long did the flood last?", "The Marlow flood lasted nine days.", "nine"),
    ],
)
def test_the_amount_is_the_one_by_what_is_asked(question: str, text: str, value: str) -> None:
    assert amount(question, text) == value


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (DIED, "The flood injured 140."),
        (DIED, "12 children died in the Marlow flood."),
        (DIED, "Of the dead, 3 of them were children."),
        (DIED, "Another 12 people died in Marlow on Friday."),
        (DIED, "The flood could kill 100 people in Marlow."),
        (DIED, "The flood did not kill 100 people."),
        (DIED, "12 people a day died in Marlow."),
        (DIED, "12 died in Marlow, 15 died in Tarn."),
        (DIED, "On June 18 people died in Marlow."),
        (DIED, "People died in Marlow in 2019."),
        (DIED, "Dozens of people died in Marlow."),
        ("How many people wept?", "12 died; people wept."),
        ("How many soldiers were sent to Marlow?", "200 soldiers lost their way to Marlow."),
        ("How many soldiers did Tarn send to Marlow?", "200 soldiers of Tarn were in Marlow."),
        ("What was the cost of the bridge?", "The bridge cost 4 lives."),
        ("When did the Marlow flood happen?", "It killed 12 people."),
    ],
)
def test_a_number_that_counts_something_else_or_not_clearly_this_is_none(question: str, text: str) -> None:
    assert amount(question, text) is None


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("killed 12", "killed twelve", "agree"),
        ("killed 12", "killed 15", "differ"),
        ("killed at least 12", "killed 15", "differ"),
        ("sent about 5,000", "sent 5,200", "agree"),
        ("sent 5,000", "sent 4,987", "agree"),
        ("killed 101", "killed 105", "differ"),
        ("sent 10,000", "sent 12,000", "differ"),
        ("sent more than 10,000", "sent 12,000", "agree"),
        ("sent more than 10,000", "sent 30,000", "differ"),
        ("sent up to 12,000", "sent 10,000", "agree"),
        ("cost $5 million", "cost 5 million euros", "unlike"),
        ("ran 5 km", "ran 5 miles", "unlike"),
        ("grew 5%", "grew 5 per cent", "agree"),
        ("grew 5%", "grew 7%", "differ"),
    ],
)
def test_amounts_agree_within_what_their_words_allow(one: str, other: str, verdict: str) -> None:
    assert verdict in get_args(Verdict)
    first, second = (plain_amount(text, find_numbers(text)[0][0]) for text in (one, other))
    assert (first.compare(second), second.compare(first)) == (verdict, verdict)


def test_a_range_agrees_with_what_lies_in_it() -> None:
    texts = ("Between 10 and 12 people died.", "11 people died.", "14 people died.")
    one, inside, outside = (read_amount(analysed(DIED), text) for text in texts)
    assert one and inside and outside
    assert (one.compare(inside), one.compare(outside)) == ("agree", "differ")


def test_figures_of_other_years_or_days_are_not_set_against_each_other() -> None:
    question = analysed("What is the population of Marlow?")
    texts = ("The population was 610 at the 2000 census.", "The population was 700 at the 2010 census.")
    one, other = (read_amount(question, text) for text in texts)
    assert one and other
    assert one.compare(other) == "unlike"
    one, other = (read_amount(analysed(DIED), f"On June {day}, {day} people died.") for day in (18, 25))
    assert one and other
    assert one.compare(other) == "unlike"


def test_only_some_questions_ask_for_an_amount() -> None:
    assert asked_units(analysed(DIED)) == frozenset({""})
    assert asked_units(analysed("What is the population of Marlow?")) == frozenset({""})
    assert asked_units(analysed("How much did it cost?")) == frozenset()
    assert asked_units(analysed("How high is the dam?")) == frozenset({"km", "mi", "m", "cm", "ft", "in", "yd"})
    assert asked_units(analysed("Who built the dam?")) is None


def test_a_plain_amount_knows_its_currency() -> None:
    text = "It paid nearly €40 to each."
    found = plain_amount(text, Span(16, 18))
    assert (found.unit, found.is_about, found.span.of(text)) == ("€", True, "nearly €40")
