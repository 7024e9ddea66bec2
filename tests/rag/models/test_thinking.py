"""Reasoning, in whatever field or tag it comes, is never part of an answer; rows 21 to 26 of the public reports."""

from __future__ import annotations

import time

import pytest

from rag.errors import ContextExceeded, ModelOutputError
from rag.models.thinking import Caution, ThoughtFilter
from rag.schema import Usage
from tests.rag.models.loopback import Behaviour, Loopback, chunk, error, event, raw_stream, reply, serve
from tests.rag.models.replies import told
from tests.rag.models.test_openai_chat import PROMPT, ask, model_at

ANSWER = "Hall opened the fair [1]. He planted 200 trees [2]."
THOUGHT = "Okay, the user asks about Hall. Sentence [1] says it plainly, I think. I should quote it: he did [2]. "
LONG = " ".join(f"Point {i}: I weigh what the reader wants to know and which lines help." for i in range(1, 13))
HARMONY = "<|channel|>analysis<|message|>{}<|end|><|start|>assistant<|channel|>final<|message|>{}<|return|>"
TAGGED = [
    "<think>\n{}\n</think>\n\n{}",
    "<thinking>{}</thinking>{}",
    "<thought>{}</thought>{}",
    "<THOUGHTS>{}</THOUGHTS>{}",
    "<reasoning>\n{}\n</reasoning>\n{}",
    "<seed:think>{}</seed:think>{}",
    "◁think▷{}◁/think▷{}",
    "[THINK]{}[/THINK]{}",
    "<|begin_of_thought|>{}<|end_of_thought|>{}",
    "analysisWe need to say it. {}assistantfinal{}",
    HARMONY,
    HARMONY.replace("<|start|>", "<|start|>assistant<|channel|>commentary<|message|>tools<|end|><|start|>"),
]
UNOPENED = ["{}</think>\n\n{}", "{}\n◁/think▷{}", "{}[/THINK]{}"]


def filtered(text: str, size: int, caution: Caution = "check") -> str:
    thoughts = ThoughtFilter(caution)
    pieces = [thoughts.feed(text[start : start + size]) for start in range(0, len(text), size)]
    return "".join([*pieces, thoughts.finish()])


@pytest.mark.parametrize("size", [1, 3, 7, 10_000])
@pytest.mark.parametrize("thought", [THOUGHT, LONG, ""])
@pytest.mark.parametrize("form", TAGGED)
def test_a_tagged_thought_is_taken_out_however_it_is_cut(form: str, thought: str, size: int) -> None:
    assert filtered(form.format(thought, ANSWER), size).strip() == ANSWER


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("form", UNOPENED)
def test_so_is_one_without_its_opening_tag(form: str, size: int) -> None:
    assert filtered(form.format(LONG, ANSWER), size).strip() == ANSWER
    assert filtered(form.format(THOUGHT, ANSWER), size, "hold").strip() == ANSWER


@pytest.mark.parametrize("caution", ["check", "hold", "trust"])
@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "NOT IN THE ARTICLES",
        "1 yes\n2 no",
        "Yes. " + ANSWER,
        "a < b, 3 <4 and [TH], [1]",
        "It cost 3 million [1]",
        "analysis of the costs [1].",
    ],
)
def test_text_without_thoughts_stays(text: str, caution: Caution) -> None:
    assert {filtered(text, size, caution) for size in (1, 4, 1000)} == {text}


def test_control_tokens_end_the_reply() -> None:
    for token in ("<|im_end|>", "</s>", "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"):
        assert filtered(ANSWER + token + "It goes on [1].", 5) == ANSWER


def test_a_thought_that_does_not_end_is_no_text() -> None:
    assert filtered(f"<think>{LONG}", 9) == ""


def test_a_long_thought_takes_little_time() -> None:
    began = time.process_time()
    assert filtered("word " * 20_000 + "</think>" + ANSWER, 5) == ANSWER
    assert time.process_time() - began < 5


def test_an_answer_in_the_form_asked_for_streams_from_its_first_number_on() -> None:
    thoughts = ThoughtFilter()
    assert thoughts.feed("Hall opened the fair") == ""
    assert thoughts.feed(" [1]. He") == "Hall opened the fair [1]. He"
    assert thoughts.feed(" planted") == " planted"


def test_other_text_waits_for_the_end() -> None:
    thoughts = ThoughtFilter()
    assert thoughts.feed("Okay, the user asks. I look at [1] and at what it says about Hall. He is in [2].") == ""
    assert thoughts.feed("</think>Hall") == "Hall"


def test_a_model_that_does_not_think_is_trusted_after_its_first_reply() -> None:
    with serve(reply("Yes. It opened", " on Monday [1].")) as server:
        model = model_at(server)
        first = [delta.text for delta in model.stream(PROMPT, max_tokens=50)]
        second = [delta.text for delta in model.stream(PROMPT, max_tokens=50)]
    assert next(filter(None, first)) == "Yes. It opened on Monday [1]."
    assert next(filter(None, second)) == "Yes. It opened"


def test_a_model_that_closes_what_it_never_opened_is_not() -> None:
    with serve(reply("So [1] it is.", "</think>" + ANSWER)) as server:
        model = model_at(server)
        list(model.stream(PROMPT, max_tokens=50))
        assert told(model.stream(PROMPT, max_tokens=50))[0] == ANSWER


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
def test_thoughts_in_a_field_of_their_own_are_empty_deltas(field: str) -> None:
    stream = raw_stream(event({field: "hmm "}), event({field: "hmm "}), chunk(ANSWER), chunk(None, "stop"))
    with serve(stream) as server:
        texts = [delta.text for delta in model_at(server).stream(PROMPT, max_tokens=50)]
    assert texts[:2] == ["", ""]  # one for each thought, and more where the server is slow
    assert list(filter(None, texts)) == [ANSWER]


def test_content_may_be_a_list_of_thoughts_and_texts() -> None:
    thought = event({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "I think [1]."}]}]})
    text = event({"content": [{"type": "text", "text": ANSWER}]})
    with serve(raw_stream(thought, text, event({"content": ""}, "stop"))) as server:
        assert ask(server) == (ANSWER, None, "stop")


EATEN = [
    raw_stream(event({"reasoning_content": "hmm "}), event({}, "length")),
    raw_stream(chunk("<think>hmm"), chunk(None, "length")),
    raw_stream(chunk(None, "length")),  # OpenAI hides what its models think
]


def limits(server: Loopback) -> list[int]:
    return [request["max_tokens"] for request in server.requests]


@pytest.mark.parametrize("eaten", EATEN)
def test_a_model_that_spends_its_tokens_on_thinking_gets_more(eaten: Behaviour) -> None:
    with serve(eaten, reply(ANSWER)) as server:
        model = model_at(server, thinking_tokens=700)
        assert told(model.stream(PROMPT, max_tokens=50))[0] == ANSWER
        list(model.stream(PROMPT, max_tokens=50))
    assert limits(server) == [50, 750, 750]


@pytest.mark.parametrize("eaten", EATEN)
def test_what_it_needs_beyond_that_is_a_setting(eaten: Behaviour) -> None:
    with serve(eaten) as server:
        message = "used all of its 750 tokens for thinking; raise NEWSQA_LLM__THINKING_TOKENS"
        with pytest.raises(ModelOutputError, match=message):
            ask(server, thinking_tokens=700)
    assert limits(server) == [50, 750]


def test_a_model_seen_thinking_gets_the_room_from_then_on() -> None:
    with serve(reply(f"<think>{THOUGHT}</think>{ANSWER}")) as server:
        model = model_at(server, thinking_tokens=700)
        for _ in range(2):
            list(model.stream(PROMPT, max_tokens=50))
    assert limits(server) == [50, 750]


def test_the_room_shrinks_where_the_server_counts_it_as_used() -> None:
    full = error(400, "This model's maximum context length is 4096 tokens. However, you requested 4400 tokens.")
    with serve(EATEN[0], full, full, reply(ANSWER)) as server:
        model = model_at(server, thinking_tokens=4000)
        for _ in range(2):
            assert told(model.stream(PROMPT, max_tokens=50))[0] == ANSWER
    assert limits(server) == [50, 4050, 2050, 1050, 1050]


def test_a_prompt_too_long_is_not_the_fault_of_the_room() -> None:
    full = error(400, "This model's maximum context length is 4096 tokens.")
    with serve(EATEN[0], full) as server, pytest.raises(ContextExceeded):
        ask(server, thinking_tokens=2000)
    assert limits(server) == [50, 2050, 1050, 550]


def test_tokens_spent_in_vain_are_counted() -> None:
    usage = {"prompt_tokens": 90, "completion_tokens": 50, "total_tokens": 140}
    with serve(raw_stream(event({"reasoning": "hmm"}, "length", usage=usage)), reply(ANSWER)) as server:
        assert ask(server) == (ANSWER, Usage(90 + 11, 50 + 3), "stop")
