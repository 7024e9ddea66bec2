"""`newsqa model check` against servers on loopback that do well, or badly in one way each."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import pytest

from rag.answering.prompts import SENTINEL
from tests.rag.cli.conftest import Result
from tests.rag.models.loopback import Behaviour, Handler, answer, chunk, error, serve

Newsqa = Callable[..., Result]
CONTEXT = {"error": {"message": "the request exceeds the available context size (1024 tokens)"}}


def playing(
    *,
    form: str = "{} [{}].",
    refusal: str = SENTINEL,
    verdict: str = "1 yes",
    most_tokens: int = 10_000,
    in_pieces: bool = True,
    thoughts: str = "",
    too_long: Behaviour | None = None,
) -> Behaviour:
    """Play a model that answers from its prompt; each argument is one thing that it may do otherwise."""

    def said(prompt: str) -> str:
        if "Claim 1" in prompt:
            return verdict
        if "Who built" in prompt:
            return refusal
        number, sentence = re.findall(r"^\[(\d+)\] (.+Roth said.+)\.$", prompt, re.MULTILINE)[0]
        return form.format(sentence, number)

    def behave(handler: Handler) -> None:
        messages = handler.loopback.requests[-1]["messages"]
        length = sum(len(message["content"]) // 4 for message in messages)
        if too_long is not None and length > 1000:
            too_long(handler)
            return
        text = thoughts + said(messages[-1]["content"])
        handler.start_stream()
        for piece in re.findall(r".{1,9}", text) if in_pieces else [text]:
            handler.wfile.write(chunk(piece))
            handler.wfile.flush()
            time.sleep(0.002)
        handler.wfile.write(chunk(None, "stop"))
        usage = {"prompt_tokens": min(length, most_tokens), "completion_tokens": len(text) // 4}
        handler.wfile.write(chunk(None, usage=usage))

    return behave


@pytest.fixture
def check(newsqa: Newsqa, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    def run(behaviour: Behaviour, *arguments: str, **settings: str) -> Result:
        for name, value in settings.items():
            monkeypatch.setenv(f"NEWSQA_LLM__{name}", value)
        with serve(behaviour) as server:
            monkeypatch.setenv("NEWSQA_LLM__BASE_URL", server.url)
            return newsqa("model", "check", "--model", "m", *arguments)

    return run


def marks(result: Result) -> dict[str, str]:
    return {name: mark for mark, name in re.findall(r"^  (ok|no|--)  (\w+)", result.out, re.MULTILINE)}


def test_a_good_model_passes(check: Callable[..., Result]) -> None:
    result = check(playing(), DOLLARS_PER_MILLION_PROMPT_TOKENS="2", DOLLARS_PER_MILLION_ANSWER_TOKENS="10")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("m\n  ok  reachable")
    assert list(marks(result).items()) == [
        ("reachable", "ok"),
        ("streams", "ok"),
        ("form", "ok"),
        ("abstains", "ok"),
        ("verifies", "ok"),
        ("context", "ok"),
        ("speed", "ok"),
        ("tokens", "--"),
    ]
    assert "sends at most 6000 and gets at most 800 tokens, $0.0200" in result.out
    assert "To change" not in result.out


@pytest.mark.parametrize(
    ("behaviour", "failed", "advice"),
    [
        (playing(form="{}."), "form", "a model that follows instructions better"),
        (playing(form="{} [7{}]."), "form", "a model that follows instructions better"),
        (playing(refusal="The mayor built it [1]."), "abstains", "a larger model refuses better"),
        (playing(verdict="Sure! It is true."), "verifies", "replaced by quotations"),
        (playing(in_pieces=False), "streams", "holds streams back"),
        (playing(most_tokens=700), "context", "OLLAMA_CONTEXT_LENGTH=6864"),
        (playing(too_long=answer(400, CONTEXT)), "context", "llama.cpp: -c 6864"),
    ],
)
def test_what_it_does_badly_is_said_with_what_to_change(
    check: Callable[..., Result], behaviour: Behaviour, failed: str, advice: str
) -> None:
    result = check(behaviour)
    assert result.code == 1
    assert [name for name, mark in marks(result).items() if mark == "no"] == [failed]
    assert advice in result.out.partition("To change:")[2]


def test_a_model_that_thinks_is_told_by_what_it_spends(check: Callable[..., Result]) -> None:
    result = check(playing(thoughts=f"<think>{'I wonder. ' * 40}</think>"))
    assert result.code == 0
    assert re.search(r"gets at most 4800 tokens; it thinks: \d{3} tokens for \d\d of text", result.out)


def test_one_that_cannot_be_reached_is_not_asked_more(check: Callable[..., Result]) -> None:
    result = check(error(401))
    assert result.code == 1
    assert marks(result) == {"reachable": "no"}
    assert "refused the key; set NEWSQA_LLM__API_KEY" in result.out


def test_json_holds_the_same(check: Callable[..., Result]) -> None:
    found = json.loads(check(playing(), "--json").out)
    assert found["model"] == "m"
    assert {item["name"]: item["ok"] for item in found["checks"]}["form"] is True
    assert set(found["checks"][0]) == {"name", "ok", "found", "advice"}


def test_without_a_model_there_is_nothing_to_try(newsqa: Newsqa) -> None:
    result = newsqa("model", "check", "--model", "extractive")
    assert (result.code, result.out) == (2, "")
    assert "name one with --model or NEWSQA_LLM__MODEL" in result.err
