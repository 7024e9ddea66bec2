"""Documents that disagree: ramdocs (several right answers, false ones, noise) and rgb_counterfactual.

Each case brings its own documents. All are indexed together, and a question is asked of its own ones by path. A value
is shown when it stands in the answer or a cited sentence; a conflict is marked when the answer's `conflicts` hold it.
Only a model marks conflicts, the one that the settings name: where answers are quoted these figures are 0, and what
counts is which values are shown. A note says who answered. The baseline gives the four sentences of the same documents
that share most idf with the question, refuses below one half, and marks nothing.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bench import BenchRequest, BenchResult, Metric, Row, mean_metric
from eval.bench.answers import holds_answer
from eval.bench.bm25 import BM25, overlap, plain_sentences, plain_words
from eval.indexes import opened_index
from rag.engine import Engine
from rag.errors import ConfigError
from rag.schema import Answer, Filters, Question

BASELINE_SENTENCES = 4
BASELINE_THRESHOLD = 0.5
_FILE = "cases.jsonl"

Wordings = Sequence[str]
"""Forms of one value, any of which will do."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What an answer shows, and the values of each conflict that it marks."""

    shown: tuple[str, ...]
    conflicts: tuple[tuple[str, ...], ...] = ()
    model: str = ""
    """Who answered."""

    @property
    def refused(self) -> bool:
        return not self.shown

    def shows(self, value: Wordings) -> bool:
        return any(holds_answer(text, wording) for text in self.shown for wording in value)

    def sets_apart(self, values: Sequence[Wordings]) -> bool:
        """Say whether one conflict gives each of the values as a value of its own."""
        return any(_all_matched(texts, values) for texts in self.conflicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    id: str
    question: str
    documents: tuple[str, ...]
    gold: tuple[Wordings, ...]
    wrong: tuple[Wordings, ...] = ()
    """Values that the documents hold and that are not true."""


def run(request: BenchRequest) -> BenchResult:
    """Measure disagreement on `ramdocs` or `rgb_counterfactual`."""
    request.require_set("ramdocs", "rgb_counterfactual")
    return _ramdocs(request) if request.set_name == "ramdocs" else _rgb(request)


def _ramdocs(request: BenchRequest) -> BenchResult:
    rows = request.rows("id", "question", "documents", "gold_answers", "wrong_answers")
    cases = [
        _Case(
            id=row["id"],
            question=row["question"],
            documents=tuple(document["text"] for document in row["documents"]),
            gold=tuple([answer] for answer in row["gold_answers"]),
            wrong=tuple([answer] for answer in row["wrong_answers"]),
        )
        for row in rows
    ]
    ours, theirs = _ask(request, cases), _baseline(cases)
    return BenchResult(
        n=len(cases),
        metrics=_ramdocs_metrics("", cases, ours),
        baseline=_ramdocs_metrics("overlap", cases, theirs),
        records=_records("documents", cases, ours),
        notes=[_answered_by(ours)],
    )


def _ramdocs_metrics(name: str, cases: Sequence[_Case], replies: Sequence[_Reply]) -> list[Metric]:
    asked = list(zip(cases, replies, strict=True))
    all_gold = [float(all(reply.shows(value) for value in case.gold)) for case, reply in asked]
    no_wrong = [float(not any(reply.shows(value) for value in case.wrong)) for case, reply in asked]
    disputed = [(case, reply) for case, reply in asked if len(case.gold) + len(case.wrong) > 1]
    agreed = [reply for case, reply in asked if len(case.gold) + len(case.wrong) == 1]
    return [
        mean_metric(f"{name} all gold shown".strip(), all_gold, definition="cases with every gold answer shown"),
        mean_metric(
            f"{name} all gold, no wrong".strip(),
            [gold * clean for gold, clean in zip(all_gold, no_wrong, strict=True)],
            definition="cases with every gold answer and no wrong one shown (the measure of the paper)",
        ),
        mean_metric(
            f"{name} conflict marked".strip(),
            [float(_marks_two(case, reply)) for case, reply in disputed],
            definition="cases whose documents give several values, two of them set apart in a conflict",
        ),
        mean_metric(
            f"{name} false conflict".strip(),
            [float(bool(reply.conflicts)) for reply in agreed],
            definition="cases whose documents give one value, with a conflict marked all the same",
            direction="lower",
        ),
    ]


def _rgb(request: BenchRequest) -> BenchResult:
    rows = request.rows("id", "query", "answer", "fake_answer", "positive", "positive_wrong", "negative")
    modes = {
        "noise": [_rgb_case(row, (*row["positive"], *row["negative"])) for row in rows],
        "both": [_rgb_case(row, (*row["positive"], *row["positive_wrong"])) for row in rows],
        "negative": [_rgb_case(row, row["negative"]) for row in rows],
    }
    metrics: list[Metric] = []
    baseline: list[Metric] = []
    records: list[Row] = []
    ours = {mode: _ask(request, cases, mode) for mode, cases in modes.items()}
    theirs = {mode: _baseline(cases) for mode, cases in modes.items()}
    for name, given, into in (("", ours, metrics), ("overlap", theirs, baseline)):
        into += _rgb_metrics(name, modes, given)
    for mode, cases in modes.items():
        records += _records(mode, cases, ours[mode])
    replies = [reply for mode in modes for reply in ours[mode]]
    return BenchResult(n=len(rows), metrics=metrics, baseline=baseline, records=records, notes=[_answered_by(replies)])


def _rgb_case(row: Row, documents: Iterable[str]) -> _Case:
    return _Case(
        id=row["id"],
        question=row["query"],
        documents=tuple(documents),
        gold=(_wordings(row["answer"]),),
        wrong=(_wordings(row["fake_answer"]),),
    )


def _rgb_metrics(
    name: str, modes: Mapping[str, Sequence[_Case]], replies: Mapping[str, Sequence[_Reply]]
) -> list[Metric]:
    both = list(zip(modes["both"], replies["both"], strict=True))
    noise = list(zip(modes["noise"], replies["noise"], strict=True))
    return [
        mean_metric(
            f"{name} noise: answer shown".strip(),
            [float(reply.shows(case.gold[0])) for case, reply in noise],
            definition="cases answered from true and unrelated passages with the answer shown",
        ),
        mean_metric(
            f"{name} noise: false conflict".strip(),
            [float(bool(reply.conflicts)) for _, reply in noise],
            definition="the same cases, with a conflict marked though none is there",
            direction="lower",
        ),
        mean_metric(
            f"{name} both: both shown".strip(),
            [float(reply.shows(case.gold[0]) and reply.shows(case.wrong[0])) for case, reply in both],
            definition="cases of true and false passages together, both values shown",
        ),
        mean_metric(
            f"{name} both: conflict marked".strip(),
            [float(reply.sets_apart([case.gold[0], case.wrong[0]])) for case, reply in both],
            definition="the same cases, both values set apart in a conflict",
        ),
        mean_metric(
            f"{name} negative: refused".strip(),
            [float(reply.refused) for reply in replies["negative"]],
            definition="cases of passages that do not answer, refused (a few of them do hint at the answer)",
        ),
    ]


def _ask(request: BenchRequest, cases: Sequence[_Case], mode: str = "documents") -> list[_Reply]:
    replies = []
    with tempfile.TemporaryDirectory(prefix="newsqa-bench-") as folder:
        # The modes of a case share passages, so each mode has an index of its own.
        file = Path(folder) / _FILE
        with file.open("w", encoding="utf-8") as lines:
            for case in cases:
                for number, text in enumerate(case.documents):
                    lines.write(json.dumps({"id": f"{case.id}/{number}", "text": text}) + "\n")
        index = request.index / mode if request.index else None
        with opened_index(request.settings, [file], folder=index) as engine:
            replies = [_reply(engine, case) for case in cases]
    return replies


def _reply(engine: Engine, case: _Case) -> _Reply:
    filters = Filters(paths=(f"{_FILE}#{case.id}/*",))
    answer = engine.ask(Question(text=case.question, filters=filters))
    quotes = {citation.number: citation.quote for citation in answer.citations}
    if answer.status == "abstained":
        return _Reply((), model=answer.model)
    return _Reply((answer.text, *quotes.values()), tuple(_values(answer, quotes)), answer.model)


def _values(answer: Answer, quotes: Mapping[int, str]) -> Iterable[tuple[str, ...]]:
    for conflict in answer.conflicts:
        yield tuple(
            "\n".join([value.text, *(quotes[number] for number in value.citations)]) for value in conflict.values
        )


def _answered_by(replies: Sequence[_Reply]) -> str:
    counts = Counter(reply.model for reply in replies).most_common()
    return f"answered by: {', '.join(f'{model} {count}' for model, count in counts)}; only a model marks conflicts"


def _all_matched(texts: Sequence[str], values: Sequence[Wordings]) -> bool:
    """Say whether every value has a text of its own (few of either, so trying all ways is cheap)."""
    if not values:
        return True
    return any(
        any(holds_answer(text, wording) for wording in values[0])
        and _all_matched([*texts[:place], *texts[place + 1 :]], values[1:])
        for place, text in enumerate(texts)
    )


def _marks_two(case: _Case, reply: _Reply) -> bool:
    values = (*case.gold, *case.wrong)
    return any(reply.sets_apart(pair) for i, one in enumerate(values) for pair in ([one, two] for two in values[:i]))


def _baseline(cases: Sequence[_Case]) -> list[_Reply]:
    # How telling a word is comes from the documents of all cases: within a case most words are everywhere.
    bm25 = BM25(text for case in cases for text in case.documents)
    replies = []
    for case in cases:
        words = plain_words(case.question)
        sentences = [sentence for text in case.documents for sentence in plain_sentences(text)]
        scored = sorted(((overlap(words, one, bm25), one) for one in sentences), key=lambda pair: -pair[0])
        refused = not scored or scored[0][0] < BASELINE_THRESHOLD
        replies.append(_Reply(() if refused else tuple(sentence for _, sentence in scored[:BASELINE_SENTENCES])))
    return replies


def _wordings(answer: object) -> Wordings:
    """Flatten an answer as the file gives it: a string, or lists of forms of the same thing."""
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, list):
        return [wording for part in answer for wording in _wordings(part)]
    raise ConfigError(f"expected an answer as a string or lists of strings, found {answer!r}")


def _records(mode: str, cases: Sequence[_Case], replies: Sequence[_Reply]) -> list[Row]:
    return [
        {
            "id": case.id,
            "mode": mode,
            "question": case.question,
            "gold": [list(value) for value in case.gold],
            "wrong": [list(value) for value in case.wrong],
            "gold_shown": [reply.shows(value) for value in case.gold],
            "wrong_shown": [reply.shows(value) for value in case.wrong],
            "refused": reply.refused,
            "conflicts": [list(values) for values in reply.conflicts],
            "shown": list(reply.shown),
        }
        for case, reply in zip(cases, replies, strict=True)
    ]
