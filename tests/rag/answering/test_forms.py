import pytest

from rag.answering.forms import (
    Form,
    asks_for_countries,
    asks_for_holders,
    asks_for_money,
    asks_for_names,
    asks_for_source,
    asks_for_transport,
    asks_for_year,
    asks_how_much,
    form_of,
    how_many_countries,
)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Who opened the bridge?", "who"),
        ("whom did the mayor meet", "who"),
        ("Whose ship lost an engine?", "who"),
        ("Which two ministers signed?", "who"),
        ("Which country won?", "who"),
        ("What company runs the ferry?", "who"),
        ("Name the captain of the ship.", "who"),
        ("Who was thanked by Kamau?", "who"),
        ("Which government office is held by Kamau?", "role"),
        ("In which two regions is it dry?", "where"),
        ("In which port does it lie?", "where"),
        ("Who is Lucia Ferrante?", "role"),
        ("Who was Peter Otieno?", "role"),
        ("What is Gallo's job?", "role"),
        ("What position does Otieno hold?", "role"),
        ("When did the ship leave?", "when"),
        ("What year did the bridge open?", "when"),
        ("On which day did it rain?", "when"),
        ("Tell me the date of the vote.", "when"),
        ("Where is the ship?", "where"),
        ("In which city did they meet?", "where"),
        ("What is the capital city of Estonia? Which harbour town?", "where"),
        ("How many cars cross the bridge?", "how_many"),
        ("How much did it cost?", "how_many"),
        ("What percentage of voters agreed?", "how_many"),
        ("What is the number of victims?", "how_many"),
        ("How common is measles?", "how_many"),
        ("What share of voters agreed?", "how_many"),
        ("How old is the captain?", "how_old"),
        ("What was the mayor's age?", "how_old"),
        ("How long did the talks last?", "how_long"),
        ("For how many years did he rule?", "how_long"),
        ("Why was the service cancelled?", "why"),
        ("What was the reason for the delay?", "why"),
        ("What caused the fire?", "why"),
        ("How come the ship stopped?", "why"),
        ("Did the ship sink?", "yes_no"),
        ("And is the bridge open?", "yes_no"),
        ("Wasn't the market insured?", "yes_no"),
        ("Summarize the dispute.", "list"),
        ("What happened in Quito?", "list"),
        ("What do we know about the fire?", "list"),
        ("What did the mayor promise?", "what"),
        ("the flower market", "what"),
        ("", "what"),
    ],
)
def test_the_words_of_a_question_tell_its_form(question: str, form: Form) -> None:
    assert form_of(question) == form
    assert form_of(question.upper()) == form


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Where was Tamm when the choir sang?", "where"),
        ("When was it known where the ship lay?", "when"),
        ("Who knows why it stopped?", "who"),
        ("Which rules were in force when the choir sang?", "what"),
        ("How did the town react when the ship sank?", "what"),
        ("What must each country do when the other is attacked?", "what"),
        ("To which neighbouring countries has it spread?", "who"),
        ("In which country did the choir sing?", "where"),
        ("At what site did the choir sing?", "where"),
        ("When the choir sang, who left?", "who"),
        ("When did the choir sing, in May or in June?", "when"),
        ("What is Tamm's position on the harbour?", "what"),
        ("What is Tamm's position?", "role"),
        ("How long ago did the two countries meet, and when will they again?", "how_long"),
        ("Tamm resigned when the choir sang. Where did he go?", "where"),
        ("Who would have thought it? Where did he go?", "who"),
        ("The choir sang when the ship left for which island?", "where"),
        ("According to the town, how many people sang?", "how_many"),
        ("The choir sang to whom", "who"),
        ("Which painter died at the age of 90?", "what"),
        ("Which club paid for the largest number of ships?", "who"),
        ("Which reef has the largest number of fish?", "what"),
        ("What total number of ships sank?", "how_many"),
        ("Until what age of the child is it paid?", "how_many"),
    ],
)
def test_the_question_word_that_comes_first_decides(question: str, form: Form) -> None:
    assert form_of(question) == form


def test_a_question_may_ask_for_a_year() -> None:
    assert asks_for_year("In what year did it open?")
    assert asks_for_year("which calendar year was that")
    assert not asks_for_year("What happened last year?")


def test_a_question_may_ask_for_countries_or_for_money() -> None:
    assert asks_for_countries("To which neighbouring countries has it spread?")
    assert not asks_for_countries("What must each country do?")
    assert asks_for_money("How much money did the city release?")
    assert asks_for_money("How much were the exports worth?")
    assert not asks_for_money("How much rain fell?")


def test_a_question_may_ask_for_several_countries() -> None:
    assert how_many_countries("Which three governments signed it?") == 3
    assert how_many_countries("Which two allied nations met?") == 2
    assert how_many_countries("Which countries met?") == 0


def test_a_question_may_ask_for_people_who_hold_an_office() -> None:
    for asked in (
        "Which two Peruvians were fined?",
        "Who led the team?",
        "Who was in the delegation?",
        "Who was Kamau's Chilean counterpart?",
        "Which spokesman answered?",
    ):
        assert asks_for_holders(asked), asked
    for asked in ("Who met Kamau?", "Which company built it?", "Which Peruvian ship sank?"):
        assert not asks_for_holders(asked), asked


def test_a_question_may_ask_for_names() -> None:
    assert asks_for_names("List the names of the two captains.")
    assert asks_for_names("What is the ship called?")
    assert asks_for_names("What was the poet named?")
    assert not asks_for_names("Who called the fire brigade?")


def test_a_measure_is_told_from_a_count() -> None:
    assert asks_how_much("How much wheat did it sell?") and asks_how_much("What share of it burned?")
    assert not asks_how_much("How many ships left?")
    assert asks_for_money("How much is she paying?") and not asks_for_money("How much wheat did it sell?")


def test_a_question_may_ask_for_a_source_or_for_transport() -> None:
    assert asks_for_source("Which local newspaper reported it?")
    assert asks_for_source("Who is cited for the figure?")
    assert not asks_for_source("Who bought the newspaper?")
    assert asks_for_transport("How did the choir get to Oslo?")
    assert not asks_for_transport("How did the choir get its name?")
