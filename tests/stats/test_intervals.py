"""The intervals are the textbook's; how often they hold the truth is in test_coverage.py."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

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
    ours, theirs = paired_interval(after - before, method="student"), stats.ttest_rel(after, before)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-10)
    expected = theirs.confidence_interval(0.9)
    ours = paired_interval(after - before, 0.9, method="student")
    assert (ours.low, ours.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def halls_end(values, quantile):
    """Hall's end of the interval, found by bisection on his formula (1992, eq. 2.4) and not by its inverse."""
    n, s = len(values), values.std(ddof=1)
    skew = stats.skew(values)

    def bent(mean):
        t = (values.mean() - mean) / s
        return t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / (6 * n) - quantile / math.sqrt(n)

    return optimize.brentq(bent, values.mean() - 50 * s, values.mean() + 50 * s, xtol=1e-13)


@pytest.mark.parametrize("count", [8, 16, 60])
def test_the_default_is_the_outer_ends_of_students_and_halls_interval(count):
    values = draws(count, count, "skewed")
    quantile = stats.t.ppf(0.975, count - 1)
    student = paired_interval(values, method="student")
    furthest = 2 * student.half_width
    low = max(min(student.low, halls_end(values, quantile)), student.mean - furthest)
    high = min(max(student.high, halls_end(values, -quantile)), student.mean + furthest)
    ours = paired_interval(values)
    assert ours.method == "skew_t"
    assert (ours.high == pytest.approx(student.mean + furthest)) == (count == 8)  # there Hall's runs away
    assert (ours.low, ours.high) == pytest.approx((low, high), rel=1e-9)
    assert ours.high > student.high  # the long tail is above


def test_without_skewness_it_is_students():
    symmetric = np.array([-3.0, -1.0, 0.0, 1.0, 3.0]) + 0.7
    ours, student = paired_interval(symmetric), paired_interval(symmetric, method="student")
    assert (ours.low, ours.high, ours.p_value) == pytest.approx((student.low, student.high, student.p_value))


def test_four_pairs_say_nothing_of_skewness():
    values = draws(4, 3, "skewed")
    assert paired_interval(values).method == "student"


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30), st.sampled_from((0.9, 0.95, 0.995)))
def test_an_interval_excludes_zero_exactly_where_its_p_value_is_below_the_level(values, confidence):
    ours = paired_interval(values, confidence)
    if abs(ours.p_value - (1 - confidence)) > 1e-9:
        assert (not ours.holds_zero) == (ours.p_value < 1 - confidence)


@given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=30))
def test_it_is_never_narrower_than_students_nor_more_than_twice_as_wide(values):
    ours, student = paired_interval(values), paired_interval(values, method="student")
    slack = 1e-9 * (1.0 + abs(ours.mean) + student.half_width)
    assert ours.low <= student.low + slack and student.high <= ours.high + slack
    assert ours.half_width <= 2 * student.half_width + slack


def test_turned_round_it_is_the_mirror_image():
    values = draws(16, 3, "skewed")
    ours, mirror = paired_interval(values), paired_interval(-values)
    assert (ours.low, ours.high) == pytest.approx((-mirror.high, -mirror.low))
    assert ours.p_value == pytest.approx(mirror.p_value)


def test_with_many_pairs_it_comes_to_what_scipys_bootstrap_says():
    # Both follow the skewness to second order: of 400 exponential draws the ends differ by far less than the
    # interval's width, and the bootstrap's own error with 20,000 resamples is below 2% of it.
    values = draws(400, 3, "skewed")
    ours = paired_interval(values)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="BCa", random_state=np.random.default_rng(1)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.high == pytest.approx(theirs.high, abs=0.05 * width)
    assert ours.low == pytest.approx(theirs.low, abs=0.05 * width)


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
