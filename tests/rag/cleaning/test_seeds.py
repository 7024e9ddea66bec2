"""The five seed articles: every line that must stay is written out in `kept/`, so everything else must go."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.cleaning import clean
from rag.schema import Article, PartialDate, SourceFile
from rag.sources import FoundFile, read_sources, walk

ROOT = Path(__file__).parents[3]
KEPT = Path(__file__).parent / "kept"
MARKS = {"paragraph": "", "list_item": "- ", "heading": "# "}


def seeds() -> dict[str, Article]:
    articles = {}
    for found in walk([ROOT / "seeds"], max_file_bytes=1_000_000):
        assert isinstance(found, FoundFile)
        for source in read_sources(found):
            assert isinstance(source, SourceFile)
            articles[source.path[:3]] = clean(source)
    return articles


SEEDS = seeds()


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_exactly_the_article_body_is_kept(name: str) -> None:
    article = SEEDS[name]

    found = [MARKS[block.kind] + block.span.of(article.raw) for block in article.blocks]

    assert found == (KEPT / f"{name}.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["000", "001", "002", "003", "004"])
def test_the_kept_spans_hold_the_blocks_and_nothing_else(name: str) -> None:
    article = SEEDS[name]

    lines = [line.strip().removeprefix("- ") for line in article.text.splitlines() if line.strip()]

    assert lines == [block.span.of(article.raw) for block in article.blocks]


def test_titles() -> None:
    assert {name: article.title for name, article in SEEDS.items()} == {
        "000": "United States and South Korea Condemn Russia and North Korea’s Military Cooperation: "
        "Urging Responsible Actions from Moscow",
        "001": "Rising Tensions: U.S. Condemns North Korea-Russia Defense Treaty",
        "002": "The United States, South Korea and Japan have condemned increased military cooperation between "
        "North Korea and Russia, including the supply of weapons from North Korea.",
        "003": "Russia’s possible military deal with North Korea gets strong US reaction",
        "004": "South Korea and US say Putin-Kim deal would violate UN sanctions",
    }


def test_dates_and_where_they_come_from() -> None:
    assert {name: (article.published, article.published_from) for name, article in SEEDS.items()} == {
        "000": (None, None),
        "001": (
            PartialDate(2024, 6, 21),
            "text; latest day named in line 11; "
            "year from line 38: 'Revealed: Smartest Nations in 2024 - Is America on the List?'",
        ),
        "002": (PartialDate(2024, 6, 24), "text"),
        "003": (None, None),
        "004": (PartialDate(None, 9, 15), "text; latest day named in line 20"),
    }


def test_the_date_inside_a_first_line_is_removed_from_it() -> None:
    first = SEEDS["002"].removed[0]

    assert (first.span.of(SEEDS["002"].raw), first.reason) == (" date 2024-06-24 ", "date")


def test_author_publisher_and_language() -> None:
    assert {name: (article.author, article.publisher, article.language) for name, article in SEEDS.items()} == {
        "000": (None, None, "en"),
        "001": ("Daniel Kim", None, "en"),
        "002": (None, None, "en"),
        "003": (None, None, "en"),
        "004": (None, None, "en"),
    }


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("000", "- Advertisement -", "advertisement"),
        ("000", "Leave a Reply", "comments"),
        ("000", "This website uses cookies", "cookies"),
        ("001", "Quick access to main page (top)", "navigation"),
        ("001", "Rising Tensions", "title"),
        ("001", "Daniel Kim Views", "byline"),
        ("001", "© News1", "copyright"),
        ("001", "content@viewusglobal.com", "byline"),
        ("001", "Comments0", "comments"),
        ("001", "[LATEST] Latest Stories", "related"),
        ("001", "Share it on...", "share"),
        ("002", "Додати до обраного", "related"),
        ("003", "russia’s possible military deal", "repeated_in_file"),
        ("003", "Read More: Russia Drone attack", "related"),
        ("003", "Vinkmag ad", "advertisement"),
        ("003", "iPhone 12 banned in France", "related"),
        ("004", "- News", "related"),
    ],
)
def test_what_is_removed_says_why(name: str, text: str, reason: str) -> None:
    article = SEEDS[name]
    at = article.raw.index(text)

    assert next(removal.reason for removal in article.removed if removal.span.start <= at < removal.span.end) == reason
