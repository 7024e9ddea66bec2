"""Does the cited text support the statement? summedits_news, attributionbench and wice, judged without a model.

The verdict is the one that answers are made with (`rag.grounding.check_statement`): a case counts as supported when
no check fails. Text is made presentable first, as in an answer, so citation markers are out. The baseline is the
share of a statement's distinct words that stand in the text, at the threshold that suits this very data best.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from eval.bench import BenchRequest, BenchResult, Metric, mean_metric, statistic_metric
from eval.bench.bm25 import plain_words
from rag.grounding import Support, check_statement, presentable, supporting_sentences

Verdicts = Sequence[tuple[bool, bool]]
"""Of each case what people said and what was found: does the text support the statement?"""


@dataclass(frozen=True, slots=True)
class _Case:
    id: str
    statement: str
    evidence: tuple[str, ...]
    is_supported: bool
    group: Hashable
    """Cases that share a text or question are drawn together by the bootstrap."""
    supporting: tuple[frozenset[int], ...] = ()
    """wice: alternative sets of the sentences that support the claim."""


@dataclass(frozen=True, slots=True)
class _Measure:
    """The figure that a set is judged by."""

    name: str
    statistic: Callable[[Verdicts], float]
    definition: str


def run(request: BenchRequest) -> BenchResult:
    """Judge every case of the set."""
    request.require_set("summedits_news", "attributionbench", "wice")
    read, measure = {
        "summedits_news": (_summedits, _BALANCED),
        "attributionbench": (_attributionbench, _MACRO),
        "wice": (_wice, _SUPPORTED),
    }[request.set_name]
    loaded = read(request)
    found = [check_statement(case.statement, case.evidence) for case in loaded]
    shares = [_plain_share(case) for case in loaded]
    ours = [(case.is_supported, support.holds) for case, support in zip(loaded, found, strict=True)]
    theirs = _at_best_threshold(loaded, shares, measure)
    metrics = _metrics("", measure, loaded, ours)
    baseline = _metrics("word overlap: ", measure, loaded, theirs)
    pointed: list[list[int]] = [[] for _ in loaded]
    if request.set_name == "wice":
        pointed = [supporting_sentences(case.statement, case.evidence) for case in loaded]
        metrics += [_sentence_f1("", loaded, pointed)]
        baseline += [_sentence_f1("word overlap: ", loaded, [_plain_sentences(case) for case in loaded])]
    return BenchResult(
        n=len(loaded),
        metrics=metrics,
        baseline=baseline,
        records=[
            {
                "id": case.id,
                "statement": case.statement,
                "supported": case.is_supported,
                "found": support.holds,
                "reason": support.reason,
                "detail": support.detail,
                "score": round(support.score, 4),
                "sentences": sentences,
            }
            for case, support, sentences in zip(loaded, found, pointed, strict=True)
        ],
        notes=[_reasons(loaded, found)],
    )


# --- the sets ---------------------------------------------------------------------------------------------------


def _summedits(request: BenchRequest) -> list[_Case]:
    texts = {row["doc_id"]: str(row["text"]) for row in request.companion_rows("doc_id", "text")}
    return [
        _Case(
            id=row["id"],
            statement=presentable(row["summary"]),
            evidence=tuple(presentable(line) for line in texts[row["doc_id"]].splitlines() if line.strip()),
            is_supported=bool(row["label"]),
            group=row["doc_id"],
        )
        for row in request.rows("id", "doc_id", "summary", "label")
    ]


def _attributionbench(request: BenchRequest) -> list[_Case]:
    return [
        _Case(
            id=str(row["id"]),
            statement=presentable(row["claim"]),
            evidence=tuple(presentable(reference) for reference in row["references"]),
            is_supported=row["label"] == "attributable",
            group=row["question"],
        )
        for row in request.rows("id", "claim", "references", "label", "question")
    ]


def _wice(request: BenchRequest) -> list[_Case]:
    return [
        _Case(
            id=str(row.get("id") or row["meta"]["id"]),
            statement=presentable(row["claim"]),
            evidence=tuple(presentable(sentence) for sentence in row["evidence"]),
            is_supported=row["label"] == "supported",
            group=row["meta"]["id"],
            supporting=tuple(frozenset(numbers) for numbers in row["supporting_sentences"]),
        )
        for row in request.rows("claim", "label", "evidence", "supporting_sentences", "meta")
    ]


# --- the figures ------------------------------------------------------------------------------------------------


def _metrics(name: str, measure: _Measure, cases: Sequence[_Case], verdicts: Verdicts) -> list[Metric]:
    groups = [case.group for case in cases]
    return [
        statistic_metric(
            f"{name}{measure.name}", verdicts, measure.statistic, definition=measure.definition, groups=groups
        ),
        mean_metric(
            f"{name}accuracy",
            [float(expected == found) for expected, found in verdicts],
            definition="share of statements judged as people judged them",
            groups=groups,
        ),
    ]


def _sentence_f1(name: str, cases: Sequence[_Case], pointed: Sequence[Sequence[int]]) -> Metric:
    scores = [
        max(_overlap_f1(numbers, wanted) for wanted in case.supporting)
        for case, numbers in zip(cases, pointed, strict=True)
        if any(case.supporting)
    ]
    return mean_metric(
        f"{name}sentence F1",
        scores,
        definition="F1 of the sentences pointed at against the best fitting gold set, mean over claims that have one",
    )


def _overlap_f1(found: Sequence[int], wanted: frozenset[int]) -> float:
    return 2 * len(wanted & set(found)) / (len(wanted) + len(set(found))) if wanted else 0.0


def balanced_accuracy(verdicts: Verdicts) -> float:
    """Return the mean of the shares judged right in each class; a class without cases is left out."""
    shares = []
    for kind in (True, False):
        found = [found == kind for expected, found in verdicts if expected == kind]
        if found:
            shares.append(sum(found) / len(found))
    return sum(shares) / len(shares)


def f1(verdicts: Verdicts, *, of: bool) -> float:
    """Return the F1 of one class; 0 where it neither occurs nor is found."""
    both = sum(expected == found == of for expected, found in verdicts)
    either = sum(expected == of for expected, _ in verdicts) + sum(found == of for _, found in verdicts)
    return 2 * both / either if either else 0.0


def macro_f1(verdicts: Verdicts) -> float:
    """Return the mean F1 of both classes."""
    return (f1(verdicts, of=True) + f1(verdicts, of=False)) / 2


_BALANCED = _Measure(
    "balanced accuracy",
    balanced_accuracy,
    "mean of the shares judged right among supported and among unsupported statements",
)
_MACRO = _Measure("macro-F1", macro_f1, "mean of the F1 of supported and the F1 of unsupported statements")
_SUPPORTED = _Measure(
    "F1 of supported",
    lambda verdicts: f1(verdicts, of=True),
    "F1 of finding the claims that are wholly supported; partly supported counts as not",
)


# --- the baseline -----------------------------------------------------------------------------------------------


def _plain_share(case: _Case) -> float:
    wanted = set(plain_words(case.statement))
    there = {word for text in case.evidence for word in plain_words(text)}
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _plain_sentences(case: _Case) -> list[int]:
    """Return the two sentences that share most words with the claim."""
    wanted = set(plain_words(case.statement))
    shared = [len(wanted & set(plain_words(text))) for text in case.evidence]
    return sorted(range(len(shared)), key=lambda number: (-shared[number], number))[:2]


def _at_best_threshold(
    cases: Sequence[_Case],
    shares: Sequence[float],
    measure: _Measure,
) -> Verdicts:
    candidates = [
        [(case.is_supported, share >= threshold) for case, share in zip(cases, shares, strict=True)]
        for threshold in sorted(set(shares))
    ]
    return max(candidates, key=measure.statistic, default=[])


def _reasons(cases: Sequence[_Case], found: Sequence[Support]) -> str:
    counts: dict[str, list[bool]] = {}
    for case, support in zip(cases, found, strict=True):
        counts.setdefault(support.reason or "supported", []).append(case.is_supported)
    listed = ", ".join(
        f"{reason} {len(labels)} ({sum(labels)} of them supported in the gold)"
        for reason, labels in sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    return f"verdicts: {listed}"
