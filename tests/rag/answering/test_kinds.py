import pytest

from rag.answering.kinds import (
    gives_reason,
    only_cites,
    tells_age,
    tells_amount,
    tells_duration,
    tells_money,
    tells_parts,
    tells_place,
    tells_time,
    tells_transport,
)


@pytest.mark.parametrize(
    ("tells", "text", "other"),
    [
        (tells_time, "The court will rule in the autumn.", "The court will rule in favour."),
        (tells_transport, "She came by train.", "She came in training."),
        (tells_transport, "His motorcade arrived.", "His motion was carried."),
        (tells_parts, "These include two portraits.", "These were sold."),
        (tells_parts, "Among them are included two portraits.", "Among friends."),
        (only_cites, "Harbour Radio reports.", "Harbour Radio reports losses."),
        (only_cites, "According to the Lima Herald.", "The Lima Herald."),
        (tells_time, "It closed two days later.", "It closed two doors."),
        (tells_time, "He left last month.", "He left last."),
        (tells_time, "It was built in the 1920s.", "It was built by 1,920 men."),
        (tells_time, "They met at Christmas.", "They met at church."),
        (tells_duration, "The talks lasted two hours.", "The talks ended at two."),
        (tells_duration, "It burned for weeks.", "It burned weekly."),
        (tells_duration, "A three-day strike began.", "A three-way strike began."),
        (tells_age, "He has been blind from the age of seven.", "He has seven dogs."),
        (tells_age, "The 30-year-old ran.", "The 30-year bond fell."),
        (tells_age, "Ann Ray, 41, sang.", "Ann Ray sang 41 songs."),
        (tells_age, "Students aged 15 won.", "Students won 15 prizes."),
        (tells_age, "She is in her thirties.", "She is in her house."),
        (tells_age, "Ann Ray turned 90 on Monday.", "Ann Ray turned 90 pages."),
        (tells_age, "It was her 100th birthday.", "It was her 100th concert."),
        (tells_age, "Ann Ray, a painter, died at 88.", "Ann Ray, a painter, died at sea."),
        (tells_money, "The deal is worth 235 mln stg.", "The deal has 235 pages."),
        (tells_money, "It cost $40.", "It cost nothing."),
        (tells_amount, "It makes about 30,000 tonnes a year.", "It makes 30,000 kinds."),
        (tells_amount, "10% of every ticket goes to the fund.", "10 tickets go to the fund."),
        (tells_amount, "Half of the hall was empty.", "The hall was empty."),
        (tells_amount, "One in five voted.", "Five voted."),
        (tells_place, "They were found in a cemetery.", "They were found in time."),
        (tells_place, "Shots came from rooftops.", "Shots came from behind."),
        (gives_reason, "It stopped because of rain.", "It stopped at noon."),
    ],
)
def test_a_text_tells_a_kind_of_thing_or_not(tells, text: str, other: str) -> None:  # type: ignore[no-untyped-def]
    assert tells(text)
    assert not tells(other)


def test_how_long_something_was_not_is_no_duration_of_it() -> None:
    text = "It was the first visit in 24 years."
    assert tells_duration(text)
    assert not tells_duration(text, lasting=True)
    assert tells_duration("The talks lasted two hours.", lasting=True)


def test_parts_may_be_told_loosely() -> None:
    assert tells_parts("They are two portraits.", loosely=True)
    assert not tells_parts("They are two portraits.")
    assert not tells_parts("Nobody came.", loosely=True)
