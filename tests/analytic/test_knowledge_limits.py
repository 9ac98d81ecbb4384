"""Learning and forgetting: half-lives, fixed points and impulses (evidence section 5, case 11)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.world import World
from sim.rules.functions import weekly_to_daily
from tests.analytic.test_binomial_participation import BARE
from tests.analytic.towns import SURE, live, town

HALF_26_WEEKS = 1.0 - 0.5 ** (1.0 / 182.0)
FADING = {
    "knowledge": ("knowledge", "decay", ("M2",)),
    "informed": ("knowledge", "informed_decay", ()),
    "ties": ("belonging", "ties_decay", ("M10",)),
    "belonging": ("belonging", "decay", ("M10",)),
    "friction": ("belonging", "friction_decay", ()),
    "efficacy": ("efficacy", "decay", ("M12",)),
    "grievance": ("grievance", "decay", ()),
}


@pytest.mark.parametrize("state", FADING)
def test_what_is_not_renewed_is_half_gone_after_its_declared_half_life(state: str) -> None:
    """The scenario declares days; what the rules do with them must come out as days."""
    module, field, on = FADING[state]
    world = town(on=on, people=50, rules={"belonging": {"from_ties": 0.0}})
    half_life = float(world.scenario.parameters.raw(f"{module}.{field}"))
    column = getattr(world.residents, state)
    column[:] = 0.8
    days = round(half_life)
    live(world, days)
    assert column == pytest.approx(0.4, rel=0.01 if days != half_life else 1e-9)
    live(world, days)
    assert column == pytest.approx(0.2, rel=0.02 if days != half_life else 1e-9)


def test_knowledge_with_a_half_life_of_26_weeks_is_a_quarter_after_a_year() -> None:
    world = town(on=("M2",), people=10, rules={"knowledge": {"decay": HALF_26_WEEKS}})
    world.residents.knowledge[:] = 1.0
    live(world, 182)
    assert world.residents.knowledge == pytest.approx(0.5, abs=1e-9)
    live(world, 182)
    assert world.residents.knowledge == pytest.approx(0.25, abs=1e-9)


def test_sessions_and_forgetting_balance() -> None:
    """Sessions that teach 0.02 a week against a half-life of 26 weeks: 0.43197 of full knowledge.

    Day by day the balance is gamma q / (gamma q + delta - gamma q delta), with q the chance of a session a day; the
    term of the step is 0.0016 of it.
    """
    gain, weekly = 0.2, 0.1
    daily = gain * weekly_to_daily(weekly)
    expected = daily / (daily + HALF_26_WEEKS - daily * HALF_26_WEEKS)
    share = -math.log1p(-0.02) / 0.02631  # the continuous balance, to show that the step matters little
    assert expected == pytest.approx(share / (1.0 + share), rel=0.02)
    n = 4_000
    world = town(on=("M2",), people=n, rules={"knowledge": {"gain": gain, "decay": HALF_26_WEEKS}}, session=weekly)
    world.residents.knowledge[:] = expected
    means: list[float] = []
    live(world, 400, lambda w: means.append(float(w.residents.knowledge.mean())))
    # people are independent: spread 0.15 among them, 0.0024 in the mean of a day; days are correlated, so no better
    assert abs(np.mean(means) - expected) < 4.5 * world.residents.knowledge.std() / math.sqrt(n)


def test_the_balance_is_reached_from_below_and_from_above() -> None:
    n = 4_000
    ends = []
    for start in (0.0, 1.0):
        rules = {"knowledge": {"gain": 0.5, "decay": 0.02}}
        world = town(on=("M2",), people=n, rules=rules, session=0.3)
        world.residents.knowledge[:] = start
        live(world, 300)
        ends.append(world.residents.knowledge.mean())
    assert ends[0] == pytest.approx(ends[1], abs=1e-3), "same draws, so only the start could tell them apart"


def taught_every(world: World, days: int, times: int) -> list[float]:
    """Everybody takes part, and so learns, on every ``days``-th day; the mean of knowledge each evening."""
    evenings: list[float] = []
    for _ in range(times):
        world.board.set(meeting_supply=1.0)
        live(world, 1, lambda w: evenings.append(float(w.residents.knowledge.mean())))
        world.board.set(meeting_supply=0.0)
        live(world, days - 1, lambda w: evenings.append(float(w.residents.knowledge.mean())))
    return evenings


def test_half_taught_each_half_life_swings_between_a_third_and_two_thirds() -> None:
    """An impulse of 0.5 each half-life: peak 2/3, trough 1/3, mean 0.4809 (0.4818 in steps of a day)."""
    rules = {
        "participation": {**BARE, "base": SURE}, "knowledge": {"gain": 0.5, "practice": 1.0, "decay": HALF_26_WEEKS},
    }  # fmt: skip
    world = town(on=("M1", "M2"), people=20, rules=rules)
    evenings = taught_every(world, 182, 12)[-182:]
    assert evenings[0] == pytest.approx(2.0 / 3.0, abs=1e-3)
    assert evenings[-1] * (1.0 - HALF_26_WEEKS) == pytest.approx(1.0 / 3.0, abs=1e-3)
    assert np.mean(evenings) == pytest.approx((1.0 / 3.0) / math.log(2.0), abs=0.002)
    assert (1.0 / 3.0) / math.log(2.0) == pytest.approx(0.4809, abs=5e-5)


def test_an_act_teaches_its_share_of_a_session() -> None:
    rules = {"participation": {**BARE, "base": SURE}, "knowledge": {"gain": 0.4, "practice": 0.5, "decay": 0.0}}
    world = town(on=("M1", "M2"), people=20, rules=rules, meeting_supply=1.0)
    world.residents.knowledge[:] = 0.1
    live(world, 1)
    assert world.residents.knowledge == pytest.approx(0.1 + 0.2 * 0.9)
