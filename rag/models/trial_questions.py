"""Invented articles and questions with which a model is tried, laid out exactly as real ones are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.prompts import build_prompt
from rag.llm import ChatMessage
from rag.schema import Article, Block, Evidence, PartialDate, Passage, Span

_FACTS = (
    "The ferry to Lake Tarn stopped on Monday because its engine had failed.",
    "Captain Ines Roth said that the repair would cost 40,000 euros.",
)


@dataclass(frozen=True, slots=True)
class TrialQuestion:
    """A prompt, and what a good reply to it holds."""

    messages: Sequence[ChatMessage]
    cites: int | None = None
    """The number of the sentence that answers; None where none does."""


def answerable() -> TrialQuestion:
    """Return a question that one of two sentences answers."""
    return _question("What did Captain Roth say?", _FACTS, cites=2, max_tokens=2000)


def unanswerable() -> TrialQuestion:
    """Return a question about the same that neither answers."""
    return _question("Who built the ferry?", _FACTS, cites=None, max_tokens=2000)


def long(max_tokens: int) -> TrialQuestion:
    """Return a question with a prompt of nearly `max_tokens`, whose first sentence answers; a cut prompt lacks it."""
    others = (f"On day {day} the bus round the lake carried {day * 37 % 400} people." for day in range(1, max_tokens))
    sentences = [_FACTS[1], *(sentence for _, sentence in zip(range(max_tokens // 10), others, strict=False))]
    return _question("What did Captain Roth say?", sentences, cites=1, max_tokens=max_tokens)


def verification() -> tuple[Sequence[ChatMessage], str]:
    """Return a prompt that asks whether a claim is supported, and what the reply has to begin with."""
    asked = (
        "Does the sentence support the claim? Answer with the number of the claim and `yes`, `partly` or `no`.\n"
        f"Claim 1: Roth said that the repair would cost 40,000 euros.\nSentence: {_FACTS[1]}"
    )
    return [ChatMessage("user", asked)], "1 yes"


def _question(question: str, sentences: Sequence[str], *, cites: int | None, max_tokens: int) -> TrialQuestion:
    messages, _ = build_prompt(question, _evidence(sentences), max_tokens=max_tokens)
    return TrialQuestion(messages, cites)


def _evidence(sentences: Sequence[str]) -> list[Evidence]:
    raw = "\n".join(sentences)
    spans: list[Span] = []
    for sentence in sentences:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    whole = Span(0, len(raw))
    article = Article(
        id="trial",
        path="trial.txt",
        raw=raw,
        sha256="0" * 64,
        encoding="utf-8",
        kind="text",
        kept=(whole,),
        removed=(),
        blocks=(Block(whole, "paragraph"),),
        title="Ferry stays in port",
        published=PartialDate(2021, 5, 3),
    )
    passage = Passage(id="trial", article_id="trial", ordinal=0, span=whole, text=raw, sentences=tuple(spans))
    return [Evidence(article=article, passage=passage, span=span) for span in spans]
