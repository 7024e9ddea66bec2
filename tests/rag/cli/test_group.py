from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from rag.cli.group import COMMANDS, PLUGINS
from rag.errors import ConfigError, IndexUnavailable, QuestionError
from tests.fake_engine import FakeEngine
from tests.rag.cli.conftest import Result

Newsqa = Callable[..., Result]


def test_help_lists_every_command_with_what_it_does(newsqa: Newsqa) -> None:
    result = newsqa("--help")
    assert (result.code, result.err) == (0, "")
    for name, what in {**COMMANDS, **PLUGINS}.items():
        assert f"  {name} " in result.out
        assert what.split()[0] in result.out


def test_help_imports_nothing_slow() -> None:
    code = "import sys; from rag.cli.group import run; run(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert loaded.isdisjoint({"pydantic", "numpy", "rich", "chromadb", "tantivy", "rag.engine", "rag.cli.ask"})


@pytest.mark.parametrize("name", [*COMMANDS, *PLUGINS])
def test_every_command_explains_itself(newsqa: Newsqa, name: str) -> None:
    result = newsqa(name, "--help")
    assert result.code == 0
    assert f"Usage: newsqa {name}" in result.out


def test_mistyped_command_gets_a_suggestion(newsqa: Newsqa) -> None:
    result = newsqa("serch", "x")
    assert result.code == 2
    assert result.err == "newsqa: no command 'serch'; did you mean `newsqa search`?\nTry: newsqa --help\n"


def test_unknown_option_is_misuse(newsqa: Newsqa) -> None:
    result = newsqa("ask", "who?", "--loudly")
    assert result.code == 2
    assert "--loudly" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(QuestionError("too long"), 2), (ConfigError("no such model"), 2), (IndexUnavailable("no index here"), 1)],
)
def test_errors_are_a_line_and_an_exit_code(newsqa: Newsqa, engine: FakeEngine, error: Exception, code: int) -> None:
    engine.error = error
    result = newsqa("ask", "who?")
    assert (result.code, result.out, result.err) == (code, "", f"newsqa: {error}\n")


def test_unexpected_error_names_itself_without_a_traceback(newsqa: Newsqa, engine: FakeEngine) -> None:
    engine.error = ZeroDivisionError("division by zero")
    result = newsqa("ask", "who?")
    assert result.code == 1
    assert result.err.startswith("newsqa: unexpected error, ZeroDivisionError: division by zero\n")
    assert "Traceback" not in result.err


def test_debug_shows_where_an_unexpected_error_was(newsqa: Newsqa, engine: FakeEngine) -> None:
    engine.error = ZeroDivisionError("division by zero")
    assert "Traceback" in newsqa("--debug", "ask", "who?").err


def test_control_characters_in_a_message_are_harmless(newsqa: Newsqa) -> None:
    assert "\x1b" not in newsqa("ask\x1b[2J").err


def test_impossible_setting_names_the_variable(newsqa: Newsqa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSQA_LLM__TIMEOUT_S", "-1")
    result = newsqa("ask", "who?")
    assert result.code == 2
    assert "NEWSQA_LLM__TIMEOUT_S: Input should be greater than 0" in result.err


def test_setting_that_is_no_json_names_the_variable(newsqa: Newsqa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSQA_SERVER__API_KEYS", "not json")
    result = newsqa("ask", "who?")
    assert result.code == 2
    assert "Traceback" not in result.err


def test_reader_that_goes_early_is_no_error_message() -> None:
    script = f"{sys.executable} -m rag.cli --help | true"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""
