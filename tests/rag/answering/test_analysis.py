import pytest

from rag.answering.analysis import QuestionAnalysis, TermKind, analyse
from rag.schema import PartialDate

NAMES = frozenset({"astrid", "lindqvist", "teixeira", "meridia"})


def analysed(text: str, *, unheld: frozenset[str] = frozenset()) -> QuestionAnalysis:
    """Take a question apart that is asked of an index with a few names."""
    return analyse(text, is_name=NAMES.__contains__, is_held=lambda word: word not in unheld)


def terms(text: str) -> list[tuple[str, TermKind, float]]:
    return [(term.text, term.kind, term.weight) for term in analysed(text).terms]


def test_a_question_is_taken_apart_whole() -> None:
    analysis = analysed("In what year did the Norwegian minister meet 200 fishermen in Lisbon in May 2021?")
    assert analysis.form == "when"
    assert analysis.wants_year
    assert analysis.dates == (PartialDate(2021, 5),)
    assert [(term.text, term.kind) for term in analysis.terms] == [
        ("year", "word"),
        ("Norwegian", "place"),
        ("minister", "word"),
        ("meet", "word"),
        ("200", "number"),
        ("fishermen", "word"),
        ("Lisbon", "place"),
    ]
    assert analysis.names == ()


@pytest.mark.parametrize(
    "text",
    ["What did Astrid Lindqvist say?", "what did astrid lindqvist say?", "WHAT DID ASTRID LINDQVIST SAY?"],
)
def test_names_are_seen_however_the_question_is_typed(text: str) -> None:
    (name,) = analysed(text).names
    assert name.text.lower() == "astrid lindqvist"
    assert [token.word for token in name.tokens] == ["astrid", "lindqvist"]


def test_in_lower_case_only_names_of_the_index_are_names() -> None:
    assert [term.kind for term in analysed("did ferrante meet lindqvist").terms] == ["word", "word", "name"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Did Kim Ho-jin meet Astrid Lindqvist?", ["Kim Ho-jin", "Astrid Lindqvist"]),
        ("Did the Teixeira-Lindqvist pact fail?", ["Teixeira", "Lindqvist"]),
        ("When did Apollo 11 land?", ["Apollo 11"]),
        ("Lindqvist's hat", ["Lindqvist's"]),
        ("Hats of Lindqvist", ["Lindqvist"]),
        ("When did President Lindqvist resign?", ["Lindqvist"]),
        ("Did Norway condemn Portugal?", []),
    ],
)
def test_names_end_where_another_begins(text: str, names: list[str]) -> None:
    assert [term.text for term in analysed(text).names] == names


def test_what_leads_up_to_a_question_weighs_less_than_the_question() -> None:
    weights = [(text, weight) for text, _, weight in terms("Lindqvist left Lisbon. Which ship towed Lindqvist?")]
    assert weights == [
        ("Lindqvist", pytest.approx(0.6)),
        ("left", pytest.approx(0.4)),
        ("Lisbon", pytest.approx(0.4)),
        ("ship", 1.0),
        ("towed", 1.0),
        ("Lindqvist", 1.5),
    ]


def test_words_that_shape_a_question_weigh_little() -> None:
    assert terms("What reason did the two newspapers report for the strike?") == [
        ("reason", "word", 0.35),
        ("two", "word", 0.4),
        ("newspapers", "word", 1.0),
        ("report", "word", 0.35),
        ("strike", "word", 1.0),
    ]


def test_a_misspelt_filler_is_a_filler_unless_the_index_has_the_word() -> None:
    unheld = frozenset({"hapened"})
    assert [term.weight for term in analysed("When has the fire hapened?", unheld=unheld).terms] == [1.0, 0.35]
    assert [term.weight for term in analysed("When has the fire hapened?").terms] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("typed", "form"),
    [("wen did it open", "when"), ("whre is it", "where"), ("Waht opened", "what"), ("whi did it open", "why")],
)
def test_a_misspelt_question_word_is_mended(typed: str, form: str) -> None:
    assert analysed(typed).form == form


def test_who_asks_for_an_office_only_of_a_name() -> None:
    assert analysed("Who is Astrid Lindqvist?").form == "role"
    assert analysed("Who is the president of Portugal?").form == "who"


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("Who leads the Norwegian delegation?", [("Norwegian", "delegation")]),
        ("Who is the minister of Japan?", [("Japan", "minister")]),
        ("Who is the head of the Meridia?", [("Meridia", "head")]),
        ("Who was at the head of Norway's team?", [("Norway's", "team")]),
        ("What did Norway's foreign minister say?", [("Norway's", "minister")]),
        ("Who heard Norway say that?", []),
        ("Has Norway condemned it?", []),
    ],
)
def test_a_country_belongs_to_the_noun_beside_it(text: str, relations: list[tuple[str, str]]) -> None:
    assert [(first.text, second.text) for first, second in analysed(text).relations] == relations


@pytest.mark.parametrize(
    ("text", "descriptions"),
    [
        ("What did Norway's foreign minister say?", [["Norway's", "foreign", "minister"]]),
        ("Did the Norwegian president meet the Kenyan envoy?", [["Norwegian", "president"], ["Kenyan", "envoy"]]),
        ("Did Norway send ships?", []),
    ],
)
def test_somebody_may_be_described_by_country_and_office(text: str, descriptions: list[list[str]]) -> None:
    assert [[term.text for term in run] for run in analysed(text).descriptions()] == descriptions


def test_in_which_place_must_be_said_unless_it_is_a_word_for_any_place() -> None:
    required = analysed("In which hotel did Lindqvist sleep?").required
    assert required is not None and required.text == "hotel"
    assert analysed("In which city did Lindqvist sleep?").required is None
    assert "city" not in [term.text for term in analysed("In which city did Lindqvist sleep?").terms]


def test_a_year_before_a_noun_is_a_date() -> None:
    found = analysed("What was promised in the 2024 treaty?")
    assert found.dates == (PartialDate(2024),)
    assert [term.text for term in found.terms] == ["promised", "treaty"]
    assert analysed("Did it send 2000 troops?").dates == ()
    assert analysed("How was his 2024 meeting?").dates == (PartialDate(2024),)
    assert analysed("How was his 1973 song?").dates == ()


def test_an_acronym_is_a_name_though_its_letters_spell_a_small_word() -> None:
    assert [(term.text, term.kind) for term in analysed("Who chairs the WHO's committee?").terms][1] == (
        "WHO's",
        "name",
    )
    assert "name" not in [term.kind for term in analysed("Who heard who spoke?").terms]


def test_what_is_the_something_of_has_that_in_focus() -> None:
    focus = analysed("What is the starting salary of a pilot?").focus
    assert focus is not None and focus.text == "salary"
    assert analysed("What was the reason of the delay?").focus is None
    assert analysed("What did the pilot say of it?").focus is None


def test_the_verb_behind_who_is_known_where_it_means_something() -> None:
    verb = analysed("Who destroyed the market?").verb
    assert verb is not None and verb.text == "destroyed"
    assert analysed("Who was in Lisbon?").verb is None
    assert analysed("Who said that?").verb is None
    assert analysed("What destroyed the market?").verb is None


@pytest.mark.parametrize("text", ["", "?", "who", "what is it"])
def test_a_question_that_names_nothing_has_no_terms(text: str) -> None:
    assert analysed(text).terms == ()


def test_an_honorific_and_a_verb_of_going_or_becoming_need_not_be_said_again() -> None:
    assert terms("When did Mr Teixeira go blind?") == [("Teixeira", "name", 1.5), ("blind", "word", 1.0)]
    assert terms("Who signed the accord?") == [("signed", "word", 1.0), ("accord", "word", 1.0)]
    assert terms("Who left, according to Teixeira?")[1] == ("according", "word", 0.35)


def test_the_place_behind_a_verb_of_going_is_the_destination() -> None:
    destination = analysed("When did Teixeira travel to Norway?").destination
    assert destination is not None and destination.text == "Norway"
    assert analysed("When did Norway write to Teixeira?").destination is None


def test_so_many_countries_are_one_term() -> None:
    assert terms("What did the three allies sign?") == [("three allies", "places", 1.0), ("sign", "word", 1.0)]
    assert terms("What did the two ministers sign?")[0] == ("two", "word", 0.4)


def test_an_office_is_asked_for_by_name() -> None:
    assert analysed("Who is the Meridia chief?").form == "who"
    assert analysed("Who is Astrid Lindqvist?").form == "role"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Who signed it, according to the articles?", "Who signed it?"),
        ("What is Meridia building right now?", "What is Meridia building?"),
        ("Is it true that Meridia closed?", "did Meridia closed?"),
        ("What stands in the report's annex?", "What stands in the report's annex?"),
    ],
)
def test_framing_words_go(text: str, plain: str) -> None:
    assert analysed(text).text == plain


def test_kinds_of_media_and_ways_of_asking_need_not_stand_in_an_answer() -> None:
    assert "newspaper" not in [text for text, _, _ in terms("Which newspaper reported the fire in Lisbon?")]
    assert ("newspaper", "word", 1.0) in terms("Who bought the newspaper in Lisbon?")
    assert ("talks", "word", 1.0) in terms("When did the talks in Lisbon end?")
    assert {text: weight for text, _, weight in terms("Who represented Norway?")}["represented"] < 1
    assert "outlet" not in [text for text, _, _ in terms("To which media outlet did Lindqvist speak?")]
    assert "regions" not in [text for text, _, _ in terms("In which two regions is it dry?")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Which Norwegian official came?", "official"),
        ("Who was the Norwegian official on the call?", "official"),
        ("What Oslo-related step was taken?", "related"),
        ("What did she tell his Norwegian counterpart?", "counterpart"),
        ("What is Lindqvist's office?", "office"),
    ],
)
def test_words_that_lean_on_others_weigh_little(text: str, word: str) -> None:
    assert {found: weight for found, _, weight in terms(text)}[word] < 1
    assert {found: weight for found, _, weight in terms(f"Did the {word} of Lindqvist matter?")}[word] == 1


def test_the_occasion_weighs_less_than_what_is_asked_of_it() -> None:
    weights = {text: weight for text, _, weight in terms("Where was the choir when Lindqvist phoned Teixeira?")}
    assert weights["choir"] == 1 and weights["phoned"] < 1 and weights["Lindqvist"] < 1.5
    assert {text: weight for text, _, weight in terms("Who was there when Lindqvist phoned?")}["phoned"] == 1


def test_of_whom_a_question_says_something() -> None:
    for text in ("How did Lindqvist vote?", "Where was Lindqvist in May?", "Did Lindqvist vote?"):
        subject = analysed(text).subject
        assert subject is not None and subject.text == "Lindqvist"
    lasting = analysed("For how many years is the treaty valid?").subject
    assert lasting is not None and lasting.text == "treaty"
    assert analysed("How did the vote end?").subject is None
    assert analysed("When did Lindqvist vote?").subject is None


def test_three_ways_are_no_countries() -> None:
    assert ("three-way", "places", 1.0) in terms("Is there a three-way alliance?")
    assert "places" not in [kind for _, kind, _ in terms("Are there three ways to vote?")]


def test_what_belongs_to_a_body_is_not_part_of_its_name() -> None:
    names = [text for text, kind, _ in terms("What did the State Department's Miller say?") if kind == "name"]
    assert names[-1] == "Miller"


@pytest.mark.parametrize(
    ("text", "form", "required"),
    [
        ("On what terms was Lindqvist willing to talk?", "what", None),
        ("On which island did Lindqvist land?", "where", "island"),
        ("In which old harbour warehouse did Lindqvist sleep?", "what", "warehouse"),
        ("At whose request did Lindqvist travel to Lisbon?", "who", "request"),
    ],
)
def test_what_an_answer_must_speak_of(text: str, form: str, required: str | None) -> None:
    analysis = analysed(text)
    assert analysis.form == form
    assert (analysis.required.text if analysis.required else None) == required


def test_a_visit_has_a_destination() -> None:
    destination = analysed("When is Lindqvist's next visit to Chile planned?").destination
    assert destination is not None
    assert destination.text == "Chile"


def test_to_back_is_a_verb_where_something_follows() -> None:
    weights = {text: weight for text, _, weight in terms("Did Norway back the pact back then?")}
    assert weights["back"] < 1  # the second one
    assert ("back", "word", 1.0) in terms("Did Norway back the pact?")


def test_a_clause_that_leads_up_to_the_question_weighs_less() -> None:
    led = {text: weight for text, _, weight in terms("When Teixeira came to Lisbon, what did Lindqvist promise?")}
    assert led["Teixeira"] < led["Lindqvist"]
    assert analysed("When Teixeira came to Lisbon, what did Lindqvist promise?").form == "what"
