"""Train the line model of `rag/cleaning` and say how well it does on sites it has not seen.

    python -m eval.train_cleaner $NEWSQA_BENCH/extraction [--write rag/cleaning/weights.json]

Needs scikit-learn, which newsqa itself does not: `pip install scikit-learn`.

Labels: a line of a page counts as body when at least half of its words align with the page's gold body; of the
pages with marked passages only the lines that hold one are used. All renderings of a page, and all pages of a site,
are on the same side of every split.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from eval.bench import BenchRequest
from eval.bench.cleaning import (
    MARKED_RENDERINGS,
    RENDERINGS,
    MarkedPage,
    Page,
    average,
    body_scores,
    count_marks,
    marks_scores,
    read_marked_pages,
    read_pages,
)
from rag.cleaning import clean
from rag.cleaning.features import NAMES, features
from rag.cleaning.lines import Line, split_lines
from rag.cleaning.model import LineModel
from rag.schema import SourceFile

INVERSE_REGULARISATION = 0.02
"""Of 0.005, 0.01, 0.02, 0.05, 0.1 the best in cross-validation."""
MARKED_WEIGHT = 0.05
"""Of one marked line; the lines of a whole page weigh about one together."""
THRESHOLD = 0.3
"""Of 0.25, 0.3, 0.35, 0.4 the best in cross-validation. Below one half: a lost paragraph costs more than a kept one."""
LONGEST_WEIGHT = 150  # words of a line that count towards its weight
FOLDS = 6
_TOKEN = re.compile(r"\w+")


@dataclass(slots=True)
class Example:
    """One rendering of a page, with what is known about its lines."""

    site: str
    rendering: str
    page: Page | MarkedPage
    source: SourceFile
    table: NDArray[np.float64]
    labels: NDArray[np.int64]
    """1 body, 0 not, -1 unknown."""
    weights: NDArray[np.float64]


def main(arguments: Sequence[str] | None = None) -> int:
    """Cross-validate, then train on everything and write the weights if asked to."""
    parser = argparse.ArgumentParser(prog="python -m eval.train_cleaner", description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, help="folder with articles.jsonl.gz and segments.jsonl.gz")
    parser.add_argument("--write", type=Path, help="where to write the weights")
    parser.add_argument("--seeds", type=int, default=2, help="how many times to cross-validate")
    options = parser.parse_args(arguments)
    request = BenchRequest(set_name="extraction", data=options.data)
    examples = [*_from_pages(read_pages(request)), *_from_marked(read_marked_pages(request))]
    report = cross_validate(examples, seeds=options.seeds)
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    if options.write:
        weights = fit(examples).weights
        stored = {
            "about": "Weights of the line model of rag/cleaning, written by eval/train_cleaner.py; features.py says "
            "what each feature is. Positive speaks for article body.",
            "trained_on": "development half of scrapinghub/article-extraction-benchmark (MIT) and of the marked pages "
            "of adbar/trafilatura (Apache-2.0)",
            "held_out_by_site": report,
            "threshold": THRESHOLD,
            "weights": {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)},
        }
        options.write.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def cross_validate(examples: Sequence[Example], *, seeds: int) -> dict[str, float]:
    """Return the figures of the benchmark for pages whose site was not trained on, averaged over `seeds` splits."""
    sites = sorted({example.site for example in examples})
    runs: dict[str, list[float]] = {}
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(sites))
        fold = {sites[at]: place % FOLDS for place, at in enumerate(order)}
        texts: dict[int, str] = {}
        for held_out in range(FOLDS):
            model = fit([example for example in examples if fold[example.site] != held_out])
            for number, example in enumerate(examples):
                if fold[example.site] == held_out:
                    texts[number] = clean(example.source, model=model).text
        for rendering in RENDERINGS:
            scores = [
                body_scores(texts[number], example.page.body)
                for number, example in enumerate(examples)
                if isinstance(example.page, Page) and example.rendering == rendering
            ]
            mean = average(scores)
            for name, value in (("precision", mean.precision), ("recall", mean.recall), ("F1", mean.f1)):
                runs.setdefault(f"{rendering} {name}", []).append(value)
        for rendering in MARKED_RENDERINGS:
            found = [
                count_marks(texts[number], example.page, rendering)
                for number, example in enumerate(examples)
                if isinstance(example.page, MarkedPage) and example.rendering == rendering
            ]
            runs.setdefault(f"segments {rendering} F", []).append(marks_scores(found).f1)
    return {name: round(float(np.mean(values)), 4) for name, values in runs.items()}


def fit(examples: Sequence[Example]) -> LineModel:
    """Fit the weights."""
    from sklearn.linear_model import LogisticRegression

    known = [example.labels >= 0 for example in examples]
    table = np.vstack([example.table[rows] for example, rows in zip(examples, known, strict=True)])
    labels = np.concatenate([example.labels[rows] for example, rows in zip(examples, known, strict=True)])
    weights = np.concatenate([example.weights[rows] for example, rows in zip(examples, known, strict=True)])
    regression: Any = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=2000, fit_intercept=False)
    regression.fit(table, labels, sample_weight=weights / weights.mean())
    return LineModel(np.asarray(regression.coef_[0], dtype=np.float64), THRESHOLD)


def _from_pages(pages: Sequence[Page]) -> list[Example]:
    examples = []
    for rendering in RENDERINGS:
        for page in pages:
            lines = split_lines(page.texts[rendering])
            labels = aligned_lines(lines, page.body)
            words = np.array([len(_TOKEN.findall(line.text)) for line in lines])
            weights = (np.minimum(words, LONGEST_WEIGHT) + 4) / max(100, int(words[labels == 1].sum()))
            examples.append(_example(page, rendering, lines, labels, weights))
    return examples


def _from_marked(pages: Sequence[MarkedPage]) -> list[Example]:
    examples = []
    for rendering in MARKED_RENDERINGS:
        for page in pages:
            lines = split_lines(page.texts[rendering])
            labels = np.full(len(lines), -1)
            for row, line in enumerate(lines):
                text = " ".join(line.text.split())
                if any(keep in text or (len(text) > 25 and text in keep) for keep in page.keep["raw_blocks"]):
                    labels[row] = 1
                elif any(drop in text for drop in page.drop["raw_blocks"]):
                    labels[row] = 0
            examples.append(_example(page, rendering, lines, labels, np.full(len(lines), MARKED_WEIGHT)))
    return examples


def _example(
    page: Page | MarkedPage,
    rendering: str,
    lines: list[Line],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> Example:
    source = SourceFile(path="page.txt", raw=page.texts[rendering], sha256="", encoding="utf-8", kind="text")
    return Example(urlsplit(page.url).netloc, rendering, page, source, features(lines, ()), labels, weights)


def aligned_lines(lines: Sequence[Line], body: str) -> NDArray[np.int64]:
    """Label the lines whose words stand, for at least one half, in the same order in the gold body."""
    words = [_TOKEN.findall(line.text) for line in lines]
    owners = [row for row, line in enumerate(words) for _ in line]
    matcher = SequenceMatcher(None, [word for line in words for word in line], _TOKEN.findall(body), autojunk=False)
    covered = [0] * len(lines)
    for start, _, size in matcher.get_matching_blocks():
        for at in range(start, start + size):
            # short matches are accidents, unless they are the whole line
            covered[owners[at]] += size >= min(4, len(words[owners[at]]))
    return np.array([int(bool(line) and count >= len(line) / 2) for line, count in zip(words, covered, strict=True)])


if __name__ == "__main__":
    sys.exit(main())
