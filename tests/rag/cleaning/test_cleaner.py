from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.cleaning import clean, line_keys
from rag.schema import Article, Metadata, SourceFile, SourceKind, Span
from rag.sources import FoundFile, read_sources, walk

NASTY = Path(__file__).parents[2] / "corpus" / "nasty"
BODY = (
    "The council of Port Lenn raised ferry fares by ten percent on Monday, saying that fuel had become more expensive.",
    "“We had no choice,” said Mayor Iris Ode, who has led the town for nine years.",
    "According to the harbour office, 4,200 people use the ferry every day, most of them on their way to work.",
)


def source(raw: str, kind: SourceKind = "text", metadata: Metadata | None = None) -> SourceFile:
    return SourceFile(
        path="a.txt", raw=raw, sha256="0" * 64, encoding="utf-8", kind=kind, metadata=metadata or Metadata()
    )


def kept(article: Article) -> list[str]:
    return [block.span.of(article.raw) for block in article.blocks]


def removed(article: Article) -> dict[str, str]:
    return {removal.span.of(article.raw).strip(): removal.reason for removal in article.removed}


def assert_holds(article: Article) -> None:
    """Check what the schema promises of every article."""
    parts = sorted([*article.kept, *(removal.span for removal in article.removed)])
    assert "".join(part.of(article.raw) for part in parts) == article.raw
    assert all(left.end == right.start for left, right in pairwise(parts))
    assert all(len(part) for part in parts)
    spans = [block.span for block in article.blocks]
    assert spans == sorted(spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    for span in spans:
        assert any(part.contains(span) for part in article.kept)
        assert span.of(article.raw).strip() == span.of(article.raw)
    blanks = "".join(article.kept[0].of(article.raw)) if article.kept else ""
    assert bool(article.blocks) == bool(blanks.strip())


LINES = st.sampled_from(
    [
        *BODY, "Leave a Reply", "- Advertisement -", "Home", "  • Storm closes the harbour", "Read More: Fares rise",
        "By Ada Quill", "2024-06-24", " date 2024-06-24 " + BODY[0], "# Fares", "[Home](/)", "![x](y.jpg)", "---", "",
        "\u200b", "\x00", "300", "Ada Quill", "ada@coast.example", "© 2024 The Coast Post. All rights reserved.", "-",
        "عنوان الخبر", "\ufeff", "🚢" * 3, "x" * 200, "Comments0", "She said: \u202eno\u202c.", "- ", "1.",
        "\t\tindented",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES | st.text(max_size=40), max_size=25),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.sampled_from(["text", "markdown", "html", "record"]),
)
def test_kept_and_removed_partition_any_text(lines: list[str], newline: str, kind: SourceKind) -> None:
    assert_holds(clean(source(newline.join(lines), kind)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_kept_and_removed_partition_any_characters(raw: str) -> None:
    assert_holds(clean(source(raw)))


def test_every_nasty_file_is_partitioned() -> None:
    for found in walk([NASTY], max_file_bytes=1_000_000):
        assert isinstance(found, FoundFile)
        for item in read_sources(found):
            if isinstance(item, SourceFile):
                assert_holds(clean(item))


@pytest.mark.parametrize(
    "name", ["crlf.txt", "old_mac.txt", "bom.txt", "utf16.txt", "nul.txt", "invisible.txt", "no_final_newline.txt"]
)
def test_the_same_article_comes_out_of_every_way_of_writing_it(name: str) -> None:
    (found,) = (item for item in walk([NASTY / name], max_file_bytes=1_000_000) if isinstance(item, FoundFile))
    (item,) = read_sources(found)
    assert isinstance(item, SourceFile)

    article = clean(item)

    assert article.title == "Harbour council raises ferry fares"
    assert article.author == "Ada Quill"
    assert [text[:25].replace("\xad", "").replace("\u202e", "")[:13] for text in kept(article)] == [
        "The council o",
        "“We had no ch",
        "According to ",
        "The new fares",
    ]


def test_a_page_of_menus_leaves_the_article() -> None:
    page = "\n".join(
        ["Skip to content", "Menu", "- Home", "- World", "- Business", "- Sport", "Subscribe", "Log in", "Search",
         "Harbour council raises ferry fares", "By Ada Quill", "March 5, 2024 10:41 am", "Share", "Tweet", *BODY,
         "Related articles", "- Storm closes the harbour", "- Town hall clock stops again", "Advertisement",
         "Ada Quill is a reporter for The Coast Post.", "3 comments", "Sign up for our newsletter to get the news.",
         "© 2024 The Coast Post. All rights reserved.", "Privacy Policy", "Terms of Use"]
    )  # fmt: skip

    article = clean(source(page))

    assert kept(article) == list(BODY)
    assert (article.title, article.author, article.publisher) == (
        "Harbour council raises ferry fares",
        "Ada Quill",
        "The Coast Post",
    )
    assert str(article.published) == "2024-03-05"


def test_readers_comments_are_not_the_article() -> None:
    page = "\n\n".join(
        ["Harbour council raises ferry fares", *BODY, "2 Comments", "harbourmaster says:", "March 6, 2024 at 10:02 am",
         "I have taken this ferry for thirty years and I think the council should resign over this decision.", "Reply",
         "old salt says:", "March 6, 2024 at 11:15 am",
         "The fuel price has been falling for months, so this explanation makes no sense to me at all.", "Reply"]
    )  # fmt: skip

    article = clean(source(page))

    assert kept(article) == list(BODY)
    assert removed(article)["2 Comments" + page.partition("2 Comments")[2]] == "comments"
    assert article.published is None


def test_a_line_of_many_files_goes_only_when_the_corpus_says_so() -> None:
    plea = "The Coast Post is owned by you, its readers, and depends on what you give."
    page = source("\n\n".join([*BODY, plea]))

    alone = clean(page)
    within = clean(page, repeated_lines=line_keys(source(plea)))

    assert kept(alone) == [*BODY, plea]
    assert kept(within) == list(BODY)
    assert removed(within) == {plea: "repeated_in_corpus"}


def test_a_copy_of_an_article_is_not_boilerplate() -> None:
    page = source("\n\n".join(BODY))

    assert kept(clean(page, repeated_lines=line_keys(page))) == list(BODY)


def test_markdown_keeps_its_text_and_drops_its_furniture() -> None:
    (found,) = (item for item in walk([NASTY / "article.md"], max_file_bytes=10**6) if isinstance(item, FoundFile))
    (item,) = read_sources(found)
    assert isinstance(item, SourceFile)

    article = clean(item)

    assert [(block.kind, block.span.of(article.raw)) for block in article.blocks] == [
        (
            "paragraph",
            "The council of Port Lenn raised ferry fares by **ten percent** on Monday,\n"
            "saying that [fuel](https://coast.example/fuel) had become more expensive.",
        ),
        ("heading", "What changes"),
        ("list_item", "Children under six still travel free of charge on all the lines."),
        ("list_item", "Bicycles cost one pound, as they did before."),
        ("paragraph", "Mayor Iris Ode said the decision was hard for the whole council."),
    ]
    assert [removal.reason for removal in article.removed] == ["front_matter", "title", "link_list", "image"]


def test_an_html_page_loses_only_outright_furniture() -> None:
    article = clean(source("Fares rise\nShort text.\nShare\nOk then", "html", Metadata(title="Fares rise")))

    assert kept(article) == ["Short text.", "Ok then"]
    assert removed(article) == {"Fares rise": "title", "Share": "share"}


def test_wrapped_paragraphs_are_one_block() -> None:
    (found,) = (item for item in walk([NASTY / "wrapped.txt"], max_file_bytes=10**6) if isinstance(item, FoundFile))
    (item,) = read_sources(found)
    assert isinstance(item, SourceFile)

    assert [text.count("\n") for text in kept(clean(item))] == [3, 2]


def test_a_text_of_one_sentence_is_kept() -> None:
    assert kept(clean(source("Two men were held after a fire at the harbour, police said."))) == [
        "Two men were held after a fire at the harbour, police said."
    ]


def test_nothing_but_furniture_leaves_nothing() -> None:
    article = clean(source("Home\nMenu\nShare\n"))

    assert (article.kept, article.blocks, article.text) == ((), (), "")


def test_white_space_alone_is_removed() -> None:
    article = clean(source(" \n\n"))

    assert [(removal.span, removal.reason) for removal in article.removed] == [(Span(0, 3), "empty")]


def test_joined_kept_spans_keep_paragraphs_apart() -> None:
    article = clean(source("\n".join([BODY[0], "Advertisement", *BODY[1:]])))

    assert article.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "raw",
    [
        "The council raised fares, officials said. " * 120_000,
        "a" * 5_000_000,
        "- " * 2_500_000,
        " ".join(str(number) for number in range(700_000)),
        "([" * 2_000_000,
        "share " * 800_000,
    ],
    ids=["sentences", "letters", "bullets", "numbers", "brackets", "shares"],
)
def test_one_line_of_megabytes_takes_no_time(raw: str) -> None:
    started = time.perf_counter()

    assert_holds(clean(source(raw)))

    assert time.perf_counter() - started < 5  # a quadratic pattern takes hours


def test_very_many_lines_are_cleaned_in_pieces() -> None:
    raw = "\n".join([*BODY, "Advertisement"] * 3000)

    assert_holds(clean(source(raw)))


def test_short_sentences_at_the_beginning_and_between_others_stay() -> None:
    lines = ["The minister resigned on Friday.", "He had been in office for two years.", "His deputy takes over."]

    assert kept(clean(source("\n\n".join(lines)))) == lines


def test_questions_that_head_their_answers_are_headings() -> None:
    page = "\n\n".join(
        ["Q&A: What the new law means", "The parliament passed the law on Tuesday. Here is what you need to know.",
         "Who is affected?", "All drivers under 25 are affected, the ministry said.", "When does it start?",
         "It starts in January, according to the minister.", "Sign up for our daily newsletter", "Enter your email",
         "Most Read", "1. Storm closes harbour", "2. Mayor quits", "3. Ten best pies"]
    )  # fmt: skip

    article = clean(source(page))

    assert article.title == "Q&A: What the new law means"
    assert [block.span.of(page) for block in article.blocks if block.kind == "heading"] == [
        "Who is affected?",
        "When does it start?",
    ]
    assert kept(article)[-1] == "It starts in January, according to the minister."


def test_a_wire_report_ends_with_its_last_sentence() -> None:
    lines = [
        "Port Lenn, March 3 (Wire) -- The council said Sunday it had raised the fares of its only ferry.",
        "The harbour office said in a message to reporters that the decision was taken at 7:40 a.m.",
        '"We have no other choice in this matter," the harbour office said.',
    ]

    article = clean(source("\n\n".join([*lines, "(END)", "quill@wire.example", "Copyright (c) The Wire."])))

    assert kept(article) == lines
    assert str(article.published) == "--03-03"


def test_a_title_is_known_by_the_byline_under_it() -> None:
    page = "\n".join(
        ["Coast News", "Home", "Storms", "Anger as ships stay tied up across the county", "Published 5 March 2024",
         "By Ada Quill and Ben Oar", "Image source, Getty Images", "Image caption, Ships in the port on Tuesday", *BODY]
    )  # fmt: skip

    article = clean(source(page))

    assert article.title == "Anger as ships stay tied up across the county"
    assert (article.author, str(article.published)) == ("Ada Quill, Ben Oar", "2024-03-05")
    assert kept(article) == list(BODY)


def test_the_text_goes_on_after_a_link_inside_it() -> None:
    lines = [
        "El presidente anunció este lunes un paquete de medidas para contener la inflación, que alcanzó el 8 %.",
        '"No vamos a permitir que los precios sigan subiendo", dijo en una rueda de prensa.',
        "La oposición criticó el anuncio y pidió un debate en el Congreso.",
    ]
    page = [
        "El presidente anuncia nuevas medidas",
        "24 de junio de 2024",
        *lines[:2],
        "Lea también: Sube el pan",
        lines[2],
    ]

    article = clean(source("\n\n".join([*page, "Compartir", "Suscríbete a nuestro boletín"])))

    assert kept(article) == lines
    assert (article.language, str(article.published)) == ("es", "2024-06-24")


def test_a_russian_page() -> None:
    lines = [
        "Министр иностранных дел заявил в понедельник, что страна готова к переговорам без предварительных условий.",
        "«Мы открыты для диалога», — сказал он на пресс-конференции в столице.",
        "По его словам, встреча может пройти в сентябре.",
    ]
    page = [
        "Глава МИД заявил о готовности к переговорам",
        "24 июня 2024, 10:15",
        *lines[:2],
        "Читайте также: Курс вырос",
    ]

    article = clean(source("\n\n".join([*page, lines[2], "Поделиться", "Комментарии"])))

    assert kept(article) == lines
    assert (article.title, str(article.published)) == (page[0], "2024-06-24")


def test_names_in_a_list_stay_in_a_text_without_furniture() -> None:
    names = ["Boat of the year", "Grey Heron", "Lady of Lenn", "Harbour of the year", "Elm Bay"]
    below = (BODY[0].replace("Monday", "Friday"), BODY[2].replace("day", "night"))

    assert {"Boat of the year", "Lady of Lenn", "Harbour of the year"} <= {
        *kept(clean(source("\n".join([*BODY, *names, *below]))))
    }


def test_a_table_may_end_an_article() -> None:
    table = ["Fares 1,200,000 vs 900,000", "Passengers 16,000 vs 14,000", "Boats 4 vs 3"]

    assert kept(clean(source("\n".join([*BODY, *table])))) == [*BODY, *table]
    assert kept(clean(source("\n".join([*BODY, "24 June 2024 10:30"])))) == [*BODY]
