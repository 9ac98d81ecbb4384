"""A ratio of means has an interval that holds it, and none where the divisor may be zero."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.stats import fieller


def test_of_constants_it_is_exact():
    assert fieller(np.full(6, 40.0), np.full(6, 0.5)) == pytest.approx((80.0, 80.0, 80.0))


def test_its_ends_are_where_the_difference_from_the_ratio_is_just_not_zero():
    # Fieller's own definition: the ratios r for which a t test of top - r * bottom does not reject.
    generator = np.random.default_rng(1)
    bottom = generator.normal(1.0, 0.3, 10)
    top = 5.0 * bottom + generator.normal(0.0, 1.0, 10)
    ratio, low, high = fieller(top, bottom)
    assert low < ratio < high
    for end in (low, high):
        assert stats.ttest_1samp(top - end * bottom, 0.0).pvalue == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("units", [5, 16])
def test_it_holds_the_ratio_95_times_in_100(units):
    # 2,000 trials: four standard errors are 2%. The divisor is far from zero.
    generator = np.random.default_rng(units)
    held = 0
    for _ in range(2_000):
        bottom = generator.normal(1.0, 0.2, units)
        _, low, high = fieller(4.0 + 2.0 * bottom + generator.normal(0.0, 1.0, units), bottom)
        held += low <= 6.0 <= high
    assert held / 2_000 == pytest.approx(0.95, abs=0.02)


def test_where_the_divisor_may_be_zero_there_is_no_interval():
    ratio, low, high = fieller(np.array([1.0, 2.0, 3.0]), np.array([-1.0, 1.0, 0.3]))
    assert math.isfinite(ratio) and math.isnan(low) and math.isnan(high)


def test_one_unit_has_a_ratio_and_no_interval_and_none_has_neither():
    ratio, low, _ = fieller(np.array([3.0]), np.array([2.0]))
    assert ratio == 1.5 and math.isnan(low)
    assert math.isnan(fieller(np.array([]), np.array([]))[0])
    assert math.isnan(fieller(np.array([1.0, 2.0]), np.array([0.0, 0.0]))[0])
