"""Who votes: at neutral belonging and trust, each age band votes as its declared share says."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from sim.model.counters import flow
from sim.model.world import World
from sim.rules.functions import logistic, logit
from tests.analytic.towns import live, set_groups, town

BANDS = {1: "18_29", 2: "30_49", 3: "50_59", 4: "60_69", 5: "70_plus"}
YEARS = range(2024, 2032)
NEUTRAL = {"trust": 0.5, "belonging": 0.5}


def voted(people: int = 15_000, **states: float) -> tuple[np.ndarray, np.ndarray, World]:
    """Hold the election of eight years among the same people; electors and votes by age band."""
    world = town(on=("M1",), people=people, rules={"participation": {"occasions": 0.0}, "election": {"rivalry": 0.0}})
    electors, votes = np.zeros(6), np.zeros(6)
    age = world.cell_levels[:, 2]
    for year in YEARS:
        for name, value in {**NEUTRAL, **states}.items():
            getattr(world.residents, name)[:] = value
        world.tick = (dt.date(year, 3, 20) - world.scenario.start).days
        live(world, 1)
        electors += np.bincount(age, world.flows[:, flow("electors")], minlength=6)
        votes += np.bincount(age, world.flows[:, flow("votes")], minlength=6)
    return electors, votes, world


def test_turnout_by_age_is_as_declared() -> None:
    electors, votes, world = voted()
    assert electors.sum() == 8 * 15_000 and electors[0] == 0.0
    for band, name in BANDS.items():
        declared = getattr(world.rules.election, f"turnout_{name}")
        # 24,000 votes to cast in each band: standard error 0.3 points, 1.6% of the lowest turnout
        error = math.sqrt(declared * (1.0 - declared) / electors[band])
        assert abs(votes[band] / electors[band] - declared) < 4.5 * error, name


@pytest.mark.parametrize("state", ["belonging", "trust"])
def test_belonging_and_trust_shift_the_logit(state: str) -> None:
    electors, votes, world = voted(5_000, **{state: 0.9})
    p = world.rules.election
    for band, name in BANDS.items():
        shifted = logistic(logit(getattr(p, f"turnout_{name}")) + 0.4 * getattr(p, f"b_{state}"))
        assert abs(votes[band] / electors[band] - shifted) < 4.5 * math.sqrt(shifted * (1.0 - shifted) / electors[band])


def test_on_other_days_and_among_those_who_are_no_electors_nobody_votes() -> None:
    world = town(on=("M1",), people=1_000)
    live(world, 60)
    assert world.flows[:, flow("electors")].sum() == 0.0
    set_groups(world, elector=0)
    world.tick = (dt.date(2024, 3, 20) - world.scenario.start).days
    live(world, 1)
    assert world.flows[:, flow("electors")].sum() == world.flows[:, flow("votes")].sum() == 0.0


def test_an_effort_at_mobilising_raises_turnout_by_its_logit() -> None:
    world = town(on=("M1",), people=20_000, rules={"participation": {"occasions": 0.0}}, election=0.6)
    world.residents.trust[:] = world.residents.belonging[:] = 0.5
    live(world, 1)
    age = world.cell_levels[:, 2]
    votes, electors = (np.bincount(age, world.flows[:, flow(n)], minlength=6) for n in ("votes", "electors"))
    p = world.rules.election
    for band, name in BANDS.items():
        expected = logistic(logit(getattr(p, f"turnout_{name}")) + 0.6 * p.mobilisation)
        error = math.sqrt(expected * (1.0 - expected) / electors[band])
        assert abs(votes[band] / electors[band] - expected) < 4.5 * error
