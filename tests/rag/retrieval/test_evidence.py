from __future__ import annotations

import math
from dataclasses import astuple

import pytest

from rag.config import RetrievalSettings
from rag.retrieval.evidence import ArticleEvidence, article_evidence, combine, idf
from rag.retrieval.query import QueryWords, query_words
from rag.schema import OriginScore


@pytest.mark.parametrize(
    ("query", "terms", "pairs"),
    [
        ("Who is the Secretary of State?", ["secretary", "state"], [("secretary", "state")]),
        ("The Who", ["the", "who"], [("the", "who")]),
        ("Boom boom boom", ["boom"], []),
        (
            "Cho met Kim, Kim met Cho",
            ["cho", "met", "kim"],
            [("cho", "met"), ("met", "kim"), ("kim", "met"), ("met", "cho")],
        ),
        ("?", [], []),
    ],
)
def test_a_question_is_its_words_and_neighbours(query: str, terms: list[str], pairs: list[tuple[str, str]]) -> None:
    assert query_words(query, pair_weight=0.3) == QueryWords(dict.fromkeys(terms, 1.0), dict.fromkeys(pairs, 0.3))


def test_articles_are_weighed_as_the_formulas_say() -> None:
    idfs = {"grain": idf(1, 4), "prices": idf(3, 4)}
    assert idfs["grain"] == pytest.approx(math.log(1 + 3.5 / 1.5))
    found = article_evidence(
        {"a": (2, 1), "b": (0, 4)},
        idfs,
        leads={"a": (True, False)},
        lengths={"a": 1.0, "b": 2.0},
        years={"a": "2023"},
    )
    total = sum(idfs.values())
    assert astuple(found["a"]) == pytest.approx(
        (idfs["grain"] * 2 * 2.2 / 3.2 + idfs["prices"], 1.0, idfs["grain"] / total)
    )
    assert astuple(found["b"]) == pytest.approx(
        (idfs["prices"] * 4 * 2.2 / (4 + 1.2 * 1.75), idfs["prices"] / total, 0.0)
    )
    assert article_evidence({}, idfs, leads={}, lengths={}, years={}) == {}
    assert article_evidence({"a": ()}, {}, leads={}, lengths={"a": 1.0}, years={}) == {}


def test_an_article_of_the_year_that_is_asked_about_need_not_say_so() -> None:
    asked = {"final": 1.0, "2024": 3.0}
    counts = {"then": (1, 0), "later": (1, 0), "undated": (1, 2)}
    found = article_evidence(
        counts,
        asked,
        leads={"then": (True, False), "later": (True, False)},
        lengths=dict.fromkeys(counts, 1.0),
        years={"then": "2024", "later": "2025"},
    )
    assert {one: (evidence.coverage, evidence.lead) for one, evidence in found.items()} == {
        "then": (1.0, 1.0),
        "later": (0.25, 0.25),
        "undated": (1.0, 0.0),
    }
    assert found["later"].bm25 < found["then"].bm25 < found["undated"].bm25


def test_measures_are_divided_by_their_best_and_summed() -> None:
    weights = RetrievalSettings(
        lexical_weight=0.4,
        dense_weight=0.2,
        article_weight=0.1,
        coverage_weight=0.2,
        lead_weight=0.1,
        date_weight=0.5,
    )
    hits = combine(
        {"a-0": "a", "a-1": "a", "b-0": "b"},
        {"a-0": OriginScore(1, 8.0), "a-1": OriginScore(2, 2.0)},
        {"b-0": OriginScore(1, 0.5)},
        {"a-0": 0.25, "a-1": -0.3, "b-0": 0.5},
        {"a": ArticleEvidence(6.0, 0.8, 0.5), "b": ArticleEvidence(3.0, 0.4, 0.0)},
        weights=weights,
        nearness={"b": 0.5},
    )
    assert [(hit.passage_id, hit.article_id, sorted(hit.origins)) for hit in hits] == [
        ("a-0", "a", ["lexical"]),
        ("b-0", "b", ["dense"]),
        ("a-1", "a", ["lexical"]),
    ]
    assert [hit.score for hit in hits] == pytest.approx(
        [
            0.4 + 0.2 * 0.5 + 0.1 + 0.2 + 0.1 * 0.5,  # of the lead, the share itself
            0.2 + (0.1 + 0.2) / 2 + 0.5 * 0.5,
            0.4 * 0.25 + (0.1 + 0.2 + 0.05) * 0.8,  # a later passage keeps less of its article's merit
        ]
    )


def test_nothing_found_is_no_division_by_zero() -> None:
    hits = combine({"a-0": "a"}, {}, {}, {"a-0": -1.0}, {}, weights=RetrievalSettings(), nearness={})
    assert [(hit.passage_id, hit.score) for hit in hits] == [("a-0", 0.0)]
