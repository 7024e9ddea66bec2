"""Does the cited text support the statement? summedits_news, attributionbench and wice, judged without a model.

The verdict is the one that answers are made with before a model is asked (`rag.grounding.Prover.judge`): a statement is
*proven* by its words, *rejected* because a name, number, date or quotation in it is nowhere in its sources, or left
*open*, for a reader to decide. What counts is therefore how many of the proven people call supported, and how many of
the rejected they do not; what is open costs a question to a model and is no mistake.

Each case becomes one article of the texts it came with, cut into sentences as ingest does. Cited is all of it, except
in wice, whose pages have 123 sentences on average: there the three sentences that share most words with the claim are
cited, so a claim may also be rejected because plain words did not find its sentence. Partly supported claims count as
not supported.

The baseline knows words only: it calls proven as many statements as the check does, those of which the largest share
of words stands in the cited text, and rejected as many, those with the smallest share.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from eval.bench import BenchRequest, BenchResult, Metric, mean_metric
from eval.bench.bm25 import plain_words
from rag.grounding import Finding, Prover, presentable
from rag.grounding.proof import Verdict
from rag.passages import split_article
from rag.schema import Article, Block, Evidence, Span

MOST_CITED_OF_A_PAGE: Final = 3
"""Sentences that a claim of wice cites."""
VERDICTS: Final[tuple[Verdict, ...]] = ("proven", "open", "rejected")
_BREAK: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class _Case:
    id: str
    statement: str
    cited: tuple[Evidence, ...]
    is_supported: bool
    group: Hashable
    """Cases that share a text or question are drawn together by the bootstrap."""


def run(request: BenchRequest) -> BenchResult:
    """Judge every case of the set."""
    request.require_set("summedits_news", "attributionbench", "wice")
    read = {"summedits_news": _summedits, "attributionbench": _attributionbench, "wice": _wice}[request.set_name]
    cases = read(request)
    found = [Prover().judge(case.statement, case.cited) for case in cases]
    verdicts = [finding.verdict for finding in found]
    shares = [_share_of_words(case) for case in cases]
    return BenchResult(
        n=len(cases),
        metrics=_metrics("", cases, verdicts),
        baseline=_metrics("word overlap: ", cases, as_many_by_score(verdicts, shares)),
        records=[
            {
                "id": case.id,
                "statement": case.statement,
                "supported": case.is_supported,
                "verdict": finding.verdict,
                "reason": finding.reason,
                "overlap": round(share, 4),
                "cited": [item.text for item in case.cited],
            }
            for case, finding, share in zip(cases, found, shares, strict=True)
        ],
        notes=[_reasons(cases, found)],
    )


# --- the sets ---------------------------------------------------------------------------------------------------


def _summedits(request: BenchRequest) -> list[_Case]:
    texts = {row["doc_id"]: str(row["text"]) for row in request.companion_rows("doc_id", "text")}
    return [
        _Case(
            id=row["id"],
            statement=presentable(row["summary"]),
            cited=sentences_of(row["id"], texts[row["doc_id"]].splitlines()),
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
            cited=sentences_of(str(row["id"]), row["references"]),
            is_supported=row["label"] == "attributable",
            group=row["question"],
        )
        for row in request.rows("id", "claim", "references", "label", "question")
    ]


def _wice(request: BenchRequest) -> list[_Case]:
    cases = []
    for row in request.rows("claim", "label", "evidence", "meta"):
        case_id = str(row.get("id") or row["meta"]["id"])
        statement = presentable(row["claim"])
        cases.append(
            _Case(
                id=case_id,
                statement=statement,
                cited=most_alike(statement, sentences_of(case_id, row["evidence"])),
                is_supported=row["label"] == "supported",
                group=row["meta"]["id"],
            )
        )
    return cases


def sentences_of(name: str, texts: Sequence[str]) -> tuple[Evidence, ...]:
    """Return the sentences of an article that has these texts as its paragraphs."""
    blocks: list[Block] = []
    raw = ""
    for text in texts:
        if stripped := text.strip():
            raw += _BREAK if raw else ""
            blocks.append(Block(Span(len(raw), len(raw) + len(stripped)), "paragraph"))
            raw += stripped
    article = Article(
        id=name,
        path=name,
        raw=raw,
        sha256="",
        encoding="utf-8",
        kind="text",
        kept=(Span(0, len(raw)),),
        removed=(),
        blocks=tuple(blocks),
    )
    return tuple(
        Evidence(article=article, passage=passage, span=span)
        for passage in split_article(article)
        for span in passage.sentences
    )


def most_alike(statement: str, sentences: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return the sentences that share most distinct words with a statement, the first of equals first."""
    wanted = set(plain_words(statement))
    shared = [len(wanted & set(plain_words(item.text))) for item in sentences]
    best = sorted(range(len(sentences)), key=lambda place: (-shared[place], place))[:MOST_CITED_OF_A_PAGE]
    return tuple(sentences[place] for place in sorted(best))


# --- the figures ------------------------------------------------------------------------------------------------


def _metrics(name: str, cases: Sequence[_Case], verdicts: Sequence[Verdict]) -> list[Metric]:
    judged = list(zip(cases, verdicts, strict=True))
    metrics = []
    for is_supported, among, right in ((True, "supported", "proven"), (False, "unsupported", "rejected")):
        of_kind = [(case, verdict) for case, verdict in judged if case.is_supported == is_supported]
        metrics += [
            mean_metric(
                f"{name}{each} of {among}",
                [float(verdict == each) for _, verdict in of_kind],
                definition=f"share of the statements that people call {among} which are {each}",
                direction="higher" if each == right else "lower",
                groups=[case.group for case, _ in of_kind],
            )
            for each in VERDICTS
        ]
    for each, is_right, meaning in (
        ("proven", True, "people call supported"),
        ("rejected", False, "people do not call supported"),
    ):
        of_verdict = [case for case, verdict in judged if verdict == each]
        metrics.append(
            mean_metric(
                f"{name}precision of {each}",
                [float(case.is_supported == is_right) for case in of_verdict],
                definition=f"share of the {each} statements that {meaning}",
                groups=[case.group for case in of_verdict],
            )
        )
    return metrics


def _reasons(cases: Sequence[_Case], found: Sequence[Finding]) -> str:
    counts: dict[str, list[bool]] = {}
    for case, finding in zip(cases, found, strict=True):
        counts.setdefault(finding.reason or finding.verdict, []).append(case.is_supported)
    listed = ", ".join(
        f"{reason} {len(labels)} ({sum(labels)} of them supported in the gold)"
        for reason, labels in sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
    )
    return f"verdicts: {listed}"


# --- the baseline -----------------------------------------------------------------------------------------------


def as_many_by_score(verdicts: Sequence[Verdict], scores: Sequence[float]) -> list[Verdict]:
    """Give the same counts of verdicts by score: the highest are proven, the lowest rejected; first of equals first."""
    order = sorted(range(len(scores)), key=lambda place: (-scores[place], place))
    proven, rejected = list(verdicts).count("proven"), list(verdicts).count("rejected")
    given: list[Verdict] = ["open"] * len(order)
    for place in order[:proven]:
        given[place] = "proven"
    for place in order[len(order) - rejected :]:
        given[place] = "rejected"
    return given


def _share_of_words(case: _Case) -> float:
    """Return the share of a statement's distinct words that stand in what it cites."""
    wanted = set(plain_words(case.statement))
    there = {word for item in case.cited for word in plain_words(presentable(item.text))}
    return len(wanted & there) / len(wanted) if wanted else 0.0
