from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from rag.cli.following import follow
from rag.cli.terminal import Output, show_answer
from rag.schema import Conflict, ConflictValue, Copy, Filters, Notice, PartialDate, Question, Rejection
from rag.wire import AnswerObject
from tests.fake_engine import FakeEngine
from tests.rag.cli.conftest import Result

Newsqa = Callable[..., Result]
QUESTION = "What about the deterrence?"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_answer_goes_to_stdout_with_its_citations(newsqa: Newsqa, engine: FakeEngine) -> None:
    result = newsqa("ask", QUESTION)
    lines = result.out.splitlines()
    answer = engine.ask(Question(text=QUESTION))
    first = answer.citations[0]
    assert (result.code, result.err) == (0, "")
    assert lines[0] == answer.text
    assert f"[1] {first.path}:{first.line_start}  {first.title}" in lines[2]
    assert lines[3] == f"    “{first.quote}”"
    assert "\x1b" not in result.out


def test_refusal_exits_3_and_says_what_was_near(newsqa: Newsqa, engine: FakeEngine) -> None:
    result = newsqa("ask", "What about Atlantis?")
    assert result.code == 3
    assert result.out == (
        "The articles do not mention Atlantis.\n\nNear to it:\n  - Antony Blinken (001_8d2cb2aa2a8e2621.txt)\n"
    )


def test_json_is_the_object_of_the_api(newsqa: Newsqa, engine: FakeEngine) -> None:
    result = newsqa("ask", QUESTION, "--json")
    expected = AnswerObject.of(engine.ask(Question(text=QUESTION)))
    assert json.loads(result.out) == expected.model_dump(mode="json")


def test_options_become_the_question(newsqa: Newsqa, engine: FakeEngine) -> None:
    newsqa(
        *(
            "ask",
            "What",
            "was",
            "said?",
            "--since",
            "2024-06-01",
            "--until",
            "2024-06-30",
            "--as-of",
            "2024-06-21T10:00",
        ),
        *("--path", "0*", "--path", "1*", "--max-statements", "3", "--model", "extractive"),
    )
    assert engine.questions == [
        Question(
            text="What was said?",
            filters=Filters(
                since=date(2024, 6, 1), until=date(2024, 6, 30), as_of=date(2024, 6, 21), paths=("0*", "1*")
            ),
            max_statements=3,
            model="extractive",
        )
    ]


def test_question_is_read_from_a_pipe(newsqa: Newsqa, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(QUESTION.encode())))
    newsqa("ask")
    assert engine.questions == [Question(text=QUESTION)]


def test_colours_of_a_terminal_are_no_part_of_the_question(newsqa: Newsqa, engine: FakeEngine) -> None:
    newsqa("ask", "What did \x1b[1;31mBlinken\x1b[0m\x1b]8;;http://a\x1b\\ say?")
    assert engine.questions == [Question(text="What did Blinken say?")]


def test_dates_the_wrong_way_round_are_misuse(newsqa: Newsqa, engine: FakeEngine) -> None:
    result = newsqa("ask", QUESTION, "--since", "2024-07-01", "--until", "2024-06-01")
    assert result.code == 2
    assert "--since 2024-07-01 is after --until 2024-06-01" in result.err


def test_date_that_is_none_says_what_one_looks_like(newsqa: Newsqa, engine: FakeEngine) -> None:
    result = newsqa("ask", QUESTION, "--since", "last week")
    assert result.code == 2
    assert "expected a date such as 2024-06-21, found 'last week'" in result.err


def _on_terminal(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, term: str = "xterm-256color") -> str:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    answer = engine.ask(Question(text=QUESTION))
    show_answer(Output(stream), answer, locate=engine.file_of, read=engine.article)
    return stream.getvalue()


def test_terminal_gets_colour_links_and_the_marked_quote(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _on_terminal(engine, monkeypatch)
    citation = engine.ask(Question(text=QUESTION)).citations[0]
    file = engine.file_of(citation.article_id)
    assert file is not None
    assert f";{file.absolute().as_uri()}\x1b\\" in shown
    assert "\x1b[30;103m" in shown  # the quote, black on yellow
    assert max(len(line) for line in _plain(shown).splitlines()) <= 80


def test_terminal_shows_the_words_as_they_come(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    stream = Terminal()
    answer = follow(Output(stream), engine.stream(Question(text=QUESTION)))
    assert answer == engine.ask(Question(text=QUESTION))
    assert answer.statements[0].text[:40] in _plain(stream.getvalue())


def test_terminal_without_hyperlinks_gets_none(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b]8;" not in _on_terminal(engine, monkeypatch, term="linux")


def test_text_of_an_article_is_never_markup_or_control(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    nasty = "[bold red]hi[/] \x1b[2J\x1b]0;owned\x07 :smile: \u202egnp.exe"
    answer = engine.ask(Question(text=QUESTION))
    answer = replace(
        answer,
        text=nasty,
        citations=tuple(replace(item, quote=nasty, title=nasty, path=nasty) for item in answer.citations),
    )
    stream = Terminal()
    show_answer(Output(stream), answer, locate=lambda _: None, read=lambda _: None)
    shown = stream.getvalue()
    assert "[bold red]hi[/]" in shown
    assert ":smile:" in shown
    for harmful in ("\x1b[2J", "\x1b]0;", "\x07", "\u202e"):
        assert harmful not in shown


def test_remarks_follow_the_answer(engine: FakeEngine) -> None:
    answer = engine.ask(Question(text=QUESTION))
    answer = replace(
        answer,
        standalone_question="What did Blinken say about deterrence?",
        citations=(
            replace(
                answer.citations[0], stale=True, published=PartialDate(2024, 6, 20), also_in=(Copy("copy.txt", "c"),)
            ),
        ),
        conflicts=(Conflict("the number of troops", (ConflictValue("10,000", (1,)), ConflictValue("12,000", (2, 3)))),),
        notices=(Notice("model_failed", "The model failed; these are the articles' own words."),),
        rejected=(Rejection("He left.", "no such name in the cited sentence"),),
    )
    stream = io.StringIO()
    show_answer(Output(stream), answer, locate=lambda _: None, read=lambda _: None, show_rejected=True)
    shown = stream.getvalue()
    for expected in (
        "Understood as: What did Blinken say about deterrence?",
        "    The file has changed or gone since it was indexed.",
        "    also in copy.txt",
        "Sources differ on the number of troops:\n    10,000 [1] 2024-06-20\n    12,000 [2], [3]",
        "Note: The model failed; these are the articles' own words.",
        "Rejected (no such name in the cited sentence): He left.",
    ):
        assert expected in shown


def _plain(text: str) -> str:
    import re

    return re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", text)
