from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.dates import TimeWindow, days_of, may_lie_within, nearness, time_window
from rag.schema import PartialDate

TODAY = date(2024, 6, 26)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("What happened today?", "2024-06-26", "2024-06-26"),
        ("What did Kim say yesterday?", "2024-06-25", "2024-06-25"),
        ("Which show was renewed this week?", "2024-06-24", "2024-06-30"),
        ("Who resigned last week?", "2024-06-17", "2024-06-23"),
        ("Who resigned in the past week?", "2024-06-19", "2024-06-26"),
        ("What was signed this month?", "2024-06-01", "2024-06-30"),
        ("What was signed last month?", "2024-05-01", "2024-05-31"),
        ("How did shares do this quarter?", "2024-04-01", "2024-06-30"),
        ("How did shares do last quarter?", "2024-01-01", "2024-03-31"),
        ("Who won this year?", "2024-01-01", "2024-12-31"),
        ("Who won LAST YEAR?", "2023-01-01", "2023-12-31"),
        ("Who died in the last 10 days?", "2024-06-16", "2024-06-26"),
        ("What changed over the past two weeks?", "2024-06-12", "2024-06-26"),
        ("What changed during the last few months?", "2024-03-28", "2024-06-26"),
        ("What was agreed last September?", "2023-09-01", "2023-09-30"),
        ("What was agreed last June?", "2023-06-01", "2023-06-30"),
        ("What was agreed last May?", "2024-05-01", "2024-05-31"),
        ("What has Blinken said since June?", "2024-06-01", None),
        ("What has Blinken said since September 2023?", "2023-09-01", None),
        ("What has Blinken said since December?", "2023-12-01", None),
        ("What did he say after June 20?", "2024-06-21", None),
        ("What was said after the 20 June 2023 about it?", "2023-06-21", None),
        ("What did he say before 3 May 2024?", None, "2024-05-02"),
        ("What had been signed by June 20, 2024?", None, "2024-06-20"),
        ("What was known until the 2024-06-20?", None, "2024-06-20"),
    ],
)
def test_questions_speak_of_days(question: str, since: str | None, until: str | None) -> None:
    first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    assert time_window(question, TODAY) == TimeWindow(first, last)


@pytest.mark.parametrize("word", ["latest", "newest", "most recent", "recently", "currently", "now", "so far"])
def test_questions_for_what_is_newest(word: str) -> None:
    assert time_window(f"What is {word} known of the treaty?", TODAY) == TimeWindow(None, None, wants_latest=True)


@pytest.mark.parametrize(
    "question",
    [
        "What did Blinken say about the treaty?",
        "What happened on June 21?",
        "Who met Putin in September?",
        "What did he say after the June 2024 signing?",
        "How long did the last flight take?",
        "Who knows the Yesterdays?",
        "What was the week like?",
    ],
)
def test_other_questions_speak_of_no_days(question: str) -> None:
    assert time_window(question, TODAY) is None


@pytest.mark.parametrize("today", [date(2024, 1, 1), date(2024, 2, 29), date(2023, 12, 31)])
def test_windows_at_the_ends_of_months_and_years(today: date) -> None:
    for which in ("this", "last"):
        for unit in ("week", "month", "quarter", "year"):
            window = time_window(f"Who won {which} {unit}?", today)
            assert window is not None and window.since is not None and window.until is not None
            assert (window.since <= today <= window.until) == (which == "this")
            assert which == "this" or window.until < today


@pytest.mark.parametrize(
    ("published", "since", "until", "passes"),
    [
        ("2024-06-21", "2024-06-21", "2024-06-21", True),
        ("2024-06-21", "2024-06-22", None, False),
        ("2024-06-21", None, "2024-06-20", False),
        ("2024-06", "2024-06-30", None, True),
        ("2024-06", "2024-07-01", None, False),
        ("2024", None, "2024-01-01", True),
        ("2024", None, "2023-12-31", False),
        ("--06-21", "2024-06-01", "2024-06-30", True),
        ("--06-21", "2024-07-01", "2024-07-31", False),
        ("--06-21", "2023-12-01", "2024-06-21", True),
        ("--06", "2024-06-30", "2024-07-31", True),
        ("--02-29", "2023-02-28", "2023-02-28", True),  # 2023 has no such day: its nearest
        ("--06-21", "2024-07-01", None, True),
        (None, "2024-07-01", None, False),
        (None, None, None, True),
    ],
)
def test_filters_keep_what_may_lie_between(
    published: str | None, since: str | None, until: str | None, passes: bool
) -> None:
    days = [date.fromisoformat(day) if day else None for day in (since, until)]
    assert may_lie_within(PartialDate.parse(published) if published else None, days[0], days[1]) is passes


DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
PARTS = st.sampled_from(["day", "month", "year", "yearless"])


def partial_of(day: date, known: str) -> PartialDate:
    return {
        "day": PartialDate.of(day),
        "month": PartialDate(day.year, day.month),
        "year": PartialDate(day.year),
        "yearless": PartialDate(None, day.month, day.day),
    }[known]


@given(day=DAYS, known=PARTS, before=st.integers(0, 900), after=st.integers(0, 900))
def test_a_filter_never_drops_an_article_of_its_days(day: date, known: str, before: int, after: int) -> None:
    published = partial_of(day, known)
    assert may_lie_within(published, day - timedelta(days=before), day + timedelta(days=after))
    assert may_lie_within(published, day - timedelta(days=before), None)
    assert may_lie_within(published, None, day + timedelta(days=after))


@given(day=DAYS, known=PARTS, reference=DAYS)
def test_nearness_is_between_0_and_1_and_1_on_the_day(day: date, known: str, reference: date) -> None:
    published = partial_of(day, known)
    assert nearness(published, day, day, before_days=20, after_days=5) == 1
    assert 0 <= nearness(published, reference, reference, before_days=20, after_days=5) <= 1


def test_nearness_fades_faster_ahead_than_behind() -> None:
    def near(published: str | None, since: date | None = TODAY, until: date | None = TODAY) -> float:
        partial = PartialDate.parse(published) if published else None
        return nearness(partial, since, until, before_days=20, after_days=5)

    assert near("2024-06-06") == pytest.approx(math.exp(-1))
    assert near("2024-07-01") == pytest.approx(math.exp(-1))
    assert near("2024-06") == 1  # the month holds the day
    assert near("2023") == pytest.approx(math.exp(-178 / 20))
    assert near("--07-01") == pytest.approx(math.exp(-1))  # this year's is the nearest
    assert near(None) == 0
    assert near("2024-03-01", date(2024, 2, 1), date(2024, 3, 31)) == 1
    assert near("2025-01-01", TODAY, None) == 1
    assert near("2024-06-06", TODAY, None) == pytest.approx(math.exp(-1))
    assert near("--01-01", None, None) == 1


def test_days_of_partial_dates() -> None:
    assert days_of(PartialDate(2024, 2), 2024) == (date(2024, 2, 1), date(2024, 2, 29))
    assert days_of(PartialDate(0), 0) == (date(1, 1, 1), date(1, 12, 31))  # no year of any calendar
    assert days_of(PartialDate(2023), 2023) == (date(2023, 1, 1), date(2023, 12, 31))
    assert days_of(PartialDate(None, 2, 29), 2023) == (date(2023, 2, 28), date(2023, 2, 28))
