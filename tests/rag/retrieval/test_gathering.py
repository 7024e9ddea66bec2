"""What a question may be answered from, most useful first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.config import Settings
from rag.engine import Engine
from rag.indexing import OpenIndex, wanted_manifest
from rag.models.doubles import HashingEmbedder
from rag.query import understand
from rag.retrieval import Retriever, retrieve
from rag.schema import Filters, Intent, Query, Question, ScoredPassage

FILLER = " ".join(
    f"Delegate number {number} of the long meeting spoke of the weather, of the road and of the price of bread."
    for number in range(24)
)
"""Longer than a passage, so that what stands before and after it are passages of their own."""
COD = (
    "Norwegian Foreign Minister Astrid Lindqvist met her colleagues in Lisbon. Lindqvist said that the pact would "
    f"protect the cod. {FILLER} Lindqvist warned that illegal trawlers would lose their licences."
)
RECORDS = [
    {"id": "cod", "title": "Norway signs a fishing pact", "published": "2023-03-14", "text": COD},
    {
        "id": "copy",
        "title": "Norway signs a fishing pact",
        "published": "2023-03-15",
        "text": COD,
    },
    {
        "id": "fines",
        "title": "Trawlers fined off Bergen",
        "published": "2023-06-02",
        "text": "Three trawlers were fined 40,000 euros off Bergen. Lindqvist said that the fines were a warning. "
        "Astrid Lindqvist is Foreign Minister of Norway.",
    },
    {
        "id": "budget",
        "title": "Norway raises its budget",
        "published": "2024-01-10",
        "text": "The budget of Norway grows. Astrid Lindqvist said that the embassies needed repairs. Cod is not "
        "in it.",
    },
    {
        "id": "choir",
        "title": "Choir tours the Baltic",
        "published": "2022-09-10",
        "text": "The Tartu choir sang in Riga. Conductor Liis Tamm said that the tour was a gift. Cod was served.",
    },
    {
        "id": "undated",
        "title": "A word on bread",
        "text": "Bread is made of flour and water. The baker Jon Ask said that cod was no bread.",
    },
]


@dataclass(frozen=True)
class Index:
    """A searched index, opened for reading."""

    catalog: Catalog
    retriever: Retriever

    def found(self, question: str, *, k: int = 4, filters: Filters = Filters()) -> tuple[ScoredPassage, ...]:
        (query,) = understand(Question(text=question, filters=filters))
        return self.of(query, k=k)

    def of(self, query: Query, *, k: int = 4) -> tuple[ScoredPassage, ...]:
        return retrieve(query, self.retriever, self.catalog, k=k)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("gathering")
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
    (folder / "wire.jsonl").write_text(lines, encoding="utf-8")
    settings, embedder = Settings(index=folder / "index", workers=1), HashingEmbedder()
    with Engine.open(settings, embedder=embedder) as engine:
        engine.index([folder / "wire.jsonl"])
    opened = OpenIndex(folder / "index", wanted=wanted_manifest(settings, embedder), chroma_url=settings.chroma_url)
    retriever = Retriever(
        catalog=opened.catalog,
        lexical=opened.lexical,
        vectors=opened.vectors,
        embedder=embedder,
        settings=settings.retrieval,
        today=lambda: date(2024, 2, 1),
    )
    yield Index(opened.catalog, retriever)
    opened.close()


def ids(found: tuple[ScoredPassage, ...]) -> list[str]:
    """Return the articles in the order of their first passage."""
    return list(dict.fromkeys(one.article.path.removeprefix("wire.jsonl#") for one in found))


def test_every_passage_comes_once_and_says_where_it_was_found(index: Index) -> None:
    for question in ("What did Lindqvist say?", "Summarise the fishing pact", "Who fined the trawlers?"):
        found = index.found(question)
        assert len({one.passage.id for one in found}) == len(found)
        by_search = {one.passage.id: one for one in index.retriever.search(question.rstrip("?"), k=4)}
        assert all(one.origins for one in found if one.passage.id in by_search)
        assert all(one.passage.article_id == one.article.id for one in found)


def test_a_question_for_a_fact_gets_what_the_search_found(index: Index) -> None:
    filters = Filters(until=date(2023, 12, 31))
    found = index.found("Who fined the trawlers off Bergen?", filters=filters)
    assert found == index.retriever.search("Who fined the trawlers off Bergen?", k=4, filters=filters)
    assert ids(found)[0] == "fines"


# --- somebody's words -------------------------------------------------------------------------------------------


def test_passages_that_report_the_speaker_come_before_the_others(index: Index) -> None:
    found = index.found("What did Astrid Lindqvist say?", k=6)
    reported = ["Lindqvist said" in one.passage.text or "Lindqvist warned" in one.passage.text for one in found]
    assert reported.count(True) == 4  # two of the pact, which stands for its copy, one of the fines, one of the budget
    assert reported == sorted(reported, reverse=True)
    assert set(ids(found)[:3]) - {"cod", "copy"} == {"fines", "budget"}


def test_what_the_search_missed_of_a_speaker_is_added_the_newest_first(index: Index) -> None:
    found = index.found("What did Astrid Lindqvist say?", k=1)
    added = [one for one in found if not one.origins]
    assert len(found) == 4
    assert len(added) == 3
    published = [str(one.article.published) for one in added]
    assert published == sorted(published, reverse=True)
    assert all(one.score == 0.0 for one in added)


def test_about_a_topic_what_the_search_found_comes_before_other_words_of_the_speaker(index: Index) -> None:
    found = index.found("What did Lindqvist say about trawlers?", k=3)
    searched = [bool(one.origins) for one in found]
    assert searched == sorted(searched, reverse=True)
    assert ids(found)[0] in ("fines", "cod")
    assert "budget" in ids(found)


def test_whoever_says_nothing_gets_what_the_search_found(index: Index) -> None:
    query = Query(asked="What did Macron say?", text="What did Macron say?", intent="said", speaker="Macron")
    assert index.of(query) == index.retriever.search("What did Macron say?", k=4)


def test_another_person_of_the_same_first_name_is_somebody_else(index: Index) -> None:
    query = Query(asked="?", text="What did Astrid Berg say?", intent="said", speaker="Astrid Berg")
    assert all(one.origins for one in index.of(query))


# --- filters and copies -----------------------------------------------------------------------------------------

QUESTIONS = (
    "What did Lindqvist say?",
    "What did Lindqvist say about cod?",
    "Which articles mention cod?",
    "How many articles mention Lindqvist?",
    "Summarise the fishing pact",
    "What is the latest on Norway?",
    "What's new?",
    "Give me a timeline of the fines",
    "Who fined the trawlers?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_filters_hold(index: Index, question: str) -> None:
    late = index.found(question, filters=Filters(since=date(2023, 6, 1)))
    assert late
    assert {"cod", "copy", "choir"}.isdisjoint(ids(late))
    one = index.found(question, filters=Filters(paths=("*#fines",)))
    assert set(ids(one)) <= {"fines"}
    assert index.found(question, filters=Filters(paths=("nowhere/*",))) == ()


@pytest.mark.parametrize("question", QUESTIONS)
def test_near_duplicates_come_once_and_are_named(index: Index, question: str) -> None:
    found = index.found(question, k=6)
    assert len({"cod", "copy"} & set(ids(found))) <= 1
    for one in found:
        if "pact" in (one.article.title or ""):
            assert [copy.path for copy in one.also_in] == (
                ["wire.jsonl#copy"] if one.article.path.endswith("cod") else ["wire.jsonl#cod"]
            )


@pytest.mark.parametrize(
    "question",
    ("What did Lindqvist say?", "Which articles mention cod?", "Summarise the fishing pact"),
)
def test_copies_that_a_filter_leaves_out_are_not_named(index: Index, question: str) -> None:
    found = index.found(question, k=1, filters=Filters(paths=("*#cod", "*#fines")))
    assert "cod" in ids(found)
    assert all(one.also_in == () for one in found)


# --- lists, summaries, what is new ------------------------------------------------------------------------------


@pytest.mark.parametrize("intent", ["list", "count"])
def test_each_article_that_mentions_the_topic_gives_one_passage_the_newest_first(index: Index, intent: Intent) -> None:
    found = index.of(Query(asked="?", text="?", intent=intent, topic="cod"), k=1)
    assert ids(found) == ["budget", "cod", "choir", "undated"]
    assert len(found) == 4
    assert all("cod" in one.passage.text.lower() for one in found)


def test_what_no_article_mentions_gives_nothing(index: Index) -> None:
    assert index.found("Which articles mention Macron?") == ()


def test_a_summary_is_given_whole_articles(index: Index) -> None:
    found = index.found("Summarise the article about the fishing pact with Lisbon", k=1)
    assert ids(found)[0] in ("cod", "copy")
    whole = index.catalog.passages_of(found[0].article.id)
    assert len(whole) > 2
    assert [one.passage for one in found if one.article.id == found[0].article.id] == list(whole)


def test_of_everything_the_newest_articles_come_first_and_undated_ones_last(index: Index) -> None:
    assert ids(index.found("What's new?", k=10)) in (
        ["budget", "fines", "copy", "choir", "undated"],
        ["budget", "fines", "cod", "choir", "undated"],
    )
    assert ids(index.found("What's new?", k=2)) == ["budget", "fines"]
