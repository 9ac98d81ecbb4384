"""Small communities for limits whose answer is known: everything switched off but what a test is about.

A test names the mechanisms that stay on, gives rules numbers that no scenario may (a chance of one, a hazard beyond its
range), and sets levers by hand where a policy would blur them. Days are then lived by the compiled driver through all
thirteen phases, as in any run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import day
from sim.model.build import build_world, fixed_limits
from sim.model.counters import flow, institution, stock
from sim.model.levers import empty_levers
from sim.model.world import World
from sim.scenario import Scenario, load_scenario
from sim.vocabulary.mechanisms import MECHANISMS

DATA = Path(__file__).resolve().parents[1] / "data" / "scenarios"
SURE = 700.0
"""A logit that makes a chance of one: 1 - exp(-700) is 1 in double precision."""
RuleNumbers = Mapping[str, Mapping[str, float]]


class HandSet:
    """Stands in for the board of policies: levers stay as a test has set them.

    Parameters
    ----------
    world : World
    levers : float or array
        By name: one value for everybody, or an array of the lever's shape.
    hours : mapping of use to float
        Programme hours wanted a week.
    """

    def __init__(self, world: World, hours: Mapping[str, float] | None = None, **levers: Any) -> None:
        heads = (len(world.community.blocks), len(world.community.groups))
        self.planned = empty_levers(*heads, len(world.community.agencies))
        self.workers = 0.0
        self.blocks: tuple[Any, ...] = ()
        self.triggers: dict[str, Any] = {}
        self.hours_by_block: dict[str, float] = {}
        self.money_by_block: dict[str, float] = {}
        self._statutory = world.board.statutory
        self.set(**levers)
        for use, amount in (hours or {}).items():
            from sim.model.counters import use as place

            self.planned.hours[place(use)] = amount

    def set(self, **levers: Any) -> None:
        """Change some levers from now on."""
        for name, value in levers.items():
            getattr(self.planned, name)[...] = value

    def plan(self, tick: int, date: dt.date, workers: float) -> None:
        """Leave everything as it is."""

    def statutory(self, date: dt.date) -> bool:
        """Whether the community's own election falls on this day."""
        return self._statutory(date)


def scenario(
    name: str = "hall", on: Sequence[str] = (), sets: Sequence[str] = (), people: int | None = None
) -> Scenario:
    """Load a community of ``tests/data`` with only the mechanisms ``on`` at work."""
    off = [f"mechanisms.{m.id}=off" for m in MECHANISMS if m.id not in on]
    size = [] if people is None else [f"community_overrides.groups.people.size.value={people}"]
    return load_scenario(DATA / f"{name}.yaml", sets=[*off, *size, *sets])


def with_rules(world: World, numbers: RuleNumbers) -> World:
    """Give rules other numbers, in or out of their range, as values per day; what was built stays."""
    changed = {module: getattr(world.rules, module)._replace(**values) for module, values in numbers.items()}
    world.rules = replace(world.rules, **changed)
    return world


def set_groups(world: World, **values: float) -> World:
    """Give every group the same daily chance or shift: ``turnover``, ``need``, ``enquiry``, ``academic_leave`` ..."""
    for name, value in values.items():
        getattr(world.groups, name)[...] = value
    world.limits = fixed_limits(world.groups, world.cell_levels)
    return world


def town(
    on: Sequence[str] = (), people: int = 1000, sets: Sequence[str] = (), rules: RuleNumbers | None = None,
    seed: int = 1, name: str = "hall", hours: Mapping[str, float] | None = None, **levers: Any,
) -> World:
    """Build a small town on its first morning, with hand-set levers.

    Parameters
    ----------
    on : mechanisms at work, by number (``M1``)
    people : residents of the hall
    sets : further ``key=value`` texts
    rules : numbers by module and field, per day
    hours, levers : see :class:`HandSet`
    """
    chosen = scenario(name, on, sets, people if name == "hall" else None)
    world = with_rules(build_world(chosen, seed), rules or {})
    world.board = HandSet(world, hours, **levers)
    return world


def live(world: World, days: int, each_day: Callable[[World], None] | None = None) -> World:
    """Live some days; ``each_day`` looks at the world every evening."""
    for _ in range(days):
        day.step(world)
        if each_day is not None:
            each_day(world)
    return world


def flows(world: World, *names: str) -> float:
    """Sum of today's flows over everybody."""
    return float(sum(world.flows[:, flow(name)].sum() for name in names))


def stocks(world: World, name: str) -> float:
    """Sum of a stock over everybody, as of last night."""
    return float(world.stocks[:, stock(name)].sum())


def measure(world: World, name: str) -> float:
    """Today's value of a community-wide measure."""
    return float(world.institution[institution(name)])


def counts(world: World, days: int, *names: str) -> NDArray[np.float64]:
    """Daily sums of flows over some days."""
    found: list[float] = []
    live(world, days, lambda w: found.append(flows(w, *names)))
    return np.array(found)


def all_know_all(n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Contacts in which everybody knows everybody else."""
    others = np.arange(n, dtype=np.int32)
    indices = np.concatenate([np.delete(others, i) for i in range(n)]) if n > 1 else np.zeros(0, np.int32)
    return np.arange(0, n * (n - 1) + 1, n - 1, dtype=np.int64), indices


def strangers(n: int, each: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Contacts drawn afresh from everybody: drawn anew each morning, they mix a community perfectly."""
    return (
        np.arange(0, n * each + 1, each, dtype=np.int64),
        rng.integers(0, n, n * each, dtype=np.int32),
    )
