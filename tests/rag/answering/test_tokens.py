import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.tokens import Token, tokenize
from rag.schema import Span


def tokens(text: str) -> list[tuple[str, str | None]]:
    """Return each word with the country it stands for."""
    return [(token.word, token.place) for token in tokenize(text)]


def test_a_token_knows_its_word_its_place_in_the_text_and_what_it_stands_for() -> None:
    name, verb, number, noun = tokenize("Norway’s bought 1,200 ships")
    assert (name.span, name.word, name.place, name.is_capitalised) == (Span(0, 8), "norway", "Norway", True)
    assert (verb.word, verb.stem, verb.place, verb.number, verb.is_capitalised) == ("bought", "buy", None, None, False)
    assert (number.word, number.number) == ("1,200", "1200")
    assert noun.stem == "ship"
    assert noun.groups & tokenize("boat")[0].groups
    assert verb.senses.own & tokenize("purchased")[0].senses.own


def test_the_parts_of_a_compound_stand_alone_at_their_own_places() -> None:
    text = "Kenya-Brazil talks"
    assert [token.span.of(text) for token in tokenize(text)] == ["Kenya", "Brazil", "talks"]
    assert tokens(text)[:2] == [("kenya", "Kenya"), ("brazil", "Brazil")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US troops told us", [("u.s.", "United States"), ("troops", None), ("told", None), ("us", None)]),
        ("Seoul", [("seoul", "South Korea")]),
        ("South Korean", [("south", "South Korea"), ("korean", "South Korea")]),
        ("lisbon and portugal", [("lisbon", "Portugal"), ("and", None), ("portugal", "Portugal")]),
        ("The lit candle", [("the", None), ("lit", None), ("candle", None)]),
        ("Kim Jong Un", [("kim", None), ("jong", None), ("un", None)]),
        ("U.N. and UN", [("un", "United Nations"), ("and", None), ("un", "United Nations")]),
    ],
)
def test_words_stand_for_countries_but_not_by_accident(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert tokens(text) == expected


def test_a_noun_of_verb_and_particle_is_one_word() -> None:
    assert [token.word for token in tokenize("a build-up of check-ins")] == ["a", "buildup", "of", "checkins"]
    assert tokenize("build-up")[0].stem == tokenize("buildup")[0].stem


def test_capitals_among_small_letters_make_an_acronym() -> None:
    assert [token.is_acronym for token in tokenize("The WHO spoke")] == [False, True, False]
    assert not any(token.is_acronym for token in tokenize("THE WHO SPOKE"))
    assert not tokenize("The WHO spoke")[1].is_stopword


def test_the_longest_name_of_a_country_wins() -> None:
    assert {place for _, place in tokens("Democratic Republic of Congo")} == {"Democratic Republic of the Congo"}


def test_numbers_are_read_in_words_and_with_their_unit() -> None:
    assert [token.number for token in tokenize("twelve of 46% fell")] == ["12", None, "46%", None]


def test_words_without_content_are_known_and_have_no_senses() -> None:
    token: Token = tokenize("which")[0]
    assert token.is_stopword
    assert not token.senses.own
    assert not tokenize("harbour")[0].is_stopword


@given(st.text(max_size=80))
def test_tokens_are_in_order_and_lie_in_the_text(text: str) -> None:
    found = tokenize(text)
    assert all(0 <= token.span.start < token.span.end <= len(text) for token in found)
    assert [token.span for token in found] == sorted({token.span for token in found})
