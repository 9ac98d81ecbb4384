"""Workers: where skill and burnout settle, how many leave, how long posts stand empty."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.world import World
from tests.analytic.towns import live, measure, town

STAFF = 400


def office(on: tuple[str, ...], rules: dict[str, dict[str, float]], staff: int = 4, **levers: float) -> World:
    """An office with nothing to do."""
    sets = [f"community_overrides.agencies.office.staff.value={staff}"]
    return town(on=on, people=50, sets=sets, rules=rules, **levers)


@pytest.mark.parametrize(("weekly", "gain", "lost"), [(1.5, 0.08, 0.01), (4.0, 0.2, 0.02), (0.5, 0.03, 0.017)])
def test_skill_settles_where_training_and_decay_balance(weekly: float, gain: float, lost: float) -> None:
    """``s* = gamma h / (gamma h + delta + drift)``, h hours of training a day."""
    rules = {"skill": {"training_gain": gain, "decay": 0.6 * lost, "drift": 0.4 * lost}}
    world = office(("M7",), rules, training=weekly)
    learnt = gain * weekly / 7.0
    world.workers.skill[:] = [0.0, 0.3, 0.6, 1.0]
    live(world, round(12.0 / (learnt + lost)))  # e^-12 of the start is left
    assert world.workers.skill == pytest.approx(learnt / (learnt + lost), abs=1e-4)


def test_skill_without_training_halves_in_its_half_life() -> None:
    decay = 1.0 - 0.5 ** (1.0 / 90.0)
    world = office(("M7",), {"skill": {"decay": decay, "drift": 0.0}})
    world.workers.skill[:] = 0.8
    live(world, 90)
    assert world.workers.skill == pytest.approx(0.4, abs=1e-9)


@pytest.mark.parametrize(("load", "support"), [(0.9, 0.3), (1.5, 0.3), (0.9, 0.8), (0.3, 0.3)])
def test_burnout_settles_where_load_and_support_balance(load: float, support: float) -> None:
    """``b* = k x / (k x + r s)`` with x the load above the threshold; nothing at or below it."""
    rules = {
        "workforce": {
            "burnout_load": 0.1, "burnout_recovery": 0.1, "load_threshold": 0.4, "support_base": support,
            "load_memory": 0.0, "quit": 0.0,
        }
    }  # fmt: skip
    world = office(("M6",), rules)
    world.workers.burnout[:] = [0.0, 0.3, 0.6, 1.0]
    world.load[:] = load, 1.0
    live(world, 800)
    above = max(load - 0.4, 0.0)
    assert world.workers.burnout == pytest.approx(above / (above + support), abs=1e-6)


def test_support_of_a_policy_adds_to_what_there_is() -> None:
    rules = {
        "workforce": {
            "burnout_load": 0.05, "burnout_recovery": 0.05, "load_threshold": 0.4, "support_base": 0.3,
            "load_memory": 0.0, "quit": 0.0,
        }
    }  # fmt: skip
    world = office(("M6",), rules, support=0.5)
    world.load[:] = 1.4, 1.0
    live(world, 1_000)
    assert world.workers.burnout == pytest.approx(1.0 / (1.0 + 0.65), abs=1e-6)


def test_as_many_leave_and_posts_stand_empty_as_hazards_say() -> None:
    """With a hazard q of leaving and D days to fill a post, a post is filled for 1/q days and empty for D.

    A post that falls vacant in the evening is seen empty the next day at the earliest, and one filled in the evening
    likewise, so that both times are geometric with mean 1/chance.
    """
    quit_, days = 0.01, 20.0
    rules = {
        "workforce": {
            "quit": quit_, "quit_burnout": 0.0, "quit_skill": 0.0, "quit_support": 0.0, "hire_days": days,
            "burnout_load": 0.0,
        }
    }  # fmt: skip
    world = office(("M6",), rules, staff=STAFF)
    live(world, 200)
    vacant, quits, hires = [], [], []
    for _ in range(600):
        live(world, 1)
        vacant.append(measure(world, "vacant"))
        quits.append(measure(world, "quits"))
        hires.append(measure(world, "hires"))
    chance = -math.expm1(-quit_)
    share = chance * days / (1.0 + chance * days)
    # states of a post are correlated over 1/(q + 1/D) = 17 days: 600 days of 400 posts are worth 7,200 posts
    assert abs(np.mean(vacant) / STAFF - share) < 4.5 * math.sqrt(share * (1.0 - share) / 7_200)
    mean = chance * (1.0 - share) * STAFF * 600
    assert abs(np.sum(quits) - mean) < 4.5 * math.sqrt(mean)
    assert abs(np.sum(hires) - np.sum(quits)) <= STAFF


@pytest.mark.parametrize(("state", "factor"), [("burnout", 1.5), ("skill", 0.5)])
def test_leaving_rises_with_burnout_and_skill_by_their_factors(state: str, factor: float) -> None:
    rules = {
        "workforce": {
            "quit": 0.002, "quit_burnout": 1.5, "quit_skill": 0.5, "quit_support": 0.0, "burnout_load": 0.0,
            "burnout_recovery": 0.0, "hire_days": 1.0, "burnout_start": 0.0,
        },
        "skill": {"start": 0.0, "licence": 0.0, "start_sd": 0.0},
    }  # fmt: skip
    totals = []
    for value in (0.0, 1.0):
        world = office(("M6",), rules, staff=STAFF)
        quits = 0.0
        for _ in range(300):
            world.workers.burnout[:] = world.workers.skill[:] = 0.0
            getattr(world.workers, state)[:] = value
            live(world, 1)
            quits += measure(world, "quits")
        totals.append(quits)
    ratio = math.exp(factor)
    # 240 leave without it: standard error of the log of the ratio sqrt(1/240 + 1/(240 ratio))
    assert abs(math.log(totals[1] / totals[0]) - math.log(ratio)) < 4.5 * math.sqrt(1 / totals[0] + 1 / totals[1])


def test_a_new_worker_is_unskilled_rested_and_a_stranger() -> None:
    rules = {
        "workforce": {"quit": 1.0, "hire_days": 1.0, "burnout_load": 0.0, "burnout_recovery": 0.0},
        "skill": {"start": 0.3, "start_sd": 0.0, "licence": 0.0, "decay": 0.0, "drift": 0.0},
    }
    world = office(("M6", "M7"), rules)
    world.workers.skill[:], world.workers.burnout[:], world.workers.familiarity[:] = 0.9, 0.8, 0.9
    live(world, 20)
    new = world.workers.generation > 0
    assert new.any()
    assert world.workers.skill[new] == pytest.approx(0.3)
    assert world.workers.burnout[new] == pytest.approx(world.rules.workforce.burnout_start)
    assert world.workers.familiarity[new].max() <= world.rules.skill.familiarity_start
