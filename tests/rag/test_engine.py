"""The engine as a program uses it: errors, events, dates of sources, and citations that hold."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from rag.config import Settings
from rag.engine import MAX_QUESTION_CHARS, Engine
from rag.errors import IndexUnavailable, ModelUnavailable, QuestionError
from rag.models.doubles import HashingEmbedder, ScriptedChatModel
from rag.schema import (
    Answer,
    AnswerEvent,
    CitationEvent,
    DeltaEvent,
    Filters,
    Metadata,
    Near,
    PartialDate,
    Question,
    SourceFile,
    SourcesEvent,
    Turn,
)
from tests.rag.newsroom import write_articles

QUESTIONS = (
    "What did Lindqvist say?",
    "What did Elena Paredes say?",
    "What did Liis Tamm say?",
    "When did the Kestrel bridge open, and who inspected it?",
    "List everything about the Kestrel bridge.",
    "Why did Meridia not hire another ship?",
    "What did a fire destroy in Quito?",
    "What did Macron say?",
    "How old is Lindqvist?",
    "Is there a volcano?",
)


def assert_citations_hold(engine: Engine, answer: Answer) -> None:
    """Assert that every quote stands where it is said to, and every statement where its span says."""
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    for citation in answer.citations:
        article = engine.article(citation.article_id)
        assert article is not None
        assert (citation.path, citation.sha256) == (article.path, article.sha256)
        assert article.raw[citation.raw.start : citation.raw.end] == citation.quote
        assert citation.line_start == article.raw.count("\n", 0, citation.raw.start) + 1
        assert citation.line_end == article.raw.count("\n", 0, citation.raw.end) + 1
    for statement in answer.statements:
        assert answer.text[statement.span.start : statement.span.end] == statement.text
        assert statement.citations
    assert set(chain.from_iterable(s.citations for s in answer.statements)) == {c.number for c in answer.citations}
    assert (answer.status == "answered") == bool(answer.statements) == (answer.reason is None)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_stands_at_its_place_and_every_statement_in_the_answer(newsroom: Engine, question: str) -> None:
    assert_citations_hold(newsroom, newsroom.ask(Question(text=question)))


def test_a_question_has_the_same_answer_each_time(newsroom: Engine) -> None:
    first, second = (newsroom.ask(Question(text=QUESTIONS[0])) for _ in range(2))
    assert (first.text, first.statements, first.citations) == (second.text, second.statements, second.citations)
    assert first.index_id == newsroom.index_id


def test_threads_that_ask_at_once_get_the_answers_they_would_get_alone(newsroom: Engine) -> None:
    alone = [newsroom.ask(Question(text=text)).text for text in QUESTIONS]
    with ThreadPoolExecutor(max_workers=4) as pool:
        together = list(pool.map(lambda text: newsroom.ask(Question(text=text)).text, QUESTIONS * 2))
    assert together == alone * 2


# --- the stream -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_stream_sends_sources_then_text_with_citations_then_the_answer(newsroom: Engine, question: str) -> None:
    first, *middle, last = newsroom.stream(Question(text=question))
    assert isinstance(first, SourcesEvent)
    assert isinstance(last, AnswerEvent)
    assert all(isinstance(event, DeltaEvent | CitationEvent) for event in middle)
    assert isinstance(middle[0], DeltaEvent)
    assert "".join(event.text for event in middle if isinstance(event, DeltaEvent)) == last.answer.text
    assert tuple(event.citation for event in middle if isinstance(event, CitationEvent)) == last.answer.citations


def test_citations_come_from_the_sources_announced_first(newsroom: Engine) -> None:
    first, *_, last = newsroom.stream(Question(text="Why did Meridia cancel its service to Tunis?"))
    assert isinstance(first, SourcesEvent) and isinstance(last, AnswerEvent)
    announced = {scored.article.id for scored in first.passages}
    assert {citation.article_id for citation in last.answer.citations} <= announced


# --- what cannot be asked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "?!", "\n\t"])
def test_a_question_without_a_word_is_refused(newsroom: Engine, text: str) -> None:
    with pytest.raises(QuestionError, match="without a word in it; please type a question"):
        newsroom.ask(Question(text=text))
    with pytest.raises(QuestionError, match="without a word in it; please type a question"):
        newsroom.search(text)


def test_a_question_of_the_greatest_length_is_answered_and_a_longer_one_refused(newsroom: Engine) -> None:
    text = "What did Lindqvist say? ".ljust(MAX_QUESTION_CHARS, ".")
    assert newsroom.ask(Question(text=text)).status in ("answered", "abstained")
    with pytest.raises(QuestionError, match=r"at most 4,000 characters, found 4,001; shorten it"):
        newsroom.ask(Question(text=text + "."))


def test_asking_where_no_index_is_says_how_to_make_one(tmp_path: Path) -> None:
    with (
        Engine.open(Settings(index=tmp_path / "none"), embedder=HashingEmbedder()) as engine,
        pytest.raises(IndexUnavailable, match=r"no index in '.*none'; make one with `newsqa index FOLDER`"),
    ):
        engine.ask(Question(text="What happened?"))


# --- filters ----------------------------------------------------------------------------------------------------


def test_what_is_said_only_before_the_filter_begins_is_refused_as_outside_the_dates(newsroom: Engine) -> None:
    filters = Filters(since=date(2024, 1, 1))
    answer = newsroom.ask(Question(text="What did Lindqvist say?", filters=filters))
    assert (answer.status, answer.reason) == ("abstained", "outside_dates")
    assert answer.near == (Near("article", "Norway and Portugal sign a fishing pact", "wire.jsonl#pact"),)


def test_what_happened_only_after_the_filter_ends_is_refused_as_outside_the_dates(newsroom: Engine) -> None:
    filters = Filters(until=date(2023, 12, 31))
    answer = newsroom.ask(Question(text="Why did Meridia cancel its service to Tunis?", filters=filters))
    assert (answer.status, answer.reason) == ("abstained", "outside_dates")
    assert [near.path for near in answer.near] == ["wire.jsonl#ferry"]


def test_whoever_is_in_no_article_is_not_found_whatever_the_dates(newsroom: Engine) -> None:
    answer = newsroom.ask(Question(text="What did Macron say?", filters=Filters(until=date(2023, 12, 31))))
    assert (answer.reason, answer.near) == ("subject_not_found", ())


def test_days_at_both_ends_of_the_filter_count(newsroom: Engine) -> None:
    day = date(2023, 3, 14)
    answer = newsroom.ask(Question(text="What did Teixeira say?", filters=Filters(since=day, until=day)))
    assert [citation.published for citation in answer.citations] == [PartialDate(2023, 3, 14)]


def test_a_filter_by_path_keeps_other_articles_out(newsroom: Engine) -> None:
    question = "What did Lindqvist say?"
    answer = newsroom.ask(Question(text=question, filters=Filters(paths=("*#fines",))))
    assert [citation.path for citation in answer.citations] == ["wire.jsonl#fines"]


@pytest.mark.parametrize("most", [1, 2])
def test_an_answer_holds_at_most_as_many_statements_as_asked_for(newsroom: Engine, most: int) -> None:
    answer = newsroom.ask(Question(text="What did Lindqvist say?", max_statements=most))
    assert len(answer.statements) == most


# --- conversation -----------------------------------------------------------------------------------------------


def test_a_pronoun_in_a_question_means_whom_the_conversation_was_about(newsroom: Engine) -> None:
    history = (Turn("user", "Who is Lucia Ferrante?"), Turn("assistant", "Captain Lucia Ferrante."))
    answer = newsroom.ask(Question(text="Where did she inspect the damage?", history=history))
    assert answer.question == "Where did she inspect the damage?"
    assert answer.standalone_question is not None
    assert "Ferrante" in answer.standalone_question
    assert [c.quote for c in answer.citations] == ["Captain Lucia Ferrante inspected the damage in Palermo on Friday."]


# --- the models -------------------------------------------------------------------------------------------------


def model_for(newsroom: Engine, model: ScriptedChatModel) -> Engine:
    return Engine.open(newsroom.settings, llm=model, embedder=newsroom.embedder)


def test_a_statement_of_the_model_that_the_source_supports_is_shown_with_its_citation(newsroom: Engine) -> None:
    model = ScriptedChatModel("The service was cancelled because the only ship had lost an engine [1].", "1 yes")
    with model_for(newsroom, model) as engine:
        answer = engine.ask(Question(text="Why did Meridia cancel its service to Tunis?"))
        assert_citations_hold(engine, answer)
    assert (answer.model, answer.notices, answer.rejected) == ("scripted", (), ())
    assert [s.text for s in answer.statements] == [
        "The service was cancelled because the only ship had lost an engine."
    ]


def test_a_statement_that_the_source_does_not_support_is_replaced_by_a_quote(newsroom: Engine) -> None:
    model = ScriptedChatModel("The service was cancelled because of pirates near Malta [1].")
    with model_for(newsroom, model) as engine:
        answer = engine.ask(Question(text="Why did Meridia cancel its service to Tunis?"))
        assert_citations_hold(engine, answer)
    assert (answer.status, answer.model) == ("answered", "scripted")
    assert [notice.code for notice in answer.notices] == ["not_confirmed"]
    assert [rejection.text for rejection in answer.rejected] == [
        "The service was cancelled because of pirates near Malta."
    ]
    assert "pirates" not in answer.text


def test_an_answer_is_quoted_where_the_model_fails_and_a_notice_says_why(newsroom: Engine) -> None:
    with model_for(newsroom, ScriptedChatModel(ModelUnavailable("the server is down"))) as engine:
        answer = engine.ask(Question(text="Why did Meridia cancel its service to Tunis?"))
        assert_citations_hold(engine, answer)
    assert (answer.status, answer.model) == ("answered", "extractive")
    (notice,) = answer.notices
    assert notice.code == "model_failed"
    assert notice.message == "the server is down; the answer quotes the articles instead"


# --- a changing folder ------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Engine:
    """An engine over a folder that the test may change."""
    engine = Engine.open(Settings(index=tmp_path / "index", workers=1))
    engine.index([write_articles(tmp_path / "articles")])
    return engine


def staleness(engine: Engine) -> dict[str, bool]:
    answer = engine.ask(Question(text="What did Elena Paredes say?"))
    return {citation.path: citation.stale for citation in answer.citations}


def test_a_citation_is_stale_once_its_file_says_something_else(own: Engine, tmp_path: Path) -> None:
    file = tmp_path / "articles" / "market.txt"
    text = file.read_text(encoding="utf-8")
    assert staleness(own) == {"market.txt": False}
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert staleness(own) == {"market.txt": False}  # only the time moved
    file.write_text(text.replace("nobody", "one man"), encoding="utf-8")
    assert staleness(own) == {"market.txt": True}
    file.write_text(text, encoding="utf-8")
    assert staleness(own) == {"market.txt": False}
    file.unlink()
    assert staleness(own) == {"market.txt": True}
    own.close()


def test_a_file_that_left_the_folder_no_longer_answers_after_indexing(own: Engine, tmp_path: Path) -> None:
    (tmp_path / "articles" / "market.txt").unlink()
    assert own.index().removed == 1
    assert own.ask(Question(text="What did Elena Paredes say?")).reason == "subject_not_found"
    own.close()


def test_an_uploaded_article_answers_is_never_stale_and_can_be_deleted(own: Engine) -> None:
    raw = "Mayor Ilse Brandt said that the tram would return to Graz.\n"
    source = SourceFile(
        path="tram.txt",
        raw=raw,
        sha256="ab" * 32,
        encoding="utf-8",
        kind="text",
        metadata=Metadata(title="Tram returns"),
    )
    summary = own.add_article(source)
    answer = own.ask(Question(text="What did Ilse Brandt say?"))
    assert [(c.quote, c.stale) for c in answer.citations] == [(raw.strip(), False)]
    assert own.file_of(summary.id) is None
    assert own.delete_article(summary.id)
    assert not own.delete_article(summary.id)
    assert own.ask(Question(text="What did Ilse Brandt say?")).reason == "subject_not_found"
    own.close()


# --- the rest of what an engine offers --------------------------------------------------------------------------


def test_articles_are_listed_by_path_and_each_names_its_file(newsroom: Engine) -> None:
    page = newsroom.articles()
    assert (page.total, [item.path for item in page.items]) == (
        7,
        ["bridge.txt", "market.txt", "park.txt", *(f"wire.jsonl#{i}" for i in ("choir", "ferry", "fines", "pact"))],
    )
    files = {file.name for item in page.items if (file := newsroom.file_of(item.id))}
    assert files == {"bridge.txt", "market.txt", "park.txt", "wire.jsonl"}
    assert newsroom.article("no such id") is None


def test_speakers_are_counted(newsroom: Engine) -> None:
    counts = {speaker.name: speaker.statements for speaker in newsroom.speakers()}
    assert (counts["Astrid Lindqvist"], counts["Carlos Teixeira"], counts.get("Wanjiru Kamau")) == (3, 1, None)


def test_a_search_returns_the_best_passages_first(newsroom: Engine) -> None:
    found = newsroom.search("flower market fire Quito", k=3)
    assert len(found) <= 3
    assert found[0].article.path == "market.txt"
    assert [scored.score for scored in found] == sorted((scored.score for scored in found), reverse=True)


def test_a_sound_index_has_nothing_for_the_doctor(newsroom: Engine) -> None:
    assert newsroom.doctor().ok


def test_an_engine_that_was_closed_opens_again_when_asked(own: Engine) -> None:
    own.close()
    assert own.ask(Question(text="What did Elena Paredes say?")).status == "answered"
    own.close()
