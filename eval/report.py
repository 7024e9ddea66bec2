"""The figures over all golden cases, and how they are written: JSON for machines, Markdown for people."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.scoring import Score


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of something over cases."""

    value: float | None
    """None when no case counts."""
    n: int
    """Cases that count."""
    one_case: float
    """The most that a single case can move the value."""


@dataclass(frozen=True, slots=True)
class _Measure:
    definition: str
    part: Callable[[Score], float]
    whole: Callable[[Score], float]


def _when_answerable(score: Score) -> float:
    return float(score.answerable)


def _when_not(score: Score) -> float:
    return float(not score.answerable)


def _hit(k: int) -> Callable[[Score], float]:
    return lambda score: float(score.answerable and score.gold_rank is not None and score.gold_rank <= k)


MEASURES: dict[str, _Measure] = {
    "right_answers": _Measure(
        "answerable questions with every fact in a right citation, every required file cited and none forbidden",
        lambda score: float(score.answerable and score.passed),
        _when_answerable,
    ),
    "right_refusals": _Measure(
        "unanswerable questions refused with a fitting reason",
        lambda score: float(not score.answerable and score.passed),
        _when_not,
    ),
    "answered": _Measure(
        "answerable questions that were answered",
        lambda score: float(score.answerable and score.status == "answered"),
        _when_answerable,
    ),
    "refused": _Measure(
        "unanswerable questions that were refused, whatever the reason",
        lambda score: float(not score.answerable and score.status == "abstained"),
        _when_not,
    ),
    "facts": _Measure(
        "required facts that stand in the answer or a quote", lambda score: score.facts_found, lambda score: score.facts
    ),
    "facts_cited": _Measure(
        "required facts that stand in a right citation", lambda score: score.facts_cited, lambda score: score.facts
    ),
    "citation_precision": _Measure(
        "citations, in answers to answerable questions, of a gold sentence",
        lambda score: score.right_citations if score.answerable else 0,
        lambda score: score.citations if score.answerable else 0,
    ),
    "citation_recall": _Measure(
        "facts found in answers that a right citation backs",
        lambda score: min(score.facts_cited, score.facts_found),
        lambda score: score.facts_found,
    ),
    "hit@1": _Measure("answerable questions whose first passage holds gold evidence", _hit(1), _when_answerable),
    "hit@5": _Measure("the same, one of the first 5", _hit(5), _when_answerable),
    "hit@10": _Measure("the same, one of the first 10", _hit(10), _when_answerable),
    "mrr@10": _Measure(
        "mean of 1 / rank of the first passage that holds gold evidence, 0 beyond rank 10",
        lambda score: 1 / score.gold_rank if score.answerable and score.gold_rank and score.gold_rank <= 10 else 0.0,
        _when_answerable,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that one run of the golden set found."""

    model: str
    settings: str
    """Fingerprint of the settings that change answers."""
    cases_digest: str
    corpus_digest: str
    scores: tuple[Score, ...]

    @property
    def figures(self) -> dict[str, Figure]:
        """Every measure over all cases."""
        return figures(self.scores)

    @property
    def violations(self) -> tuple[str, ...]:
        """Every broken promise, with the case it happened in."""
        return tuple(f"{score.id}: {words}" for score in self.scores for words in score.violations)


def figures(scores: Sequence[Score]) -> dict[str, Figure]:
    """Compute every measure over some cases, each as a sum of parts over a sum of wholes."""
    computed = {}
    for name, measure in MEASURES.items():
        wholes = [measure.whole(score) for score in scores]
        total = sum(wholes)
        if not total:
            computed[name] = Figure(None, 0, 0.0)
            continue
        parts = sum(measure.part(score) for score in scores)
        computed[name] = Figure(parts / total, sum(whole > 0 for whole in wholes), max(wholes) / total)
    return computed


def latency_ms(scores: Sequence[Score]) -> tuple[float, float]:
    """Return median and 95th percentile (nearest rank) of the time for an answer."""
    ordered = sorted(score.milliseconds for score in scores)
    return statistics.median(ordered), ordered[-(-95 * len(ordered) // 100) - 1]


def as_json(report: Report) -> dict[str, object]:
    """Return the report as one JSON object, with every case."""
    median, high = latency_ms(report.scores)
    return {
        "model": report.model,
        "settings": report.settings,
        "cases_digest": report.cases_digest,
        "corpus_digest": report.corpus_digest,
        "n": len(report.scores),
        "metrics": {
            name: {"value": figure.value, "n": figure.n, "definition": MEASURES[name].definition}
            for name, figure in report.figures.items()
        },
        "splits": {
            split: {name: figure.value for name, figure in figures(scores).items()}
            for split, scores in _by(report.scores, lambda score: score.split).items()
        },
        "kinds": {
            kind: {"n": len(scores), "passed": sum(score.passed for score in scores)}
            for kind, scores in _by(report.scores, lambda score: score.kind).items()
        },
        "latency_ms": {"median": round(median, 2), "p95": round(high, 2)},
        "violations": list(report.violations),
        "cases": [
            {
                "id": score.id,
                "split": score.split,
                "kind": score.kind,
                "question": score.question,
                "passed": score.passed,
                "faults": list(score.faults),
                "status": score.status,
                "reason": score.reason,
                "gold_rank": score.gold_rank,
                "citations": score.citations,
                "right_citations": score.right_citations,
                "milliseconds": round(score.milliseconds, 2),
                "text": score.text,
                "quotes": list(score.quotes),
            }
            for score in report.scores
        ],
    }


def as_markdown(report: Report) -> str:
    """Return the summary: figures in total and by split, cases by kind, and every case that did not pass."""
    splits = _by(report.scores, lambda score: score.split)
    by_split = {split: figures(scores) for split, scores in splits.items()}
    median, high = latency_ms(report.scores)
    lines = [
        "# Golden set",
        "",
        f"{len(report.scores)} questions, model `{report.model}`, settings `{report.settings}`, "
        f"cases `{report.cases_digest}`, corpus `{report.corpus_digest}`. "
        f"An answer took {median:.1f} ms (median), {high:.1f} ms (95th percentile).",
        "",
        f"| share of | all | n | {' | '.join(splits)} |",
        f"|---|---|---|{'---|' * len(splits)}",
    ]
    for name, figure in report.figures.items():
        parts = " | ".join(_share(by_split[split][name]) for split in splits)
        lines.append(f"| **{name}**: {MEASURES[name].definition} | {_share(figure)} | {figure.n} | {parts} |")
    lines += ["", "| kind | questions | passed |", "|---|---|---|"]
    for kind, scores in _by(report.scores, lambda score: score.kind).items():
        lines.append(f"| {kind} | {len(scores)} | {sum(score.passed for score in scores)} |")
    failed = [score for score in report.scores if not score.passed]
    if failed:
        lines += ["", "## Not passed", ""]
        for score in failed:
            lines.append(
                f"- `{score.id}` {score.question} ({score.split}): {'; '.join(score.faults + score.violations)}"
            )
    return "\n".join(lines) + "\n"


def _share(figure: Figure) -> str:
    return "-" if figure.value is None else f"{figure.value:.3f}"


def _by(scores: Sequence[Score], key: Callable[[Score], str]) -> dict[str, list[Score]]:
    groups: dict[str, list[Score]] = {}
    for score in scores:
        groups.setdefault(key(score), []).append(score)
    return groups
