"""Statements that state as a fact what their source only reports."""

import pytest

from rag.attribution import extract
from rag.grounding import Accepted, AnswerBuilder
from rag.grounding.reporting import adds_speaker, loses_speaker
from rag.passages import split_article
from rag.schema import Article, DraftStatement, Evidence, Statement
from tests.rag.grounding.test_answers import article, drafted, evidence


def said(source: Article) -> tuple[Statement, ...]:
    sentences = [span for passage in split_article(source) for span in passage.sentences]
    return extract(source, sentences)[0]


DEATHS = "Mayor Lind said that nine people died in the fire."
PLANS = "The Morning Post reported that Premier Ruiz plans to visit Oslo in May."
ORDERED = "“Talks are actively progressing,” said Anna Berg on Monday."
ACCORDING = "According to the ministry, four bridges were closed after the flood."
HINTED = "On Monday Norway's foreign minister hinted that Norway might close the border."
NESTED = "According to the ministry, Berg explained the measures to Lind."
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
        (HINTED, "Norway might close the border.", True),
        (HINTED, "The minister sees a chance that Norway might close the border.", False),
        (DEATHS, "Bishop Orr said nine people died in the fire.", True),
        (NESTED, "Berg explained the measures to Lind.", True),
        (NESTED, "The ministry said that Berg explained the measures to Lind.", False),
        (FACT, "Nine people died in the fire.", False),
    ],
)
def test_the_speaker_must_not_get_lost(sentence: str, text: str, lost: bool) -> None:
    source = article(sentence)
    assert loses_speaker(text, evidence(sentence, source), said(source)) is lost


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


def test_a_pronoun_in_the_whole_sentence_gets_its_name() -> None:
    sentence = "He said that nine people died in the fire."
    source = article(f"Mayor Lind spoke on Monday. {sentence}")
    builder = AnswerBuilder(said=said)
    builder.add(drafted("Nine people died in the fire.", sentence, source=source))
    assert [statement.text for statement in builder.statements] == ["[Lind] said that nine people died in the fire."]
    assert len(builder.statements[0].citations) == 2


def test_another_source_that_states_it_as_a_fact_is_enough() -> None:
    source = article(f"{DEATHS} {FACT}")
    builder = AnswerBuilder(said=said)
    builder.add(drafted("Nine people died in the fire.", DEATHS, FACT, source=source))
    assert [statement.text for statement in builder.statements] == ["Nine people died in the fire."]


@pytest.mark.parametrize(
    ("sentence", "text", "added"),
    [
        ("Though she fell in Oslo, Berg believes that she is fit.", "Berg said that she fell in Oslo.", True),
        ("Though she fell in Oslo, Berg believes that she is fit.", "Berg said that she is fit.", False),
        (DEATHS, "Lind stated that nine people died in the fire.", False),
        ("Nine people died, and Lind said that two are ill.", "Lind said nine people died and two are ill.", True),
        ("Lind said that it rained. Nine people died.", "Lind stated that nine people died.", True),
    ],
)
def test_what_the_source_tells_must_not_be_put_into_a_mouth(sentence: str, text: str, added: bool) -> None:
    source = article(sentence)
    cited = evidence(sentence.split(". ")[-1], source)
    assert adds_speaker(text, cited, said(source)) is added


THEIRS = "Years ago Governor Lind met the owners of Blue Air. It was a fine day. “Their plan is good,” he said."


def test_a_sentence_that_speaks_lends_the_name_of_its_speaker_alone() -> None:
    source = article(THEIRS)
    passage = evidence("It was a fine day.", source).passage
    cited = [Evidence(article=source, passage=passage, span=span) for span in passage.sentences]
    outcomes = [
        AnswerBuilder(said=said).add(DraftStatement(text=text, evidence=(cited[0], cited[2])))
        for text in ("Lind said that the plan of Blue Air is good.", "Lind said that their plan is good.")
    ]
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [False, True]


def test_a_sentence_that_introduces_somebody_lends_no_other_name() -> None:
    source = article("John Lind met the owners of Blue Air. It was a fine day. “Their plan is good,” Lind said.")
    passage = evidence("It was a fine day.", source).passage
    last = Evidence(article=source, passage=passage, span=passage.sentences[2])
    outcomes = [
        AnswerBuilder(said=said).add(DraftStatement(text=text, evidence=(last,)))
        for text in ("John Lind said that the plan of Blue Air is good.", "John Lind said that their plan is good.")
    ]
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [False, True]
