"""Programmes that wait for an outcome: they begin and end when the tables say so, the same under both drivers."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.model import agents, day, snapshot
from sim.model.build import build_world
from sim.scenario import from_resolved, load_scenario
from tests.model.driving import differences, first_difference, lived, season

LOGGED = ("waits", "waits.cell")
CHANNEL = ("burn_in=2", "policies.online_channel.when.outcome=load", "policies.online_channel.when.above=")


def waiting(threshold: float, *more: str) -> Any:
    """The season, whose online channel waits for load to pass a value."""
    return season(*CHANNEL[:2], f"{CHANNEL[2]}{threshold}", *more)


def test_a_programme_whose_day_never_comes_is_its_absence() -> None:
    absent = season("burn_in=2", "policies.online_channel.off=true")
    assert differences(lived(absent, 20), lived(waiting(1e6), 20)) == []


def test_one_whose_condition_always_holds_begins_after_a_week() -> None:
    at_once = season("burn_in=2", "policies.online_channel.start=7")
    world = lived(waiting(-1.0), 20)
    assert differences(lived(at_once, 20), world) == []
    (event,) = world.board.events
    assert (event.tick, event.block, event.at_work) == (9, "online_channel", True)
    later = season("burn_in=2", "policies.online_channel.start=14")
    assert differences(lived(later, 20), lived(waiting(-1.0, "policies.online_channel.when.for=14"), 20)) == []


def test_both_drivers_decide_alike() -> None:
    sets = ("policies.online_channel.when.off_below=0.5", "policies.workforce.when.outcome=trust",
            "policies.workforce.when.below=0.9", "policies.workforce.when.off_above=0.95")  # fmt: skip
    seen: list[int] = []
    assert first_difference(waiting(0.7, *sets), 24, each_day=lambda world: seen.append(len(world.board.events))) == ""
    assert seen[-1] >= 2, "nothing happened"


@pytest.mark.parametrize("outcome", ["load", "trust", "conflicts_per_1000", "burnout"])
def test_it_begins_and_ends_in_the_weeks_that_the_tables_say(outcome: str) -> None:
    plain = sim.simulate(load_scenario("harbour_today", ["burn_in=10", "horizon=100"]), seed=2, days=100)
    weeks = [weekly(plain, outcome, first) for first in range(0, 98, 7)]
    middle = sorted(weeks)[len(weeks) // 2 - 1 : len(weeks) // 2 + 1]
    threshold = sum(middle) / 2
    sets = [f"policies.online_channel.when.outcome={outcome}", f"policies.online_channel.when.above={threshold!r}",
            f"policies.online_channel.when.off_below={threshold!r}", "policies.online_channel.dose=0"]  # fmt: skip
    run = sim.simulate(load_scenario("harbour_today", ["burn_in=10", "horizon=100", *sets]), seed=2, days=100)
    expected, at_work = [], False
    for week, value in enumerate(weeks):
        if value < threshold if at_work else value > threshold:
            at_work = not at_work
            expected.append((7 * week + 7, at_work))
    assert expected and [(event["day"], event["now"] == "at work") for event in run.meta["triggered"]] == expected
    by_day = {event["day"]: event["value"] for event in run.meta["triggered"]}
    assert all(value == pytest.approx(weeks[when // 7 - 1], rel=1e-9) for when, value in by_day.items())


def weekly(run: Any, outcome: str, first: int) -> float:
    """An outcome of a week from the recorded measures, as windows have it."""
    from sim.model import outcomes

    table = outcomes.window_table(run.recorder, run.world, {"week": (10 + first, 10 + first + 7)})
    return float(table[(table["by"] == "scope") & (table["level"] == "residents")][outcome].iloc[0])


@pytest.mark.parametrize("step", [day.step, agents.step], ids=["compiled", "agents"])
@pytest.mark.parametrize("saved_on", [6, 9, 12])
def test_what_it_waits_for_is_saved_with_the_state(step: Any, saved_on: int) -> None:
    scenario = waiting(0.3, "policies.online_channel.when.for=14")
    straight = build_world(scenario, 1)
    for _ in range(20):
        if straight.tick == saved_on:
            restored = snapshot.restore(snapshot.take(straight), scenario)
        day.step(straight)
    while restored.tick < straight.tick:
        step(restored)
    assert straight.board.events and straight.board.events == restored.board.events
    assert differences(straight, restored, LOGGED) == []


def test_what_it_waits_for_is_part_of_what_a_scenario_is() -> None:
    sets = ["policies.workforce.dose=1", "policies.workforce.when.outcome=load", "policies.workforce.when.above=0.9"]
    waits, plain = load_scenario("harbour_today", sets), load_scenario("harbour_today", sets[:1])
    assert waits.hash != plain.hash and from_resolved(waits.resolved()) == waits
    assert waits == load_scenario("harbour_today", [sets[0], "policies.workforce.when={load: 0.9}"])
