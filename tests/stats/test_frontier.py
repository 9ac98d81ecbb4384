"""Dominance and the frontier, by hand, by brute force, and resampled."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import dominators, on_frontier, resampled_means, undominated

# Nothing, a bargain, a dear one, one that a mixture of these beats, one that gives less for more.
GAIN = np.array([0.0, 2.0, 6.0, 3.0, 1.0])
COST = np.array([0.0, 2.0, 18.0, 9.0, 5.0])


def test_by_hand():
    assert undominated(GAIN, COST).tolist() == [True, True, True, True, False]
    assert on_frontier(GAIN, COST).tolist() == [True, True, True, False, False]
    assert dominators(GAIN, COST) == [-1, -1, -1, -1, 1]


def test_of_equals_the_first_stands_for_all():
    gain, cost = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0])
    assert undominated(gain, cost).tolist() == on_frontier(gain, cost).tolist() == [True, False, True, False]
    assert dominators(gain, cost) == [-1, 0, -1, 2]


def test_one_that_saves_and_does_harm_may_be_worth_it():
    gain, cost = np.array([0.0, -1.0]), np.array([0.0, -5.0])
    assert on_frontier(gain, cost).tolist() == [True, True]


small = st.integers(-4, 4).map(float)


@given(st.lists(st.tuples(small, small), min_size=1, max_size=7))
def test_it_is_what_trying_all_prices_finds(choices):
    gain, cost = np.array(choices).T
    # Prices between and beyond all at which two choices are equally good.
    turning = {0.0} | {(c - d) / (g - h) for g, c in choices for h, d in choices if g != h}
    steps = sorted(p for p in turning if p >= 0.0)
    prices = [*((a + b) / 2 for a, b in zip(steps, steps[1:], strict=False)), steps[-1] + 1.0]
    best = {int(np.argmax(np.round(price * gain - cost, 9))) for price in prices}
    assert set(np.flatnonzero(on_frontier(gain, cost))) == best


@given(st.lists(st.tuples(small, small), min_size=1, max_size=7))
def test_whoever_is_dominated_is_so_by_one_that_is_not(choices):
    gain, cost = np.array(choices).T
    for i, by in enumerate(dominators(gain, cost)):
        assert (by < 0) == undominated(gain, cost)[i]
        if by >= 0:
            assert undominated(gain, cost)[by] and gain[by] >= gain[i] and cost[by] <= cost[i]


def test_many_at_once_are_the_same_as_one_by_one():
    values = np.random.default_rng(1).normal(size=(20, 2, 6))
    together = on_frontier(values[:, 0], values[:, 1])
    assert all((on_frontier(*pair) == row).all() for pair, row in zip(values, together, strict=True))


def test_resampled_means_spread_as_the_standard_error_says():
    values = np.random.default_rng(2).normal(3.0, 2.0, (8, 2))
    means = resampled_means(values)
    error = values.std(axis=0, ddof=1) / np.sqrt(8)
    # 2,000 resamples: a relative standard error of 1.6%.
    assert np.allclose(means.std(axis=0), error, rtol=0.065)
    assert np.allclose(means.mean(axis=0), values.mean(axis=0), atol=5 * error.max() / np.sqrt(2_000))
    assert (means == resampled_means(values)).all()


def test_few_units_are_not_resampled():
    assert resampled_means(np.zeros((4, 2))) is None
