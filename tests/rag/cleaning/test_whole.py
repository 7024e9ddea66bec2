"""Small, ordinary articles of which nothing may be lost."""

from __future__ import annotations

import pytest

from rag.cleaning import clean, line_keys
from rag.schema import Article, Metadata, SourceFile, SourceKind

FIRST = "The quay at Port Lenn was closed on Monday after a crane had fallen into the harbour, the council said."
SECOND = "Harbour master Ola Rehn said that it would open again in May and that nobody had been hurt."
TITLE = "Port Lenn closes its quay after crane falls"


def source(raw: str, kind: SourceKind = "text", **metadata: str) -> SourceFile:
    return SourceFile(
        path="a",
        raw=raw,
        sha256="0" * 64,
        encoding="utf-8",
        kind=kind,
        metadata=Metadata(**metadata),  # type: ignore[arg-type]  # strings only
    )


def blocks(article: Article) -> list[str]:
    return [block.span.of(article.raw) for block in article.blocks]


# --- titles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("divider", [". ", " - ", " | ", " — ", "\n", "? ", ".\n\n"])
@pytest.mark.parametrize("kind", ["record", "text", "html"])
def test_a_title_that_opens_the_line_is_cut_from_it(kind: SourceKind, divider: str) -> None:
    article = clean(source(f"{TITLE}{divider}{FIRST} {SECOND}", kind, title=TITLE))

    assert blocks(article) == [f"{FIRST} {SECOND}"]
    assert (article.title, article.removed[0].reason) == (TITLE, "title")


@pytest.mark.parametrize("kind", ["record", "text", "markdown", "html"])
def test_a_sentence_that_begins_like_the_title_stays(kind: SourceKind) -> None:
    lead = f"{TITLE} onto two barges that had come from Elm Bay with salt."

    assert blocks(clean(source(f"{lead}\n\n{SECOND}", kind, title=TITLE))) == [lead, SECOND]


def test_a_title_of_one_word_is_no_part_of_the_sentence() -> None:
    text = "Weather: rain until Friday, then sun with a high of 11 degrees in the harbour."

    assert blocks(clean(source(text, "record", title="Weather"))) == [text]


@pytest.mark.parametrize("line", [f"{TITLE} | The Lenn Daily", f"{TITLE} - Lenn Daily", TITLE])
def test_a_line_that_is_the_title_and_a_newspaper_goes(line: str) -> None:
    assert blocks(clean(source(f"{line}\n\n{FIRST}\n\n{SECOND}", title=TITLE))) == [FIRST, SECOND]


def test_the_newspaper_in_a_given_title_is_not_looked_for() -> None:
    article = clean(source(f"{TITLE}. {FIRST}", "record", title=f"{TITLE} - Lenn Daily"))

    assert blocks(article) == [FIRST]


def test_the_first_sentence_stands_in_for_a_title() -> None:
    article = clean(source(f"{SECOND} {FIRST}", "record"))

    assert (article.title, article.title_from, blocks(article)) == (SECOND, "first sentence", [f"{SECOND} {FIRST}"])


@pytest.mark.parametrize("title", ["Road closed in Ennis", "Lotto winner found"])
def test_a_headline_of_few_words_is_the_title_of_a_brief(title: str) -> None:
    article = clean(source(f"{title}\n\nThe winner has come forward.\n\n{SECOND}"))

    assert (article.title, article.title_from) == (title, "text")


# --- short texts, lists, tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        ("The road in Ennis closed.", "Officer Pat Daly said it would open on Monday.", "Drivers were angry."),
        ("Baggage handlers walked out at 6 a.m.", SECOND),
        (FIRST, "- Child benefit goes up to 210 euros", "- No new prisons will be built", SECOND),
        (FIRST, "• Three people are missing", "• Schools stay closed until Thursday", SECOND),
        (FIRST, "Ada Moen, 34, teacher", "Karl Moen, 36, electrician", "Siri Dahl, 71", SECOND),
        (FIRST, "Goals:", "1-0 Lund (12)", "1-1 Berg (33)", "3-1 Moe (90)", SECOND),
        (FIRST, SECOND, "Corrected on 7 March: an earlier version said that two cranes had fallen."),
        (FIRST, "Year\tShips", "2022\t94", "2023\t102", SECOND),
        (FIRST, SECOND, "1847 The quay is built", "1910 The first crane comes", "1951 The storm of January"),
        (
            "18:40 GMT", "Power back in Dingle", "Power is back for 11,000 homes in Dingle, the grid company said.",
            "11:20 GMT", "Schools shut", "All schools in Clare are shut today, the education minister said.",
        ),
    ],
    ids=["brief", "short lead", "dashes", "bullets", "victims", "goals", "correction", "table", "timeline", "blog"],
)  # fmt: skip
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_everything_below_the_title_stays(lines: tuple[str, ...], gap: str) -> None:
    article = clean(source(f"{TITLE}\n\n" + gap.join(lines)))

    assert blocks(article) == [line.removeprefix("- ").removeprefix("• ") for line in lines]


def test_lines_that_follow_each_other_can_be_cited() -> None:
    article = clean(
        source("\n".join([TITLE, "", FIRST, "Ada Moen, 34, teacher", "Siri Dahl, 71", "Jo Lie, 19", SECOND]))
    )

    assert [block.kind for block in article.blocks] == ["paragraph", *["list_item"] * 3, "paragraph"]


def test_the_rows_of_a_markdown_table_are_lines_of_their_own() -> None:
    rows = ("| Team | Gold |", "|:-----|-----:|", "| Norrland | 9 |", "| Sorland | 7 |")
    article = clean(source("\n".join([f"# {TITLE}", "", FIRST, "", *rows, "", SECOND]), "markdown"))

    assert blocks(article) == [FIRST, rows[0], *rows[2:], SECOND]
    assert rows[1] in [removal.span.of(article.raw).strip() for removal in article.removed if removal.reason == "rule"]


def test_a_list_in_markdown_keeps_the_line_that_introduces_it() -> None:
    intro = "The minister presented the budget for 2025 on Saturday. These are the main points:"
    article = clean(
        source(f"# {TITLE}\n\n{intro}\n\n- Fuel duty rises by 5 cents\n- Beer stays\n\n{SECOND}", "markdown")
    )

    assert blocks(article) == [intro, "Fuel duty rises by 5 cents", "Beer stays", SECOND]


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_front_matter_ends_at_its_fence(kind: SourceKind) -> None:
    article = clean(source(f"---\ntitle: {TITLE}\n---\n{FIRST}\n{SECOND}", kind))

    assert article.removed[0].reason == "front_matter"
    assert article.text == f"{FIRST}\n{SECOND}"


def test_a_call_to_subscribe_takes_no_article_on_one_line_with_it() -> None:
    text = f"Sign up here for our daily newsletter. {FIRST} {SECOND} " * 8

    assert blocks(clean(source(text, "record", title=TITLE))) == [text.strip()]


# --- the corpus -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact",
    [
        "The strike began on March 3 after the company cut wages by 9 percent, union leader Max Orr said.",
        "“We will not give in, and you will see it,” union leader Max Orr said.",
        "The mill is the largest employer of the valley and has stood by the river since 1847.",
    ],
)
def test_a_fact_that_many_articles_repeat_stays(fact: str) -> None:
    page = source("\n\n".join([TITLE, FIRST, fact, SECOND]))

    assert fact in blocks(clean(page, repeated_lines=line_keys(source(fact))))


@pytest.mark.parametrize(
    "line",
    [
        "The Lenn Daily is owned by you, its readers, and depends on what you give.",
        "Ola Rehn is a reporter for the Lenn Daily and lives in Port Lenn.",
        "Lenn Daily Weekend",
    ],
)
def test_boilerplate_that_many_articles_repeat_goes(line: str) -> None:
    page = source("\n\n".join([TITLE, FIRST, SECOND, FIRST.replace("Monday", "Friday"), line]))

    assert line not in blocks(clean(page, repeated_lines=line_keys(source(line))))


# --- nothing left ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["Qtly div 65 cts vs 65 cts prior\nPay May Seven\nRecord April Seven", f"{TITLE}"],
    ids=["dividend notice", "nothing but the title"],
)
def test_where_nothing_would_be_left_to_cite_the_text_stays(text: str) -> None:
    article = clean(source(text, "record", title=TITLE))

    assert (article.text, article.is_uncleaned) == (text, True)
    assert any(block.kind != "heading" for block in article.blocks)


def test_a_page_of_labels_alone_has_no_article() -> None:
    article = clean(source("Home\nMenu\nSubscribe\nShare\nAll rights reserved."))

    assert (article.text, article.is_uncleaned) == ("", False)
