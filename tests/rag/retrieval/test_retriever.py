from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.config import RetrievalSettings
from rag.retrieval.dates import may_lie_within
from rag.schema import Copy, Filters, PartialDate, ScoredPassage
from tests.rag.retrieval.building import Story, retriever

TREATY = Story(
    "treaty",
    ("Kim and Putin signed a defence treaty in Pyongyang.", "The summit lasted nine hours."),
    title="Kim and Putin sign treaty",
    published="2024-06-19",
)
GRAIN = Story("grain", ("Grain prices rose in Odesa.", "Farmers blamed the drought."), published="2024-06-25")
OLD = Story("old", ("Kim and Putin met at a cosmodrome.",), published="2023-09-13")
UNDATED = Story("undated", ("Kim praised farmers.",))


def ids(found: tuple[ScoredPassage, ...]) -> list[str]:
    return [one.passage.id for one in found]


def test_the_passage_that_holds_the_words_comes_first() -> None:
    found = retriever(TREATY, GRAIN, OLD, UNDATED).search("Who signed the defence treaty?", k=3)
    assert ids(found)[0] == "treaty-0"
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].article.path == "news/treaty.txt"


def test_results_say_where_they_come_from() -> None:
    found = {one.passage.id: one for one in retriever(TREATY, GRAIN).search("defence treaty", k=9)}
    first = found["treaty-0"].origins
    assert first["lexical"].rank == 1
    assert first["dense"].rank == 1
    assert 0 < first["dense"].score <= 1
    assert "lexical" not in found["grain-0"].origins


def test_an_article_speaks_for_its_passages() -> None:
    split = Story("split", ("The minister met farmers.", "Nobody spoke of tariffs on Monday."))
    half = Story("half", ("The minister met sailors.", "Nobody spoke of boats on Monday."))
    found = retriever(half, split).search("minister tariffs", k=9)
    assert ids(found).index("split-0") < ids(found).index("half-0")


def test_neighbours_of_the_question_count_as_neighbours() -> None:
    apart = Story("apart", ("The house was near a white wall and painted green.",))
    close = Story("close", ("The green wall was near a white house and painted.",))
    assert ids(retriever(apart, close).search("the White House", k=1)) == ["close-0"]


@pytest.mark.parametrize("query", ["", "   ", "?!", "\x00", "the of and", "zyzzyva " * 50, "☃" * 500])
def test_strange_queries_are_answered(query: str) -> None:
    found = retriever(TREATY, GRAIN, UNDATED).search(query, k=2)
    assert len(found) <= 2


def test_an_empty_index_finds_nothing() -> None:
    assert retriever().search("anything", k=3) == ()


def test_ties_go_by_passage_id() -> None:
    stories = [Story(name, ("The same words.",)) for name in ("d", "b", "a", "c")]
    for seed in range(4):
        random.Random(seed).shuffle(stories)
        assert ids(retriever(*stories).search("words", k=3)) == ["a-0", "b-0", "c-0"]


# --- dates ------------------------------------------------------------------------------------------------------


def same_news(*days: str) -> list[Story]:
    return [Story(f"of-{day}", ("The harbour strike went on.",), published=day) for day in days]


def test_as_of_prefers_what_is_near_and_excludes_nothing() -> None:
    stories = same_news("2022-05-01", "2023-05-01", "2024-05-01", "2024-05-12")
    found = retriever(*stories).search("harbour strike", k=9, filters=Filters(as_of=date(2023, 5, 4)))
    assert ids(found)[0] == "of-2023-05-01-0"
    assert len(found) == 4


def test_an_older_article_that_is_clearly_asked_for_stays_in_sight() -> None:
    asked = Story("asked", ("Ferry captain Lindqvist resigned after the Visby collision.",), published="2021-02-01")
    others = [
        Story(f"near-{number}", (f"Captain of team {number} praised the {number} fans.",), published="2024-06-20")
        for number in range(40)
    ]
    found = retriever(asked, *others).search(
        "Why did ferry captain Lindqvist resign after the Visby collision?",
        k=5,
        filters=Filters(as_of=date(2024, 6, 21)),
    )
    assert ids(found)[0] == "asked-0"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("What is the latest on the harbour strike?", "of-2024-06-25-0"),
        ("How did the harbour strike go this week?", "of-2024-06-25-0"),
        ("How did the harbour strike go last September?", "of-2023-09-10-0"),
        ("How did the harbour strike go last month?", "of-2024-05-10-0"),
    ],
)
def test_relative_dates_move_the_reference(question: str, first: str) -> None:
    stories = same_news("2023-09-10", "2024-03-01", "2024-05-10", "2024-06-25")
    assert ids(retriever(*stories).search(question, k=1)) == [first]


def test_the_latest_within_a_filter_is_the_latest_that_passes() -> None:
    stories = same_news("2023-09-10", "2023-09-11", "2024-06-25")
    found = retriever(*stories).search("latest on the strike", k=1, filters=Filters(until=date(2023, 12, 31)))
    assert ids(found) == ["of-2023-09-11-0"]


def test_beside_as_of_the_days_of_the_question_still_count() -> None:
    stories = same_news("2023-06-10", "2023-09-10", "2024-06-25")
    question = "How did the harbour strike go last September?"
    found = retriever(*stories).search(question, k=3, filters=Filters(as_of=date(2024, 6, 26)))
    assert ids(found) == ["of-2024-06-25-0", "of-2023-09-10-0", "of-2023-06-10-0"]


# --- filters and copies -----------------------------------------------------------------------------------------


def test_filters_by_path_and_date() -> None:
    searcher = retriever(TREATY, GRAIN, OLD, UNDATED)
    assert set(ids(searcher.search("Kim Putin", k=9, filters=Filters(since=date(2024, 1, 1))))) == {
        "grain-0",
        "grain-1",
        "treaty-0",
        "treaty-1",
    }
    assert ids(searcher.search("Kim", k=9, filters=Filters(paths=("news/o*",)))) == ["old-0"]
    assert ids(searcher.search("Kim", k=9, filters=Filters(paths=("nowhere/*",)))) == []


def test_a_filter_is_not_starved_by_better_passages_outside() -> None:
    crowd = [Story(f"crowd-{number}", ("Grain grain grain.",), published="2020-01-01") for number in range(60)]
    wanted = Story("wanted", ("Steel and coal.",), published="2024-01-01")
    tight = RetrievalSettings(candidates=10)
    found = retriever(*crowd, wanted, settings=tight).search("grain", k=2, filters=Filters(since=date(2024, 1, 1)))
    assert ids(found) == ["wanted-0"]


def test_near_duplicates_count_once() -> None:
    copies = [Story(name, ("Grain prices rose in Odesa.",), group="a") for name in ("b", "a", "c")]
    searcher = retriever(*copies, TREATY)
    first = searcher.search("grain prices", k=9)[0]
    assert first.article.id == "a"
    assert first.also_in == (Copy("news/b.txt", "b"), Copy("news/c.txt", "c"))
    assert {one.article.id for one in searcher.search("grain prices", k=9)} == {"a", "treaty"}
    assert searcher.copies(["c", "treaty", "unknown"]) == {"c": (Copy("news/a.txt", "a"), Copy("news/b.txt", "b"))}
    filtered = searcher.search("grain", k=9, filters=Filters(paths=("news/[bc].txt",)))
    assert [(one.article.id, one.also_in) for one in filtered] == [("b", (Copy("news/c.txt", "c"),))]


WORDS = st.sampled_from("grain steel coal treaty harbour strike minister".split())
STORIES = st.lists(
    st.builds(
        lambda words, day, group: (" ".join(words), day, group),
        st.lists(WORDS, min_size=1, max_size=5),
        st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2024, 12, 31))),
        st.integers(0, 4),
    ),
    max_size=12,
)
BOUND = st.one_of(st.none(), st.dates(date(2023, 1, 1), date(2024, 12, 31)))


@settings(max_examples=60, deadline=None)
@given(drawn=STORIES, query=st.lists(WORDS, min_size=1, max_size=3), since=BOUND, until=BOUND, as_of=BOUND)
def test_what_is_found_passes_the_filters_and_each_group_counts_once(
    drawn: list[tuple[str, date | None, int]],
    query: list[str],
    since: date | None,
    until: date | None,
    as_of: date | None,
) -> None:
    stories = [
        Story(f"s{n:02d}", (text,), published=str(PartialDate.of(day)) if day else None, group=f"g{group}")
        for n, (text, day, group) in enumerate(drawn)
    ]
    by_id = {story.id: story for story in stories}
    filters = Filters(since=since, until=until, as_of=as_of)
    found = retriever(*stories).search(" ".join(query), k=20, filters=filters)
    passing = {
        story.id
        for story in stories
        if may_lie_within(PartialDate.parse(story.published) if story.published else None, since, until)
    }
    groups = [by_id[one.article.id].group for one in found]
    assert len(groups) == len(set(groups))
    named = [one.article.id for one in found] + [copy.article_id for one in found for copy in one.also_in]
    assert sorted(named) == sorted(passing)  # every article that may answer is shown, as itself or as a copy
    assert found == retriever(*reversed(stories)).search(" ".join(query), k=20, filters=filters)
