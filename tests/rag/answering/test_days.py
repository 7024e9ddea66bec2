"""Dates of what happens once."""

from __future__ import annotations

import pytest

from rag.answering.analysis import QuestionAnalysis, analyse
from rag.answering.days import read_day

OPENED = "When was the Kestrel bridge opened?"
BORN = "When was Ada Ruiz born?"


def analysed(question: str) -> QuestionAnalysis:
    return analyse(question, is_name=frozenset({"kestrel", "ada", "ruiz"}).__contains__)


@pytest.mark.parametrize(
    ("question", "text", "date"),
    [
        (OPENED, "The Kestrel bridge opened on September 9, 2023.", "2023-09-09"),
        (OPENED, "Opened in 1931, the Kestrel bridge was widened in 1960.", "1931"),
        (OPENED, "The bridge was opened in 1931, and a second lane was finished in May 1960.", "None"),
        (OPENED, "The Kestrel bridge was built in 1929 and opened in 1931.", "1931"),
        (BORN, "Ada Ruiz (12 May 1890 – 3 June 1950) was a painter.", "1890-05-12"),
        ("When did Ada Ruiz die?", "Ada Ruiz (12 May 1890 – 3 June 1950) was a painter.", "1950-06-03"),
        (BORN, "Ada Ruiz, 2nd Duke of Marlow, KG (12 May 1890 – 3 June 1950) was a painter.", "1890-05-12"),
        (OPENED, "The Kestrel bridge was opened by the king (then very old), the queen and others in 1931.", "1931"),
        ("When was the Marlow Cup first held?", "The Marlow Cup was first held in 1931.", "1931"),
        ("When was the Marlow Cup held?", "The Marlow Cup was held in 1931.", "None"),
        (BORN, "Ada Ruiz (born 12 May 1890) is a painter.", "1890-05-12"),
    ],
)
def test_the_date_is_the_one_by_what_happened(question: str, text: str, date: str) -> None:
    found = read_day(analysed(question), text)
    assert str(found.date if found else None) == date


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did Ruiz visit Marlow?", "Ruiz visited Marlow on June 18."),
        (OPENED, "The Kestrel bridge was reopened in 1960."),
        (OPENED, "The bridge could be opened in 2031."),
        (OPENED, "Before the opening of the line in 1931 there was a ferry at Kestrel."),
        (OPENED, "The bridge opened to lorries. It rained in May 1931."),
        (OPENED, "The mayor (in May 1931) opened it."),
        ("What is the release date of Kestrel?", "The maker unveiled the release date in 2019."),
        (OPENED, "The bridge opened in 1931 and was opened in 1960."),
    ],
)
def test_what_happens_again_or_not_clearly_then_gives_no_date(question: str, text: str) -> None:
    text = text.split(". ")[-1] if "lorries" in text else text
    assert read_day(analysed(question), text) is None


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ("June 2024", "June 21, 2024", "agree"),
        ("June 21", "June 21, 2024", "agree"),
        ("June 21, 2024", "June 22, 2024", "differ"),
        ("about May 1820", "June 1825", "agree"),
        ("about May 1820", "June 1925", "unlike"),
        ("June 1856", "June 1900", "differ"),
    ],
)
def test_dates_agree_as_far_as_both_are_known(one: str, other: str, verdict: str) -> None:
    first, second = (read_day(analysed(OPENED), f"The Kestrel bridge opened {text}.") for text in (one, other))
    assert first and second
    assert (first.compare(second), second.compare(first)) == (verdict, verdict)
