import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.attribution import extract
from rag.schema import Span
from tests.rag.attribution.builders import Spoken, article_of, spoken_in, statements_of


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ('"We will not yield," said Mara Lindqvist.', [("Mara Lindqvist", '"We will not yield,"')]),
        ("Mara Lindqvist said: “We will not yield.”", [("Mara Lindqvist", "“We will not yield.”")]),
        ('"We will," Mara Lindqvist said, "not yield."', [("Mara Lindqvist", '"We will," / "not yield."')]),
        ("''We will not yield,'' scoffed Ms. Lindqvist.", [("Lindqvist", "''We will not yield,''")]),
        ("Lindqvist said that rents would fall.", [("Lindqvist", "rents would fall")]),
        ("Rents would fall, Lindqvist said on Monday.", [("Lindqvist", "Rents would fall")]),
        ("Lindqvist told reporters at the port that rents would fall.", [("Lindqvist", "rents would fall")]),
        ("Mara Lindqvist on Tuesday urged banks to lend more.", [("Mara Lindqvist", "banks to lend more")]),
        ("Lindqvist has never denied the charge.", [("Lindqvist", "the charge")]),
        ("Lindqvist expressed concern about rents.", [("Lindqvist", "concern about rents")]),
        ("Lindqvist made clear that rents would fall.", [("Lindqvist", "rents would fall")]),
        ("Lindqvist believes that rents will fall.", [("Lindqvist", "rents will fall")]),
        ("Lindqvist was confident that rents would fall.", [("Lindqvist", "rents would fall")]),
        ("According to Mara Lindqvist, rents will fall.", [("Mara Lindqvist", "rents will fall")]),
        ("Rents will fall, according to Mara Lindqvist.", [("Mara Lindqvist", "Rents will fall")]),
        ("In Lindqvist’s words, “the wind has turned.”", [("Lindqvist", "“the wind has turned.”")]),
        ("Rents are, as Lindqvist put it, a scandal.", [("Lindqvist", "a scandal")]),
        ("Lindqvist was quoted as saying that rents would fall.", [("Lindqvist", "rents would fall")]),
        ("It was announced by the Treasury that rents would fall.", [("Treasury", "rents would fall")]),
        ("Lindqvist's claim that rents fell drew laughter.", [("Lindqvist", "rents fell drew laughter")]),
        ("Lindqvist declined to comment on rents.", [("Lindqvist", "to comment on rents")]),
        ("Mara Lindqvist: Rents will fall in the spring", [("Mara Lindqvist", "Rents will fall in the spring")]),
    ],
)
def test_forms_of_reported_speech(text: str, spoken: list[Spoken]) -> None:
    assert spoken_in(text) == spoken


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Mara Lindqvist, the finance minister, said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, who met the banks on Monday, said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist (L-Vaxholm) said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, head of Nordfond, a lender, said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, during a meeting in Oslo, said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist - a critic of “leeches” - said rents would fall.", "Mara Lindqvist"),
        ("The bank's chairman, Mara Lindqvist, said rents would fall.", "Mara Lindqvist"),
        ("Nordfond spokeswoman Mara Lindqvist said rents would fall.", "Mara Lindqvist"),
        ("OSLO (AP) — Mara Lindqvist said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, 67, a clerk in Vaxholm, Sweden, said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, the group's director said rents would fall.", "Mara Lindqvist"),
        ("Mara Lindqvist, host of the show “Rents,” said they would fall.", "Mara Lindqvist"),
        ("Sen. Mara Lindqvist, R-S.C., a newcomer, said rents would fall.", "Mara Lindqvist"),
        ("Rep. Mara Lindqvist (R-S.C.): “Rents will fall.”", "Mara Lindqvist"),
        ("On Monday, said master of ceremonies Mara Lindqvist, rents would fall.", "Mara Lindqvist"),
        ("But a few days later, Mara Lindqvist turned, telling Olav Berg that rents would fall.", "Mara Lindqvist"),
        ("A spokesman for Mara Lindqvist, Olav Berg, said rents would fall.", "Olav Berg"),
        ("A spokesman for Mara Lindqvist said rents would fall.", "spokesman for Mara Lindqvist"),
        ("Norway's Ministry of Finance said rents would fall.", "Norway's Ministry of Finance"),
        ("Senior officials in Oslo said rents would fall.", "Senior officials in Oslo"),
        ("Oslo said it would lower rents.", "Oslo"),
        ("When asked about Olav Berg, Mara Lindqvist said rents would fall.", "Mara Lindqvist"),
    ],
)
def test_the_speaker_is_found_past_what_stands_between(text: str, speaker: str) -> None:
    assert [s.speaker for s in statements_of(text)] == [speaker]


def test_people_who_speak_together_each_get_the_statement() -> None:
    text = "Mara Lindqvist and Olav Berg agreed to meet again."
    assert spoken_in(text) == [("Mara Lindqvist", "to meet again"), ("Olav Berg", "to meet again")]


@pytest.mark.parametrize(
    "text",
    [
        "Mara Lindqvist was accused of fraud.",
        "Mara Lindqvist was told to leave.",
        "It would be odd if Mara Lindqvist said so.",
        "Lindqvist News: Rents will fall in the spring",
        "Mara Lindqvist continued to lead in the polls.",
        "The minister met Mara Lindqvist in Oslo.",
        "Mara Lindqvist's claims drew laughter.",
        "Critics should ask Mara Lindqvist.",
        "It would have helped had Lindqvist thanked him.",
    ],
)
def test_the_silent_are_not_made_to_speak(text: str) -> None:
    assert not [s for s in statements_of(text) if "Lindqvist" in s.speaker]


def test_a_second_verb_and_a_participle_keep_the_subject() -> None:
    text = "Lindqvist praised the banks and warned that rents would rise, adding that she would act."
    assert [(s.speaker, s.cue) for s in statements_of(text)] == [
        ("Lindqvist", "praised"),
        ("Lindqvist", "warned"),
        ("Lindqvist", "adding"),
    ]


def test_a_second_verb_belongs_to_the_nearest_clause() -> None:
    text = "Norway protested after Mara Lindqvist met bankers and hinted at a deal."
    assert [(s.speaker, s.cue) for s in statements_of(text)] == [("Norway", "protested"), ("Mara Lindqvist", "hinted")]


def test_what_others_are_only_said_to_want_is_not_theirs() -> None:
    text = "Olav Berg said that Mara Lindqvist wants to leave."
    assert [s.speaker for s in statements_of(text)] == ["Olav Berg"]


def test_a_quotation_over_several_sentences_is_one_statement() -> None:
    text = "“Rents are too high. They must fall. We will act,” Mara Lindqvist said. “Soon.”"
    (statement,) = statements_of(text)
    assert [span.of(text) for span in statement.sentences] == [
        "“Rents are too high.",
        "They must fall.",
        "We will act,” Mara Lindqvist said.",
        "“Soon.”",
    ]
    assert statement.speech == "direct"


def test_a_quotation_runs_on_over_paragraphs() -> None:
    text = "Mara Lindqvist said: “Rents are too high.\n\n“They must fall. We will act.”\n\nBanks were silent."
    assert [span.of(text) for span in statements_of(text)[0].sentences] == [
        "Mara Lindqvist said: “Rents are too high.",
        "“They must fall.",
        "We will act.”",
    ]


def test_a_lone_quotation_goes_to_who_is_speaking() -> None:
    text = "Mara Lindqvist issued the following statement:\n\n“Rents must fall.”\n\nOlav Berg laughed."
    assert [span.of(text) for span in statements_of(text)[0].sentences] == [
        "Mara Lindqvist issued the following statement:",
        "“Rents must fall.”",
    ]


def test_a_signature_names_the_speaker() -> None:
    assert spoken_in("“Rents must fall.” — Mara Lindqvist, 43") == [("Mara Lindqvist", "“Rents must fall.”")]


def test_speech_is_direct_indirect_or_mixed() -> None:
    text = 'Lindqvist said "no more." Lindqvist said rents would fall. Lindqvist called rents a "scandal" of our time.'
    assert [s.speech for s in statements_of(text)] == ["direct", "indirect", "mixed"]


def test_a_speech_in_capitals_does_not_become_one_long_name() -> None:
    text = "THE MINISTER SAID THAT RENTS WOULD FALL IN EVERY CITY OF THE COUNTRY. " * 3
    statements, entities = extract(*article_of(text))
    assert all(len(entity.name.split()) <= 3 for entity in entities)
    assert {s.cue for s in statements} == {"said"}


def test_an_article_without_sentences_gives_nothing() -> None:
    assert extract(*article_of("")) == ((), ())


_PIECES = st.lists(
    st.sampled_from(
        "Mara Lindqvist|He|said|that|,|.|“|”|\"|''|'s|:|—|(|)|and|to|by|according to|\n\n|who|the minister|OSLO|told|"
        "wrote|é\u200b|rents|made|words|in|his|claim|declined|was|confident".split("|")
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(_PIECES)
def test_whatever_the_text_statements_point_into_the_given_sentences(pieces: list[str]) -> None:
    text = " ".join(pieces)
    article, sentences = article_of(text)
    statements, entities = extract(article, sentences)
    for statement in statements:
        assert statement.content
        assert set(statement.sentences) <= set(sentences)
        assert all(any(span.overlaps(s) for s in statement.sentences) for span in statement.content)
        assert all(Span(0, len(text)).contains(span) for span in statement.content)
    for entity in entities:
        assert entity.variants[0] == entity.name
        assert entity.mentions > 0
