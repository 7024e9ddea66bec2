"""Figures over one ranked list. `relevant` says of each result, best first, whether it is right."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """Return 1 if one of the first `k` results is right, else 0."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """Return 1 / rank of the first right result, 0 if none is among the first `k`."""
    return next((1 / rank for rank, right in enumerate(relevant[:k], 1) if right), 0.0)


def recall_at(relevant: Sequence[bool], k: int, *, total: int) -> float:
    """Return the share of all `total` right answers that are among the first `k` results."""
    return sum(relevant[:k]) / total


def average_precision(relevant: Sequence[bool], *, total: int) -> float:
    """Return the mean of the precision at each right result; those never found count 0."""
    found, precisions = 0, 0.0
    for rank, right in enumerate(relevant, 1):
        if right:
            found += 1
            precisions += found / rank
    return precisions / total


def ndcg_at(relevant: Sequence[bool], k: int, *, total: int) -> float:
    """Return discounted gain over that of the best order, gains 0 and 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / log2(rank + 1) for rank, right in enumerate(relevant[:k], 1) if right)
    best = sum(1 / log2(rank + 1) for rank in range(1, min(k, total) + 1))
    return gain / best
