"""Answers by quoting, asked of a real index of the newsroom's articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from rag.answering.choosing import choose
from rag.answering.extractive import Extractive, narrowed
from rag.engine import Engine
from rag.retrieval import TimeWindow
from rag.schema import Filters, Near, PartialDate, ProcessedArticle, Question
from tests.rag.answering.builders import corpus_of, processed, rank, scored

LINDQVIST = (
    "Lindqvist said that the agreement would protect the cod.",
    "[Lindqvist] also warned that illegal trawlers would lose their licences.",
    "Astrid Lindqvist said that the fines were a warning to others.",
)
TEIXEIRA = ("“The sea has no fences,” Teixeira said.",)
SOLBERG = ("Norwegian Deputy Foreign Minister Erik Solberg said that the talks lasted nine hours.",)
OPENED = "The Kestrel bridge in Nairobi opened on September 9."
INSPECTED = "Engineer Wanjiru Kamau inspected the bridge before it opened."
CARRIES = "The bridge carries 30,000 cars a day and took four years to build."
GALLO = "Meridia spokesman Pietro Gallo said that repairs would cost 5 million euros."
MET = "Norwegian Foreign Minister Astrid Lindqvist met her Portuguese counterpart, Carlos Teixeira, in Lisbon."


def statements(engine: Engine, question: str) -> tuple[str, ...]:
    """Return the statements of an answer; nothing drafted may have been rejected on the way."""
    answer = engine.ask(Question(text=question))
    assert answer.rejected == ()
    return tuple(statement.text for statement in answer.statements)


# --- who said what ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Lindqvist say?", LINDQVIST),
        ("what did astrid lindqvist say", LINDQVIST),
        ("WHAT DID LINDQVIST SAY?", LINDQVIST),
        ("What did Teixeira say?", TEIXEIRA),
        ("What did Solberg say?", SOLBERG),
        ("What did the spokesman of Meridia say?", (GALLO,)),
    ],
)  # fmt: skip
def test_an_answer_holds_all_that_somebody_said_and_nobody_else_in_order_of_date(
    newsroom: Engine, question: str, said: tuple[str, ...]
) -> None:
    assert statements(newsroom, question) == said


def test_each_statement_names_its_speaker_and_how_it_is_reported(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Teixeira say?"))
    assert [(s.speaker, s.speech) for s in answer.statements] == [("Carlos Teixeira", "direct")]
    answer = newsroom.ask(Question(text="What did Lindqvist say?"))
    assert [(s.speaker, s.speech) for s in answer.statements] == [("Astrid Lindqvist", "indirect")] * 3
    assert [c.published for c in answer.citations] == [PartialDate(2023, 3, 14)] * 2 + [PartialDate(2023, 6, 2)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Norway's foreign minister say?", LINDQVIST),
        ("What did the foreign minister of Norway say?", LINDQVIST),
        ("What did Norway's deputy foreign minister say?", SOLBERG),
        ("What did the Portuguese foreign minister say?", TEIXEIRA),
    ],
)
def test_an_office_stands_for_its_holder_and_a_deputy_for_nobody_else(
    newsroom: Engine, question: str, said: tuple[str, ...]
) -> None:
    assert statements(newsroom, question) == said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did Lindqvist say about the agreement?", LINDQVIST[:2]),
        ("What did Lindqvist say about fines?", LINDQVIST[2:]),
        ("What did Lindqvist say in June 2023?", LINDQVIST[2:]),
        ("What did Lindqvist say in March?", LINDQVIST[:2]),
        ("What did Tamm say in 2023?", ()),
        ("What did Teixeira say about the ferry?", ()),
        ("What did Liis Tamm say about cod?", ()),
    ],
)
def test_a_topic_or_a_date_narrows_what_somebody_said(newsroom: Engine, question: str, said: tuple[str, ...]) -> None:
    assert statements(newsroom, question) == said


def test_a_name_in_brackets_stands_for_a_pronoun(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Elena Paredes say?"))
    assert [statement.text for statement in answer.statements] == [
        "Mayor Elena Paredes promised a new market within a year.",
        "[Elena Paredes] said that nobody was hurt.",
    ]
    assert [citation.quote for citation in answer.citations] == [
        "Mayor Elena Paredes promised a new market within a year.",
        "She said that nobody was hurt.",
    ]


def test_who_said_it_is_answered_by_who_is_reported_to_say_it(newsroom: Engine) -> None:
    assert statements(newsroom, "Who said that the talks lasted nine hours?") == SOLBERG
    answer = newsroom.ask(Question(text="Who said that Wanjiru Kamau inspected the bridge?"))
    assert answer.status == "abstained"  # the article says so itself


# --- refusals ---------------------------------------------------------------------------------------------------


def test_somebody_who_says_nothing_is_in_the_articles_but_the_fact_is_not(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Wanjiru Kamau say?"))
    assert (answer.status, answer.reason, answer.statements) == ("abstained", "fact_not_stated", ())
    assert answer.text == "The indexed articles mention Wanjiru Kamau, but they do not say what you asked."


def test_a_body_that_says_nothing_on_the_subject_is_no_reason_to_quote_others(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did the government say about the Kestrel bridge?"))
    assert (answer.status, answer.statements) == ("abstained", ())


def test_somebody_in_no_article_is_not_found(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Macron say?"))
    assert (answer.status, answer.reason, answer.near) == ("abstained", "subject_not_found", ())
    assert answer.text == "None of the indexed articles mentions Macron."


def test_an_unknown_given_name_makes_somebody_else(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Boris Lindqvist say?"))
    assert (answer.reason, answer.statements) == ("subject_not_found", ())
    assert answer.text.startswith("None of the indexed articles mentions Boris Lindqvist.")


@pytest.mark.parametrize("question", ["What did Lindkvist say?", "What did Astrid Lindquist say?"])
def test_the_nearest_name_is_offered_for_a_misspelling(newsroom: Engine, question: str) -> None:
    answer = newsroom.ask(Question(text=question))
    assert (answer.reason, answer.near) == ("subject_not_found", (Near("name", "Astrid Lindqvist"),))
    assert answer.text.endswith("Did you mean Astrid Lindqvist?")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Where did Macron meet Lindqvist?", "subject_not_found"),
        ("What did the foreign minister of Brazil say?", "subject_not_found"),
        ("How old is Lindqvist?", "fact_not_stated"),
        ("Why did the choir tour the Baltic?", "fact_not_stated"),
        ("How far is Quito from Nairobi?", "fact_not_stated"),
        ("How tall is the Kestrel Tour?", "fact_not_stated"),  # a name of everyday words may stand apart
        ("When did the Kestrel bridge open in October?", "fact_not_stated"),
        ("When did the ferry sink?", "no_match"),
        ("Is there a volcano?", "no_match"),
    ],
)
def test_what_no_article_says_is_refused_with_the_reason(newsroom: Engine, question: str, reason: str) -> None:
    answer = newsroom.ask(Question(text=question))
    assert (answer.status, answer.reason, answer.statements, answer.citations) == ("abstained", reason, (), ())


def test_a_refusal_shows_the_sentences_that_come_nearest(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="Why did the choir tour the Baltic?"))
    near = Near("sentence", "Conductor Liis Tamm said that the tour was a gift to the singers.", "wire.jsonl#choir")
    assert answer.near == (near,)


# --- facts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When did the Kestrel bridge open?", OPENED),
        ("wen did the kestrel bridge open", OPENED),
        ("How many cars does the bridge carry?", CARRIES),
        ("How long did it take to build the bridge?", CARRIES),
        ("How much will the repairs cost?", GALLO),
        ("How many trawlers were fined?", "Three trawlers were fined 40,000 euros off Bergen."),
        ("Where did Lucia Ferrante inspect the damage?",
         "Captain Lucia Ferrante inspected the damage in Palermo on Friday."),
        ("Where did Lindqvist meet Teixeira?", MET),
        ("Who met Lindqvist in Lisbon?", MET),
        ("Who inspected the Kestrel bridge?", INSPECTED),
        ("Who is the foreign minister of Norway?", MET),
        ("Who is Erik Solberg?", SOLBERG[0]),
        ("Why did Meridia cancel its service to Tunis?",
         "The ferry company Meridia cancelled its service to Tunis because its only ship had lost an engine."),
        ("Why did Meridia not hire another ship?",
         "The company did not hire another ship because the insurers had refused to pay."),
        ("What burned in Quito?", "A fire destroyed the flower market in Quito on Tuesday night."),
    ],
)  # fmt: skip
def test_a_fact_is_answered_by_the_sentence_that_states_it(newsroom: Engine, question: str, answer: str) -> None:
    assert statements(newsroom, question) == (answer,)


@pytest.mark.parametrize(
    "question", ["What happened in Nairobi in September?", "What happened in Nairobi in September 2021?"]
)
def test_a_month_in_the_question_agrees_with_a_date_whose_year_is_not_known(newsroom: Engine, question: str) -> None:
    assert statements(newsroom, question) == (OPENED,)


def test_two_questions_in_one_are_answered_one_after_the_other(newsroom: Engine) -> None:
    assert statements(newsroom, "When did the Kestrel bridge open, and who inspected it?") == (OPENED, INSPECTED)


def test_a_part_that_cannot_be_answered_does_not_keep_back_the_other(newsroom: Engine) -> None:
    assert statements(newsroom, "When did the Kestrel bridge open, and how old is Lindqvist?") == (OPENED,)


def test_a_question_that_an_article_asks_is_no_answer(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What will the fishermen of Lisbon say about the agreement?"))
    assert not any("?" in citation.quote for citation in answer.citations)


def test_a_sentence_that_repeats_another_is_not_shown_beside_it(newsroom: Engine) -> None:
    assert statements(newsroom, "What did a fire destroy in Quito?") == (
        "A fire destroyed the flower market in Quito on Tuesday night.",
    )


def test_a_sentence_far_above_the_rest_may_cover_a_little_less() -> None:
    analysis, (first, second) = rank(
        "Did rain fall in Quito?", processed("a", "Rain fell in Quito.", "The market closed.")
    )
    best = replace(first, score=0.7, coverage=0.55)
    assert choose(analysis, [best, replace(second, score=0.5)], limit=4) == [best]
    assert choose(analysis, [best, replace(second, score=0.68)], limit=4) == []
    assert choose(analysis, [replace(best, coverage=0.4), replace(second, score=0.5)], limit=4) == []


# --- filters ----------------------------------------------------------------------------------------------------


def test_filters_and_the_days_a_question_speaks_of_narrow_one_another() -> None:
    early, middle, late = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
    window = TimeWindow(since=early, until=middle)
    assert narrowed(Filters(since=middle), None) == Filters(since=middle)
    assert narrowed(Filters(), window) == Filters(since=early, until=middle)
    assert narrowed(Filters(since=middle, until=late), window) == Filters(since=middle, until=middle)


def quoted(question: str, *articles: ProcessedArticle) -> list[str]:
    """Return what is drafted when every article is retrieved."""
    extractive = Extractive(corpus=corpus_of(*articles), sentence_similarity=lambda _, texts: [0.0] * len(texts))
    return [statement.text for statement in extractive.draft(Question(text=question), scored(*articles)).statements]


def test_the_north_is_the_country_that_the_articles_speak_of() -> None:
    train = "On Monday the train of North Korean leader Pak Minho arrived in Lisbon."
    korea = (processed("train", train), processed("port", "South Korea closed its port in Busan."))
    assert quoted("When did the North's leader arrive in Lisbon?", *korea) == [train]
    assert quoted("When did the South's leader arrive in Lisbon?", *korea) == []
    ferry = "On Friday the ferry of South Sudanese President Deng Ajak reached Lima."
    sudan = (processed("ferry", ferry), processed("nile", "South Sudan lies on the Nile."))
    assert quoted("When did the South's president reach Lima?", *sudan) == [ferry]
    assert quoted("When did the North's president reach Lima?", *sudan) == []


def test_who_only_says_who_reports_is_shown_with_what_is_reported() -> None:
    sank, cites = "The ferry Kestrel sank off Lima on Monday.", "Harbour Radio reports."
    article = processed("ferry", sank, cites, "It rained.")
    assert quoted("Which broadcaster reported that the ferry Kestrel sank?", article) == [sank, cites]
    assert quoted("When did the ferry Kestrel sink?", article) == [sank]


def test_according_to_whom_it_is_so_must_stand_there_though_nobody_spoke() -> None:
    harbour = "The National Harbour Council counts 40 wrecks off Lima, its yearbook shows."
    article = processed("wrecks", harbour, "Divers count 70 wrecks off Lima.")
    assert quoted("According to the National Harbour Council, how many wrecks lie off Lima?", article) == [harbour]
    assert quoted("According to Meridia, how many wrecks lie off Lima?", article) == []


def test_what_is_added_to_a_list_is_not_said() -> None:
    added = "Meridia has added the Kestrel to its list of wrecks."
    article = processed("list", "Meridia said that its list of wrecks was long.", added)
    assert quoted("Which ship did Meridia add to its list of wrecks?", article)[:1] == [added]


def test_a_sentence_with_the_verb_asked_with_goes_before_statements_without_it() -> None:
    doubted = "Lima said that the ferry of the harbour council was late."
    urged = "Officials from Lima urged the harbour council to sell the ferry."
    articles = processed("doubted", doubted), processed("urged", urged)
    assert quoted("What did Lima urge the harbour council to do with the ferry?", *articles) == [urged]
    assert quoted("What did Lima urge the harbour council to do with the ferry?", articles[0]) == [doubted]


def test_a_country_spoke_by_whichever_of_its_names() -> None:
    fees, ships = "Oslo said that fees would rise.", "Norway said that grey ships had secretly left Lima."
    articles = processed("fees", fees), processed("ships", ships)
    assert quoted("What did Oslo say about fees?", *articles) == [fees]
    assert quoted("What did Oslo say had secretly left Lima?", *articles) == [ships]
    assert quoted("What did Chile say had secretly left Lima?", *articles) == []


def test_according_to_both_is_what_they_said_together() -> None:
    together = "The leaders of Chile and Peru stressed: “The pact threatens the cod.”"
    other = "Chile said on Monday that its ships were under threat."
    articles = processed("together", together), processed("other", other)
    assert together in quoted("What does the pact threaten, according to Chile and Peru?", *articles)


def test_what_somebody_did_is_told_by_a_sentence_that_speaks_of_them() -> None:
    punished = "In 2006 the Harbour Council punished Peru for its first whale hunt."
    voted = "Chile supported this decision and voted for higher fees."
    article = processed("vote", punished, voted, "It rained.")
    for asked in ("How did Chile vote when the Harbour Council punished Peru?", "Did Chile support the decision?"):
        assert quoted(asked, article) == [voted]
    assert quoted("How did Norway vote when the Harbour Council punished Peru for its whale hunt?", article) == []
    assert quoted("When did the Harbour Council punish Peru for its whale hunt?", article) == [punished]
    assert quoted("For how many years is the treaty with Peru valid?", article) == []


def test_the_time_asked_for_does_not_bring_up_what_says_little() -> None:
    gathered = "The Deterrence Group, consisting of officials and diplomats, convened in Seoul."
    other = "On September 4 a group of tourists in Lima met Pedro Kamau."
    articles = processed("gathered", gathered), processed("other", other)
    assert quoted("In which city did the Deterrence Group convene in September 2023?", *articles) == [gathered]


def test_a_government_speaks_for_its_country() -> None:
    denied = "Both Oslo and Lima denied the allegation."
    accused = "Last year Chile accused Peru of sending eels to Norway."
    article = processed("eels", accused, denied)
    for asked in (
        "How did the Peruvian government respond to the accusation?",
        "How did the Norwegian and Peruvian governments respond to the accusation about eels?",
    ):
        assert quoted(asked, article) == [denied]


def test_who_did_something_for_a_country_holds_an_office_of_it() -> None:
    chaired = "The talks were chaired by Norwegian Deputy Foreign Minister Erik Solberg."
    signed = "The signing of the joint statement in Lima pleased Pedro Kamau."
    articles = processed("chaired", chaired), processed("signed", signed)
    assert quoted("Who chaired the talks on the Norwegian side?", *articles) == [chaired]
    assert quoted("Who signed the joint statement on behalf of Japan?", *articles) == []
    assert quoted("Who signed the joint statement on Tokyo's behalf?", *articles) == []


def test_who_led_something_is_no_other_person_of_whom_less_is_told() -> None:
    met = "On Monday the Norwegian leader met with a Chilean delegation at a parade in Oslo."
    gone = "On Friday the leader went to meet Pedro Kamau."
    article = processed("parade", met, gone)
    assert quoted("Who headed the Chilean delegation that the Norwegian leader met at the parade?", article) == []
    assert quoted("Who was in the Chilean delegation that the Norwegian leader met at the parade?", article) == []


def test_so_many_countries_are_listed_one_after_another() -> None:
    three = "Norway, Chile and Japan have condemned the sale of eels to Peru."
    two = "Amid talks between Peru and Chile, Japan condemned the sale of eels."
    articles = processed("three", three), processed("two", two)
    assert quoted("Which three countries condemned the sale of eels?", *articles) == [three]
