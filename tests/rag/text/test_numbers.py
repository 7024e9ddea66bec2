import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two men", ["2"]),
        ("$5 billion", ["5000000000"]),
        ("5bn and 5.5m", ["5000000000", "5500000"]),
        ("46% or 46 per cent or forty-six percent", ["46%", "46%", "46%"]),
        ("1,200 people", ["1200"]),
        ("3.50 euros", ["3.5"]),
        ("two hundred and forty-five", ["245"]),
        ("twenty-five hundred", ["2500"]),
        ("three million two hundred thousand", ["3200000"]),
        ("a dozen people", ["12"]),
        ("a 2-hour meeting at 10:30", ["2", "10:30"]),
        ("20-30 people", ["20", "30"]),
        ("the 75th anniversary", ["75"]),
        ("F-16, G7, COVID-19, mp3", []),
        ("someone often atoned", []),
        ("in 2023.", ["2023"]),
    ],
)
def test_numbers_have_one_form(text: str, expected: list[str]) -> None:
    assert [value for _, value in find_numbers(text)] == expected


@given(st.text(alphabet="0123456789.,% mbnk-twohundreda:٣²"))
def test_any_text_is_read_without_error(text: str) -> None:
    for span, value in find_numbers(text):
        assert span.of(text)
        assert value
