"""A two-file corpus, golden cases over it, and an engine that answers them from a table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from eval.cases import Case, GoldSpan
from rag.schema import (
    AbstentionReason,
    Answer,
    AnswerStatement,
    Article,
    Citation,
    Filters,
    Near,
    Passage,
    Question,
    ScoredPassage,
    Span,
)

RAIN = "It rained. Ada Poe said ten boats sank in June. She blamed the wind."
FIRE = "A fire broke out in May. Ada Poe said nothing."
SOURCES = {"rain.txt": RAIN, "fire.txt": FIRE}


def place(path: str, quote: str) -> GoldSpan:
    start = SOURCES[path].index(quote)
    return GoldSpan(file=path, start=start, end=start + len(quote), quote=quote)


SANK = place("rain.txt", "Ada Poe said ten boats sank in June.")
BLAMED = place("rain.txt", "She blamed the wind.")
BROKE = place("fire.txt", "A fire broke out in May.")

BOATS = Case(
    id="boats",
    question="How many boats sank?",
    kind="how_many",
    answerable=True,
    facts=(("ten", "10"),),
    required_files=("rain.txt",),
    forbidden_files=("fire.txt",),
    evidence=(SANK,),
    also_right=(BLAMED,),
)
POE = Case(
    id="poe",
    question="What did Poe say?",
    kind="said",
    split="test",
    answerable=True,
    facts=(("ten boats",), ("blamed the wind",)),
    required_files=("rain.txt",),
    evidence=(SANK, BLAMED),
)
MACRON = Case(id="macron", question="And Macron?", kind="absent", answerable=False, reasons=("subject_not_found",))
PEO = Case(
    id="peo",
    question="What did Peo say?",
    kind="misspelt",
    split="test",
    answerable=False,
    reasons=("subject_not_found",),
    near="Ada Poe",
)
CASES = (BOATS, POE, MACRON, PEO)


def article(path: str) -> Article:
    raw = SOURCES[path]
    return Article(
        id=f"id-{path}",
        path=path,
        raw=raw,
        sha256=hashlib.sha256(raw.encode()).hexdigest(),
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(raw)),),
        removed=(),
        blocks=(),
    )


def found(gold: GoldSpan) -> ScoredPassage:
    passage = Passage(
        id=f"{gold.file}:{gold.start}",
        article_id=f"id-{gold.file}",
        ordinal=0,
        span=gold.span,
        text=gold.quote,
        sentences=(gold.span,),
    )
    return ScoredPassage(passage=passage, article=article(gold.file), score=1.0, origins={})


def cite(number: int, gold: GoldSpan) -> Citation:
    one = article(gold.file)
    return Citation(
        number=number,
        path=gold.file,
        article_id=one.id,
        title=None,
        published=None,
        quote=gold.quote,
        raw=gold.span,
        line_start=1,
        line_end=1,
        sha256=one.sha256,
        encoding="utf-8",
    )


def answered(*golds: GoldSpan, question: str = "") -> Answer:
    """An answer that says each quote and cites it."""
    text, statements = "", []
    for number, gold in enumerate(golds, 1):
        span = Span(len(text), len(text) + len(gold.quote))
        statements.append(AnswerStatement(text=gold.quote, span=span, citations=(number,)))
        text += f"{gold.quote} [{number}] "
    return Answer(
        question=question,
        standalone_question=None,
        status="answered",
        reason=None,
        text=text.rstrip(),
        statements=tuple(statements),
        citations=tuple(cite(number, gold) for number, gold in enumerate(golds, 1)),
        conflicts=(),
        near=(),
        notices=(),
        rejected=(),
        model="extractive",
        usage=None,
    )


def refused(reason: AbstentionReason, *near: str) -> Answer:
    return Answer(
        question="",
        standalone_question=None,
        status="abstained",
        reason=reason,
        text="The articles do not say.",
        statements=(),
        citations=(),
        conflicts=(),
        near=tuple(Near("name", name) for name in near),
        notices=(),
        rejected=(),
        model="extractive",
        usage=None,
    )


def source_of(citation: Citation) -> str:
    return SOURCES[citation.path]


PERFECT: Mapping[str, Answer] = {
    "boats": answered(SANK),
    "poe": answered(SANK, BLAMED),
    "macron": refused("subject_not_found"),
    "peo": refused("subject_not_found", "Ada Poe"),
}


class TableEngine:
    """Answers each golden question from a table; finds the passages it was given for every query."""

    def __init__(self, answers: Mapping[str, Answer], ranking: Sequence[GoldSpan] = (SANK, BLAMED)) -> None:
        self._answers = {case.question: answers[case.id] for case in CASES}
        self._ranking = tuple(found(gold) for gold in ranking)

    def ask(self, question: Question) -> Answer:
        return self._answers[question.text]

    def search(self, query: str, *, k: int, filters: Filters) -> tuple[ScoredPassage, ...]:
        return self._ranking[:k]
