import pytest

from rag.attribution import closest_name, find_names, name_key, same_person
from rag.attribution.names import edit_distance


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("President Vladimir Putin’s", "vladimir putin"),
        ("Kim Jong-un", "kim jong un"),
        ("Sen. Amy O’Hara", "amy o'hara"),
        ("Secretary of State Antony Blinken", "antony blinken"),
        ("the Kremlin", "kremlin"),
        ("José Núñez", "jose nunez"),
        ("the President", "president"),
        ("", ""),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Blinken", "Antony Blinken"),
        ("antony blinken", "Antony J. Blinken"),
        ("Kim Jong-un", "Kim Jong Un"),
        ("Kim", "Kim Jong Un"),
        ("President Putin", "Vladimir Putin"),
        ("Bill Clinton", "William Clinton"),
        ("Hillary Clinton", "Hillary Rodham Clinton"),
        ("Chang Hojin", "Chang Ho-jin"),
        ("State Department", "U.S. State Department"),
        ("Ministry of Foreign Affairs", "South Korea's Ministry of Foreign Affairs"),
        ("the US", "United States"),
        ("Seoul", "South Korea"),
        ("Erdoğan", "Recep Tayyip Erdogan"),
    ],
)
def test_names_of_one_bearer(a: str, b: str) -> None:
    assert same_person(a, b)
    assert same_person(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Cho Tae Yul", "Cho Kuk"),
        ("Kim Jong Un", "Kim Jong Il"),
        ("Jeb Bush", "George Bush"),
        ("George W. Bush", "George H. Bush"),
        ("Donald Trump", "Donald Trump Jr."),
        ("Clinton", "Clinton campaign"),
        ("Clinton", "spokesman for Hillary Clinton"),
        ("Hillary Clinton", "spokesman for Hillary Clinton"),
        ("Sanders", "Sanders aides"),
        ("North Korea", "South Korea"),
        ("Blinken", "Blinker"),
        ("", "Blinken"),
        ("Democratic Party", "Republican Party"),
        ("the Foreign Ministry", "Defense Ministry"),
        ("Supreme Court", "court"),
    ],
)
def test_names_of_two_bearers(a: str, b: str) -> None:
    assert not same_person(a, b)
    assert not same_person(b, a)


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("What did Antony Blinken say to Cho?", (), ["Antony Blinken", "Cho"]),
        ("what did blinken say?", ("Antony Blinken",), ["blinken"]),
        ("what did kim jong-un say?", ("Kim Jong Un",), ["kim jong-un"]),
        ("what did the white house say?", ("White House",), ["white house"]),
        ("Did the U.S. State Department comment?", (), ["U.S. State Department"]),
        ("who will win in may?", ("Theresa May",), []),
        ("what will they say", ("George Will",), []),
    ],
)
def test_names_in_questions(text: str, known: tuple[str, ...], names: list[str]) -> None:
    assert [span.of(text) for span in find_names(text, known)] == names


@pytest.mark.parametrize(
    ("name", "closest"),
    [
        ("Blinkin", "Antony Blinken"),
        ("Anthony Blinken", "Antony Blinken"),
        ("Putni", "Vladimir Putin"),
        ("Blinken", "Antony Blinken"),
        ("Macron", None),
        ("Cho", "Cho Tae Yul"),
        ("Chu", None),
        ("", None),
    ],
)
def test_closest_name(name: str, closest: str | None) -> None:
    assert closest_name(name, ["Vladimir Putin", "Antony Blinken", "Cho Tae Yul"]) == closest


def test_edit_distance_counts_a_swap_once_and_stops_at_the_limit() -> None:
    assert edit_distance("putni", "putin", 2) == 1
    assert edit_distance("abc", "abc", 2) == 0
    assert edit_distance("abcdef", "uvwxyz", 2) == 3
