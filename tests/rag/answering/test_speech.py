from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from rag.answering.analysis import QuestionAnalysis, analyse
from rag.answering.speech import (
    Reported,
    SpeechAnswerer,
    answering_verbs,
    in_time,
    is_addressee,
    mentions,
    quote,
    repeating_time,
    speakers_in,
)
from rag.attribution import SpeechQuestion, parse_speech_question
from rag.schema import DraftStatement, Filters, PartialDate, ProcessedArticle
from tests.rag.answering.builders import corpus_of, passages_by_id, processed, scored

PRAISED = "Astrid Lindqvist praised the pact."
RECOVER = "Lindqvist said that the cod would recover."
RISE = "Carlos Teixeira said that the price would rise."
LOW = "Astrid Lindqvist said that the fines were too low."
WRONG = "The spokesman of the union said that Lindqvist was wrong."
NETS = "Astrid Lindqvist told Carlos Teixeira last winter that the nets were old."
DEPUTY = "Chilean Deputy Minister Ana Rojas said that the port was closed."
MINISTER = "Chilean Minister Pedro Alvarez said that the port was open."

ARTICLES = (
    processed("pact", PRAISED, RECOVER, RISE, published=PartialDate(2023, 3, 14)),
    processed("fines", LOW, WRONG, published=PartialDate(2022, 6, 2)),
    processed("nets", NETS),
    processed("port", DEPUTY, MINISTER, published=PartialDate(2021, 1, 5)),
)
CORPUS = corpus_of(*ARTICLES)
ANSWERER = SpeechAnswerer(corpus=CORPUS, passages=passages_by_id(*ARTICLES))


def parsed(question: str) -> SpeechQuestion:
    found = parse_speech_question(question)
    assert found is not None
    return found


def analysed(question: str) -> QuestionAnalysis:
    return analyse(question, is_name=CORPUS.is_name)


def reported(question: str, filters: Filters = Filters()) -> list[Reported]:
    return ANSWERER.report(ANSWERER.statements(parsed(question), scored(*ARTICLES), filters))


def sentences(found: Sequence[Reported]) -> list[str]:
    """Return what would be quoted, in the order of the answer."""
    return [statement.text for statement in quote(found, limit=8)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Lindqvist say?", [LOW, PRAISED, RECOVER, NETS]),
        ("What did Teixeira say?", [RISE]),
        ("What did Lindqvist and Teixeira say?", [LOW, PRAISED, RECOVER, RISE, NETS]),
        ("What did the spokesman of the union say?", [WRONG]),
        ("What did the Chilean minister say?", [MINISTER]),
        ("What did Chile's deputy minister say?", [DEPUTY]),
        ("What did Macron say?", []),
        ("What did the minister of Brazil say?", []),
    ],
)
def test_a_speaker_says_what_the_articles_report_oldest_first_and_undated_last(question: str, said: list[str]) -> None:
    assert sentences(reported(question)) == said


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (Filters(since=date(2023, 1, 1)), [PRAISED, RECOVER]),
        (Filters(until=date(2022, 12, 31)), [LOW]),
        (Filters(since=date(2024, 1, 1)), []),
        (Filters(paths=("nets.*",)), [NETS]),
        (Filters(paths=("nets.*", "fines.txt")), [LOW, NETS]),
    ],
)
def test_filters_hold_for_statements_and_an_unknown_date_lies_in_no_filter(filters: Filters, said: list[str]) -> None:
    assert sentences(reported("What did Lindqvist say?", filters)) == said


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("the fines", [LOW]),
        ("cod", [RECOVER]),
        ("Teixeira", [NETS]),
        ("the weather", []),
        ("Macron", []),
        ("it", [LOW, PRAISED, RECOVER, NETS]),
    ],
)
def test_a_topic_keeps_only_the_statements_on_it(topic: str, said: list[str]) -> None:
    analysis = analysed(f"What did Lindqvist say about {topic}?")
    found = ANSWERER.on_topic(reported("What did Lindqvist say?"), topic, analysis)
    assert sentences(found) == said


def test_a_topic_may_stand_in_the_title_and_when_it_was_said_is_no_part_of_it() -> None:
    article = processed("quake", "Ana Rojas said that help was late.", title="Quake shakes Valdivia")
    answerer = SpeechAnswerer(corpus=corpus_of(article), passages=passages_by_id(article))
    question = parsed("What did Rojas say?")
    found = answerer.report(answerer.statements(question, scored(article), Filters()))
    analysis = analyse("What did Rojas say?", is_name=answerer.corpus.is_name)
    assert answerer.on_topic(found, "the quake", analysis) == found
    assert answerer.on_topic(found, "help after the storm", analysis) == found
    assert answerer.on_topic(found, "the storm", analysis) == []


def test_a_reported_question_is_a_statement_too() -> None:
    article = processed("asked", '"Who pays for the fines?" said Ana Rojas.', '"Why now?"')
    answerer = SpeechAnswerer(corpus=corpus_of(article), passages=passages_by_id(article))
    question = parsed("What did Rojas say?")
    whole = [
        replace(r, evidence=tuple(replace(e, span=article.passages[0].sentences[1]) for e in r.evidence))
        for r in answerer.report(answerer.statements(question, scored(article), Filters()))
    ]
    assert whole
    analysis = analyse("What did Rojas say in 2022?", is_name=answerer.corpus.is_name)
    assert in_time(whole, analysis) == whole
    assert answerer.on_topic(whole, "the fines", analysis) == []


def test_dates_in_the_question_keep_the_statements_that_agree() -> None:
    found = reported("What did Lindqvist say?")
    assert sentences(in_time(found, analysed("What did Lindqvist say in 2022?"))) == [LOW, NETS]
    assert sentences(in_time(found, analysed("What did Lindqvist say in March?"))) == [PRAISED, RECOVER, NETS]
    assert in_time(found, analysed("What did Lindqvist say?")) == found


def test_words_for_the_time_may_stand_in_the_statement_itself() -> None:
    found = reported("What did Lindqvist say?")
    question = parsed("What did Lindqvist say last winter?")
    assert question.time is not None
    assert sentences(repeating_time(found, question)) == [NETS]
    assert repeating_time(found, parsed("What did Lindqvist say?")) == []


def test_a_quote_names_speaker_and_manner_and_cites_its_sentence() -> None:
    (found,) = reported("What did Teixeira say?")
    assert quote([found], limit=8) == [
        DraftStatement(text=RISE, evidence=found.evidence, speaker="Carlos Teixeira", speech="indirect")
    ]


def test_a_sentence_is_quoted_once_and_no_more_than_the_limit() -> None:
    found = reported("What did Lindqvist say?")
    assert sentences([*found, *found]) == [LOW, PRAISED, RECOVER, NETS]
    assert len(quote(found, limit=2)) == 2
    assert quote([], limit=8) == []


def test_a_pronoun_is_replaced_by_the_name_and_both_sentences_are_cited() -> None:
    item = processed("market", "Mayor Elena Paredes wept.", "She said that nobody was hurt.")
    answerer = SpeechAnswerer(corpus=corpus_of(item), passages=passages_by_id(item))
    found = answerer.report(answerer.statements(parsed("What did Paredes say?"), scored(item), Filters()))
    (statement,) = quote(found, limit=8)
    assert statement.text == "[Elena Paredes] said that nobody was hurt."
    assert [evidence.text for evidence in statement.evidence] == [
        "She said that nobody was hurt.",
        "Mayor Elena Paredes wept.",
    ]


@pytest.mark.parametrize(
    ("phrase", "speakers"),
    [
        ("Lindqvist", ["Lindqvist"]),
        ("Lindqvist and Teixeira", ["Lindqvist", "Teixeira"]),
        ("Lindqvist and Teixeira each", ["Lindqvist", "Teixeira"]),
        ("Lima, Oslo and Lisbon", ["Lima", "Oslo", "Lisbon"]),
        ("the king and his brother", ["the king and his brother"]),
    ],
)
def test_several_names_are_several_speakers(phrase: str, speakers: list[str]) -> None:
    assert speakers_in(phrase, CORPUS) == speakers


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did Lindqvist say to Teixeira?", True),
        ("what did Lindqvist tell Teixeira", True),
        ("What did Lindqvist say about Teixeira?", False),
        ("What did Lindqvist tell Teixeira about nets?", False),
    ],
)
def test_who_was_spoken_to_is_no_topic(question: str, expected: bool) -> None:
    assert is_addressee("Teixeira", question, CORPUS) == expected


def test_what_is_said_to_a_thing_is_a_topic() -> None:
    assert not is_addressee("the fish", "What did Lindqvist say to the fish?", CORPUS)


def test_a_statement_mentions_who_stands_in_its_passage() -> None:
    (teixeira,) = reported("What did Teixeira say?")
    assert mentions(teixeira, "Astrid Lindqvist")
    assert not mentions(teixeira, "Elena Paredes")


def ask_about(question: str, *articles: ProcessedArticle) -> list[str]:
    """Return the sentences on the topic of a question about speech."""
    corpus = corpus_of(*articles)
    answerer = SpeechAnswerer(corpus=corpus, passages=passages_by_id(*articles))
    speech = parsed(question)
    found = answerer.report(answerer.statements(speech, scored(*articles), Filters()))
    verbs = answering_verbs(speech)
    topic = f"{speech.verb} {speech.topic}" if len(verbs) == 1 else speech.topic or ""
    analysis = analyse(question, is_name=corpus.is_name)
    return [r.evidence[0].text for r in answerer.on_topic(found, topic, analysis, verbs=verbs)]


def test_who_is_asked_to_have_admitted_something_may_have_denied_it() -> None:
    denied = "Oslo denied the accusation."
    article = processed("shells", "Lima accused Norway of smuggling shells.", denied)
    assert ask_about("Did Oslo admit smuggling shells?", article) == [denied]
    assert ask_about("What did Oslo admit about shells?", article) == []


def test_a_topic_must_not_lack_what_belongs_to_a_country() -> None:
    article = processed("aid", "Astrid Lindqvist said that Norway would help Peru with ferries.")
    assert ask_about("What did Lindqvist say about Norwegian help for Peruvian ferries?", article)
    assert ask_about("What did Lindqvist say about Norwegian help for Peruvian satellites?", article) == []


def test_of_two_articles_the_one_that_tells_of_the_occasion_answers() -> None:
    after = "Astrid Lindqvist said that relations with Peru would prosper."
    early = "Astrid Lindqvist said that relations with Peru were good."
    articles = (
        processed("treaty", "Norway and Peru signed a treaty in May.", after),
        processed("before", "Nobody knew what came next.", early),
    )
    question = "What did Lindqvist say about relations with Peru after the treaty was signed?"
    assert ask_about(question, *articles) == [after]
    assert set(ask_about("What did Lindqvist say about relations with Peru?", *articles)) == {after, early}


def test_what_two_said_together_is_theirs() -> None:
    joint = "The two ministers agreed to continue the patrols."
    article = processed(
        "patrols",
        "Norwegian Minister Astrid Lindqvist said that cod is dear.",
        "Portuguese Minister Carlos Teixeira said that nets are old.",
        joint,
    )
    found = SpeechAnswerer(corpus=corpus_of(article), passages=passages_by_id(article)).statements(
        parsed("What did Lindqvist and Teixeira agree on?"), scored(article), Filters()
    )
    assert joint in [s.sentences[0].of(article.article.raw) for s in found]
    alone = SpeechAnswerer(corpus=corpus_of(article), passages=passages_by_id(article)).statements(
        parsed("What did Lindqvist agree on?"), scored(article), Filters()
    )
    assert joint not in [s.sentences[0].of(article.article.raw) for s in alone]


def test_who_rated_something_may_have_described_it() -> None:
    described = "Astrid Lindqvist described the talks with Peru as useful."
    article = processed("talks", "Astrid Lindqvist said that the talks with Peru took a day.", described)
    assert ask_about("How did Lindqvist rate the talks with Peru?", article) == [described]
    assert answering_verbs(parsed("What did Lindqvist say?")) == frozenset()
    assert answering_verbs(parsed("What did Lindqvist promise?")) == {"promis"}
