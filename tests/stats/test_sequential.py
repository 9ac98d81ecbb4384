"""Looking again and again does not spoil an interval, as long as the looks pay for it."""

import math

import numpy as np
import pytest

from sim.stats import doubling, look_confidences, paired_intervals, together, widening

LOOKS = (8, 16, 32, 64, 128)
SAMPLES = {
    # draws of (size), their mean and standard deviation; skewness is 2 of the exponential, 6 of the lognormal
    "normal": (lambda rng, size: rng.normal(size=size), 0.0, 1.0),
    "exponential": (lambda rng, size: rng.exponential(size=size), 1.0, 1.0),
    "lognormal": (lambda rng, size: rng.lognormal(size=size), math.exp(0.5), math.sqrt(math.e * (math.e - 1))),
}


def coverage(sample, half_width, confidences, repeats):
    """Share of final intervals that hold the mean, and replications taken, where one stops at the wanted width."""
    draw, mean, spread = SAMPLES[sample]
    values = draw(np.random.Generator(np.random.PCG64(20)), (LOOKS[-1], repeats))
    held, taken = np.zeros(repeats, bool), np.zeros(repeats)
    going_on = np.arange(repeats)
    for count, confidence in zip(LOOKS, confidences, strict=True):
        found = paired_intervals(values[:count, going_on], confidence)
        narrow = (found["high"] - found["low"]) / 2 <= half_width * spread
        stop = narrow | (count == LOOKS[-1])
        held[going_on[stop]] = ((found["low"] <= mean) & (mean <= found["high"]))[stop]
        taken[going_on[stop]] = count
        going_on = going_on[~stop]
    return held.mean(), taken.mean()


def least(repeats):
    """95% less what chance takes off the coverage of so many samples once in about two thousand tests (3.3 sd)."""
    return 0.95 - 3.3 * math.sqrt(0.95 * 0.05 / repeats)


@pytest.mark.parametrize("half_width", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_interval_at_which_one_stops_holds_what_it_promises(sample, half_width):
    share, taken = coverage(sample, half_width, look_confidences(LOOKS), 4000)
    assert share >= least(4000)
    assert LOOKS[0] < taken < LOOKS[-1], "the rule stops somewhere in between, or nothing was tested"


def test_without_paying_for_the_looks_it_would_not():
    share, _ = coverage("lognormal", 0.3, [0.95] * len(LOOKS), 4000)
    assert share < 0.90


def raised(sample, budgets, repeats):
    """Share of samples in which some final interval misses the mean, where the budget is doubled until one does."""
    draw, mean, _ = SAMPLES[sample]
    values = draw(np.random.Generator(np.random.PCG64(21)), (budgets[-1], repeats))
    found, lowest = np.zeros(repeats, bool), {}
    for budget in budgets:
        counts = doubling(8, budget)
        for count, confidence in zip(counts, look_confidences(counts), strict=True):
            lowest[count] = min(lowest.get(count, 1.0), confidence)
            interval = paired_intervals(values[:count], confidence)
            found |= (interval["low"] > mean) | (interval["high"] < mean)
    return found.mean(), 1.0 - together(lowest.values())


@pytest.mark.parametrize("budgets", [(8, 16), (64, 128), (8, 16, 32, 64, 128)])
@pytest.mark.parametrize("sample", ["normal", "exponential"])
def test_whoever_raises_the_budget_until_something_is_found_is_told_what_level_is_left(sample, budgets):
    # the worst there is: all looks of all plans count, and the one that misses the mean is the one that is shown
    missed, promised = raised(sample, budgets, 4000)
    assert missed <= promised + 3.3 * math.sqrt(promised * (1 - promised) / 4000)
    assert 0.05 < promised < 0.16


def test_without_telling_it_it_would_be_called_95_percent_and_is_not():
    missed, _ = raised("normal", (8, 16, 32, 64, 128), 4000)
    assert missed > 0.05 + 3.3 * math.sqrt(0.05 * 0.95 / 4000)


def test_all_looks_hold_together_what_is_left_of_what_they_spent():
    assert together(look_confidences(LOOKS)) == 0.95
    first, second = look_confidences((8, 16, 32, 64)), look_confidences(LOOKS)
    assert together([*first, second[-1]]) == pytest.approx(1 - 0.05 - 0.05 * 64 / 128)
    assert together([0.4, 0.4]) == 0.0


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_interval_of_a_lower_confidence_lies_within_that_of_a_higher(sample):
    values = SAMPLES[sample][0](np.random.Generator(np.random.PCG64(22)), (8, 500))
    low, high = (paired_intervals(values, confidence) for confidence in (0.95, 0.975))
    assert (high["low"] <= low["low"]).all() and (low["high"] <= high["high"]).all()


def test_all_looks_together_spend_what_one_interval_may_miss():
    for counts in ([8], [8, 16, 32], [5, 6, 7, 100], list(range(2, 22))):
        spent = [1 - confidence for confidence in look_confidences(counts)]
        assert sum(spent) == pytest.approx(0.05)
        shares = np.diff([0, *counts]) / counts[-1]
        assert spent == pytest.approx(list(0.05 * shares))
    assert look_confidences([8]) == (0.95,)


@pytest.mark.parametrize("counts", [[], [0, 4], [8, 8], [8, 4]])
def test_looks_ascend(counts):
    with pytest.raises(ValueError, match="ascending"):
        look_confidences(counts)


def test_a_p_value_is_below_5_percent_exactly_where_the_interval_excludes_zero():
    values = np.random.Generator(np.random.PCG64(3)).normal(0.35, 1.0, (30, 400))
    for confidence in (0.95, 0.975, 0.9969):
        found = paired_intervals(values, confidence)
        excludes = (found["low"] > 0) | (found["high"] < 0)
        assert ((widening(confidence) * found["p_value"] < 0.05) == excludes).all()
        assert 0 < excludes.sum() < 400
    assert widening(0.95) == 1.0


def test_doubling_ends_before_it_is_too_much():
    assert doubling(8, 100) == (8, 16, 32, 64)
    assert doubling(8, 64) == (8, 16, 32, 64)
    assert doubling(8, 7) == ()
