"""Granovetter's riot: who joins when k others have, k = 0 to 99, all join; with nobody at 1, only the first.

A threshold is made of what the model has: a steep social term, and a fixed personal term that cancels it at k others.
Everybody knows everybody and has an occasion each day (evidence section 5, case 14).
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from sim.model.world import World
from tests.analytic.test_binomial_participation import BARE
from tests.analytic.towns import all_know_all, live, town

STEEP = 1e6


def crowd(thresholds: NDArray[np.float64]) -> World:
    """A community in which each joins once so many others have."""
    n = len(thresholds)
    rules = {"participation": {**BARE, "b_neighbours": STEEP, "base": 0.0, "neighbour_days": 100_000.0}}
    world = town(on=("M1", "M3"), people=n, rules=rules, meeting_supply=1.0)
    world.contacts = all_know_all(n)
    world.residents.taste[:] = -STEEP * (thresholds - 0.5) / (n - 1)
    return world


def joined(world: World) -> int:
    """How many have taken part so far."""
    return int((world.residents.acts > 0).sum())


def test_thresholds_0_to_99_bring_everybody_out_one_by_one() -> None:
    world = crowd(np.arange(100.0))
    for day in range(1, 101):
        live(world, 1)
        assert joined(world) == day
    live(world, 5)
    assert joined(world) == 100


def test_one_threshold_moved_from_1_to_2_keeps_99_at_home() -> None:
    thresholds = np.arange(100.0)
    thresholds[1] = 2.0
    world = crowd(thresholds)
    live(world, 110)
    assert joined(world) == 1


def test_who_stands_where_in_the_crowd_does_not_matter() -> None:
    world = crowd(np.random.default_rng(4).permutation(100).astype(float))
    live(world, 105)
    assert joined(world) == 100


@pytest.mark.parametrize(("spread", "all_join"), [(0.10, False), (0.15, True)])
def test_a_little_more_spread_of_thresholds_tips_the_whole_crowd(spread: float, all_join: bool) -> None:
    """Normal thresholds with mean 0.25: the crowd stops at the lowest root of F(r) = r, a jump from near 0 to 1."""
    n = 400
    thresholds = n * norm.ppf((np.arange(n) + 0.5) / n, loc=0.25, scale=spread)
    count = 0
    while (reached := int((thresholds - 0.5 <= (count if count else 0)).sum())) > count:
        count = reached
    world = crowd(thresholds)
    live(world, 150)
    assert abs(joined(world) - count) <= 0.02 * n
    assert (joined(world) > 0.95 * n) is all_join
