"""Title, date, author and publisher of texts made for the purpose."""

from __future__ import annotations

import pytest

from rag.cleaning import clean
from rag.schema import Article, Metadata, PartialDate, SourceFile

FIRST = "The council of Port Lenn raised ferry fares by ten percent on Monday, saying that fuel had become dearer."
SECOND = "According to the harbour office, 4,200 people use the ferry of the council every day to get to work."


def cleaned(*lines: str, metadata: Metadata | None = None) -> Article:
    return clean(
        SourceFile(
            path="a.txt",
            raw="\n\n".join(lines),
            sha256="0" * 64,
            encoding="utf-8",
            kind="text",
            metadata=metadata or Metadata(),
        )
    )


def dated(*lines: str, metadata: Metadata | None = None) -> tuple[str | None, str | None]:
    article = cleaned(*lines, metadata=metadata)
    return str(article.published) if article.published else None, article.published_from


def test_metadata_wins_over_the_text() -> None:
    metadata = Metadata(title="Fares up", published=PartialDate(2020, 1, 2), author="Ben Oar", publisher="Wire")
    article = cleaned("Ferry fares raised by council", "By Ada Quill", FIRST, SECOND, metadata=metadata)

    assert (article.title, article.author, article.publisher) == ("Fares up", "Ben Oar", "Wire")
    assert (article.published, article.published_from) == (PartialDate(2020, 1, 2), "metadata")


def test_the_given_title_is_removed_where_it_stands() -> None:
    article = cleaned("Ferry fares raised", FIRST, SECOND, metadata=Metadata(title="Ferry fares raised"))

    assert article.removed[0].reason == "title"


def test_a_title_below_a_menu_of_news_is_told_from_the_teasers() -> None:
    menu = ("Latest news", "Storm closes the school in Elm Bay again", "Ten recipes with herring for the winter")
    article = cleaned(*menu, "Council of Port Lenn raises ferry fares", "Share", FIRST, SECOND)

    assert article.title == "Council of Port Lenn raises ferry fares"
    assert cleaned(*menu, "Share", FIRST, SECOND).title == FIRST  # which stands in


def test_a_title_of_many_words_is_no_paragraph() -> None:
    title = "Council of Port Lenn raises ferry fares by ten percent as fuel becomes dearer and boats grow older"
    article = cleaned(title, FIRST, SECOND)

    assert (article.title, article.blocks[0].span.of(article.raw)) == (title, FIRST)


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        (("By Ada Quill", FIRST), "Ada Quill"),
        (("By Ada Quill, Harbour Correspondent", FIRST), "Ada Quill"),
        (("By Ada Quill and Ben Oar", FIRST), "Ada Quill, Ben Oar"),
        (("By", "Ada Quill", FIRST), "Ada Quill"),
        (("Von Ada Quill", FIRST), "Ada Quill"),
        ((FIRST, SECOND, "Ada Quill", "ada@coast.example"), "Ada Quill"),
        ((FIRST, SECOND, "Ada Quill", "@adaquill"), "Ada Quill"),
        (("By the harbour, the fares rose", FIRST), None),
        (("By clicking you agree", FIRST), None),
        ((FIRST, SECOND), None),
    ],
)
def test_authors(lines: tuple[str, ...], author: str | None) -> None:
    assert cleaned("Ferry fares raised by council", *lines, SECOND).author == author


def test_a_publisher_is_named_by_a_copyright_line_with_a_year() -> None:
    assert cleaned(FIRST, SECOND, "© 2011-2024 The Coast Post. All rights reserved.").publisher == "The Coast Post"
    assert cleaned(FIRST, SECOND, "© The Coast Post").publisher is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((FIRST, SECOND), (None, None)),
        (("Ferry fares raised by council", "March 5, 2024 10:41 am", FIRST, SECOND), ("2024-03-05", "text")),
        (("Ferry fares raised by council", "Published: 5 March 2024", FIRST, SECOND), ("2024-03-05", "text")),
        (
            ("Ferry fares raised", "Updated March 7, 2024", "Published March 5, 2024", FIRST, SECOND),
            ("2024-03-05", "text"),
        ),
        ((FIRST, SECOND, "First Published: Tuesday, March 5, 2024 08:38 AM"), ("2024-03-05", "text")),
        (("PORT LENN, March 5, 2024 (Wire) — " + FIRST, SECOND), ("2024-03-05", "dateline")),
        (("PORT LENN, March 5 (Wire) — " + FIRST, SECOND), ("--03-05", "dateline")),
        (("PORT LENN, March 5. /WIRE/. " + FIRST, SECOND), ("--03-05", "dateline")),
        (("Fährpreise steigen im Hafen", "5. März 2024", FIRST, SECOND), ("2024-03-05", "text")),
        (("2024-03-05 " + FIRST, SECOND), ("2024-03-05", "text")),
        ((FIRST + " In 2019 they were lower.", SECOND), (None, None)),
    ],
    ids=["none", "line", "marked", "update", "below", "dateline", "no-year", "agency", "german", "prefix", "history"],
)
def test_dates(lines: tuple[str, ...], expected: tuple[str | None, str | None]) -> None:
    assert dated(*lines) == expected


def test_the_address_gives_a_date_where_the_text_has_none() -> None:
    address = Metadata(url="https://coast.example/2024/03/05/ferry")

    assert dated(FIRST, SECOND, metadata=address) == ("2024-03-05", "url")


def test_the_latest_of_several_days_is_taken_and_its_line_recorded() -> None:
    days = "On June 19 the council met, and on June 20 it voted. The mayor signed the order on June 21."

    assert dated(FIRST, days, SECOND) == ("--06-21", "text; latest day named in line 3")


def test_a_year_comes_only_from_around_the_article_and_leaves_its_evidence() -> None:
    days = "On June 19 the council met, and on June 20 it voted. Fares were last raised in 2012."

    assert dated(FIRST, days, SECOND, "© 2024 The Coast Post. All rights reserved.") == (
        "2024-06-20",
        "text; latest day named in line 3; year from line 7: '© 2024 The Coast Post. All rights reserved.'",
    )


def test_two_different_years_are_no_evidence() -> None:
    days = "On June 19 the council met, and on June 20 it voted."

    assert dated(FIRST, days, SECOND, "Related", "Best ferries of 2023", "© 2024 The Coast Post") == (
        "--06-20",
        "text; latest day named in line 3",
    )


@pytest.mark.parametrize(
    "days",
    [
        "The council met on June 19.",
        "The council will vote on June 19 and meet again on June 20.",
        "Fares must be paid by June 19 or by June 20, it said.",
        "The council met in June and voted on a Thursday.",
    ],
    ids=["one-day", "future", "deadline", "month"],
)
def test_days_that_say_nothing_about_the_day_of_writing(days: str) -> None:
    assert dated(FIRST, days, SECOND) == (None, None)


def test_january_follows_december() -> None:
    assert dated(FIRST, "The council met on December 29 and voted on January 3.", SECOND)[0] == "--01-03"


def test_a_day_that_the_inferred_year_does_not_have_stays_partial() -> None:
    days = "The council met on February 28 and voted on February 29."

    assert dated(FIRST, days, SECOND, "© 2023 The Coast Post")[0] == "--02-29"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FIRST + " " + SECOND, "en"),
        ("Der Rat der Stadt hat die Preise für die Fähre erhöht, wie er am Montag mit einer Erklärung sagte.", "de"),
        ("Le conseil municipal a relevé les tarifs de la navette, a annoncé la maire dans un communiqué.", "fr"),
        ("Городской совет повысил плату за паром, и это вызвало протест, как сообщили в мэрии на этой неделе.", "ru"),
        ("Міська рада підвищила плату за пором, і це викликало протест, як повідомили у мерії на цьому тижні.", "uk"),
        ("시 의회는 월요일부터 연락선 요금을 10퍼센트 인상한다고 밝혔다.", "ko"),
        ("市議会は月曜日からフェリー料金を引き上げると発表した。", "ja"),
        ("12 34 56 78", None),
    ],
)
def test_languages(text: str, language: str | None) -> None:
    from rag.text.language import guess_language

    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("UPDATED: 6 March 2024 | PUBLISHED: 5 March 2024", "2024-03-05"),
        ("Last updated 6 March 2024, first published 5 March 2024", "2024-03-05"),
        ("05.03.2024, 10:22 Uhr", "2024-03-05"),
        ("03/05/2024", "2024"),
        ("25/03/2024", "2024-03-25"),
        ("By Ada Quill, Staff Writer of The Coast Post, Wednesday, November 20, 2019", "2019-11-20"),
        ("By Ada Quill 12 March 2019", "2019-03-12"),
    ],
)
def test_of_a_date_line_what_is_certain_is_read(line: str, day: str) -> None:
    assert dated("Ferry fares raised by council", line, FIRST, SECOND) == (day, "text")


@pytest.mark.parametrize(
    "byline",
    ["By Meg JamesStaff Writer", "By Meg James, Staff Writer", "By Meg James Wednesday, November 20, 2019",
     "By Meg James 20 November 2019", "By Meg James | Senior Correspondent"],
)  # fmt: skip
def test_an_author_is_a_name_and_nothing_else(byline: str) -> None:
    assert cleaned("Ferry fares raised by council", byline, FIRST, SECOND).author == "Meg James"


def test_a_publisher_ends_where_its_sentence_does() -> None:
    lines = ("© 2019 Cable News Network.Turner Broadcasting System, Inc.All Rights Reserved.",)

    assert cleaned("Ferry fares raised by council", FIRST, SECOND, *lines).publisher == "Cable News Network"
