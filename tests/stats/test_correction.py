"""Many comparisons at once are corrected by Holm's method."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sim.stats import holm


def test_holm_by_hand():
    # 0.01 x 3, 0.02 x 2, 0.04 x 1: the third must not fall below the second.
    assert holm([0.04, 0.01, 0.02]) == [0.04, 0.03, 0.04]


def test_missing_p_values_stay_missing_and_do_not_count():
    adjusted = holm([0.02, math.nan, 0.03])
    assert math.isnan(adjusted[1]) and adjusted[0] == 0.04 and adjusted[2] == 0.04


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30))
def test_holm_never_makes_a_p_value_smaller_nor_larger_than_bonferroni(p_values):
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        assert raw <= adjusted <= min(1.0, raw * len(p_values)) + 1e-15


@pytest.mark.parametrize("family", [1, 3, 51])
def test_holm_is_statsmodels_holm(family):
    p_values = np.random.default_rng(family).uniform(size=family) ** 3
    assert holm(p_values.tolist()) == pytest.approx(multipletests(p_values, method="holm")[1], rel=1e-12)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=30))
def test_holm_keeps_the_order(p_values):
    adjusted = holm(p_values)
    order = np.argsort(p_values, kind="stable")
    assert np.all(np.diff(np.asarray(adjusted)[order]) >= 0.0)


def test_false_findings_stay_below_the_level():
    generator = np.random.default_rng(4)
    trials, family = 1_000, 12
    found = 0
    for _ in range(trials):
        p_values = stats.ttest_1samp(generator.normal(size=(8, family)), 0.0).pvalue
        found += min(holm(p_values)) <= 0.05
    # standard error 0.7%
    assert found / trials < 0.05 + 3 * 0.007
