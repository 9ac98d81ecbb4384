"""Information spreads as in the SI, SIS and Bass models when anybody may meet anybody (evidence section 5, case 13).

Contacts are drawn afresh from the whole community each morning, twenty for each, which is perfect mixing. A unit of
time is a week; the model's step is a day, so its error is a seventh of what a unit step would give, and is computed
here by the same recursion without chance.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.world import World
from tests.analytic.towns import live, strangers, town

PEOPLE, EACH = 20_000, 20
CHANGING = {"informed_gain": 1.0, "informed_decay": 0.0}


def mixing(pass_on: float, seed: int = 1, knowledge: dict[str, float] | None = None, **levers: float) -> World:
    """Everybody talks every day; who hears of something knows it."""
    rules = {
        "diffusion": {"meet": 1.0, "pass_on": pass_on, "susceptibility": 0.0},
        "knowledge": {**CHANGING, **(knowledge or {})},
    }
    world = town(on=("M3",), people=PEOPLE, rules=rules, seed=seed, **levers)
    world.residents.informed[:] = 0.0
    return world


def spread(world: World, days: int, seed: int) -> np.ndarray:
    """Share informed each evening, the first morning before them."""
    rng = np.random.default_rng(seed)
    shares = [float(world.residents.informed.mean())]
    for _ in range(days):
        world.contacts = strangers(PEOPLE, EACH, rng)
        live(world, 1)
        shares.append(float(world.residents.informed.mean()))
    return np.array(shares)


def by_day(days: int, beta: float, start: float, news: float = 0.0) -> np.ndarray:
    """The recursion without chance: hazard ``beta i + news`` a week, in steps of a day (news first, then talk)."""
    shares = [start]
    for _ in range(days):
        told = 1.0 - (1.0 - shares[-1]) * math.exp(-news / 7.0)
        shares.append(1.0 - (1.0 - told) * math.exp(-beta * told / 7.0))
    return np.array(shares)


def si(t: float, start: float, beta: float) -> float:
    """Share informed in continuous time."""
    return 1.0 / (1.0 + (1.0 / start - 1.0) * math.exp(-beta * t))


def bass(t: float, p: float, q: float) -> float:
    """Share informed in continuous time, from nobody."""
    return (1.0 - math.exp(-(p + q) * t)) / (1.0 + q / p * math.exp(-(p + q) * t))


def test_a_rumour_grows_as_in_the_si_model() -> None:
    beta, start, runs = 0.5, 0.01, 4
    weeks = {5: 0.1096, 10: 0.5999, 20: 0.9955}
    curves = []
    for seed in range(runs):
        world = mixing(beta, seed)
        world.residents.informed[:: round(1.0 / start)] = 1.0
        curves.append(spread(world, 140, seed))
    mean = np.mean(curves, axis=0)
    exact = by_day(140, beta, start)
    for week, continuous in weeks.items():
        assert si(week, start, beta) == pytest.approx(continuous, abs=5e-5)
        # in steps of a day growth is by 1 + beta/7, which is a beta of 7 log(1 + beta/7) = 0.483: at most 0.04 late
        assert exact[7 * week] == pytest.approx(si(week, start, 7.0 * math.log1p(beta / 7.0)), abs=0.012)
        assert exact[7 * week] == pytest.approx(continuous, abs=0.04)
        # 200 people start it, so that its early growth varies by 1/sqrt(200 runs) and its time by that over beta
        noise = continuous * (1.0 - continuous) / math.sqrt(200.0 * runs)
        assert abs(mean[7 * week] - exact[7 * week]) < 4.5 * noise + 0.002
    # the rate itself: new ones over those at risk; each of 80,000 heard once, standard error 0.35%, so 2% off shows
    known = np.array([curve[:-1] for curve in curves])
    new = np.diff(np.array(curves), axis=1).sum()
    at_risk = ((1.0 - known) * (1.0 - np.exp(-beta * known / 7.0))).sum()
    assert abs(new / at_risk - 1.0) < 0.016


def test_word_and_publicity_together_grow_as_in_the_bass_model() -> None:
    p, q, runs = 0.03, 0.38, 3
    weekly = 1.0 - math.exp(-p)  # the lever is a chance a week, the model a hazard
    curves = [spread(mixing(q, seed, publicity=weekly), 140, seed) for seed in range(runs)]
    mean = np.mean(curves, axis=0)
    exact = by_day(140, q, 0.0, p)
    for week, continuous in {1: 0.0358, 5: 0.3312, 10: 0.8128, 20: 0.9963}.items():
        assert bass(week, p, q) == pytest.approx(continuous, abs=5e-5)
        assert exact[7 * week] == pytest.approx(continuous, abs=0.03 / 7.0), "a seventh of the error of a unit step"
        # about 600 hear the news in the first week: growth varies by 1/sqrt(600 runs)
        noise = continuous * (1.0 - continuous) / math.sqrt(600.0 * runs) + math.sqrt(
            continuous * (1.0 - continuous) / (PEOPLE * runs)
        )
        assert abs(mean[7 * week] - exact[7 * week]) < 4.5 * noise
    per_week = mean[7::7] - mean[:-7:7]
    peak = math.log(q / p) / (p + q)
    assert peak == pytest.approx(6.193, abs=5e-4)
    assert abs(float(np.argmax(per_week)) + 0.5 - peak) < 1.2


def test_what_is_forgotten_and_told_again_settles_as_in_the_sis_model() -> None:
    """Beta = 0.5 and gamma = 0.2 a week: 1 - gamma / beta = 0.6 know at any time, 0.5977 in steps of a day.

    Here knowing fades in everybody alike instead of ending in some; the mean obeys the same equation.
    """
    beta, forgotten = 0.5, 1.0 - math.exp(-0.2 / 7.0)
    exact = 0.6
    for _ in range(2_000):
        left = exact * (1.0 - forgotten)
        exact = left + (1.0 - left) * (1.0 - math.exp(-beta * left / 7.0))
    assert exact == pytest.approx(0.6, abs=0.01)
    world = mixing(beta, knowledge={"informed_decay": forgotten})
    world.residents.informed[:] = 0.6
    shares = spread(world, 200, 1)[60:]
    assert np.mean(shares) == pytest.approx(exact, abs=0.006), "1% off would be caught"


def test_nobody_hears_what_nobody_knows() -> None:
    assert spread(mixing(0.5), 20, 1).max() == 0.0
