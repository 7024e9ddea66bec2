import pytest

from rag.answering.fitting import answers_form, has_new_name
from rag.schema import PartialDate
from tests.rag.answering.builders import NAMES, analysed, candidate


@pytest.mark.parametrize(
    ("question", "fitting", "other"),
    [
        ("When did it open?", "It opened on Monday.", "It opened in haste."),
        ("How did Kamau get to Lisbon?", "Kamau travelled by train to Lisbon.", "Kamau got to Lisbon."),
        ("Why did Kamau protest?", "Kamau protested over the fees.", "Kamau came to protest."),
        ("When is the next fair?", "The fair is due to open in May.", "The fair opened in May."),
        ("When did it open?", "It opened at 10 a.m.", "It opened at the port."),
        ("In what year did it open?", "It opened in 2019.", "It opened on May 3."),
        ("How long did it take?", "It took four years.", "It took patience."),
        ("How many ships left?", "Four ships left.", "Some ships left."),
        ("How many cars did it send?", "It sent dozens of vehicles.", "It sent dozens of men."),
        ("How many ministers came?", "Some 4 of his ministers came.", "A 4-hour meeting with their ministers ended."),
        (
            "Which two officials chaired it?",
            "It was chaired by Lindqvist and Teixeira.",
            "The WHO chaired the Meeting.",
        ),
        ("Which two Norwegians were fined?", "Lindqvist and Teixeira were fined.", "The Council fined two Norwegians."),
        ("Who headed the delegation?", "Kamau headed the delegation.", "The delegation went to Kamau."),
        ("Who led it?", "It was led by Kamau.", "The Kamau Council led it."),
        ("Which three countries met?", "Norway, Chile and Peru met.", "Amid talks of Norway and Chile, Peru left."),
        ("Which three countries met?", "The Norway-Chile-Peru talks began.", "Norway met Chile."),
        ("Which capital did Kamau visit?", "Kamau went to Lima.", "Kamau visited Peru."),
        ("In which city did Kamau sing?", "Kamau sang in Callao.", "Kamau sang in Peru."),
        ("In which city did Kamau sing?", "Kamau sang in Callao.", "Kamau explained the song to Teixeira."),
        ("How long did the visit last?", "The visit lasted two hours.", "It was the first visit in 24 years."),
        ("How long had Kamau been away?", "It was the first visit in 24 years.", "Kamau had been away."),
        ("Which official visited Lisbon?", "Kamau visited Lisbon.", "The official visited Lisbon."),
        ("What is the name of Kamau’s ship?", "Kamau has the ship Kestrel.", "Mr Kamau likes his ship."),
        ("How many ships left?", "On Monday 4 ships left.", "On May 4 ships left."),
        ("How many ships left?", "Thirty-six of the old grey harbour ships left.", "All through 2024 ships left."),
        ("How much did it cost?", "It cost 40 euros.", "It cost a lot."),
        ("How much did it cost?", "It was sold at $40.", "It was 40 years old."),
        ("How many people lived there?", "The village has 300 inhabitants.", "The farm has 300 cows."),
        ("Which countries has it reached?", "It has reached Kenya.", "It has reached the Kenyan WHO."),
        ("Which country banned it?", "The Kenyan government banned it.", "Kenyan trawlers banned it."),
        ("Which country banned it?", "Kenya banned it.", ""),
        ("Who met Lindqvist?", "Lindqvist met Teixeira.", "The French Lindqvist left."),
        ("Which company built it?", "It was built by Meridia.", "It was built by a company."),
        ("Where did Lindqvist go?", "Lindqvist went to Palermo.", "Teixeira explained to Lindqvist."),
        ("Why did it stop?", "They stopped it, saying that it leaked.", "It stopped."),
        ("Where did Lindqvist speak?", "Lindqvist spoke in Palermo.", "Lindqvist spoke in May."),
        ("How old is Kamau?", "Kamau, 45, is tall.", "Kamau has 45 hats."),
        ("How old is Kamau?", "Kamau is a 45-year-old engineer.", "Kamau is an engineer."),
        ("Who is Kamau?", "Governor Kamau left.", "Kamau left."),
        ("Who met Lindqvist?", "Lindqvist met Teixeira.", "They met Lindqvist."),
        ("Why did it stop?", "It stopped because of rain.", "It stopped at noon."),
        ("Where did Kamau speak?", "Kamau spoke in a deserted old warehouse.", "Kamau spoke in a deep voice."),
        ("How much does it weigh?", "It weighs 15.2 tons.", "One name fits it."),
        ("What are the names of the two new minerals?", "They are Elaliite and another.", "They are new."),
        ("How much wheat does it sell?", "It sells 40 tonnes.", "It sells for 40 years."),
        ("What share of it burned?", "Two thirds of it burned.", "All 40 of them saw it burn to the ground."),
        ("How many people died in the gale?", "The death toll of the gale rose to 19.", "The gale blew at 19 knots."),
        ("What is the name of the treaty?", "They signed the Palermo Accord.", "They signed a treaty."),
        ("What is the name of the minister?", "The minister is Astrid Lindqvist.", "The minister is from Palermo."),
        ("Name the two: list the names of both.", "Astrid Lindqvist and Teixeira met.", "The envoys of Norway met."),
    ],
)
def test_a_sentence_fits_that_holds_the_kind_of_thing_asked_for(question: str, fitting: str, other: str) -> None:
    assert answers_form(analysed(question), candidate(fitting), NAMES.__contains__)
    assert not answers_form(analysed(question), candidate(other), NAMES.__contains__)


def test_any_sentence_fits_an_open_question_and_a_dated_article_tells_the_year() -> None:
    assert answers_form(analysed("What did it say?"), candidate("It said nothing."), NAMES.__contains__)
    dated = candidate("It opened on May 3.", published=PartialDate(2019, 5, 4))
    assert answers_form(analysed("In what year did it open?"), dated, NAMES.__contains__)


def test_a_name_is_new_that_the_question_does_not_have() -> None:
    question = analysed("Who met Astrid Lindqvist?")
    for sentence, is_new in {
        "Lindqvist met Teixeira.": True,
        "Teixeira met Lindqvist.": True,
        "Portugal met Norway.": True,
        "Astrid Lindqvist met people.": False,
        "People met Lindqvist.": False,
    }.items():
        assert has_new_name(question, candidate(sentence), NAMES.__contains__) == is_new
