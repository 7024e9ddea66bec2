"""Statements that state as a fact what their source only reports."""

import pytest

from rag.attribution import extract
from rag.grounding import AnswerBuilder
from rag.grounding.reporting import loses_hedge, loses_speaker
from rag.passages import split_article
from rag.schema import Article, Statement
from tests.rag.grounding.test_answers import article, drafted, evidence


def said(source: Article) -> tuple[Statement, ...]:
    sentences = [span for passage in split_article(source) for span in passage.sentences]
    return extract(source, sentences)[0]


DEATHS = "Mayor Lind said that nine people died in the fire."
PLANS = "The Morning Post reported that Premier Ruiz plans to visit Oslo in May."
ORDERED = "“Talks are actively progressing,” said Anna Berg on Monday."
ACCORDING = "According to the ministry, four bridges were closed after the flood."
FACT = "Nine people died in the fire on Monday."


@pytest.mark.parametrize(
    ("sentence", "text", "lost"),
    [
        (DEATHS, "Nine people died in the fire.", True),
        (DEATHS, "Lind said nine people died in the fire.", False),
        (DEATHS, "The mayor spoke of nine people who died in the fire.", False),
        (DEATHS, "Nine people are said to have died in the fire.", False),
        (DEATHS, DEATHS, False),
        (PLANS, "Premier Ruiz plans to visit Oslo in May.", True),
        (PLANS, "The Morning Post wrote that Premier Ruiz plans to visit Oslo.", False),
        (ORDERED, "Talks are “actively progressing”.", True),
        (ORDERED, "Anna Berg sees talks actively progressing.", False),
        (ACCORDING, "Four bridges were closed after the flood.", True),
        (ACCORDING, "Four bridges were closed, according to the ministry.", False),
        (FACT, "Nine people died in the fire.", False),
    ],
)
def test_the_speaker_must_not_get_lost(sentence: str, text: str, lost: bool) -> None:
    source = article(sentence)
    assert loses_speaker(text, evidence(sentence, source), said(source)) is lost


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("The guards reportedly fled to Oslo.", "The guards fled to Oslo.", True),
        ("The guards reportedly fled to Oslo.", "The guards are said to have fled to Oslo.", False),
        ("The guards reportedly fled to Oslo and were arrested.", "The guards were arrested.", False),
        ("Police arrested the alleged smuggler.", "Police arrested the smuggler.", True),
        ("Police arrested the smuggler.", "Police arrested the smuggler.", False),
    ],
)
def test_what_is_only_reported_must_not_become_certain(source: str, text: str, lost: bool) -> None:
    assert loses_hedge(text, source) is lost


def test_the_whole_sentence_takes_the_place_of_a_statement_without_its_speaker() -> None:
    source = article(f"{DEATHS} {FACT}")
    builder = AnswerBuilder(said=said)
    builder.add(drafted("Nine people died in the fire.", DEATHS, source=source))
    builder.add(drafted("The mayor said that nine people died in the fire.", DEATHS, source=source))
    assert [statement.text for statement in builder.statements] == [
        DEATHS,
        "The mayor said that nine people died in the fire.",
    ]
    again = builder.add(drafted("Nine people died in a fire.", DEATHS, source=source))
    assert builder.rejected == (again,)
    assert builder.rejected[0].reason == "duplicate"


def test_another_source_that_states_it_as_a_fact_is_enough() -> None:
    source = article(f"{DEATHS} {FACT}")
    builder = AnswerBuilder(said=said)
    builder.add(drafted("Nine people died in the fire.", DEATHS, FACT, source=source))
    assert [statement.text for statement in builder.statements] == ["Nine people died in the fire."]
