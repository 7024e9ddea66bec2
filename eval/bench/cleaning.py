"""Taking the furniture off scraped text: pages with gold bodies, and pages with passages marked to keep or to drop.

The cleaner sees only the text of one page, never its HTML, title or date. The baseline is the text untouched.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from eval.bench import BenchRequest, BenchResult, Metric, Row, mean_metric, ratio_metric
from eval.bench.statistics import statistic_metric
from rag.cleaning import clean
from rag.errors import ConfigError
from rag.schema import SourceFile

RENDERINGS = ("raw_blocks", "raw_bullets", "raw_light")
MARKED_RENDERINGS = ("raw_blocks", "raw_light")
_TOKEN = re.compile(r"\w+")
_SHINGLE_TOKENS = 4

_BODY = (
    "over pages; multiset overlap of 4-token shingles of output and gold body, precision and recall averaged over "
    "pages, F1 of the two averages (scrapinghub/article-extraction-benchmark)"
)
_PASSAGES = (
    "over marked passages; found in the output after collapsing white space; precision = kept keep / all kept, "
    "recall = kept keep / all keep (adbar/trafilatura)"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page in several renderings, with its body as people cut it out."""

    id: str
    url: str
    body: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """A page of which a few passages are marked."""

    id: str
    url: str
    keep: Mapping[str, tuple[str, ...]]
    """By rendering: passages that must stay."""
    drop: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision and recall."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Marks:
    """How many marked passages of a page are still there."""

    kept_keep: int
    kept_drop: int
    keep: int


def run(request: BenchRequest) -> BenchResult:
    """Clean every page in every rendering."""
    request.require_set("extraction")
    pages, marked = read_pages(request), read_marked_pages(request)
    if not pages and not marked:
        raise ConfigError(
            f"expected rows with 'gold_body' or with 'keep' and 'drop' in {str(request.data)!r}; found neither"
        )
    metrics: list[Metric] = []
    baseline: list[Metric] = []
    records: list[Row] = []
    clean_text("A line.\n", "warm-up")  # reading the weights is not cleaning
    every: tuple[Page | MarkedPage, ...] = (*pages, *marked)
    texts: dict[tuple[str, str], str] = {}
    for rendering in RENDERINGS:
        raw = {page.id: page.texts[rendering] for page in every if rendering in page.texts}
        started = time.process_time()
        for name, text in raw.items():
            texts[name, rendering] = clean_text(text, name)
        metrics.append(_speed(rendering, len(raw), time.process_time() - started))
    for rendering in RENDERINGS:
        if pages:
            ours = [body_scores(texts[page.id, rendering], page.body) for page in pages]
            metrics += _body_metrics(rendering, ours)
            baseline += _body_metrics(
                f"untouched {rendering}", [body_scores(page.texts[rendering], page.body) for page in pages]
            )
            records += [
                {"id": page.id, "set": rendering, "precision": score.precision, "recall": score.recall}
                for page, score in zip(pages, ours, strict=True)
            ]
    for rendering in MARKED_RENDERINGS:
        if marked:
            found = [count_marks(texts[page.id, rendering], page, rendering) for page in marked]
            metrics += _marks_metrics(f"segments {rendering}", found)
            baseline += _marks_metrics(
                f"untouched segments {rendering}",
                [count_marks(page.texts[rendering], page, rendering) for page in marked],
            )
            records += [
                {"id": page.id, "set": f"segments {rendering}", "kept_keep": m.kept_keep, "keep": m.keep}
                | {"kept_drop": m.kept_drop}
                for page, m in zip(marked, found, strict=True)
            ]
    return BenchResult(n=len(pages) + len(marked), metrics=metrics, baseline=baseline, records=records)


def clean_text(text: str, name: str) -> str:
    """Clean a bare text and return the body."""
    digest = sha256(text.encode("utf-8", "replace")).hexdigest()
    source = SourceFile(path=f"{name}.txt", raw=text, sha256=digest, encoding="utf-8", kind="text")
    return clean(source).text


def read_pages(request: BenchRequest) -> list[Page]:
    """Read the pages with gold bodies; none where the data has no such file."""
    fields = ("id", "url", "gold_body", *RENDERINGS)
    return [
        Page(str(row["id"]), row["url"], row["gold_body"], {name: row[name] for name in RENDERINGS})
        for row in _rows(request, fields)
    ]


def read_marked_pages(request: BenchRequest) -> list[MarkedPage]:
    """Read the pages with marked passages; none where the data has no such file."""
    fields = ("id", "url", "keep", "drop", "keep_in_light", "drop_in_light", *MARKED_RENDERINGS)
    return [
        MarkedPage(
            str(row["id"]),
            row["url"],
            {"raw_blocks": tuple(row["keep"]), "raw_light": tuple(row["keep_in_light"])},
            {"raw_blocks": tuple(row["drop"]), "raw_light": tuple(row["drop_in_light"])},
            {name: row[name] for name in MARKED_RENDERINGS},
        )
        for row in _rows(request, fields)
    ]


def body_scores(output: str, gold: str) -> Scores:
    """Compare an output with a gold body by their shingles."""
    ours, theirs = _shingles(output), _shingles(gold)
    both = (ours & theirs).total()
    if not ours:
        return Scores(float(not theirs), float(not theirs))
    return Scores(both / ours.total(), both / theirs.total() if theirs else 1.0)


def average(scores: Sequence[Scores]) -> Scores:
    """Average precision and recall over pages."""
    return Scores(
        sum(score.precision for score in scores) / len(scores), sum(score.recall for score in scores) / len(scores)
    )


def count_marks(output: str, page: MarkedPage, rendering: str) -> Marks:
    """Count which marked passages an output still holds."""
    text = " ".join(output.split())
    keep, drop = page.keep[rendering], page.drop[rendering]
    return Marks(
        sum(" ".join(passage.split()) in text for passage in keep),
        sum(" ".join(passage.split()) in text for passage in drop),
        len(keep),
    )


def marks_scores(found: Sequence[Marks]) -> Scores:
    """Sum the passages of all pages."""
    kept = sum(marks.kept_keep for marks in found)
    everything = kept + sum(marks.kept_drop for marks in found)
    wanted = sum(marks.keep for marks in found)
    return Scores(kept / everything if everything else 0.0, kept / wanted if wanted else 0.0)


def _speed(rendering: str, cleaned: int, seconds: float) -> Metric:
    return Metric(
        name=f"{rendering} texts a second",
        value=cleaned / seconds if cleaned else None,
        low=None,
        high=None,
        definition="cleaned in a second of one core (processor time)",
        n=cleaned,
    )


def _rows(request: BenchRequest, fields: Sequence[str]) -> list[Row]:
    try:
        return request.rows(*fields)
    except ConfigError:
        if not request.data.exists():
            raise
        return []


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    size = min(_SHINGLE_TOKENS, len(tokens))
    return Counter(tuple(tokens[at : at + size]) for at in range(len(tokens) - size + 1)) if tokens else Counter()


def _body_metrics(name: str, scores: Sequence[Scores]) -> list[Metric]:
    return [
        mean_metric(f"{name} precision", [score.precision for score in scores], definition=_BODY),
        mean_metric(f"{name} recall", [score.recall for score in scores], definition=_BODY),
        statistic_metric(f"{name} F1", scores, lambda drawn: average(drawn).f1, definition=_BODY),
    ]


def _marks_metrics(name: str, found: Sequence[Marks]) -> list[Metric]:
    kept = [float(marks.kept_keep) for marks in found]
    everything = [float(marks.kept_keep + marks.kept_drop) for marks in found]
    return [
        ratio_metric(f"{name} precision", kept, everything, definition=_PASSAGES),
        ratio_metric(f"{name} recall", kept, [float(marks.keep) for marks in found], definition=_PASSAGES),
        statistic_metric(f"{name} F", found, lambda drawn: marks_scores(drawn).f1, definition=_PASSAGES),
    ]
