"""Fit the shares of a sentence's score in `rag.answering.selection`.

    python -m eval.train_selection $NEWSQA_BENCH

For large indexes, passages of CLAPnq and SQuAD 2.0, the evidence of MultiHop-RAG's articles and the bodies of the news
pages of the extraction set (all openly licensed) become one index, which is asked the answerable questions of the first
three and our own about the last. For small ones, our own questions (`eval/training`) are asked of the seeds and of two
folders of 15 pages of the extraction set. A listwise logistic ranking
then learns which of the retrieved sentences answer: those that the set selects, that hold the answer string, or that
are the evidence. Prints the shares and what cross-validation says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.reading import Row, read_rows
from eval.indexes import opened_index
from rag.answering.selection import LARGE_SHARES, SMALL_SHARES
from rag.config import Settings
from rag.engine import Engine
from rag.text.words import words

TRAINING = Path(__file__).with_name("training")
SEEDS = Path(__file__).parent.parent / "seeds"
PASSAGES = 12
FOLDS = 5
STEPS, RATE = 300, 1.5
NEWS = "news"
WEIGHTS = {NEWS: 2.0}
"""What a set weighs, 1 where none is given: of these four, the news pages are most like what newsqa is asked about."""
PENALTY = 0.01
"""Of 0.001, 0.01 and 0.03 the middle one; in cross-validation they differ by less than one question in a hundred."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the sentences that answer it, and the file that holds them."""

    set: str
    question: str
    answers: tuple[str, ...]
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of articles and what it is asked."""

    folder: Path
    asked: Iterable[Asked]


@dataclass(frozen=True, slots=True)
class Example:
    """The sentences retrieved for a question: their measures, and which of them answer."""

    set: str
    measures: NDArray[np.float64]
    answers: NDArray[np.bool_]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description="Fit the shares of a sentence's score.")
    parser.add_argument("folder", type=Path, help="folder of the benchmarks")
    parser.add_argument("--training", type=Path, default=TRAINING, help="folder of our own questions")
    asked = parser.parse_args(arguments)
    folder, training = asked.folder, asked.training
    with tempfile.TemporaryDirectory() as temporary:
        large = [Corpus(Path(temporary) / "large", write_corpus(folder, training, Path(temporary) / "large"))]
        small = [Corpus(SEEDS, seeds_asked(training)), *page_folders(folder, training, Path(temporary))]
        report("large", examples_of(large), LARGE_SHARES)
        report("small", examples_of(small), SMALL_SHARES)
    return 0


def examples_of(corpora: Iterable[Corpus]) -> list[Example]:
    """Index every corpus and ask its questions."""
    examples = []
    for corpus in corpora:
        asked = list(corpus.asked)
        with opened_index(Settings(), [corpus.folder]) as engine:
            examples += [example for one in asked if (example := example_of(engine, one)) is not None]
    return examples


def report(kind: str, examples: Sequence[Example], shipped: Mapping[str, float]) -> None:
    """Print what is learnt from the examples beside what is shipped; a measure shipped with 0 is left out."""
    is_used = np.array([share > 0 for share in shipped.values()])
    examples = [replace(example, measures=example.measures * is_used) for example in examples]
    sys.stdout.write(f"{kind} indexes\n")
    for name, (first, count) in cross_validated(examples).items():
        sys.stdout.write(f"{name}: {count} questions, answered first in cross-validation {first:.2f}\n")
    for measure, share in shares(fit(examples)).items():
        sys.stdout.write(f"{measure:10} {share:.3f}  shipped {shipped[measure]:.2f}\n")


def seeds_asked(training: Path) -> Iterator[Asked]:
    """Yield our own answerable questions over the seeds."""
    for row in read_rows([training / "seeds.jsonl"]):
        if row["facts"]:
            yield Asked("seeds", row["question"], tuple(chain(*row["facts"])), frozenset(row["files"]))


def page_folders(folder: Path, training: Path, target: Path) -> Iterator[Corpus]:
    """Write the pages that our own questions are about, folder by folder, and yield each with its questions."""
    texts = {row["id"]: row["raw_light"] for row in _rows(folder, "extraction/articles.jsonl.gz")}
    rows = read_rows([training / "pages.jsonl"])
    for name in sorted({row["folder"] for row in rows}):
        asked = [row for row in rows if row["folder"] == name and row["answers"]]
        (target / name).mkdir()
        for page in {answer["page"] for row in asked for answer in row["answers"]}:
            (target / name / f"{page}.txt").write_text(texts[page], encoding="utf-8", newline="")
        yield Corpus(target / name, [_asked_of_pages(row, texts) for row in asked])


def _asked_of_pages(row: Row, texts: Mapping[str, str]) -> Asked:
    answers = tuple(texts[found["page"]][start:end] for found in row["answers"] for start, end in found["spans"])
    return Asked("pages", row["question"], answers, frozenset(f"{found['page']}.txt" for found in row["answers"]))


def write_corpus(folder: Path, training: Path, corpus: Path) -> Iterator[Asked]:
    """Write every text of the four sets as a file, and yield the answerable questions."""
    corpus.mkdir()
    files: dict[str, str] = {}

    def file_of(text: str, title: str = "", date: str = "") -> str:
        if text not in files:
            files[text] = f"{len(files):04d}.txt"
            whole = "\n\n".join(part for part in (title, date, text) if part)
            (corpus / files[text]).write_text(whole + "\n", encoding="utf-8")
        return files[text]

    for row in _rows(folder, "clapnq/questions.jsonl.gz"):
        file = file_of(row["passage"], row["title"])
        if row["answerable"]:
            chosen = tuple(sentence for selected in row["selected_sentences"] for sentence in selected)
            yield Asked("clapnq", row["question"], chosen, frozenset({file}))
    for row in _rows(folder, "squad2_sample/questions.jsonl.gz"):
        file = file_of(row["context"])
        if row["answers"]:
            yield Asked("squad2_sample", row["question"], tuple(row["answers"]), frozenset({file}))
    articles = {
        row["url"]: file_of("\n\n".join(row["facts"]), row["title"], row["published_at"][:10])
        for row in _rows(folder, "multihop_rag/evidence_articles.jsonl.gz")
    }
    for row in _rows(folder, "multihop_rag/queries.jsonl.gz"):
        if row["question_type"] == "inference_query":
            facts = tuple(evidence["fact"] for evidence in row["evidence"])
            yield Asked("multihop_rag", row["query"], facts, frozenset(articles[e["url"]] for e in row["evidence"]))
    pages = {
        row["id"]: file_of(row["gold_body"], (row["title"] or "").split("|")[0].strip(), row["date"] or "")
        for row in _rows(folder, "extraction/articles.jsonl.gz")
    }
    for row in read_rows([training / "news.jsonl"]):
        if pages.keys() >= set(row["articles"]):
            yield Asked(NEWS, row["question"], (row["answer"],), frozenset(pages[page] for page in row["articles"]))


def example_of(engine: Engine, asked: Asked) -> Example | None:
    """Return what is retrieved for a question, or None where no answer is among it."""
    ranked = engine.ranked_sentences(asked.question, k=PASSAGES)
    answers = [
        Path(sentence.candidate.evidence.article.path).name in asked.files
        and any(_same(sentence.candidate.evidence.text, answer) for answer in asked.answers)
        for sentence in ranked
    ]
    if not any(answers):
        return None
    return Example(asked.set, np.array([sentence.measures for sentence in ranked]), np.array(answers))


def _same(sentence: str, answer: str) -> bool:
    """Say whether a sentence holds an answer, or is part of one."""
    one, other = f" {' '.join(words(sentence))} ", f" {' '.join(words(answer))} "
    return other in one or one in other


def fit(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Return the weight of each measure: gradient ascent on the likelihood that a drawn sentence answers."""
    weights = np.zeros(len(SMALL_SHARES))
    counts = {example.set: sum(other.set == example.set for other in examples) for example in examples}
    for _ in range(STEPS):
        gradient = -PENALTY * len(counts) * weights
        for example in examples:
            odds = np.exp(example.measures @ weights)
            all_of_it, of_answers = odds / odds.sum(), odds * example.answers / (odds * example.answers).sum()
            weight = WEIGHTS.get(example.set, 1.0) / counts[example.set]
            gradient += weight * (of_answers - all_of_it) @ example.measures
        weights += RATE * gradient
    return weights


def shares(weights: NDArray[np.float64]) -> dict[str, float]:
    """Return the weights as shares of one; none is negative."""
    positive = np.clip(weights, 0.0, None)
    return dict(zip(SMALL_SHARES, (positive / positive.sum()).tolist(), strict=True))


def cross_validated(examples: Sequence[Example]) -> dict[str, tuple[float, int]]:
    """Return for each set the share of questions whose first sentence answers, and their number."""
    order = np.random.default_rng(0).permutation(len(examples))
    first: dict[str, list[bool]] = {}
    for fold in np.array_split(order, FOLDS):
        held_out = set(fold.tolist())
        weights = fit([example for number, example in enumerate(examples) if number not in held_out])
        for number in held_out:
            example = examples[number]
            first.setdefault(example.set, []).append(bool(example.answers[int(np.argmax(example.measures @ weights))]))
    return {name: (sum(found) / len(found), len(found)) for name, found in sorted(first.items())}


def _rows(folder: Path, name: str) -> list[Row]:
    return read_rows([folder / name])


if __name__ == "__main__":
    sys.exit(main())
