import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.conversation import standalone
from rag.schema import Turn

HARBOUR = "Ortega thanked Dr Lind for the report [1]. [Maria Ortega] also proposed a new sea wall [2][3]."


def conversation(*messages: str) -> list[Turn]:
    """Return turns that alternate between user and assistant."""
    return [Turn("assistant" if position % 2 else "user", message) for position, message in enumerate(messages)]


@pytest.mark.parametrize(
    ("history", "question", "expected"),
    [
        # another subject
        (["What did Ortega say?", HARBOUR], "and what did Lind say?", "What did Lind say?"),
        (["What did Ortega say?", HARBOUR], "and Lavrov?", "What did Lavrov say?"),
        (["What did Ortega say?", HARBOUR], "Lavrov?", "What did Lavrov say?"),
        (["What did Ortega say?", HARBOUR], "what about South Korea?", "What did South Korea say?"),
        (["What did Ortega say?", HARBOUR], "How about the World Bank?", "What did the World Bank say?"),
        (["What did Ortega say about taxes?", HARBOUR], "and Lavrov?", "What did Lavrov say about taxes?"),
        (["Tell me what Ortega said.", HARBOUR], "and Lind?", "Tell me what Lind said."),
        (["Who is Maria Ortega?", "x [1]"], "and John Lind?", "Who is John Lind?"),
        (["What aid did the EU promise?", "x [1]"], "and Japan?", "What aid did Japan promise?"),
        (["When was the treaty signed?", "In May [1]."], "and the annex?", "When was the annex signed?"),
        (["what did ortega say?", HARBOUR], "and lind?", "What did Lind say?"),
        # another topic, place or time
        (["What did Ortega say?", HARBOUR], "and about taxes?", "What did Ortega say about taxes?"),
        (["What did Ortega say about walls?", HARBOUR], "what about taxes?", "What did Ortega say about taxes?"),
        (["What did Ortega say in June?", HARBOUR], "and in September?", "What did Ortega say in September?"),
        (["What did Ortega say?", HARBOUR], "and last week?", "What did Ortega say last week?"),
        (["How many died in the Osaka fire?", "Nine [1]."], "and in Kyoto?", "How many died in the Kyoto fire?"),
        # pronouns
        (["What did Ortega say?", HARBOUR], "What did she say about taxes?", "What did Ortega say about taxes?"),
        (["What did Ortega say?", HARBOUR], "And did she mention Peru?", "Did Ortega mention Peru?"),
        (
            ["What did Peru say about the pact?", "x [1]"],
            "And what did it announce in May?",
            "What did Peru announce in May?",
        ),
        (["What did Ortega say?", HARBOUR], "What is her plan?", "What is Ortega’s plan?"),
        (["What did Ortega say?", HARBOUR], "Who told her?", "Who told Ortega?"),
        (["What did Ursula von der Leyen say?", "x [1]"], "Who is she?", "Who is Ursula von der Leyen?"),
        (["What did Ortega say about Peru?", HARBOUR], "What did Lind say about it?", "What did Lind say about Peru?"),
        (["What did Kim and Putin sign?", "A pact [1]."], "Where did they meet?", "Where did Kim and Putin meet?"),
        (["When was the treaty signed?", "In May [1]."], "Who signed it?", "Who signed the treaty?"),
        (
            ["Who is the foreign minister?", "Maria Ortega is the foreign minister [1]."],
            "What did she say?",
            "What did Maria Ortega say?",
        ),
        (
            ["What did the US say?", "State Department spokesman John Lind said that talks go on [1]."],
            "What else did he say?",
            "What else did John Lind say?",
        ),
        (
            ["When did Ortega go to Peru?", "In May [1]."],
            "When did Lind return from there?",
            "When did Lind return from Peru?",
        ),
        (["When did Ortega visit Peru?", "In May [1]."], "Who was there?", "Who was in Peru?"),
        (["When did Ortega visit Peru?", "In May [1]."], "Was there a vote?", None),
        (["When did Ortega visit Peru?", "In May [1]."], "When did Lind go there?", "When did Lind go to Peru?"),
        # questions about the answer
        (
            ["What did Ortega say?", HARBOUR],
            "why?",
            "Why was it that Ortega thanked Dr Lind for the report?",
        ),
        (
            ["Who signed the treaty?", "The two kings signed the treaty [1]."],
            "When was that?",
            "When was it that the two kings signed the treaty?",
        ),
        (["When was the treaty signed?", "In May [1]."], "where?", "Where was the treaty signed?"),
        (["Did Lind visit Peru?", "Lind visited Peru [1]."], "when?", "When did Lind visit Peru?"),
        (["Who signed it?", "No article says so."], "why?", "Why was it that someone signed it?"),
        (
            ["What did Lima say?", "Both capitals denied the charge [1]."],
            "who said that?",
            "Who said that both capitals denied the charge?",
        ),
        (["Who denied the charge?", "Lind denied the charge [1]."], "who else?", "Who else denied the charge?"),
        # yes, more
        (["What did Ortega say?", HARBOUR], "yes", "What did Ortega say?"),
        (["What did Ortega say?", HARBOUR], "Tell me more!", "What else did Ortega say?"),
        (["What did Ortga say?", "Nobody of that name. Did you mean “Ortega”?"], "Yes please", "What did Ortega say?"),
        # a follow-up to a follow-up
        (
            ["What did Ortega say about taxes?", HARBOUR, "and Lavrov?", "No article names Lavrov."],
            "and about walls?",
            "What did Lavrov say about walls?",
        ),
        (
            ["What did Ortega say?", HARBOUR, "and Lind?", "Lind agreed [1].", "why?", "x [1]"],
            "what did he say about taxes?",
            "What did Lind say about taxes?",
        ),
    ],
)
def test_a_follow_up_is_rewritten_to_stand_alone(history: list[str], question: str, expected: str) -> None:
    assert standalone(question, conversation(*history)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "What did Lind say about his trip?",
        "When was the treaty signed?",
        "Which company said it will close its plants?",
        "Which country elected its first female leader?",
        "In her final speech, who did the premier thank?",
        "It took eight days to count the votes in Ohio. Which party won?",
        "How much does it cost to raise a child?",
        "Is it true that Peru won the cup?",
        "Summarize the article about the defense treaty.",
        "Where did the leaders and their ministers meet?",
        "thanks",
        "?",
        "ما الذي حدث؟",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(question, conversation("What did Ortega say about taxes?", HARBOUR)) is None


def test_without_a_conversation_nothing_is_rewritten() -> None:
    assert standalone("why?", []) is None
    assert standalone("and what did he say?", conversation("  ")) is None


def test_an_earlier_question_without_an_answer_still_gives_its_subject() -> None:
    assert standalone("and Lind?", [Turn("user", "What did Ortega say?")]) == "What did Lind say?"


def test_names_of_the_index_are_known_in_lower_case() -> None:
    known = {"ortega", "lind"}.__contains__
    history = conversation("what did ortega say?", "Taxes will rise [1].")
    assert standalone("and lind?", history, is_name=known) == "What did lind say?"
    assert standalone("and taxes?", history, is_name=known) == "What did ortega say about taxes?"


def test_a_name_that_the_index_lacks_is_still_a_name() -> None:
    history = conversation("What did Ortega say?", HARBOUR)
    for question in ("and Lavrov?", "Lavrov?", "what about Lavrov?"):
        assert standalone(question, history, is_name=lambda word: word == "ortega") == "What did Lavrov say?"


def test_a_family_name_alone_says_nothing_about_he_or_she() -> None:
    history = conversation("What did Kim say?", "Kim said that talks go on [1].")
    assert standalone("what did he want?", history) == "What did Kim want?"


def test_when_asked_of_a_refusal_asks_when_they_spoke() -> None:
    history = conversation("What did Ortega say about taxes?", "The articles do not say that.")
    assert standalone("when was that?", history) == "When did Ortega speak about taxes?"


def test_when_does_not_repeat_the_date_of_the_answer() -> None:
    history = conversation("Who did Lind meet?", "In July, Lind met the premier [1].")
    assert standalone("when?", history) == "When was it that Lind met the premier?"


def test_a_very_long_message_is_no_follow_up() -> None:
    assert standalone("and " * 2000, conversation("What did Ortega say?", HARBOUR)) is None


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=80))
def test_any_text_is_survived(messages: list[str], question: str) -> None:
    rewritten = standalone(question, conversation(*messages))
    assert rewritten is None or rewritten.strip()
