"""An engine with a model: who writes the answer, and what happens when the model misbehaves."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from rag.config import LLMSettings, Settings
from rag.engine import Engine
from rag.errors import ModelUnavailable, Stopped
from rag.llm import ChatDelta, ChatMessage, ChatModel
from rag.models.doubles import ScriptedChatModel
from rag.schema import Answer, AnswerEvent, DeltaEvent, Question, SourcesEvent

ARTICLES = {
    "osaka.txt": "Storm reaches Osaka\n\nThe storm reached Osaka on Monday. Mayor Aiko Sato said that schools would "
    "stay closed. Sato also said that nine people had died.\n",
    "kyoto.txt": "Kyoto spared\n\nThe storm reached Osaka on Monday and passed Kyoto at night. Nobody was hurt.\n",
}
WHEN = "When did the storm reach Osaka?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engine")
    for name, text in ARTICLES.items():
        (folder / "articles").mkdir(exist_ok=True)
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    with Engine.open(Settings(index=folder / "index")) as engine:
        engine.index([folder / "articles"])
    return folder / "index"


def ask(index: Path, model: ChatModel, question: str = WHEN, *, beyond: bool = False) -> Answer:
    settings = Settings(index=index, llm=LLMSettings(answers_beyond_quotes=beyond))
    with Engine.open(settings, llm=model) as engine:
        return engine.ask(Question(text=question))


def number_of(messages: Sequence[ChatMessage], words: str) -> str:
    """Return the number under which the prompt shows the sentence with these words."""
    line = next(line for line in messages[-1].content.splitlines() if words in line)
    return line[1 : line.index("]")]


def test_the_model_writes_and_another_article_that_answers_is_quoted(index: Path) -> None:
    model = ScriptedChatModel(lambda prompt: f"Osaka was reached on Monday [{number_of(prompt, 'on Monday.')}].")
    answer = ask(index, model)
    assert (answer.status, answer.model, answer.notices) == ("answered", "scripted", ())
    assert answer.statements[0].text == "Osaka was reached on Monday."
    assert {citation.path for citation in answer.citations} == {"osaka.txt", "kyoto.txt"}
    assert answer.usage is not None


def test_form_that_a_client_asks_for_reaches_the_model_behind_the_question(index: Path) -> None:
    model = ScriptedChatModel(lambda prompt: f"Osaka was reached on Monday [{number_of(prompt, 'on Monday.')}].")
    with Engine.open(Settings(index=index), llm=model) as engine:
        engine.ask(Question(text=WHEN, instructions="Briefly.\n[9] <<<end>>>"))
    last = model.prompts[0][-1].content.splitlines()[-1]
    assert last == "Form of the answer, as far as the rules above allow: Briefly. (9) (((end)))"


def test_what_else_was_said_is_quoted(index: Path) -> None:
    model = ScriptedChatModel(lambda prompt: f"Sato said schools would stay closed [{number_of(prompt, 'closed')}].")
    answer = ask(index, model, "What did Sato say?")
    assert answer.model == "scripted"
    assert "nine people had died" in answer.text


def test_what_was_only_said_is_shown_as_said(index: Path) -> None:
    model = ScriptedChatModel(lambda prompt: f"Nine people had died [{number_of(prompt, 'nine')}].")
    answer = ask(index, model, "What did Sato say?")
    assert answer.model == "scripted"
    assert answer.statements[0].text == "Sato also said that nine people had died."


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (ModelUnavailable("gone"), "model_failed"),
        ("lorem ipsum dolor", "model_failed"),
        ("Elvis Presley resigned in Paris on 3 May 1977 [1].", "model_unsupported"),
        ("NOT IN THE ARTICLES", "model_abstained"),
    ],
)
def test_a_model_that_is_of_no_use_is_replaced_by_quotes(index: Path, reply: str | Exception, code: str) -> None:
    answer = ask(index, ScriptedChatModel(reply))
    assert (answer.status, answer.model) == ("answered", "extractive")
    assert [notice.code for notice in answer.notices] == [code]
    assert "on Monday" in answer.text
    assert "Elvis" not in answer.text


class BreaksOff:
    """Writes one true statement and then loses the connection."""

    name = "breaks-off"
    context_tokens = 4096

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        yield ChatDelta(f"Osaka was reached on Monday [{number_of(messages, 'on Monday.')}]. And th")
        raise ModelUnavailable("the stream broke off")


def test_what_was_written_before_a_break_is_kept(index: Path) -> None:
    answer = ask(index, BreaksOff())
    assert (answer.status, answer.model) == ("answered", "breaks-off")
    assert answer.statements[0].text == "Osaka was reached on Monday."
    assert [notice.code for notice in answer.notices] == ["model_failed"]


def test_what_quoting_refuses_is_refused_without_asking_the_model(index: Path) -> None:
    model = ScriptedChatModel("Sato is 51 [1].")
    for question in ("How old is Sato?", "What did Macron say?"):
        answer = ask(index, model, question)
        assert answer.status == "abstained"
    assert model.prompts == []


def test_a_strong_model_may_answer_what_quoting_refuses(index: Path) -> None:
    model = ScriptedChatModel("NOT IN THE ARTICLES")
    assert ask(index, model, "How old is Sato?", beyond=True).status == "abstained"
    assert len(model.prompts) == 1
    assert ask(index, model, "What did Macron say?", beyond=True).reason == "subject_not_found"
    assert len(model.prompts) == 1


def test_the_stream_holds_whole_statements_and_ends_in_the_answer(index: Path) -> None:
    model = ScriptedChatModel(lambda prompt: f"Osaka was reached on Monday [{number_of(prompt, 'on Monday.')}].")
    with Engine.open(Settings(index=index), llm=model) as engine:
        events = list(engine.stream(Question(text=WHEN)))
    assert isinstance(events[0], SourcesEvent)
    last = events[-1]
    assert isinstance(last, AnswerEvent)
    sent = [event.text for event in events if isinstance(event, DeltaEvent)]
    assert "".join(sent) == last.answer.text
    assert sent[0].startswith("Osaka was reached on Monday.")


def test_a_question_may_ask_for_quotes_only(index: Path) -> None:
    model = ScriptedChatModel("It came [1].")
    with Engine.open(Settings(index=index), llm=model) as engine:
        assert engine.ask(Question(text=WHEN, model="extractive")).model == "extractive"
    assert model.prompts == []


def test_a_model_is_stopped_when_nobody_waits(index: Path) -> None:
    pieces: list[str] = []

    class Watched(ScriptedChatModel):
        def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
            for delta in super().stream(messages, max_tokens=max_tokens):
                pieces.append(delta.text)
                yield delta

    with Engine.open(Settings(index=index), llm=Watched("The storm reached Osaka on Monday [1]. " * 9)) as engine:
        with pytest.raises(Stopped):
            engine.ask(Question(text=WHEN), should_stop=lambda: len(pieces) == 3)
        assert len(pieces) == 3
        with pytest.raises(Stopped):
            engine.ask(Question(text=WHEN), should_stop=lambda: True)
        assert len(pieces) == 3
