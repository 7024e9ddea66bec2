"""Interviews, transcripts, unnamed speakers, and names that are hard to see."""

from __future__ import annotations

import pytest

from rag.attribution import extract
from tests.rag.attribution.builders import article_of, statements_of


def said(text: str, *, title: str | None = None) -> list[tuple[str, str]]:
    """Return speaker and words of every statement."""
    article, sentences = article_of(text, title=title)
    return [
        (statement.speaker, " / ".join(span.of(text) for span in statement.content))
        for statement in extract(article, sentences)[0]
    ]


INTRO = "Rita Solano has been mayor of Puerto Vell since 2019. The Courier met her in her office."


def test_each_turn_of_an_interview_is_its_speakers_whole() -> None:
    turns = (
        "Courier: The opposition says the debt is 80 million.",
        "Solano: No. It is 62 million. It falls every year.",
        "And we sell nothing.",
        "Courier: Some people doubt that.",
        "Solano: I know them.",
    )

    assert said("\n\n".join([INTRO, *turns])) == [
        ("Courier", "The opposition says the debt is 80 million."),
        ("Rita Solano", "No. / It is 62 million. / It falls every year. / And we sell nothing."),
        ("Courier", "Some people doubt that."),
        ("Rita Solano", "I know them."),
    ]


def test_a_hearing_names_its_speakers_in_capitals() -> None:
    turns = (
        "MS. PRATT: The clinic stays open.",
        "MR. AGUILAR: Who pays for it?",
        "MS. PRATT: The state does, Ana Ruiz said.",
        "SENATOR KING: That is new.",
    )

    assert said("\n\n".join(turns)) == [
        ("Pratt", "The clinic stays open."),
        ("Aguilar", "Who pays for it?"),
        ("Pratt", "The state does, Ana Ruiz said."),
        ("King", "That is new."),
    ]


@pytest.mark.parametrize(("question", "answer"), [("Q", "A"), ("Question", "Answer")])
def test_answers_are_the_words_of_the_one_person_named_above(question: str, answer: str) -> None:
    turns = (
        f"{question}: How many are left?",
        f"{answer}: About 45,000.",
        f"{question}: And then?",
        f"{answer}: Wait.",
    )

    assert said("\n\n".join([INTRO, *turns])) == [("Rita Solano", "About 45,000."), ("Rita Solano", "Wait.")]


def test_answers_are_nobodys_where_two_people_are_named_above() -> None:
    intro = "Rita Solano and Jon Beck spoke to the Courier on Monday about the harbour."

    assert said(f"{intro}\n\nQ: Is it sold?\n\nA: No.\n\nQ: Why?\n\nA: It is ours.") == []


@pytest.mark.parametrize("labels", [("Goals", "Location", "Time"), ("Goals", "Cards", "Referee")])
def test_labels_that_do_not_come_again_are_no_turns(labels: tuple[str, str, str]) -> None:
    assert said("\n\n".join(f"{label}: Something that was written down here." for label in labels)) == []


@pytest.mark.parametrize(
    "unnamed",
    [
        "“There were shots again,” said a homeless man who goes by the name “Shorty.”",
        "One trader said he had not been told.",
        "A teacher on the bus said the brakes had failed.",
        "A neighbour, who did not want to be named, said the door was open.",
    ],
)
def test_he_after_somebody_without_a_name_is_nobody(unnamed: str) -> None:
    text = f"Mayor Bent Aas visited the camp on Sunday night.\n\n{unnamed}\n\n“We sleep here,” he said."

    assert "Bent Aas" not in [speaker for speaker, _ in said(text)]


def test_he_after_a_spokeswoman_may_be_the_man_named_before() -> None:
    text = "Mayor Bent Aas resigned.\n\nA spokeswoman said the vote was on Monday.\n\n“I am tired,” he said."

    assert ("Bent Aas", "“I am tired,”") in said(text)


def test_she_after_a_promise_of_something_is_who_promised_it() -> None:
    text = "Mayor Elena Paredes promised a new market within a year. She said that nobody was hurt."

    assert ("Elena Paredes", "nobody was hurt") in said(text)


def test_a_month_is_no_speaker() -> None:
    text = "Tolls will rise to 4 euros in May, the ministry said. Minister Jan Falk said the money was needed."

    assert [statement.speaker for statement in statements_of(text)] == ["ministry", "Jan Falk"]


def test_of_two_people_of_one_surname_the_one_named_last_is_meant() -> None:
    text = (
        "John Smith leads the council. He met the union. Mary Smith leads the union.\n\n"
        "The talks took four hours. Nobody was let in.\n\nSmith said that a strike would follow."
    )

    assert said(text) == [("Mary Smith", "a strike would follow")]


@pytest.mark.parametrize(
    ("written", "speaker", "words"),
    [
        ("Minister Gor\u00addon Blythe\u00adwood said the rail\u00adway was full.", "Gordon Blythewood",
         "the rail\u00adway was full"),
        ("Director Hele\u200bna Brink\u200bmann said flights go on.", "Helena Brinkmann", "flights go on"),
        ("Officer Fi\ufb01 Gra\ufb00 said it was over.", "Fifi Graff", "it was over"),
        ("Owner Anna Ro\u0308sti said it was over.", "Anna Rösti", "it was over"),
        ("Paula Reyes [said](https://lenn.example/a) it would supply 60 homes.", "Paula Reyes",
         "it would supply 60 homes"),
        ("Director [Ida Bloom](https://lenn.example/b \"Bloom\") said it was **undamaged**.", "Ida Bloom",
         "it was **undamaged"),
        ("Officer <b>Lou Hart</b> said he was <i>glad</i>.", "Lou Hart", "he was <i>glad"),
    ],
    ids=["soft hyphens", "zero width", "ligatures", "loose accents", "linked verb", "linked name", "tags"],
)  # fmt: skip
def test_what_a_reader_does_not_see_hides_no_name(written: str, speaker: str, words: str) -> None:
    assert said(written) == [(speaker, words)]
