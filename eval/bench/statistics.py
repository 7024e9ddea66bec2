"""Confidence intervals and paired tests, with a fixed seed, so that the same answers give the same figures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from eval.bench.types import Direction, Metric

T = TypeVar("T")

SEED = 20261122
RESAMPLES = 1000


def mean_metric(
    name: str,
    values: Sequence[float],
    *,
    definition: str,
    direction: Direction = "higher",
    groups: Sequence[Hashable] | None = None,
) -> Metric:
    """Make a metric that is the mean over cases.

    Args:
        name: as printed.
        values: one a case.
        definition: what a value says, in words.
        direction: which way is better.
        groups: the group of each case (its article); the bootstrap then draws whole groups, because cases of one
            group are not independent.
    """
    return ratio_metric(name, values, [1.0] * len(values), definition=definition, direction=direction, groups=groups)


def ratio_metric(
    name: str,
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    definition: str,
    direction: Direction = "higher",
    groups: Sequence[Hashable] | None = None,
) -> Metric:
    """Make a metric that is a sum over cases divided by another (tokens found of tokens there)."""
    over, under = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    if over.shape != under.shape:
        raise ValueError(f"expected as many denominators as numerators, found {len(under)} and {len(over)}")
    if groups is not None:
        over, under = _sum_by_group(over, groups), _sum_by_group(under, groups)
    total = float(under.sum())
    if total == 0:
        return Metric(name=name, value=None, low=None, high=None, definition=definition, n=0, direction=direction)
    drawn = _draws(len(over))
    with np.errstate(invalid="ignore", divide="ignore"):
        samples = over[drawn].sum(axis=1) / under[drawn].sum(axis=1)
    low, high = _interval(samples)
    return Metric(
        name=name,
        value=float(over.sum()) / total,
        low=low,
        high=high,
        definition=definition,
        n=len(numerators),
        direction=direction,
    )


def statistic_metric(
    name: str,
    cases: Sequence[T],
    statistic: Callable[[Sequence[T]], float],
    *,
    definition: str,
    direction: Direction = "higher",
    groups: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> Metric:
    """Make a metric of any statistic over cases (balanced accuracy, macro-F1); slower than the two above."""
    if not cases:
        return Metric(name=name, value=None, low=None, high=None, definition=definition, n=0, direction=direction)
    units: list[list[T]] = [[case] for case in cases]
    if groups is not None:
        by_group: dict[Hashable, list[T]] = {}
        for group, case in zip(groups, cases, strict=True):
            by_group.setdefault(group, []).append(case)
        units = list(by_group.values())
    samples = [
        statistic([case for unit in drawn for case in units[unit]]) for drawn in _draws(len(units), resamples).tolist()
    ]
    low, high = _interval(np.asarray(samples, dtype=float))
    return Metric(
        name=name,
        value=float(statistic(cases)),
        low=low,
        high=high,
        definition=definition,
        n=len(cases),
        direction=direction,
    )


def paired_p_value(ours: Sequence[float], theirs: Sequence[float], *, permutations: int = 10_000) -> float:
    """Give the two-sided p-value of a paired sign-flip permutation test on the mean difference.

    Counts the observed arrangement among the permutations, so it is never 0.
    """
    differences = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    if not differences.any():
        return 1.0
    moved = differences[differences != 0]
    observed = abs(moved.sum())
    signs = np.random.default_rng(SEED).choice((-1.0, 1.0), size=(permutations, len(moved)))
    as_far = np.abs(signs @ moved) >= observed - 1e-12
    return float((as_far.sum() + 1) / (permutations + 1))


def _draws(units: int, resamples: int = RESAMPLES) -> NDArray[np.int64]:
    return np.random.default_rng(SEED).integers(0, units, size=(resamples, units))


def _interval(samples: NDArray[np.float64]) -> tuple[float | None, float | None]:
    known = samples[~np.isnan(samples)]
    if not len(known):
        return None, None
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def _sum_by_group(values: NDArray[np.float64], groups: Sequence[Hashable]) -> NDArray[np.float64]:
    numbers: dict[Hashable, int] = {}
    positions = [numbers.setdefault(group, len(numbers)) for group in groups]
    sums = np.zeros(len(numbers))
    np.add.at(sums, positions, values)
    return sums
