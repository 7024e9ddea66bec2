"""Invented articles and questions with which a model is tried, laid out exactly as real ones are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.prompts import build_prompt, within_budget
from rag.grounding import Claim, verification_prompt
from rag.llm import ChatMessage
from rag.schema import Article, Block, Evidence, PartialDate, Passage, ScoredPassage, Span

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
    (scored,) = _passages(_FACTS)
    said = Evidence(article=scored.article, passage=scored.passage, span=scored.passage.sentences[1])
    claim = Claim(text="Roth put the price of the repair at 40,000 euros.", evidence=(said,), around=((_FACTS[0],),))
    return verification_prompt("What did Captain Roth say?", [claim]), "1 yes"


def _question(question: str, sentences: Sequence[str], *, cites: int | None, max_tokens: int) -> TrialQuestion:
    passages = within_budget(_passages(*[(sentence,) for sentence in sentences]), question, max_tokens=max_tokens)
    messages, _ = build_prompt(question, passages)
    return TrialQuestion(messages, cites)


def _passages(*groups: Sequence[str]) -> list[ScoredPassage]:
    """Return passages of one article, each with the sentences of a group."""
    raw = "\n".join(sentence for group in groups for sentence in group)
    spans: list[list[Span]] = []
    start = 0
    for group in groups:
        spans.append([])
        for sentence in group:
            spans[-1].append(Span(start, start + len(sentence)))
            start += len(sentence) + 1
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
    return [
        ScoredPassage(
            passage=Passage(
                id=f"trial-{place}",
                article_id="trial",
                ordinal=place,
                span=Span(of_group[0].start, of_group[-1].end),
                text=raw[of_group[0].start : of_group[-1].end],
                sentences=tuple(of_group),
            ),
            article=article,
            score=1.0,
            origins={},
        )
        for place, of_group in enumerate(spans)
    ]
