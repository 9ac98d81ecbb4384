"""A community under strain, with every policy on: more needs than staff, movement, elections, quarrels, turnover.

Small enough to live some months in a second; used by tests of what must hold on every day of any run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.model import day
from sim.model.build import build_world
from sim.model.world import World
from sim.policies import BUILT_IN
from sim.scenario import Scenario, load_scenario
from tests.analytic.towns import DATA

STRAIN = (
    "burn_in=0",
    "start=2024-05-01",
    "community_overrides.groups.townspeople.turnover.value=1.0",
    "parameters.needs.rate=0.4",
    "parameters.needs.enquiries=1.1",
    "parameters.conflict.onset=0.025",
    "parameters.conflict.reporting=0.6",
    "parameters.conflict.escalation=0.1",
    "parameters.workforce.quit=0.3",
    "parameters.workforce.quit_burnout=3.0",
    "parameters.workforce.hire_days=20",
    "parameters.service.reopen=0.5",
    "parameters.needs.lapse_waiting=12.2",
    "parameters.policy.workforce.posts=4",
    "parameters.policy.representative_elections.first_after_days=40",
    "parameters.policy.representative_elections.every_days=180",
    "parameters.policy.opinion_monitoring.hazard=0.4",
)


def scenario(sets: Sequence[str] = (), policies: Sequence[str] = BUILT_IN, dose: float = 1.0) -> Scenario:
    """The college under strain, with some policies from the first day on."""
    blocks = [f"policies.{name}.dose={dose}" for name in policies]
    return load_scenario(DATA / "college.yaml", sets=[*STRAIN, *blocks, *sets])


def days(world: World, count: int) -> Iterator[World]:
    """Live day by day; the world is yielded every evening."""
    for _ in range(count):
        day.step(world)
        yield world


def under_strain(seed: int = 3, sets: Sequence[str] = ()) -> World:
    """Build the college under strain."""
    return build_world(scenario(sets), seed)
