from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.ranking import average_precision, hit_at, ndcg_at, recall_at, reciprocal_rank

# Right at ranks 2 and 4 of five results; three right ones exist.
RELEVANT = [False, True, False, True, False]


def test_figures_worked_by_hand() -> None:
    assert [hit_at(RELEVANT, k) for k in (1, 2, 10)] == [0, 1, 1]
    assert [reciprocal_rank(RELEVANT, k) for k in (1, 2, 10)] == [0, 0.5, 0.5]
    assert recall_at(RELEVANT, 3, total=3) == pytest.approx(1 / 3)
    assert average_precision(RELEVANT, total=3) == pytest.approx((1 / 2 + 2 / 4) / 3)
    best = 1 + 1 / log2(3) + 1 / log2(4)
    assert ndcg_at(RELEVANT, 5, total=3) == pytest.approx((1 / log2(3) + 1 / log2(5)) / best)


def test_nothing_found_is_zero_and_everything_first_is_one() -> None:
    for relevant, value in (([], 0.0), ([True, True], 1.0)):
        assert hit_at(relevant, 2) == value
        assert reciprocal_rank(relevant, 2) == value
        assert recall_at(relevant, 2, total=2) == value
        assert average_precision(relevant, total=2) == value
        assert ndcg_at(relevant, 2, total=2) == pytest.approx(value)


@given(st.lists(st.booleans(), max_size=12), st.integers(1, 12), st.integers(0, 5))
def test_figures_agree_with_naive_versions(relevant: list[bool], k: int, missed: int) -> None:
    total = sum(relevant) + missed
    ranks = [position + 1 for position, right in enumerate(relevant) if right]
    within = [rank for rank in ranks if rank <= k]
    assert hit_at(relevant, k) == (len(within) > 0)
    assert reciprocal_rank(relevant, k) == (1 / min(within) if within else 0)
    if total:
        assert recall_at(relevant, k, total=total) == len(within) / total
        precisions = [sum(relevant[:rank]) / rank for rank in ranks]
        assert average_precision(relevant, total=total) == pytest.approx(sum(precisions) / total)
        gain = sum(1 / log2(1 + rank) for rank in within)
        best = sum(1 / log2(1 + rank) for rank in range(1, 100) if rank <= total and rank <= k)
        assert ndcg_at(relevant, k, total=total) == pytest.approx(gain / best)
