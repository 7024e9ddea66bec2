from collections.abc import Generator, Sequence

import pytest

from rag.answering.writing import MOST_REJECTED, Writing
from rag.config import LLMSettings
from rag.errors import ModelOutputError, ModelUnavailable
from rag.llm import ChatDelta, ChatMessage, ChatModel
from rag.models.doubles import ScriptedChatModel
from rag.schema import Draft, DraftStatement, Query, Rejection, ScoredPassage, Usage
from tests.rag.answering.builders import processed, scored

STORM = scored(processed("storm", "The storm reached Osaka on Monday.", "Nine people died.", "Schools stay closed."))
QUERY = Query(asked="What happened in Osaka, please?", text="What happened in Osaka?")
REFUSAL = Draft(reason="fact_not_stated", subject="Osaka")


def write(
    model: ChatModel, passages: Sequence[ScoredPassage] = STORM, query: Query = QUERY
) -> tuple[list[DraftStatement | Rejection], Draft]:
    writing = Writing(model=model, settings=LLMSettings(), refusal=lambda query, passages: REFUSAL)
    drafts = writing.answer(query, passages)
    items = []
    while True:
        try:
            items.append(next(drafts))
        except StopIteration as stop:
            return items, stop.value


def test_statements_come_with_the_sentences_they_cite_and_what_they_cost() -> None:
    model = ScriptedChatModel("Nine people died [2]. The storm came on Monday [1].")
    items, draft = write(model)
    assert [(item.text, [e.text for e in item.evidence]) for item in items if isinstance(item, DraftStatement)] == [
        ("Nine people died.", ["Nine people died."]),
        ("The storm came on Monday.", ["The storm reached Osaka on Monday."]),
    ]
    assert (draft.reason, draft.model) == (None, "scripted")
    assert draft.usage is not None


def test_the_model_is_asked_word_for_word() -> None:
    model = ScriptedChatModel("Nine people died [2].")
    write(model)
    assert model.prompts[0][-1].content.endswith("Question: What happened in Osaka, please?")


def test_a_model_that_says_so_abstains_with_the_words_of_a_refusal() -> None:
    items, draft = write(ScriptedChatModel("NOT IN THE ARTICLES"))
    assert items == []
    assert (draft.reason, draft.subject, draft.model) == ("fact_not_stated", "Osaka", "scripted")


def test_where_nothing_was_retrieved_the_model_is_not_asked() -> None:
    model = ScriptedChatModel("Nine people died [2].")
    assert write(model, ()) == ([], Draft(reason="fact_not_stated", subject="Osaka", model="scripted"))
    assert model.prompts == []


def test_a_reply_without_any_cited_statement_is_an_error() -> None:
    with pytest.raises(ModelOutputError, match="wrote no statement that cites"):
        write(ScriptedChatModel("lorem ipsum dolor sit amet"))


def test_a_reply_is_cut_off_after_enough_statements_or_rejections() -> None:
    model = ScriptedChatModel("Nine people died [2]. Schools stay closed [3]. The storm came [1].")
    items, _ = write(model, query=Query(asked="?", text="?", max_statements=2))
    assert len(items) == 2
    endless = ScriptedChatModel("\n".join(f"Nonsense {number} is www.spam.example [1]." for number in range(50)))
    with pytest.raises(ModelOutputError):
        write(endless)
    assert endless.pieces_sent < 50 * 5
    assert MOST_REJECTED < 50


def test_differences_come_with_the_draft() -> None:
    _, draft = write(ScriptedChatModel("Nine people died [2].\nDIFFERS: the dead: nine [2]; ten [3]"))
    assert [(fact.fact, [text for text, _ in fact.values]) for fact in draft.conflicts] == [
        ("the dead", ["nine", "ten"])
    ]


class Trickle:
    """Writes a little for ever."""

    name = "trickle"
    context_tokens = 8192

    def stream(self, messages: Sequence[ChatMessage], *, max_tokens: int) -> Generator[ChatDelta, None, None]:
        while True:
            yield ChatDelta("a", Usage(1, 1))


def test_a_reply_that_trickles_for_too_long_is_given_up() -> None:
    ticks = iter(range(0, 10_000, 100))
    writing = Writing(
        model=Trickle(),
        settings=LLMSettings(timeout_s=60),
        refusal=lambda query, passages: REFUSAL,
        clock=lambda: next(ticks),
    )
    with pytest.raises(ModelUnavailable, match="still writing after 300 s"):
        list(writing.answer(QUERY, STORM))
