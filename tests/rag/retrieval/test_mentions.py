from __future__ import annotations

from datetime import date

from rag.retrieval import ArticleMention
from rag.schema import Copy, Filters, NamedEntity, PartialDate
from tests.rag.retrieval.building import Story, retriever

BLINKEN = NamedEntity(name="Antony Blinken", variants=("Antony Blinken", "Blinken", "the Secretary"), mentions=4)
STORIES = (
    Story("a", ("Blinken spoke.", "He left.", "Blinken's plane landed."), published="2024-06-21", entities=(BLINKEN,)),
    Story("b", ("The Secretary spoke.",), published="2024-06-24", entities=(BLINKEN,)),
    Story("c", ("Antony Blinken spoke.",), published="2023", title="A visit"),
    Story("d", ("Antony met a Mr. Blinkenberg.",), published="2024-06-25"),
    Story("e", ("Blinken rested.",)),
    Story("f", ("Blinken rested.",), group="e"),
)


def test_every_article_that_mentions_a_name_newest_first() -> None:
    assert retriever(*STORIES).articles_mentioning("Blinken") == (
        mention("b", "2024-06-24", 4),
        mention("a", "2024-06-21", 4, "a-0", "a-2"),
        mention("c", "2023", 1, "c-0", title="A visit"),
        mention("e", None, 1, "e-0", also_in=(Copy("news/f.txt", "f"),)),
    )


def test_a_full_name_is_one_phrase() -> None:
    assert [one.article_id for one in retriever(*STORIES).articles_mentioning("ANTONY BLINKEN")] == ["b", "a", "c"]


def test_any_words_can_be_asked_for() -> None:
    assert [one.article_id for one in retriever(*STORIES).articles_mentioning("he left")] == ["a"]
    assert retriever(*STORIES).articles_mentioning("nobody") == ()
    assert retriever(*STORIES).articles_mentioning(" ?") == ()


def test_filters_apply_to_articles_and_copies() -> None:
    searcher = retriever(*STORIES)
    dated = searcher.articles_mentioning("Blinken", filters=Filters(since=date(2024, 6, 22)))
    assert [one.article_id for one in dated] == ["b"]
    by_path = searcher.articles_mentioning("Blinken", filters=Filters(paths=("news/[ef].txt",)))
    assert [(one.article_id, one.also_in) for one in by_path] == [("e", (Copy("news/f.txt", "f"),))]


def mention(
    article_id: str,
    published: str | None,
    mentions: int,
    *passage_ids: str,
    title: str | None = None,
    also_in: tuple[Copy, ...] = (),
) -> ArticleMention:
    return ArticleMention(
        article_id=article_id,
        path=f"news/{article_id}.txt",
        title=title,
        published=PartialDate.parse(published) if published else None,
        mentions=mentions,
        passage_ids=passage_ids,
        also_in=also_in,
    )
