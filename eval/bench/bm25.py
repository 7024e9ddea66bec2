"""Plain baselines that use no part of newsqa: BM25 over whole texts, sentences by idf-weighted overlap."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")


def plain_words(text: str) -> list[str]:
    """Return the lower-cased runs of word characters."""
    return _WORD.findall(text.lower())


class BM25:
    """BM25 (Robertson and Zaragoza 2009) with the idf of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5))."""

    def __init__(self, texts: Iterable[str], *, k1: float = 1.2, b: float = 0.75) -> None:
        self._k1, self._b = k1, b
        postings: dict[str, array[int]] = {}  # number and count in turn: a list of pairs takes ten times the memory
        lengths = []
        for number, text in enumerate(texts):
            counts = Counter(plain_words(text))
            lengths.append(sum(counts.values()))
            for word, count in counts.items():
                postings.setdefault(word, array("i")).extend((number, count))
        self._lengths = np.asarray(lengths, dtype=np.float64)
        self._postings = {word: np.asarray(flat).reshape(-1, 2) for word, flat in postings.items()}

    def idf(self, word: str) -> float:
        """Return how telling a word is; highest for one that no text has."""
        texts, having = len(self._lengths), len(self._postings.get(word, ()))
        return float(np.log(1 + (texts - having + 0.5) / (having + 0.5)))

    def scores(self, query: str) -> NDArray[np.float64]:
        """Score every text for the query; shape (texts,), higher is better, repeated query words count again."""
        scores = np.zeros(len(self._lengths))
        average = self._lengths.mean()
        for word, times in Counter(plain_words(query)).items():
            pairs = self._postings.get(word)
            if pairs is None:
                continue
            numbers, counts = pairs[:, 0], pairs[:, 1].astype(np.float64)
            norm = self._k1 * (1 - self._b + self._b * self._lengths[numbers] / average)
            scores[numbers] += times * self.idf(word) * counts * (self._k1 + 1) / (counts + norm)
        return scores


def best_first(scores: NDArray[np.float64], k: int) -> list[int]:
    """Return the numbers of the `k` best-scored texts, the first of equals first."""
    return [int(number) for number in np.argsort(-scores, kind="stable")[:k]]


def plain_sentences(text: str) -> list[str]:
    """Cut a text after full stops and at line breaks."""
    return [piece.strip() for piece in _SENTENCE_END.split(text) if piece.strip()]


def overlap(question: Sequence[str], sentence: str, bm25: BM25) -> float:
    """Return the share of the question's idf that stands in the sentence, from 0 to 1."""
    wanted = set(question)
    total = sum(bm25.idf(word) for word in wanted)
    return sum(bm25.idf(word) for word in wanted & set(plain_words(sentence))) / total if total else 0.0
