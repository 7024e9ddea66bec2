"""Sentences that use the same words but for one place."""

from __future__ import annotations

import pytest

from rag.answering.parallel import differences, replaced_name, replaced_words
from rag.answering.tokens import tokenize

FOUNDED = "The choir of Marlow was founded in 1931 and has 40 members in the old town."


def words(one: str, other: str) -> list[tuple[str, str]] | None:
    tokens = tokenize(one), tokenize(other)
    found = differences(*tokens)
    if found is None:
        return None
    return [(a.of(one), b.of(other)) for a, b in (difference.spans(*tokens) for difference in found)]


def test_what_stands_in_the_place_of_something_else_is_found() -> None:
    assert words(FOUNDED, FOUNDED.replace("1931", "1938")) == [("1931", "1938")]
    assert words(FOUNDED, FOUNDED) == []


@pytest.mark.parametrize(
    "other",
    [
        "The club was built in 1900 and lies by the sea.",
        "The choir.",
        FOUNDED.replace("founded in 1931", "founded by Ruiz in 1938"),
        "word " * 81,
    ],
)
def test_sentences_that_share_little_or_name_something_more_are_not_alike(other: str) -> None:
    assert words(FOUNDED, other) is None


WON = "Ada Ruiz won the women's race in Marlow, ahead of two others."


@pytest.mark.parametrize(
    ("other", "names"),
    [
        (WON.replace("Ada Ruiz", "Mia Holt"), ("Ada Ruiz", "Mia Holt")),
        (WON.replace("Marlow", "Tarn"), ("Marlow", "Tarn")),
        (WON.replace("Ada Ruiz", "Mia Holt").replace("Marlow", "Tarn"), None),
        (WON.replace("Ada Ruiz", "Mia Holt").replace("two", "four"), None),
        (WON.replace("ahead of", "behind"), None),
        (WON, None),
    ],
)
def test_one_name_in_the_place_of_another(other: str, names: tuple[str, str] | None) -> None:
    tokens = tokenize(WON), tokenize(other)
    found = replaced_name(*tokens)
    spans = found.spans(*tokens) if found else None
    assert (spans and (spans[0].of(WON), spans[1].of(other))) == names


def test_a_name_that_repeats_is_one_difference() -> None:
    one = "Sunrise (Ruiz song) is the second song by singer Ruiz, sung in Spanish."
    tokens = tokenize(one), tokenize(one.replace("Ruiz", "Holt"))
    assert replaced_name(*tokens) is not None


def test_two_names_of_one_country_are_the_same_place() -> None:
    one = "The talks between the two sides were held in Seoul for three days."
    assert replaced_name(tokenize(one), tokenize(one.replace("Seoul", "South Korea"))) is None


def test_a_few_other_words() -> None:
    one = "Night Tram is a Norwegian documentary that Ruiz made for a local station."
    other = one.replace("documentary", "drama")
    found = replaced_words(tokenize(one), tokenize(other))
    assert found is not None
    spans = found.spans(tokenize(one), tokenize(other))
    assert (spans[0].of(one), spans[1].of(other)) == ("documentary", "drama")
    assert replaced_words(tokenize(one), tokenize(other.replace("station", "theatre"))) is None
