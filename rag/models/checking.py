"""Tries a model as questions will use it, and says of each thing how it went and what to change."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, Literal

from rag.answering.prompts import SENTINEL, prompt_tokens
from rag.config import LLMSettings
from rag.errors import ContextExceeded, ModelError
from rag.llm import ChatMessage, ChatModel
from rag.models import trial_questions
from rag.models.factory import is_in_process
from rag.models.pricing import dollars_of_question
from rag.schema import Usage
from rag.text.tokens import count_tokens

CheckName = Literal["reachable", "streams", "form", "abstains", "verifies", "context", "speed", "tokens"]

MARGIN_TOKENS: Final = 64  # the model's own tokenizer may count a little more than cl100k_base
CUT_BELOW: Final = 0.7  # of our count of a prompt: no tokenizer of a current model is that much thriftier
SLOW_S: Final = 30.0
_CITED: Final = re.compile(r"[\[【(]\D{0,12}(\d{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How one thing went."""

    name: CheckName
    ok: bool | None
    """None where it cannot be told, or is only for information."""
    found: str
    advice: str | None = None
    """What to change."""


@dataclass(frozen=True, slots=True)
class _Reply:
    text: str
    pieces: int
    first_s: float
    """Until the first text came."""
    total_s: float
    usage: Usage | None


def check_model(
    model: ChatModel, settings: LLMSettings, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Check]:
    """Ask a few invented questions, the last with as long a prompt as any real one, and yield what was found.

    A model that gives no answer to the first is not asked more.
    """

    def ask(messages: Sequence[ChatMessage]) -> _Reply:
        return _ask(model, messages, settings, clock)

    question = trial_questions.answerable()
    try:
        answered = ask(question.messages)
    except ModelError as exc:
        yield Check(name="reachable", ok=False, found=str(exc))
        return
    yield Check(name="reachable", ok=True, found=f"answered in {answered.total_s:.1f} s")
    replies = [answered]
    try:
        replies.append(refused := ask(trial_questions.unanswerable().messages))
        verifying, expected = trial_questions.verification()
        replies.append(verified := ask(verifying))
    except ModelError as exc:
        yield Check(name="reachable", ok=False, found=f"the second or third question failed: {exc}")
        return
    yield _streams(replies)
    yield _form(answered, question.cites)
    yield _abstains(refused)
    yield _verifies(verified, expected)
    most = _longest_prompt(model, settings)
    longest = trial_questions.long(most)
    try:
        read = ask(longest.messages)
    except ContextExceeded as exc:
        yield _cut(f"the server refuses a prompt of {prompt_tokens(longest.messages)} tokens: {exc}", most, settings)
    except ModelError as exc:
        yield Check(name="context", ok=False, found=f"a prompt of {most} tokens failed: {exc}")
    else:
        replies.append(read)
        yield _context(read, longest, most, settings)
        yield _speed(read, most)
    yield _tokens(model, replies, most, settings)


def _ask(
    model: ChatModel, messages: Sequence[ChatMessage], settings: LLMSettings, clock: Callable[[], float]
) -> _Reply:
    began = clock()
    first: float | None = None
    texts: list[str] = []
    usage: Usage | None = None
    with closing(model.stream(messages, max_tokens=settings.max_answer_tokens)) as deltas:
        for delta in deltas:
            usage = delta.usage or usage
            if delta.text:
                texts.append(delta.text)
                first = first if first is not None else clock() - began
    total = clock() - began
    return _Reply("".join(texts), len(texts), first if first is not None else total, total, usage)


def _longest_prompt(model: ChatModel, settings: LLMSettings) -> int:
    return settings.prompt_room(model.context_tokens, in_process=is_in_process(settings.model))


def _streams(replies: Sequence[_Reply]) -> Check:
    pieces = max(reply.pieces for reply in replies)
    if pieces > 1:
        return Check(name="streams", ok=True, found=f"an answer came in {pieces} pieces")
    return Check(
        name="streams",
        ok=False,
        found="each answer came in one piece",
        advice="answers will appear all at once; see whether the server, or a gateway before it, holds streams back",
    )


def _form(reply: _Reply, cites: int | None) -> Check:
    numbers = {int(number) for number in _CITED.findall(reply.text)}
    if cites in numbers:
        return Check(name="form", ok=True, found=f"cites sentence {cites}, which answers")
    cited = (
        f"cites {', '.join(map(str, sorted(numbers)))}, not {cites}" if numbers else "cites no sentence by its number"
    )
    return Check(
        name="form",
        ok=False,
        found=cited,
        advice="statements without their number are looked up, and many are lost; take a model that follows "
        "instructions better",
    )


def _abstains(reply: _Reply) -> Check:
    if SENTINEL.casefold() in reply.text.casefold():
        return Check(name="abstains", ok=True, found="says that the articles do not answer")
    return Check(
        name="abstains",
        ok=False,
        found="answers a question that the articles do not answer",
        advice="expect answers beside the question; a larger model refuses better",
    )


def _verifies(reply: _Reply, expected: str) -> Check:
    if " ".join(re.findall(r"\w+", reply.text.casefold())).startswith(expected):
        return Check(name="verifies", ok=True, found="judges a claim in the form asked for")
    return Check(
        name="verifies",
        ok=False,
        found="does not judge a claim in the form asked for",
        advice="statements that words alone do not prove will be replaced by quotations",
    )


def _context(reply: _Reply, question: trial_questions.TrialQuestion, most: int, settings: LLMSettings) -> Check:
    ours = prompt_tokens(question.messages)
    if reply.usage is not None and reply.usage.prompt_tokens < CUT_BELOW * ours:
        read = reply.usage.prompt_tokens
        return _cut(f"the server read {read} tokens of a prompt of {ours}, and cut off the rest", most, settings)
    cited = question.cites in {int(number) for number in _CITED.findall(reply.text)}
    found = f"reads a prompt of {ours} tokens"
    if reply.usage is None:
        return Check(name="context", ok=True if cited else None, found=f"{found}, it seems: the server does not count")
    return Check(name="context", ok=True, found=found)


def _cut(found: str, most: int, settings: LLMSettings) -> Check:
    needed = most + settings.max_answer_tokens + MARGIN_TOKENS
    return Check(
        name="context",
        ok=False,
        found=found,
        advice=f"give the model a context of {needed} tokens (Ollama: OLLAMA_CONTEXT_LENGTH={needed}; "
        f"llama.cpp: -c {needed}; vLLM: --max-model-len {needed}), or name the real one in NEWSQA_LLM__CONTEXT_TOKENS",
    )


def _speed(reply: _Reply, most: int) -> Check:
    if reply.usage is None:
        speed = f"{reply.first_s:.1f} s until the first words"
    else:
        reading = reply.usage.prompt_tokens / max(reply.first_s, 1e-3)
        writing = reply.usage.completion_tokens / max(reply.total_s - reply.first_s, 1e-3)
        speed = f"it reads {reading:.0f} and writes {writing:.0f} tokens per second"
    found = f"a long question takes {reply.total_s:.1f} s; {speed}"
    if reply.total_s <= SLOW_S:
        return Check(name="speed", ok=True, found=found)
    return Check(
        name="speed",
        ok=False,
        found=found,
        advice=f"lower NEWSQA_LLM__MAX_PROMPT_TOKENS (now {most}) until a question takes as long as you like to wait",
    )


def _tokens(model: ChatModel, replies: Sequence[_Reply], most: int, settings: LLMSettings) -> Check:
    usages = [reply.usage for reply in replies if reply.usage is not None]
    written = sum(count_tokens(reply.text) for reply in replies if reply.usage is not None)
    spent = sum(usage.completion_tokens for usage in usages)
    thinks = spent > 2 * written + 20 * len(usages)
    answer = settings.max_answer_tokens + (settings.thinking_tokens if thinks else 0)
    dollars = dollars_of_question(settings, model.name, prompt_tokens=most, answer_tokens=answer)
    cost = "" if dollars is None else f", ${dollars:.4f}"
    thoughts = f"; it thinks: {spent} tokens for {written} of text" if thinks else ""
    reported = "" if usages else "; the server does not report usage"
    return Check(
        name="tokens",
        ok=None,
        found=f"a question sends at most {most} and gets at most {answer} tokens{cost}{thoughts}{reported}",
    )
