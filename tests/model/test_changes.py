"""Parameters that change on a day: from that day on as if they had always been so, the same under both drivers."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.lab.engine import branch_key
from sim.model import agents, day, snapshot
from sim.model.build import build_world
from sim.model.counters import flow
from sim.scenario import from_resolved, load_scenario
from tests.analytic.towns import scenario as hall
from tests.model.driving import differences, first_difference, lived, season

CHANGES = (
    "burn_in=2", "parameters.needs.rate.3=0.33", "parameters.needs.rate.9=0.11", "parameters.needs.enquiries.5=1.0",
    "parameters.group.old_hands.turnover.4=0.3", "parameters.trust.start.4=0.4", "parameters.hours.workdays.6=7",
    "parameters.trust.form.7=1", "parameters.conflict.onset.8=0.025", "parameters.needs.mix_health.3=0.14",
)  # fmt: skip
LOGGED = ("waits", "waits.cell")


def test_changes_are_the_same_under_both_drivers() -> None:
    rules: list[Any] = []
    assert first_difference(season(*CHANGES), 16, each_day=lambda world: rules.append(world.rules)) == ""
    assert len({each.needs.rate for each in rules}) == 3 and len({each.hours.workdays for each in rules}) == 2


def test_a_change_to_the_same_value_is_no_change() -> None:
    plain = hall(on=("M5", "M15"), people=400)
    rate = plain.parameters.raw("needs.rate")
    same = hall(on=("M5", "M15"), people=400, sets=(f"parameters.needs.rate.4={rate}",))
    assert same.changes and differences(lived(plain, 12), lived(same, 12)) == []


def test_before_the_day_nothing_differs_and_after_it_all_is_as_with_the_new_value() -> None:
    """Needs arise by keyed draws, so those of each day are those of a run that always had the day's rate."""
    on, arose = ("M5",), flow("needs_arose")
    low, high, dated = (
        hall("hall", on, ("burn_in=0", *sets), people=2_000)
        for sets in (("parameters.needs.rate=0.1",), ("parameters.needs.rate=0.4",),
                     ("parameters.needs.rate.20=0.4", "parameters.needs.rate.0=0.1"))
    )  # fmt: skip
    found: dict[str, list[float]] = {}
    for name, chosen in (("low", low), ("high", high), ("dated", dated)):
        world = build_world(chosen, 1)
        found[name] = []
        for _ in range(40):
            day.step(world)
            found[name].append(float(world.flows[:, arose].sum()))
    assert found["dated"] == found["low"][:20] + found["high"][20:]
    assert found["low"] != found["high"]


def test_a_month_at_three_times_the_rate_has_three_times_the_needs() -> None:
    sets = ("burn_in=0", "parameters.needs.rate.0=0.33", "parameters.needs.rate.60=0.11")
    world, counted = build_world(hall("hall", ("M5",), sets, 20_000), 1), []
    for _ in range(120):
        day.step(world)
        counted.append(float(world.flows[:, flow("needs_arose")].sum()))
    for days, rate in ((counted[:60], 0.33), (counted[60:], 0.11)):
        mean = 20_000 * rate / 365 * 60
        assert abs(sum(days) - mean) < 4 * math.sqrt(mean)


@pytest.mark.parametrize("step", [day.step, agents.step], ids=["compiled", "agents"])
@pytest.mark.parametrize("saved_on", [4, 5, 7])
def test_a_run_goes_on_from_a_snapshot_as_if_it_had_not_been_saved(step: Any, saved_on: int) -> None:
    scenario, straight = season(*CHANGES), build_world(season(*CHANGES), 1)
    for _ in range(12):
        if straight.tick == saved_on:
            restored = snapshot.restore(snapshot.take(straight), scenario)
        day.step(straight)
    while restored.tick < straight.tick:
        step(restored)
    assert differences(straight, restored, LOGGED) == []


def test_a_parameter_set_multiplies_the_whole_path() -> None:
    sets = ["parameters.needs.rate.180=0.33", "parameters.needs.rate.210=0.11", "parameters.trust.form.30=2"]
    dated = load_scenario("harbour_today", sets)
    drawn = dated.with_parameters({"needs.rate": 0.2, "trust.form": 0, "trust.gain": 0.1})
    assert drawn.parameters.raw("needs.rate") == 0.2 and drawn.parameters.raw("trust.gain") == 0.1
    assert drawn.dated["needs.rate"] == ((180, 0.4), (210, pytest.approx(0.2)))  # 0.6 is beyond the range
    assert drawn.dated["trust.form"] == ((30, 2),), "after a first value of 0 there is no ratio"
    assert drawn.with_parameters({"trust.gain": 0.05}).dated == drawn.dated


def test_a_dated_parameter_is_part_of_what_a_scenario_is() -> None:
    plain = load_scenario("harbour_today")
    dated = load_scenario("harbour_today", ["parameters.needs.rate.180=0.33"])
    assert dated.hash != plain.hash and from_resolved(dated.resolved()) == dated
    assert dated == load_scenario("harbour_today", ["parameters.needs.rate.2025-06-29=0.33"])
    assert branch_key(dated) == branch_key(plain), "they share the burn-in"
    started = load_scenario("harbour_today", ["parameters.needs.rate=0.2", "parameters.needs.rate.180=0.33"])
    assert started.parameters.raw("needs.rate") == 0.2 and branch_key(started) != branch_key(plain)
    off = load_scenario("harbour_today", ["parameters.needs.rate.180=0.33", "mechanisms.M5=off"])
    later = [values["needs.rate"] for _, values in off.changes]
    assert off.parameters["needs.rate"] == 0.0 and later in ([], [0.0]), "a mechanism that is off stays off"
