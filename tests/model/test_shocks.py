"""What befalls a community: nothing before its day, as much as it says from then on, the same under both drivers."""

from __future__ import annotations

import math

import pytest

from sim.lab.engine import branch_key
from sim.model import day
from sim.model.build import build_world
from sim.model.counters import flow
from sim.model.world import World
from sim.scenario import from_resolved, load_scenario
from sim.vocabulary.categories import CATEGORIES
from tests.analytic.towns import scenario as hall
from tests.model.driving import differences, first_difference, lived, season

CRISIS = ("shocks.heat.kind=crisis", "shocks.heat.start=3", "shocks.heat.end=6")


def counted(world: World, days: int, name: str) -> list[float]:
    """A flow of the whole community on each of some days."""
    found = []
    for _ in range(days):
        day.step(world)
        found.append(float(world.flows[:, flow(name)].sum()))
    return found


def test_a_crisis_of_the_usual_needs_is_none() -> None:
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=3", "shocks.heat.needs=x1")
    plain, none = hall(on=("M5", "M15"), people=400), hall(on=("M5", "M15"), people=400, sets=sets)
    assert none.changes and differences(lived(plain, 12), lived(none, 12)) == []


def test_a_crisis_is_the_same_under_both_drivers() -> None:
    sets = ("burn_in=2", *CRISIS, "shocks.heat.needs=x3", "shocks.heat.enquiries=2", "shocks.heat.categories=[health]")
    assert first_difference(season(*sets), 12) == ""


def test_only_in_a_crisis_are_there_as_many_times_the_needs() -> None:
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=30", "shocks.heat.end=89", "shocks.heat.needs=x3")
    usual = counted(build_world(hall(on=("M5",), people=10_000), 1), 120, "needs_arose")
    crisis = counted(build_world(hall(on=("M5",), people=10_000, sets=sets), 1), 120, "needs_arose")
    assert crisis[:30] == usual[:30] and crisis[90:] == usual[90:]
    assert all(more >= less for more, less in zip(crisis, usual, strict=True)), "the usual needs arise anyway"
    mean = 10_000 * 0.11 / 365 * 60
    assert abs(sum(crisis[30:90]) - 3 * mean) < 4 * math.sqrt(3 * mean)


def test_a_crisis_of_one_category_leaves_the_others_as_they_are() -> None:
    """Three times the health needs: 1 + 2 x 12% of all needs, and of them 3 x 12% of what was."""
    sets = (*CRISIS, "shocks.heat.needs=3", "shocks.heat.categories=[health]")
    (_, now), (_, after) = hall(on=("M5",), sets=sets).changes
    for name in CATEGORIES:
        usual, crisis = (float(values["needs.rate"]) * float(values[f"needs.mix_{name}"]) for values in (after, now))
        assert crisis == pytest.approx(usual * (3 if name == "health" else 1))
    assert sum(float(now[f"needs.mix_{name}"]) for name in CATEGORIES) == pytest.approx(1.0)


def test_crises_multiply_dated_values_and_each_other() -> None:
    sets = (*CRISIS, "shocks.heat.needs=3", "shocks.flu.kind=crisis", "shocks.flu.start=5", "shocks.flu.needs=x2",
            "parameters.needs.rate.4=0.22")  # fmt: skip
    changes = [(d, round(365 * float(values["needs.rate"]), 12)) for d, values in hall(on=("M5",), sets=sets).changes]
    assert changes == [(3, 0.33), (4, 0.66), (5, 1.32), (7, 0.44)]


def test_a_shock_is_part_of_what_a_scenario_is_and_no_part_of_its_burn_in() -> None:
    plain = load_scenario("harbour_today")
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=90", "shocks.heat.end=120", "shocks.heat.needs=x3")
    crisis = load_scenario("harbour_today", sets)
    assert crisis.hash != plain.hash and branch_key(crisis) == branch_key(plain)
    assert from_resolved(crisis.resolved()) == crisis
    assert load_scenario("harbour_today", [*sets, "shocks.heat.off=true"]) == plain
    drawn = crisis.with_parameters({"needs.rate": 0.2})
    assert float(drawn.changes[0][1]["needs.rate"]) == pytest.approx(0.6 / 365), "a parameter set's own needs"
