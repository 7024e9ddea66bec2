import pytest

from eval.bench import mean_metric, paired_p_value, ratio_metric, statistic_metric


def test_a_mean_has_an_interval_around_it_and_is_the_same_every_time() -> None:
    values = [1.0] * 80 + [0.0] * 20
    metric = mean_metric("hit@1", values, definition="share found first")
    assert metric == mean_metric("hit@1", values, definition="share found first")
    assert metric.value == pytest.approx(0.8)
    assert metric.n == 100
    # The normal approximation gives 0.8 ± 1.96 * sqrt(0.8 * 0.2 / 100) = 0.72 to 0.88.
    assert metric.low == pytest.approx(0.72, abs=0.02)
    assert metric.high == pytest.approx(0.88, abs=0.02)


def test_a_ratio_weighs_cases_by_their_size() -> None:
    metric = ratio_metric("recall", [1, 9], [10, 10], definition="tokens found of tokens there")
    assert metric.value == pytest.approx(0.5)
    assert [metric.low, metric.high] == pytest.approx([0.1, 0.9])


def test_without_cases_there_is_no_value() -> None:
    for metric in (
        mean_metric("x", [], definition="d"),
        ratio_metric("x", [0], [0], definition="d"),
        statistic_metric("x", [], lambda cases: 1.0, definition="d"),
    ):
        assert (metric.value, metric.low, metric.high, metric.n) == (None, None, None, 0)


def test_any_statistic_agrees_with_the_mean_when_it_is_the_mean() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.25]
    plain = mean_metric("x", values, definition="d")
    general = statistic_metric("x", values, lambda cases: sum(cases) / len(cases), definition="d")
    assert general.value == plain.value
    assert [general.low, general.high] == pytest.approx([plain.low, plain.high])


def test_groups_are_drawn_whole_so_that_the_interval_is_wider() -> None:
    values = [1.0] * 50 + [0.0] * 50
    groups = ["a"] * 25 + ["b"] * 25 + ["c"] * 25 + ["d"] * 25
    alone = mean_metric("x", values, definition="d")
    grouped = mean_metric("x", values, definition="d", groups=groups)
    general = statistic_metric("x", values, lambda cases: sum(cases) / len(cases), definition="d", groups=groups)
    assert alone.value == grouped.value == general.value == pytest.approx(0.5)
    assert grouped.high is not None and alone.high is not None and grouped.high > alone.high
    assert [general.low, general.high] == pytest.approx([grouped.low, grouped.high])


def test_the_paired_test_follows_the_exact_count_of_sign_flips() -> None:
    assert paired_p_value([1, 1, 0], [1, 1, 0]) == 1.0
    # Five differences of the same sign: 2 of the 2**5 arrangements are as far out.
    assert paired_p_value([1] * 5, [0] * 5) == pytest.approx(2 / 32, abs=0.01)
    assert paired_p_value([1, 0, 1, 0], [0, 1, 0, 1]) == 1.0
