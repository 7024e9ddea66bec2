"""One answer against one golden case: pure functions, no engine.

A citation is right when it covers at least half of a gold sentence or lies at least half inside one; a fact is cited
when one of its wordings stands in the quote of a right citation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.cases import Case, GoldSpan, states
from rag.schema import Answer, Citation, ScoredPassage, Span

ReadSource = Callable[[Citation], str]
"""Gives the text that a citation points into, read anew from where it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one question went."""

    id: str
    question: str
    kind: str
    split: str
    answerable: bool
    passed: bool
    """Answered with every fact in a right citation, the required files and none forbidden; or refused fittingly."""
    status: str
    reason: str | None
    facts: int
    facts_found: int
    """Facts that stand in the answer's text or in a quote, wherever that is from."""
    facts_cited: int
    """Facts that stand in the quote of a right citation."""
    citations: int
    right_citations: int
    gold_rank: int | None
    """Rank from 1 of the first passage found that holds gold evidence."""
    faults: tuple[str, ...]
    """What kept the case from passing, in words."""
    violations: tuple[str, ...]
    """Promises broken that hold for every answer."""
    milliseconds: float
    text: str
    quotes: tuple[str, ...]


def score(
    case: Case, answer: Answer, ranking: Sequence[ScoredPassage], *, read_source: ReadSource, milliseconds: float
) -> Score:
    """Judge an answer and the passages that a plain search gives for the same question."""
    gold = (*case.evidence, *case.also_right)
    right = [citation for citation in answer.citations if any(_is_at(citation, place) for place in gold)]
    shown = [answer.text, *(citation.quote for citation in answer.citations)] if answer.status == "answered" else []
    found = [any(states(fact, text) for text in shown) for fact in case.facts]
    cited = [any(states(fact, citation.quote) for citation in right) for fact in case.facts]
    faults = _faults(case, answer, cited)
    violations = broken_promises(answer, read_source)
    return Score(
        id=case.id,
        question=case.question,
        kind=case.kind,
        split=case.split,
        answerable=case.answerable,
        passed=not faults and not violations,
        status=answer.status,
        reason=answer.reason,
        facts=len(case.facts),
        facts_found=sum(found),
        facts_cited=sum(cited),
        citations=len(answer.citations),
        right_citations=len(right),
        gold_rank=next((rank for rank, one in enumerate(ranking, 1) if _holds(one, case.evidence)), None),
        faults=faults,
        violations=violations,
        milliseconds=milliseconds,
        text=answer.text,
        quotes=tuple(f"{citation.path}: {citation.quote}" for citation in answer.citations),
    )


def broken_promises(answer: Answer, read_source: ReadSource) -> tuple[str, ...]:
    """Check what must hold for every answer: each quote is its source at its offsets, each statement has a citation."""
    broken = []
    for citation in answer.citations:
        try:
            there = citation.raw.of(read_source(citation))
        except (OSError, ValueError) as exc:
            broken.append(f"[{citation.number}] {citation.path}: its source cannot be read: {exc}")
            continue
        if there != citation.quote:
            broken.append(f"[{citation.number}] {citation.path} says {there!r} where {citation.quote!r} is cited")
    numbers = [citation.number for citation in answer.citations]
    if numbers != list(range(1, len(numbers) + 1)):
        broken.append(f"citations are numbered {numbers}")
    for statement in answer.statements:
        if not statement.citations or not set(statement.citations) <= set(numbers):
            broken.append(f"{statement.text!r} cites {list(statement.citations)} of {numbers}")
        if statement.span.of(answer.text) != statement.text:
            broken.append(f"{statement.text!r} is not at its place in the answer")
    if answer.status == "answered" and (not answer.statements or answer.reason):
        broken.append("answered without a statement, or with a reason for refusing")
    if answer.status == "abstained" and (answer.statements or answer.citations or not answer.reason):
        broken.append("abstained with statements, or without a reason")
    return tuple(broken)


def _faults(case: Case, answer: Answer, cited: Sequence[bool]) -> tuple[str, ...]:
    if not case.answerable:
        if answer.status == "answered":
            return ("answered what the sources do not answer",)
        faults = []
        if answer.reason not in case.reasons:
            faults.append(f"refused as {answer.reason}, expected {' or '.join(case.reasons)}")
        if case.near and not any(states([case.near], near.text) for near in answer.near):
            faults.append(f"did not offer {case.near!r}")
        return tuple(faults)
    if answer.status == "abstained":
        return (f"refused ({answer.reason}) what the sources answer",)
    paths = {citation.path for citation in answer.citations}
    return (
        *(
            f"no right citation states {fact[0]!r}"
            for fact, is_cited in zip(case.facts, cited, strict=True)
            if not is_cited
        ),
        *(f"does not cite {path}" for path in case.required_files if path not in paths),
        *(f"cites {path}" for path in case.forbidden_files if path in paths),
    )


def _is_at(citation: Citation, gold: GoldSpan) -> bool:
    return citation.path == gold.file and 2 * _shared(citation.raw, gold.span) >= min(len(citation.raw), len(gold.span))


def _holds(found: ScoredPassage, evidence: Sequence[GoldSpan]) -> bool:
    place = found.passage.span
    return any(gold.file == found.article.path and 2 * _shared(place, gold.span) >= len(gold.span) for gold in evidence)


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
