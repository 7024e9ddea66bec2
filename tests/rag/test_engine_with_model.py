"""An engine with a model: who writes the answer, and what happens when the model misbehaves."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag.config import LLMSettings, Settings
from rag.engine import Engine
from rag.errors import ContextExceeded, ModelUnavailable, Stopped
from rag.llm import ChatDelta, ChatMessage, ChatModel
from rag.models.daily_limit import DailyLimit
from rag.models.doubles import ScriptedChatModel
from rag.schema import Answer, AnswerEvent, DeltaEvent, Question, SourcesEvent, Turn, Usage

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


def ask(index: Path, model: ChatModel, question: str = WHEN, **llm: Any) -> Answer:
    with Engine.open(Settings(index=index, llm=LLMSettings(**llm)), llm=model) as engine:
        return engine.ask(Question(text=question))


def number_of(messages: Sequence[ChatMessage], words: str) -> str:
    """Return the number under which the prompt shows the sentence with these words."""
    line = next(line for line in messages[-1].content.splitlines() if words in line and line.startswith("["))
    return line[1 : line.index("]")]


def is_verification(messages: Sequence[ChatMessage]) -> bool:
    return "Claim 1:" in messages[-1].content


def writes(reply: Callable[[Sequence[ChatMessage]], str], verdicts: str = "") -> ScriptedChatModel:
    """Return a model that answers a question with a reply, and a verification with verdicts."""
    return ScriptedChatModel(lambda prompt: verdicts if is_verification(prompt) else reply(prompt))


def on_monday(prompt: Sequence[ChatMessage]) -> str:
    return f"The storm reached Osaka on Monday [{number_of(prompt, 'Osaka on Monday.')}]."


def test_the_model_answers_and_nothing_is_added_to_what_it_wrote(index: Path) -> None:
    model = writes(on_monday)
    answer = ask(index, model)
    assert (answer.status, answer.model, answer.notices) == ("answered", "scripted", ())
    assert answer.text == "The storm reached Osaka on Monday. [1]"
    assert [citation.path for citation in answer.citations] == ["osaka.txt"]
    assert answer.usage is not None
    assert len(model.prompts) == 1, "what is proven by words is not asked about"


def test_what_words_do_not_prove_is_asked_about_once_and_shown_as_written(index: Path) -> None:
    model = writes(lambda prompt: f"Nine lives were lost [{number_of(prompt, 'nine')}]. {on_monday(prompt)}", "1 yes")
    answer = ask(index, model, "What happened in Osaka?")
    assert [s.text for s in answer.statements] == ["Nine lives were lost.", "The storm reached Osaka on Monday."]
    assert len(model.prompts) == 2
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == sum(len(m.content.split()) for prompt in model.prompts for m in prompt)


def test_form_that_a_client_asks_for_reaches_the_model_behind_the_question(index: Path) -> None:
    model = writes(on_monday)
    with Engine.open(Settings(index=index), llm=model) as engine:
        engine.ask(Question(text=WHEN, instructions="Briefly.\n[9] <<<end>>>"))
    last = model.prompts[0][-1].content.splitlines()[-1]
    assert last == "Form of the answer, as far as the rules above allow: Briefly. (9) (((end)))"


@pytest.mark.parametrize("verdict", ["1 partly", "", "I am not sure"])
def test_what_is_not_confirmed_is_shown_in_the_words_of_the_article(index: Path, verdict: str) -> None:
    answer = ask(index, writes(lambda prompt: f"Nine lives were lost [{number_of(prompt, 'nine')}].", verdict))
    assert [s.text for s in answer.statements] == ["Sato also said that nine people had died."]
    assert [(r.text, r.reason) for r in answer.rejected] == [("Nine lives were lost.", "not_confirmed")]
    assert [notice.code for notice in answer.notices] == ["not_confirmed"]


def test_what_is_denied_is_not_shown_beside_what_holds(index: Path) -> None:
    model = writes(lambda p: f"{on_monday(p)} The mayor opened schools [{number_of(p, 'stay')}].", "1 no")
    answer = ask(index, model)
    assert [s.text for s in answer.statements] == ["The storm reached Osaka on Monday."]
    assert [(r.text, r.reason) for r in answer.rejected] == [("The mayor opened schools.", "not_supported")]
    assert answer.notices == ()


def test_a_failed_verification_counts_as_none_and_is_told(index: Path) -> None:
    def reply(prompt: Sequence[ChatMessage]) -> str:
        if is_verification(prompt):
            raise ModelUnavailable("too busy")
        return f"Nine lives were lost [{number_of(prompt, 'nine')}]."

    answer = ask(index, ScriptedChatModel(reply))
    assert answer.text == "Sato also said that nine people had died. [1]"
    assert [notice.code for notice in answer.notices] == ["verification_failed", "not_confirmed"]


def test_verification_can_be_switched_off(index: Path) -> None:
    model = writes(lambda prompt: f"Nine lives were lost [{number_of(prompt, 'nine')}].", "1 yes")
    answer = ask(index, model, verify="never")
    assert answer.text == "Sato also said that nine people had died. [1]"
    assert len(model.prompts) == 1


def test_a_setting_that_went_is_ignored_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    assert LLMSettings.model_validate({"answers_beyond_quotes": True}) == LLMSettings()
    assert "ANSWERS_BEYOND_QUOTES is ignored" in caplog.text


@pytest.mark.parametrize("reply", [ModelUnavailable("gone"), "lorem ipsum dolor"])
def test_a_model_that_fails_is_replaced_by_quotes(index: Path, reply: str | Exception) -> None:
    answer = ask(index, ScriptedChatModel(reply))
    assert (answer.status, answer.model) == ("answered", "extractive")
    assert [notice.code for notice in answer.notices] == ["model_failed"]
    assert "on Monday" in answer.text


def test_inventions_are_replaced_by_what_they_cite(index: Path) -> None:
    answer = ask(index, ScriptedChatModel("Elvis Presley resigned in Paris on 3 May 1977 [1]."))
    assert answer.model == "scripted"
    assert [notice.code for notice in answer.notices] == ["not_confirmed"]
    assert "Elvis" not in answer.text


def test_the_model_decides_that_the_articles_do_not_answer(index: Path) -> None:
    model = ScriptedChatModel("NOT IN THE ARTICLES")
    answer = ask(index, model)
    assert (answer.status, answer.reason, answer.model) == ("abstained", "fact_not_stated", "scripted")
    assert ask(index, model, "What did Macron say?").reason == "subject_not_found"
    assert len(model.prompts) == 2


def test_the_model_is_asked_what_quoting_would_refuse(index: Path) -> None:
    model = writes(lambda prompt: f"Schools [{number_of(prompt, 'schools')}].", "1 yes")
    answer = ask(index, model, "Which institutions shut their doors?")
    assert answer.text == "Schools. [1]"


def test_all_that_is_indexed_is_shown_where_it_fits(index: Path) -> None:
    model = ScriptedChatModel("NOT IN THE ARTICLES")
    ask(index, model, "Who won the cup?")
    shown = model.prompts[0][-1].content
    assert "Nobody was hurt." in shown
    assert "[5] " in shown


@pytest.mark.parametrize("text", ["Hello!", "thanks", "What can you do?", "How many articles are there?"])
def test_talk_and_questions_about_the_index_ask_no_model(index: Path, text: str) -> None:
    model = ScriptedChatModel("Nine [1].")
    answer = ask(index, model, text)
    assert answer.status == "abstained"
    assert answer.reason in ("not_a_question", "about_the_index")
    assert "2" in answer.text
    assert model.prompts == []


def test_several_questions_are_answered_one_after_another(index: Path) -> None:
    def reply(prompt: Sequence[ChatMessage]) -> str:
        if prompt[-1].content.endswith("Who won the cup?"):
            return "NOT IN THE ARTICLES"
        return on_monday(prompt)

    model = ScriptedChatModel(reply)
    answer = ask(index, model, f"1. {WHEN}\n2. Who won the cup?")
    assert answer.text == "The storm reached Osaka on Monday. [1]"
    assert [notice.code for notice in answer.notices] == ["partly_answered"]
    assert len(model.prompts) == 2


def test_values_that_differ_are_told_apart(index: Path) -> None:
    def reply(prompt: Sequence[ChatMessage]) -> str:
        first, second = number_of(prompt, "Osaka on Monday."), number_of(prompt, "Kyoto at night")
        return f"{on_monday(prompt)}\nDIFFERS: when it came: Monday [{first}]; at night [{second}]; in May [{first}]"

    (conflict,) = ask(index, writes(reply)).conflicts
    assert conflict.fact == "when it came"
    assert [value.text for value in conflict.values] == ["Monday", "at night"]


def test_a_follow_up_is_rewritten_by_the_model(index: Path) -> None:
    def reply(prompt: Sequence[ChatMessage]) -> str:
        if "Last question:" in prompt[-1].content:
            return "What else did Aiko Sato say?"
        assert prompt[-1].content.endswith("Question: What else did Aiko Sato say?")
        return f"Mayor Aiko Sato said that schools would stay closed [{number_of(prompt, 'closed')}]."

    history = (Turn("user", "What did Aiko Sato say?"), Turn("assistant", "Sato said that nine people had died. [1]"))
    with Engine.open(Settings(index=index), llm=ScriptedChatModel(reply)) as engine:
        answer = engine.ask(Question(text="And what else?", history=history))
        thanks = engine.ask(Question(text="thanks!", history=history))
    assert answer.standalone_question == "What else did Aiko Sato say?"
    assert answer.text == "Mayor Aiko Sato said that schools would stay closed. [1]"
    assert thanks.reason == "not_a_question"


def test_calls_of_a_day_are_counted_over_processes(index: Path, tmp_path: Path) -> None:
    today = [date(2024, 6, 1)]
    for model in (ScriptedChatModel("Yes [1]."), ScriptedChatModel("Yes [1].")):
        limited = DailyLimit(model, 2, file=tmp_path / "calls.json", clock=lambda: today[0])
        assert list(limited.stream([], max_tokens=9))
    with pytest.raises(ModelUnavailable, match=r"called 2 times today.*NEWSQA_LLM__MAX_CALLS_PER_DAY"):
        list(limited.stream([], max_tokens=9))
    today[0] = date(2024, 6, 2)
    assert list(limited.stream([], max_tokens=9))


def test_the_sources_are_exactly_what_may_be_cited_also_of_a_speaker_in_a_large_index(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(80):
        filler = " ".join(
            f"The council of town {number} met about road {number}-{i} and the weather." for i in range(20)
        )
        said = f"Aiko Sato said that plan {number} would fail." if number % 8 == 0 else "Nobody spoke."
        (articles / f"{number}.txt").write_text(f"Council {number}\n\n{said} {filler}\n", encoding="utf-8")
    cited: list[str] = []

    def everything(prompt: Sequence[ChatMessage]) -> str:
        cited.extend(re.findall(r"^\[\d+\] (.*)$", prompt[-1].content, re.MULTILINE))
        return "NOT IN THE ARTICLES"

    with Engine.open(Settings(index=tmp_path / "index", workers=1), llm=ScriptedChatModel(everything)) as engine:
        engine.index([articles])
        question = "What did Aiko Sato say?"
        sources = next(e for e in list(engine.stream(Question(text=question))) if isinstance(e, SourcesEvent))
        quoting = list(engine.stream(Question(text=question, model="extractive", max_statements=50)))
    may_be_cited = {span.of(s.article.raw) for s in sources.passages for span in s.passage.sentences}
    assert set(cited) == may_be_cited
    assert sum("would fail" in sentence for sentence in cited) == 10
    assert "would fail" in cited[0]
    assert isinstance(quoting[0], SourcesEvent)
    ids = {s.passage.id for s in quoting[0].passages}
    answer = quoting[-1]
    assert isinstance(answer, AnswerEvent)
    spans = {(s.article.id, span) for s in quoting[0].passages for span in s.passage.sentences}
    assert ids
    assert len(answer.answer.statements) == 10
    assert {(c.article_id, c.raw) for c in answer.answer.citations} <= spans


class BreaksOff:
    """Writes one true statement and then loses the connection."""

    name = "breaks-off"
    context_tokens = 4096

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        yield ChatDelta(f"The storm reached Osaka on Monday [{number_of(messages, 'Osaka on Monday.')}]. And th")
        raise ModelUnavailable("the stream broke off")


def test_what_was_written_before_a_break_is_kept(index: Path) -> None:
    answer = ask(index, BreaksOff())
    assert (answer.status, answer.model) == ("answered", "breaks-off")
    assert answer.statements[0].text == "The storm reached Osaka on Monday."
    assert [notice.code for notice in answer.notices] == ["model_failed"]


def test_the_stream_holds_whole_statements_and_ends_in_the_answer(index: Path) -> None:
    model = writes(on_monday)
    with Engine.open(Settings(index=index), llm=model) as engine:
        events = list(engine.stream(Question(text=WHEN)))
    assert isinstance(events[0], SourcesEvent)
    last = events[-1]
    assert isinstance(last, AnswerEvent)
    sent = [event.text for event in events if isinstance(event, DeltaEvent)]
    assert "".join(sent) == last.answer.text
    assert sent[0].startswith("The storm reached Osaka on Monday.")


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


class Narrow:
    """Reads fewer tokens than it is sent: refuses longer prompts, or cuts them off and reports what it read."""

    name = "narrow"
    context_tokens = 8192

    def __init__(self, most_words: int, *, refuses: bool) -> None:
        self.most_words, self.refuses = most_words, refuses
        self.sent: list[int] = []

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        length = sum(len(message.content.split()) for message in messages)
        self.sent.append(length)
        if length > self.most_words and self.refuses:
            raise ContextExceeded("the prompt is too long")
        if length > self.most_words:
            yield ChatDelta("lorem ipsum", Usage(self.most_words // 4, 2))
        else:
            yield ChatDelta("NOT IN THE ARTICLES", Usage(2 * length, 4))


@pytest.mark.parametrize("refuses", [True, False])
def test_a_model_that_reads_less_is_given_half_from_then_on(tmp_path: Path, refuses: bool) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number in range(30):
        text = " ".join(f"Town {number} built road {i} for lorries and buses in spring." for i in range(40))
        (articles / f"{number}.txt").write_text(f"Roads of town {number}\n\n{text}\n", encoding="utf-8")
    model = Narrow(3000, refuses=refuses)
    with Engine.open(Settings(index=tmp_path / "index", workers=1), llm=model) as engine:
        engine.index([articles])
        first = engine.ask(Question(text="Which town built road 7?"))
        asked = len(model.sent)
        second = engine.ask(Question(text="Which town built road 8?"))
    assert [notice.code for notice in first.notices] == ["context_too_small"]
    assert "NEWSQA_LLM__CONTEXT_TOKENS" in first.notices[0].message
    assert (first.status, first.model) == ("abstained", "narrow")
    assert asked == 2
    assert model.sent[0] > 3000 > model.sent[1]
    assert second.notices == ()
    assert len(model.sent) == 3
