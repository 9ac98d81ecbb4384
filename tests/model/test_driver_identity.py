"""Kernels over columns and agents one at a time live the same lives, bit for bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

import sim
from sim.model import agents, day
from sim.model.agents import SocialWorker, office
from sim.model.agents.desk import Desk
from sim.model.build import build_world
from sim.model.columns import QUEUED
from sim.model.counters import flow
from sim.model.world import World
from sim.rules import (
    belonging,
    conflict,
    diffusion,
    election,
    grievance,
    needs,
    participation,
    service,
    skill,
    trust,
    workforce,
)
from sim.vocabulary.mechanisms import MECHANISMS
from tests.model.driving import differences, first_difference, lived, season

A_SEASON = 84
HARBOUR = ("community=harbour_court", "burn_in=5")


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Counts what makes two drivers easy to tell apart, as the agents live through it."""
    seen: Counter[str] = Counter()
    routed: dict[tuple[int, int], None] = {}

    def count_referrals(self: Desk, case: Any, now: float) -> int:
        if routed.pop((self.today.tick, case.id), 1) is None:
            seen["same-day referrals"] += 1
        pool = original_enter(self, case, now)
        seen["overnight routings"] += pool < 0
        return pool

    def count_routes(self: Desk, case: Any, now: float) -> None:
        routed[self.today.tick, case.id] = None
        original_route(self, case, now)

    def count_interruptions(self: SocialWorker, desk: Any) -> None:
        held = self.case
        original_let_go(self, desk)
        seen["interrupted cases"] += held >= 0 and desk.cases[held].state == QUEUED

    def count_ties(a: Any, b: Any) -> bool:
        seen["ties"] += a.entered == b.entered
        return original_before(a, b)

    def count_draws(self: office.Pool, case: Any) -> Any:
        suited = [worker.suits(case) for worker in self.members if worker.is_free]
        seen["ties"] += suited.count(max(suited, default=True)) > 1
        return original_worker(self, case)

    original_enter, original_route = Desk.enter_queue, Desk.route
    original_let_go, original_before = SocialWorker.let_go, office._stands_before
    original_worker = office.Pool.worker_for
    monkeypatch.setattr(Desk, "enter_queue", count_referrals)
    monkeypatch.setattr(Desk, "route", count_routes)
    monkeypatch.setattr(SocialWorker, "let_go", count_interruptions)
    monkeypatch.setattr(office, "_stands_before", count_ties)
    monkeypatch.setattr(office.Pool, "worker_for", count_draws)
    yield seen


@pytest.mark.versions
def test_a_hard_season_is_the_same_under_both_drivers(events: Counter[str]) -> None:
    lapses = [flow("lapsed_silent"), flow("lapsed_waiting")]

    def look(world: World) -> None:
        events["lapses"] += int(world.flows[:, lapses].sum())
        events["overnight carry-overs"] += int((world.workers.case >= 0).sum())
        events["votes"] += int(world.flows[:, flow("votes")].sum())
        events["arrivals"] += int(world.flows[:, flow("arrived")].sum())

    assert first_difference(season(), A_SEASON, each_day=look) == ""
    hard = ("same-day referrals", "interrupted cases", "lapses", "overnight carry-overs", "ties")
    rare = {name: events[name] for name in hard if events[name] < 100}
    assert not rare, "an easy town proves little"
    assert events["votes"] and events["arrivals"] > 40


@pytest.mark.parametrize("mechanism", [m.id for m in MECHANISMS])
def test_without_each_mechanism_too(mechanism: str) -> None:
    assert first_difference(season(f"mechanisms.{mechanism}=off", "burn_in=2"), 36, seed=2) == ""


@pytest.mark.parametrize(
    "structure",
    [
        {"trust.form": 1.0}, {"trust.form": 2.0}, {"service.work_form": 0.0}, {"service.work_form": 1.0},
        {"hours.workdays": 7.0, "participation.nesting": 0.4},
        {"conflict.mediation": 0.0, "diffusion.susceptibility": 0.9},
        {"structure.pooling": 1.0, "participation.nesting": 1.0}, {"structure.pooling": 2.0},
    ],
    ids=lambda numbers: ", ".join(f"{name} {value:g}" for name, value in numbers.items()),
)  # fmt: skip
def test_under_each_structure_too(structure: dict[str, float]) -> None:
    scenario = season("burn_in=2")
    scenario.parameters.update(structure)
    assert first_difference(scenario, 8, seed=3) == ""


@pytest.mark.versions
@pytest.mark.parametrize("threads", [1, 2])
def test_several_thousand_residents_with_every_policy_on(threads: int) -> None:
    scenario = sim.load_scenario("full_package", sets=HARBOUR)
    assert first_difference(scenario, 9, seed=4, threads=threads) == ""


def test_one_and_two_threads_live_the_same_season() -> None:
    one, two = build_world(season(), 5), build_world(season(), 5, threads=2)
    for _ in range(A_SEASON):
        day.step(one)
        day.step(two)
        assert differences(one, two) == []


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["none", *(m.id for m in MECHANISMS)])
def test_several_thousand_residents_over_months(mechanism: str) -> None:
    off = () if mechanism == "none" else (f"mechanisms.{mechanism}=off",)
    scenario = sim.load_scenario("full_package", sets=(*HARBOUR, "start=2025-08-20", *off))
    assert first_difference(scenario, 75, seed=6, threads=2) == ""


MUTABLE = (
    (trust, "updated"), (trust, "expectation_after"), (grievance, "next_day"), (belonging, "contact_intensity"),
    (participation, "inclination"), (needs, "voices"), (needs, "solves_alone"), (service, "work"),
    (service, "routing_time"), (skill, "speed"), (skill, "treatment"), (skill, "trained"), (conflict, "onset_hazard"),
    (diffusion, "opinion"), (workforce, "burnout_after"), (election, "votes"),
)  # fmt: skip


@pytest.mark.parametrize(("module", "name"), MUTABLE, ids=lambda part: getattr(part, "__name__", part))
def test_a_rule_changed_in_one_driver_is_found(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # the election is on the twentieth of July; most rules show within days
    scenario = season("start=2024-07-16", "burn_in=2")
    lived(scenario, 8, seed=7)  # kernels are compiled by now, with the rule as it stands
    rule = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: 0.9 * rule(*given))
    assert first_difference(scenario, 8, seed=7)


def test_a_subclass_of_behaviour_is_what_the_agents_driver_runs() -> None:
    class Silent(agents.Resident):
        def voice_or_not(self, demand: Any, welfare: bool) -> None:
            demand.deadline = 1.0e9

    model = sim.CommunityModel(season("burn_in=2"), rng=8, driver="agents", resident_class=Silent)
    model.run(4)
    flows = model.recorder.series[:4].sum(axis=(0, 1))
    from sim.vocabulary.measures import INDEX

    assert flows[INDEX["needs_arose"]] > 0 and flows[INDEX["voiced"]] == 0
