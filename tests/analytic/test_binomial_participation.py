"""Participation without any difference between people is binomial; with differences it is a sum of unlike chances.

Evidence section 5, case 9: 1,000 people and a chance of 0.2 give 200 acts a day, with standard deviation 12.65.
"""

from __future__ import annotations

import numpy as np

from sim.rules.functions import logistic, logit
from tests.analytic.towns import counts, live, town

BARE = {
    "b_knowledge": 0.0, "b_efficacy": 0.0, "b_belonging": 0.0, "b_trust": 0.0, "b_informed": 0.0,
    "b_neighbours": 0.0, "b_invited": 0.0, "cost": 0.0, "occasions": 1.0, "proposals": 0.0,
}
ACTS = ("acts_meeting", "acts_council", "acts_online")


def test_alike_people_take_part_as_often_as_a_binomial_says_and_vary_as_much() -> None:
    n, p, days = 1_000, 0.2, 1_000
    world = town(on=("M1",), people=n, rules={"participation": {**BARE, "base": logit(p)}}, meeting_supply=1.0)
    world.residents.taste[:] = 0.0
    acts = counts(world, days, *ACTS)
    # the mean of a million draws: standard error 0.2% of p, so 2% off would show as ten of them
    assert abs(acts.mean() / (n * p) - 1.0) < 4.5 * np.sqrt((1.0 - p) / (n * p * days))
    # a variance from 1,000 days has a relative standard error of sqrt(2/999) = 4.5%
    assert abs(acts.var(ddof=1) / (n * p * (1.0 - p)) - 1.0) < 4.5 * np.sqrt(2.0 / (days - 1))
    assert np.mean(np.abs(acts - 200.0) < 1.96 * 12.65) > 0.92
    # days do not depend on each other
    assert abs(np.corrcoef(acts[1:], acts[:-1])[0, 1]) < 4.5 / np.sqrt(days)


def test_unlike_people_take_part_with_each_ones_own_chance() -> None:
    n, days = 1_000, 600
    world = town(on=("M1",), people=n, rules={"participation": {**BARE, "base": -1.386}}, meeting_supply=1.0)
    p = np.array([logistic(-1.386 + t) for t in world.residents.taste])
    acts = counts(world, days, *ACTS)
    variance = float((p * (1.0 - p)).sum())
    assert abs(acts.mean() - p.sum()) < 4.5 * np.sqrt(variance / days)
    assert abs(acts.var(ddof=1) / variance - 1.0) < 4.5 * np.sqrt(2.0 / (days - 1))
    # were tastes drawn anew each day, the variance would be that of the mean chance, 10% more
    assert p.mean() * (1.0 - p.mean()) * n > 1.1 * variance
    # and each person's own count is binomial: squared standardised errors have mean 1
    z = (world.residents.acts - days * p) / np.sqrt(days * p * (1.0 - p))
    assert abs((z**2).mean() - 1.0) < 4.5 * np.sqrt(2.0 / n)


def test_fixed_tastes_raise_the_mean_of_a_rare_act() -> None:
    """The logit-normal mean of sigmoid(-1.386 + N(0, 1)) is 0.2389, not 0.20."""
    n, days = 20_000, 20
    world = town(
        on=("M1",), people=n, sets=["parameters.population.taste_sd=1.0"],
        rules={"participation": {**BARE, "base": -1.386}}, meeting_supply=1.0,
    )  # fmt: skip
    share = counts(world, days, *ACTS).mean() / n
    # tastes: the chance has standard deviation 0.16 among people, 0.0012 in the mean; draws add 0.0007
    assert abs(share - 0.2389) < 4.5 * np.hypot(0.16 / np.sqrt(n), np.sqrt(0.18 / (n * days)))


def test_nobody_takes_part_without_an_occasion_or_a_way() -> None:
    rules = {"participation": {**BARE, "base": 700.0, "occasions": 0.0}}
    assert counts(town(on=("M1",), rules=rules, meeting_supply=1.0), 30, *ACTS).sum() == 0.0
    rules = {"participation": {**BARE, "base": 700.0}}
    assert counts(town(on=("M1",), rules=rules), 30, *ACTS).sum() == 0.0
    world = town(on=("M1",), rules=rules, meeting_supply=1.0)
    live(world, 1)
    assert world.residents.acts.min() == 1
