import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import find_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on June 21 in Seoul", {"June 21": "--06-21"}),
        ("on Sept. 14, 2023, in", {"Sept. 14, 2023": "2023-09-14"}),
        ("on 21 June 2024.", {"21 June 2024": "2024-06-21"}),
        ("the 3rd of May 1999", {"3rd of May 1999": "1999-05-03"}),
        ("date 2024-06-24 The", {"2024-06-24": "2024-06-24"}),
        ("in September 2023", {"September 2023": "2023-09"}),
        ("in September, he", {"September": "--09"}),
        ("Friday, September 8, at a parade", {"September 8": "--09-08"}),
        ("June 18-19, 2024", {"June 18": "2024-06-18", "19, 2024": "2024-06-19"}),
        ("between June 20 and 22", {"June 20": "--06-20", "22": "--06-22"}),
        ("what happened last may", {"may": "--05"}),
        ("He may march in it", {}),
        ("May 5 or may 5 people", {"May 5": "--05-05"}),
        ("since 2019, and 2020 people", {"2019": "2019"}),
        ("06/24/2024", {"06/24/2024": "2024-06-24"}),
        ("24.06.2024", {"24.06.2024": "2024-06-24"}),
        ("06/07/2024", {"06/07/2024": "2024"}),
        ("on Feb 30", {}),
        ("on 29 February", {"29 February": "--02-29"}),
        ("on June 5, 1,200 people", {"June 5": "--06-05"}),
        ("on Tuesday", {}),
    ],
)
def test_dates_are_found_as_written(text: str, expected: dict[str, str]) -> None:
    assert {span.of(text): str(day) for span, day in find_dates(text)} == expected


@given(st.text(alphabet="June 2024-/.,Mayth19º٣"))
def test_any_text_is_read_without_error(text: str) -> None:
    for span, day in find_dates(text):
        assert span.of(text)
        assert day.year or day.month
