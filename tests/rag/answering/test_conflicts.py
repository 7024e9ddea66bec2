"""Articles that give different values for one fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rag.answering.choosing import choose, is_answer
from rag.answering.conflicts import Disagreement, fact_of, find_disagreement, with_disagreement
from rag.config import Settings
from rag.engine import Engine
from rag.models.doubles import ScriptedChatModel
from rag.schema import Conflict, ConflictValue, Copy, PartialDate, ProcessedArticle, Question
from tests.rag.answering.builders import corpus_of, processed, rank

DIED = "How many people died in the Marlow flood?"
OPENED = "When was the Kestrel bridge opened?"


def told(*sentences: str, day: int | None = None, title: str = "The Marlow flood") -> ProcessedArticle:
    return processed(
        f"{day} {sentences[0]}", *sentences, title=title, published=PartialDate(2024, 6, day) if day else None
    )


def disagreement(question: str, *articles: ProcessedArticle) -> Disagreement | None:
    analysis, ranked = rank(question, *articles)
    chosen = choose(analysis, ranked, limit=8)
    assert chosen, "the question must have an answer"
    catalog = corpus_of(*articles).catalog
    return find_disagreement(analysis, chosen, ranked, is_answer=partial(is_answer, analysis), catalog=catalog)


def values(question: str, *articles: ProcessedArticle) -> list[tuple[str, tuple[str, ...]]]:
    found = disagreement(question, *articles)
    if found is None:
        return []
    return [(text, tuple(item.text for item in evidence)) for text, evidence in found.fact.values]


AT_FIRST = "At least 12 people were killed in the Marlow flood, officials said."
NEXT_DAY = "The Marlow flood killed 15 people."
AT_LAST = "The death toll of the Marlow flood rose to 19 on Monday."


def test_every_value_is_given_with_its_sentences_in_order_of_date() -> None:
    late, early, again = (
        told(AT_LAST, day=24),
        told(AT_FIRST, day=18),
        told("The Marlow flood killed 19 people.", day=25),
    )
    assert values(DIED, late, early, again) == [  # the later article has the sentence that answers better
        ("At least 12", (AT_FIRST,)),
        ("19", (AT_LAST, "The Marlow flood killed 19 people.")),
    ]


def test_a_toll_need_not_be_called_so() -> None:
    question = "What is the death toll of the Marlow flood?"
    articles = told(AT_FIRST, day=18), told(NEXT_DAY, day=19), told(AT_LAST, day=24)
    assert [value for value, _ in values(question, *articles)] == ["At least 12", "15", "19"]


def test_each_value_has_one_sentence_in_the_answer_before_what_else_was_chosen() -> None:
    found = disagreement(DIED, told(NEXT_DAY, day=19), told(AT_FIRST, day=18))
    assert found is not None
    assert [s.candidate.evidence.text for s in found.sentences] == [AT_FIRST, NEXT_DAY]
    other = replace(found.sentences[0], candidate=replace(found.sentences[0].candidate, ordinal=99))
    shown = with_disagreement([found.sentences[1], other], found, limit=8)
    assert shown == [*found.sentences, other]
    assert with_disagreement([found.sentences[1], other], found, limit=1) == [found.sentences[0]]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (DIED, NEXT_DAY, "Fifteen people died in the Marlow flood."),
        (DIED, NEXT_DAY, "The Marlow flood injured 140 people."),
        (DIED, NEXT_DAY, "12 children died in the Marlow flood."),
        (DIED, NEXT_DAY, "The Tarn flood killed 40 people in Osmo."),
        (DIED, NEXT_DAY, "The Marlow flood may have killed 40 people."),
        (DIED, "On June 18 the Marlow flood killed 15 people.", "In June 1953 the Marlow flood killed 40 people."),
        (OPENED, "The Kestrel bridge opened in June 1931.", "The Kestrel bridge opened on June 9, 1931."),
        (OPENED, "The Kestrel bridge opened in 1931.", "The Kestrel bridge was reopened in 1960."),
        (OPENED, "The Kestrel bridge opened in 1931.", "The Kestrel Bridge Hotel opened in 1960."),
        ("When did Ruiz visit Marlow?", "Ruiz visited Marlow on June 3.", "In May 2020 Ruiz had visited Marlow too."),
        ("When did Ruiz die?", "Ruiz died in May 1950.", "Ruiz's father died in May 1920."),
        ("Who met Ruiz in Marlow?", "Holt met Ruiz in Marlow.", "Ruiz was met in Marlow by Berg."),
    ],
)
def test_what_agrees_or_speaks_of_something_else_is_no_disagreement(question: str, one: str, other: str) -> None:
    assert values(question, told(one, day=18, title="News"), told(other, day=19, title="News")) == []


def test_one_article_alone_never_disagrees() -> None:
    assert values(DIED, told(AT_FIRST, NEXT_DAY, AT_LAST, day=18)) == []


def test_an_article_that_tells_both_values_disagrees_with_neither() -> None:
    both = told(NEXT_DAY, "By Friday the Marlow flood had killed 19 people.", day=20)
    assert values(DIED, told(NEXT_DAY, day=19), both) == []


def test_articles_of_another_season_count_another_flood() -> None:
    later = processed("later", "The Marlow flood killed 40 people.", published=PartialDate(2025, 6, 20))
    assert values(DIED, told(NEXT_DAY, day=19), later) == []


WON = "{} won the women's race in Marlow on Sunday, ahead of two other runners."


def test_a_name_in_the_place_of_another_in_the_same_words() -> None:
    question = "Who won the women's race in Marlow?"
    found = values(question, told(WON.format("Ada Ruiz"), day=18), told(WON.format("Mia Holt"), day=19))
    assert [value for value, _ in found] == ["Ada Ruiz", "Mia Holt"]
    assert values(question, told(WON.format("Ada Ruiz"), day=18), told(WON.format("Ruiz"), day=19)) == []
    other_race = WON.format("Mia Holt").replace("Sunday", "Monday")
    assert values(question, told(WON.format("Ada Ruiz"), day=18), told(other_race, day=19)) == []


def test_makers_differ_unless_an_article_names_both() -> None:
    question = "Who directed the film Sunrise?"
    holt = told("Sunrise is a long film directed by Mia Holt.", day=18, title="Sunrise")
    ruiz = "Critics loved the film Sunrise, which was directed by Ada Ruiz."
    assert [value for value, _ in values(question, holt, told(ruiz, day=19, title="Sunrise"))] == [
        "Mia Holt",
        "Ada Ruiz",
    ]
    both = told(ruiz, "Mia Holt helped her.", day=19, title="Sunrise")
    assert values(question, holt, both) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mr Okoro", "President Okoro"),
        ("Zelensky", "Zelenskyy"),
        ("U.S. envoys", "American envoys"),
    ],
)
def test_another_form_of_a_name_is_the_same_name(one: str, other: str) -> None:
    question = "Who won the women's race in Marlow?"
    assert values(question, told(WON.format(one), day=18), told(WON.format(other), day=19)) == []


def test_whom_somebody_spoke_to_and_on_which_day_was_not_asked() -> None:
    said = "Ada Ruiz won the women's race in Marlow, her coach told {} on {} night."
    articles = [told(said.format(*pair), day=18) for pair in (("Reuters", "Sunday"), ("The Herald", "Sunday"))]
    assert values("Who won the women's race in Marlow?", *articles) == []
    articles = [told(said.format(*pair), day=18) for pair in (("Reuters", "Sunday"), ("Reuters", "Monday"))]
    assert values("Who won the women's race in Marlow?", *articles) == []


@pytest.mark.parametrize(
    ("question", "sentence", "one", "other"),
    [
        ("Where was the treaty signed?", "The treaty was signed in {} by both ministers at night.", "Oslo", "Turin"),
        ("When did Ruiz visit Marlow?", "Ruiz visited Marlow on {} for talks with its mayor.", "May 3", "May 5"),
        ("How many ships left Marlow?", "In the night {} ships left Marlow with grain.", "four", "6"),
        ("Which party does Ruiz belong to?", "Ruiz belongs to the {} party of her region.", "Green", "Labour"),
    ],
)  # fmt: skip
def test_other_kinds_of_values_in_the_same_words(question: str, sentence: str, one: str, other: str) -> None:
    articles = told(sentence.format(one), day=18, title="News"), told(sentence.format(other), day=19, title="News")
    assert [value for value, _ in values(question, *articles)] == [one, other]


def test_a_copy_that_was_corrected_speaks_against_the_original_and_is_not_also_a_source() -> None:
    copy = told("The Marlow flood killed 19 people.", "It rained.", day=19)
    same = told(NEXT_DAY, "It rained.", day=20)
    article = told(NEXT_DAY, "It rained.", day=18)
    analysis, ranked = rank(DIED, article)
    copies = tuple(Copy(item.article.path, item.article.id) for item in (copy, same))
    ranked = [
        replace(s, candidate=replace(s.candidate, evidence=replace(s.candidate.evidence, also_in=copies)))
        for s in ranked
    ]
    found = find_disagreement(
        analysis,
        choose(analysis, ranked, limit=8),
        ranked,
        is_answer=partial(is_answer, analysis),
        catalog=corpus_of(copy, same, article).catalog,
    )
    assert found is not None
    assert [(text, [e.also_in for e in evidence]) for text, evidence in found.fact.values] == [
        ("15", [(copies[1],)]),
        ("19", [()]),
    ]


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        (DIED, "how many people died in the Marlow flood"),
        ("How many people were killed in Marlow?", "how many people were killed in Marlow"),
        ("When was the Kestrel bridge opened?", "when the Kestrel bridge was opened"),
        ("What is the population of Marlow?", "the population of Marlow"),
        ("Who won the race?", "who won the race"),
        ("Where did Ruiz meet Holt?", "the answer to “Where did Ruiz meet Holt?”"),
        ("marlow flood: how many died", "the answer to “marlow flood: how many died?”"),
    ],
)
def test_a_fact_is_worded_as_part_of_a_sentence(question: str, fact: str) -> None:
    assert fact_of(question) == fact


def test_an_answer_shows_every_value_with_its_sources(tmp_path: Path) -> None:
    ministry = "The Marlow flood killed 15 people and destroyed 140 homes, the ministry said."
    articles = tmp_path / "articles"
    articles.mkdir()
    for day, sentence in ((18, AT_FIRST), (19, ministry), (24, AT_LAST)):
        text = (
            f"The Marlow flood\n\nBy Ida Holm\nJune {day}, 2024\n\n{sentence}\n\nThe river was calm on the day after.\n"
        )
        (articles / f"{day}.txt").write_text(text, encoding="utf-8")
    with Engine.open(Settings(index=tmp_path / "index", workers=1)) as engine:
        engine.index([articles])
        answer = engine.ask(Question(text=DIED))
        one_statement = engine.ask(Question(text=DIED, max_statements=1))
        model = ScriptedChatModel("The Marlow flood killed 15 people [2].")
        with Engine.open(Settings(index=tmp_path / "index"), llm=model) as with_model:
            written = with_model.ask(Question(text=DIED))
        other_part = engine.ask(Question(text="Was the river calm?"))
    assert [(s.text, s.citations) for s in answer.statements] == [(AT_FIRST, (1,)), (ministry, (2,)), (AT_LAST, (3,))]
    assert answer.conflicts == (
        Conflict(
            "how many people died in the Marlow flood",
            (ConflictValue("At least 12", (1,)), ConflictValue("15", (2,)), ConflictValue("19", (3,))),
        ),
    )
    assert [citation.published for citation in answer.citations] == [PartialDate(2024, 6, day) for day in (18, 19, 24)]
    assert {AT_FIRST, AT_LAST} < {statement.text for statement in written.statements}
    assert [value.text for value in written.conflicts[0].values] == ["At least 12", "15", "19"]
    assert len(one_statement.statements) == 1
    assert one_statement.conflicts == answer.conflicts
    assert other_part.conflicts == ()


def test_questions_without_disagreement_have_none(newsroom: Engine) -> None:
    questions: Sequence[str] = (
        "When did the Kestrel bridge open?",
        "How much will the repairs cost?",
        "Who met Teixeira?",
    )
    assert [newsroom.ask(Question(text=question)).conflicts for question in questions] == [()] * 3
