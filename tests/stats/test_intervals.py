"""The intervals are the textbook's, and hold the truth as often as they say."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.stats import paired_interval, paired_intervals


def draws(count, key, shape="normal"):
    generator = np.random.default_rng(key)
    if shape == "normal":
        return generator.normal(0.3, 1.0, count)
    return generator.exponential(1.0, count)


@pytest.mark.parametrize("count", [2, 5, 16, 60])
def test_student_is_scipys_one_sample_t(count):
    values = draws(count, count)
    ours = paired_interval(values, method="student")
    theirs = stats.ttest_1samp(values, 0.0)
    expected = theirs.confidence_interval(0.95)
    assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-10)
    assert ours.mean == pytest.approx(values.mean())


def test_student_on_differences_is_scipys_paired_t():
    before, after = draws(12, 1), draws(12, 2)
    assert paired_interval(after - before).p_value == pytest.approx(
        stats.ttest_rel(after, before).pvalue, rel=1e-10
    )


def test_bca_agrees_with_scipys_bootstrap():
    values = draws(40, 3, "skewed")
    ours = paired_interval(values, method="bca")
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="BCa", random_state=np.random.default_rng(1)
    ).confidence_interval
    # Two bootstraps of 4,000 and 20,000 resamples differ by Monte Carlo error alone: below 5% of the width.
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.05 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.05 * width)


def test_auto_takes_the_bootstrap_only_for_many_skewed_pairs():
    assert paired_interval(draws(40, 3, "skewed")).method == "bca"
    assert paired_interval(draws(16, 3, "skewed")).method == "student"
    assert paired_interval(draws(40, 3)).method == "student"


def coverage(shape, truth, count, trials, **options):
    held = 0
    generator = np.random.default_rng([count, trials])
    for _ in range(trials):
        values = (
            generator.normal(truth, 1.0, count) if shape == "normal" else generator.exponential(truth, count)
        )
        interval = paired_interval(values, **options)
        held += interval.low <= truth <= interval.high
    return held / trials


@pytest.mark.parametrize("count", [3, 8, 16])
def test_intervals_hold_the_truth_95_times_in_100(count):
    # 2,000 trials: standard error 0.5%, so four of them are 2%.
    assert coverage("normal", 0.3, count, 2_000) == pytest.approx(0.95, abs=0.02)


def test_intervals_of_skewed_differences_come_near_it():
    # An exponential with 40 pairs: known to fall a little short (Student about 0.93, BCa 0.93 to 0.94).
    assert coverage("skewed", 1.0, 40, 400) == pytest.approx(0.94, abs=0.04)


def test_one_pair_has_a_mean_and_no_interval():
    interval = paired_interval([0.4])
    assert interval.mean == 0.4 and math.isnan(interval.low) and interval.holds_zero


def test_no_pairs_say_nothing():
    interval = paired_interval([math.nan])
    assert interval.count == 0 and math.isnan(interval.mean)


def test_identical_runs_differ_by_exactly_nothing():
    interval = paired_interval([0.0] * 5)
    assert (interval.low, interval.high, interval.p_value, interval.method) == (0.0, 0.0, 1.0, "exact")


def test_a_constant_difference_is_known_exactly():
    interval = paired_interval([0.1 + 0.2, 0.3, 0.3])
    assert interval.method == "exact" and interval.p_value == 0.0


def test_missing_pairs_are_left_out():
    assert paired_interval([1.0, math.nan, 2.0]) == paired_interval([1.0, 2.0])


def test_the_same_differences_always_give_the_same_interval():
    values = draws(30, 9, "skewed")
    assert paired_interval(values, method="bca") == paired_interval(values, method="bca")


@pytest.mark.parametrize("wrong", [{"confidence": 1.0}, {"confidence": 0.0}, {"method": "magic"}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError):
        paired_interval([1.0, 2.0], **wrong)


def test_many_intervals_at_once_are_the_same_as_one_by_one():
    generator = np.random.default_rng(5)
    table = np.column_stack(
        [
            generator.normal(size=(25, 3)),
            generator.exponential(size=(25, 2)) ** 2,
            np.zeros(25),
            np.full(25, 0.3),
            np.full(25, np.nan),
        ]
    )
    table[3:, 1] = np.nan
    table[1:, 2] = np.nan
    many = paired_intervals(table)
    for i in range(table.shape[1]):
        one = paired_interval(table[:, i])
        assert (many["count"][i], many["method"][i]) == (one.count, one.method)
        for name in ("mean", "low", "high", "p_value"):
            assert many[name][i] == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-12, nan_ok=True)
