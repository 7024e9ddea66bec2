import itertools
from typing import Any

import pytest

from rag.answering.by_model import ModelOutcome, draft_by_model, left_out
from rag.answering.reply_parser import MOST_CHARS
from rag.config import LLMSettings
from rag.errors import ModelOutputError, ModelUnavailable
from rag.models.doubles import ScriptedChatModel
from rag.schema import DraftStatement, Rejection, Usage
from rag.text.tokens import count_tokens
from tests.rag.answering.articles import evidence_of

STORM = evidence_of("The storm reached Osaka on Monday.", "Nine people died.", "Schools stay closed, the mayor said.")


def draft(model: ScriptedChatModel, **changes: Any) -> list[DraftStatement | Rejection | ModelOutcome]:
    arguments: dict[str, Any] = {"max_statements": 8, "settings": LLMSettings()} | changes
    return list(draft_by_model("How many died?", STORM, model, **arguments))


def test_statements_come_with_the_sentences_they_cite_and_the_outcome_last() -> None:
    found = draft(ScriptedChatModel("Nine people died [2]. The mayor resigned [1]. It reached Osaka [1][9]."))
    assert found[:-1] == [
        DraftStatement(text="Nine people died.", evidence=(STORM[1],)),
        Rejection(text="The mayor resigned.", reason="low_coverage"),
        DraftStatement(text="It reached Osaka.", evidence=(STORM[0],)),
    ]
    outcome = found[-1]
    assert isinstance(outcome, ModelOutcome)
    assert (outcome.model, outcome.abstained, outcome.statements, outcome.rejected) == ("scripted", False, 2, 1)


def test_a_statement_beside_the_question_is_rejected() -> None:
    reply = ScriptedChatModel("Nine people died [2]. The storm reached Osaka on Monday [1].")
    found = draft(reply, within=[STORM[1]])
    assert found[:-1] == [
        DraftStatement(text="Nine people died.", evidence=(STORM[1],)),
        Rejection(text="The storm reached Osaka on Monday.", reason="beside_the_question"),
    ]


def test_the_outcome_carries_usage_and_the_measured_prompt() -> None:
    model = ScriptedChatModel("Nine people died [2].")
    outcome = draft(model)[-1]
    assert isinstance(outcome, ModelOutcome)
    assert outcome.usage == Usage(sum(len(m.content.split()) for m in model.prompts[0]), 4)
    assert outcome.prompt_tokens == sum(count_tokens(m.content) + 8 for m in model.prompts[0])


def test_the_sentinel_is_an_abstention() -> None:
    (outcome,) = draft(ScriptedChatModel("NOT IN THE ARTICLES"))
    assert isinstance(outcome, ModelOutcome)
    assert outcome.abstained


def test_without_evidence_the_model_is_not_asked() -> None:
    model = ScriptedChatModel("Nine people died [1].")
    (outcome,) = draft_by_model("Who?", [], model, max_statements=8, settings=LLMSettings())
    assert isinstance(outcome, ModelOutcome)
    assert outcome.abstained
    assert model.prompts == []


@pytest.mark.parametrize("reply", ["", "   \n", "I think so.", "Elvis won a vote [44].", "\ufffd" * 500, "[91][92]"])
def test_a_reply_without_a_cited_statement_is_rubbish(reply: str) -> None:
    with pytest.raises(ModelOutputError, match="wrote no statement that cites"):
        draft(ScriptedChatModel(reply))


def test_an_error_of_the_model_comes_through() -> None:
    with pytest.raises(ModelUnavailable, match="gone"):
        draft(ScriptedChatModel(ModelUnavailable("gone")))


def test_the_reply_is_cut_off_after_the_statements_wanted() -> None:
    model = ScriptedChatModel("The storm reached Osaka [1]. Nine people died [2]. " * 50, piece_chars=5)
    found = draft(model, max_statements=1)
    assert [type(item) for item in found] == [DraftStatement, ModelOutcome]
    assert model.pieces_sent < 20


def test_a_hundred_thousand_characters_are_cut_off() -> None:
    model = ScriptedChatModel("Nine people died [2]. " + "and on and on " * 8000, piece_chars=50)
    found = draft(model)
    assert found[0] == DraftStatement(text="Nine people died.", evidence=(STORM[1],))
    assert model.pieces_sent <= MOST_CHARS / 50 + 1


def test_a_model_that_repeats_nonsense_is_stopped() -> None:
    model = ScriptedChatModel("Elvis would have to make a decision about Paris. " * 200, piece_chars=10)
    with pytest.raises(ModelOutputError, match="wrote no statement"):
        draft(model)
    assert model.pieces_sent < 120


def test_a_reply_that_trickles_for_ever_is_given_up() -> None:
    ticks = itertools.count(0, 30)
    model = ScriptedChatModel("la " * 200)
    with pytest.raises(ModelUnavailable, match="still writing after 300 s"):
        draft(model, clock=lambda: float(next(ticks)))


def test_the_prompt_fits_a_small_context() -> None:
    model = ScriptedChatModel("Nine people died [2].", context_tokens=1024)
    draft(model, settings=LLMSettings(max_answer_tokens=100))
    assert sum(count_tokens(m.content) for m in model.prompts[0]) < 1024 - 100


def test_what_else_somebody_said_and_other_articles_are_quoted_after_the_model() -> None:
    other = evidence_of("Osaka counted nine dead.", name="b")[0]
    quoted = [
        DraftStatement(text="The storm reached Osaka on Monday.", evidence=(STORM[0],)),
        DraftStatement(text="Schools stay closed, the mayor said.", evidence=(STORM[0], STORM[2]), speaker="the mayor"),
        DraftStatement(text="Nine people died.", evidence=(STORM[1],)),
        DraftStatement(text="Osaka counted nine dead.", evidence=(other,)),
    ]
    written = [DraftStatement(text="Nine people died.", evidence=(STORM[1],))]
    assert left_out(quoted, written) == [quoted[0], quoted[1], quoted[3]]
    assert left_out(quoted, quoted) == []
