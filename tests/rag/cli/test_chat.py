from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import pytest

from rag.errors import IndexUnavailable, ModelUnavailable
from rag.schema import Question, Turn
from tests.fake_engine import FakeEngine
from tests.rag.cli.conftest import Result

Newsqa = Callable[..., Result]


@pytest.fixture
def say(newsqa: Newsqa, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def talk(*lines: str) -> Result:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return newsqa("chat")

    return talk


def test_each_line_is_a_question_and_knows_the_ones_before(say: Callable[..., Result], engine: FakeEngine) -> None:
    result = say("What about the deterrence?", "", "and sanctions?")
    first, second = engine.questions
    assert result.code == 0
    assert first == Question(text="What about the deterrence?")
    assert second.history[0] == Turn("user", "What about the deterrence?")
    assert second.history[1].role == "assistant"
    assert engine.is_closed


def test_sources_and_open_show_the_last_citations(say: Callable[..., Result]) -> None:
    result = say("What about the gratitude?", "/sources", "/open 1")
    assert result.out.count("[1] 001_8d2cb2aa2a8e2621.txt:17") == 2
    assert ">   17  According to South Korea’s Ministry of Foreign Affairs" in result.out
    assert "    19  Blinken added" in result.out


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["/open 1"], "citations: none yet; ask something first"),
        (["/sources"], "nothing has been cited yet; ask something first"),
        (["What about the deterrence?", "/open 99"], "which citation? There is 1 to"),
        (["/dance"], "no command /dance; /help lists them"),
    ],
)
def test_commands_that_make_no_sense_say_so(say: Callable[..., Result], lines: list[str], complaint: str) -> None:
    result = say(*lines)
    assert result.code == 0
    assert complaint in result.err


def test_new_forgets_and_quit_ends(say: Callable[..., Result], engine: FakeEngine) -> None:
    say("What about the deterrence?", "/new", "and sanctions?", "/quit", "never asked")
    assert [question.history for question in engine.questions] == [(), ()]


def test_help_lists_the_commands(say: Callable[..., Result]) -> None:
    assert "/open N" in say("/help").out


def test_an_error_ends_one_turn_only(say: Callable[..., Result], engine: FakeEngine) -> None:
    engine.error = ModelUnavailable("the model timed out")

    def recover() -> None:
        if len(engine.questions) == 2:
            engine.error = None

    engine.before_event = recover
    result = say("What about the deterrence?", "What about the deterrence?")
    assert "newsqa: the model timed out" in result.err
    assert "[1]" in result.out
    assert result.code == 0


def test_without_an_index_the_conversation_ends(say: Callable[..., Result], engine: FakeEngine) -> None:
    engine.error = IndexUnavailable("no index here; run `newsqa index FOLDER`")
    result = say("hello?")
    assert (result.code, result.err) == (1, "newsqa: no index here; run `newsqa index FOLDER`\n")


def test_prompt_needs_nothing_slow() -> None:
    # What is imported before the prompt is shown; the engine opens on a thread while the user types.
    code = (
        "import sys; import rag.cli.chat, rag.cli.terminal, rag.cli.options; rag.cli.options.load_settings();"
        "import prompt_toolkit; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()).isdisjoint({"numpy", "chromadb", "tantivy", "wordllama", "rag.engine"})
