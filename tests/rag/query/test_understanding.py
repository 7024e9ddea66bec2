"""What a text asks: how many questions, without their wrapping, and for what kind of answer."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query import narrowed_to_file, understand, wording
from rag.query.understanding import MOST_QUESTIONS, file_named, unwrapped
from rag.schema import Filters, Intent, Query, Question
from rag.text.words import words

WRAPPED = """\
What did Blinken say?
Hi! What did Blinken say?
Sorry, what did Blinken say?
Thanks. What did Blinken say?
Question: What did Blinken say?
My question is: what did Blinken say?
In the articles, what did Blinken say?
What did Blinken say in the articles?
According to the articles, what did Blinken say?
What did Blinken say according to the article?
Based on the documents, what did Blinken say?
Use only the provided context. What did Blinken say?
Answer briefly: What did Blinken say?
Answer in German: what did Blinken say?
Can you check the articles and tell me what Blinken said?
Please tell me who chaired the meeting in Seoul. Keep it short.
Quick question: who chaired the meeting in Seoul?
I am a journalist writing a piece on Korea. Who chaired the meeting in Seoul?
"""
"""As people wrote them."""

MORE_WRAPPED = """\
Hello team, who chaired the meeting in Seoul? Best regards, Eva
Dear all,
who chaired the meeting in Seoul?
I would like to know who chaired the meeting in Seoul.
Could you please tell me who chaired the meeting in Seoul, please?
Do you know who chaired the meeting in Seoul?
Please answer in one sentence. Who chaired the meeting in Seoul?
Who chaired the meeting in Seoul? Answer in two sentences.
Who chaired the meeting in Seoul, according to the sources above?
Q: Who chaired the meeting in Seoul? Thanks
Question 3: Who chaired the meeting in Seoul?
Search the articles: who chaired the meeting in Seoul?
Here is my question: who chaired the meeting in Seoul?
"""


def one(text: str) -> Query:
    (query,) = understand(Question(text=text))
    return query


def plain(texts: Iterable[str]) -> list[str]:
    return [" ".join(words(text)) for text in texts]


# --- wrapping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", WRAPPED.splitlines())
def test_what_people_wrap_around_a_question_is_taken_off(text: str) -> None:
    query = one(text)
    assert query.asked == text
    if "Blinken" in text:
        assert (query.intent, query.speaker, query.topic) == ("said", "Blinken", None)
        assert " ".join(words(query.text)) in ("what did blinken say", "tell me what blinken said")
    else:
        assert (query.intent, query.speaker) == ("fact", None)
        assert " ".join(words(query.text)) == "who chaired the meeting in seoul"


@pytest.mark.parametrize("text", re.split(r"\n(?!who)", MORE_WRAPPED.strip()))
def test_greetings_manners_and_wishes_for_the_form_are_taken_off(text: str) -> None:
    assert " ".join(words(unwrapped(text))) == "who chaired the meeting in seoul"


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("The bridge fell in 2019. Who built the bridge?", "Who built the bridge?"),
        ("I read that Blinken met Cho. What did Blinken say?", "What did Blinken say?"),
        # what points back keeps what it points to
        ("The bridge fell in 2019. Who built it?", "The bridge fell in 2019. Who built it?"),
        ("Eva Lind resigned. Why did she do that?", "Eva Lind resigned. Why did she do that?"),
    ],
)
def test_background_goes_unless_the_question_points_back_to_it(text: str, searched: str) -> None:
    assert one(text).text == searched


@pytest.mark.parametrize(
    "text",
    [
        "What was the question put to voters?",
        "Who answered the question: the mayor or the premier?",
        "What is the answer to the question of debt?",
        "Which question did the court decide?",
        "What help did Norway send?",
        "Help arrived when?",
        "Thanks to whom did the team win?",
        "Perfect storm: what caused the flood?",
        "Great Britain: who won there?",
        "Test results: what did the study show?",
        "Can you swim in the Seine?",
        "Who leaked the documents?",
        "Which stories did the paper retract?",
        "How many articles of the constitution did the court strike down?",
        "What articles did the customs seize?",
        "Were there passages in the text about Kim?",
        "Who was named Question of the Year?",
        "In which report did the auditors criticise the ministry?",
        "Who paid for the search of the documents?",
        "Please, a song by Lind: who wrote it?",
    ],
)
def test_ordinary_questions_are_left_as_they_are(text: str) -> None:
    query = one(text)
    assert query.asked == text
    assert (query.intent, plain([query.text])) == ("fact", plain([text.removeprefix("Please, ")]))


def test_in_the_report_loses_only_the_report() -> None:
    query = one("In the report, what did the auditors criticise?")
    assert query.text == "what did the auditors criticise?"
    assert (query.intent, query.speaker) == ("said", "the auditors")


@pytest.mark.parametrize("text", ["Hi-tech exports: how much did they grow?", "What is in the documents?"])
def test_what_looks_like_wrapping_and_is_asked_about_stays(text: str) -> None:
    assert one(text).text == text


@given(st.text(max_size=120))
def test_any_text_is_unwrapped_to_one_with_a_word_if_it_has_one(text: str) -> None:
    assert bool(words(unwrapped(text))) == bool(words(text))


PIECES = st.sampled_from(
    [
        *WRAPPED.splitlines(),
        "Hi!",
        "thanks",
        "Please",
        "\n",
        "1. ",
        "- ",
        ". ",
        "?",
        ": ",
        ", ",
        "in the articles",
        "Q:",
    ]
)


@given(st.lists(PIECES, max_size=6).map(" ".join))
def test_wrapping_of_any_kind_leaves_a_question(text: str) -> None:
    bare = unwrapped(text)
    assert bool(words(bare)) == bool(words(text))
    queries = understand(Question(text=text))
    assert 1 <= len(queries) <= MOST_QUESTIONS
    assert any(words(query.text) for query in queries) or not words(text)


def test_a_mark_alone_is_no_question() -> None:
    assert [query.text for query in understand(Question(text="Who won?? ? Who lost the vote?"))] == [
        "Who won?? ?",
        "Who lost the vote?",
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "in the articles, ",
        "the ",
        "1. who? ",
        "what did x say ",
        "[",
        "Hi, ",
        "please ",
        "question: ",
    ],
)
def test_a_text_of_the_greatest_length_is_understood_in_time(piece: str) -> None:
    began = time.process_time()
    assert understand(Question(text=piece * (4000 // len(piece))))
    assert time.process_time() - began < 0.5


def test_the_table_stays_small() -> None:
    found = [value for name, value in vars(wording).items() if name.isupper() and not name.startswith("_")]
    entries = [
        entry
        for value in found
        for entry in (value if isinstance(value, tuple) else (value,))
        if isinstance(entry, tuple | re.Pattern)
    ]
    assert 10 < len(entries) <= 40


# --- several questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("1. What did Blinken say?\n2. Who chaired it?", ["What did Blinken say?", "Who chaired it?"]),
        ("1) Who won?\n2) Who lost?\n3) Why?", ["Who won?", "Who lost?", "Why?"]),
        ("Please answer these:\n- Who won?\n- Who lost?", ["Who won?", "Who lost?"]),
        ("What did Blinken say? Who chaired the meeting?", ["What did Blinken say?", "Who chaired the meeting?"]),
        ("Hello! Who won the vote? Who lost the vote? Thanks", ["Who won the vote?", "Who lost the vote?"]),
    ],
)
def test_questions_that_stand_alone_are_asked_one_by_one(text: str, asked: list[str]) -> None:
    queries = understand(Question(text=text, max_statements=3))
    assert [query.asked for query in queries] == asked
    assert all(query.max_statements == 3 for query in queries)


def test_at_most_so_many_questions_are_asked() -> None:
    text = "\n".join(f"{number}. Who won race {number}?" for number in range(1, 10))
    assert len(understand(Question(text=text))) == MOST_QUESTIONS


@pytest.mark.parametrize(
    "text",
    [
        "What did Blinken say? Why did he say it?",
        "What did Blinken say? And Cho?",
        "Who is Eva Lind? What is her job?",
        "Who won the vote? Why?",
        "Did Lind resign? Or was she fired?",
        "Who died in Oslo and when?",
        "The parties are:\n1. Reds\n2. Blues\nWhich of them won?",
    ],
)
def test_a_question_that_needs_the_one_before_stays_with_it(text: str) -> None:
    assert one(text).asked == text


# --- kinds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        *(
            (text, "talk")
            for text in (
                "Hi", "Hello there!", "ok thanks", "good morning", "Thanks!", "Thank you very much", "ok", "bye",
                "Help", "test", "Who are you?", "What can you do?", "How are you?",
            )
        ),
        *(
            (text, "about_the_index")
            for text in (
                "How many articles are there?", "how many articles do you have?", "Hi! How many documents are indexed?",
                "List all articles", "What articles do you have?", "What dates do the articles cover?",
                "How old are the articles?",
            )
        ),
        *(
            (text, "summary")
            for text in (
                "Summarise the article about bridges", "Give me a summary of bridge-3.txt", "tl;dr of the ferry story",
                "What are the main points of the treaty?", "What is the article about?", "Sum up the strike, please",
            )
        ),
        *((text, "timeline") for text in ("Give me a timeline of the strike", "What happened when in the strike?")),
        *((text, "latest") for text in ("What is the latest on the strike?", "What's new?", "latest news from Oslo")),
        *(
            (text, "fact")
            for text in (
                "Why did Meridia cancel its service?", "How high is child benefit?", "Who published the inquiry?",
                "Is there a volcano?", "When did the Kestrel bridge open?",
            )
        ),
    ],
)  # fmt: skip
def test_the_kind_of_answer_asked_for(text: str, intent: Intent) -> None:
    assert one(text).intent == intent


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("Which articles mention Cho Tae Yul?", "list", "Cho Tae Yul"),
        ("Hi, list the articles about Seoul please", "list", "Seoul"),
        ("Show me all articles that talk about the harbour strike.", "list", "the harbour strike"),
        ("How many articles mention Blinken?", "count", "Blinken"),
        ("How many of the stories are about cod?", "count", "cod"),
    ],
)
def test_questions_for_the_articles_that_mention_something(text: str, intent: Intent, topic: str) -> None:
    query = one(text)
    assert (query.intent, query.topic) == (intent, topic)


def test_what_one_article_says_is_no_list_of_articles() -> None:
    assert one("In the article on bridges, who spoke?").intent == "fact"


@pytest.mark.parametrize(
    ("text", "speaker", "topic"),
    [
        ("What did Blinken say about Cho?", "Blinken", "Cho"),
        ("What has the coast guard of Norway said?", "the coast guard of Norway", None),
        ("According to Blinken, how many died?", "Blinken", "how many died"),
    ],
)
def test_questions_for_somebodys_words(text: str, speaker: str, topic: str | None) -> None:
    query = one(text)
    assert (query.intent, query.speaker, query.topic) == ("said", speaker, topic)


def test_a_query_keeps_filters_and_length() -> None:
    filters = Filters(since=date(2024, 1, 1), paths=("a*",))
    question = Question(text="Who won?", filters=filters, max_statements=2)
    assert understand(question) == (Query(asked="Who won?", text="Who won?", filters=filters, max_statements=2),)


def test_a_rewritten_question_takes_the_place_of_the_one_typed() -> None:
    (query,) = understand(Question(text="And why?"), standalone="Why did Meridia cancel its service?")
    assert (query.asked, query.text) == ("Why did Meridia cancel its service?",) * 2


# --- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Summarise bridge-3.txt", "bridge-3.txt"),
        ("What does news/2024/a_b.md say?", "news/2024/a_b.md"),
        ("Sum up wire.jsonl#pact.", "wire.jsonl#pact"),
        ("What is in report.v2.html?", "report.v2.html"),
        ("Who reads .txt files?", None),
        ("What is 3.5 percent of it?", None),
        ("Who won?", None),
    ],
)
def test_a_file_that_a_question_names(text: str, name: str | None) -> None:
    assert file_named(text) == name


def test_a_question_that_names_a_file_keeps_to_it() -> None:
    paths = ["news/Bridge-3.txt", "other/bridge-3.txt", "bridge.txt", "odd/[1].txt"]
    assert narrowed_to_file(Filters(), "Summarise bridge-3.txt", paths).paths == (
        "news/Bridge-3.txt",
        "other/bridge-3.txt",
    )
    assert narrowed_to_file(Filters(), "Summarise news/bridge-3.txt", paths).paths == ("news/Bridge-3.txt",)
    assert narrowed_to_file(Filters(), "Summarise ridge-3.txt", paths) == Filters()
    assert narrowed_to_file(Filters(), "Summarise it", paths) == Filters()
    given_paths = Filters(paths=("other/*",))
    assert narrowed_to_file(given_paths, "Summarise bridge.txt", paths) == given_paths


def test_a_path_with_characters_of_a_pattern_stands_for_itself() -> None:
    narrowed = narrowed_to_file(Filters(), "Summarise a.txt", ["[b]*/a.txt", "b/a.txt"])
    assert narrowed.paths == ("[[]b][*]/a.txt", "b/a.txt")
