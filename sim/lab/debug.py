"""Stepping two runs side by side until they part, and watching the difference spread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.errors import UsageError
from sim.lab.engine import Driver, branch_key
from sim.lab.pairs import AGENTS, BOOKS, Parted, parted_agents, parted_books
from sim.model import day
from sim.model.agents.day import PHASES as AGENTS_PHASES
from sim.model.build import build_world
from sim.model.community import CommunityModel
from sim.model.phases import NAMES, PHASES
from sim.model.run import burn_in_state
from sim.model.snapshot import restore
from sim.model.world import World
from sim.vocabulary.measures import STOCKS

MORNING = "morning"
"""The name of the moment before a day's first phase."""


@dataclass(frozen=True)
class Side:
    """One of two runs: what is run, with which luck, and how."""

    scenario: Any
    seed: int = 1
    driver: Driver = "compiled"
    threads: int = 1


@dataclass(frozen=True)
class Moment:
    """A moment at which two runs differ: after a phase of a day (day 0 is the first after the burn-in)."""

    day: int
    date: dt.date
    phase: str
    parted: tuple[Parted, ...]


@dataclass(frozen=True)
class Count:
    """Rows of a table of agents at the end of a day: in both runs, differing in any column, and in one run only."""

    table: str
    rows: int
    differing: int
    only_a: int
    only_b: int


@dataclass(frozen=True)
class Evening:
    """How far two runs are apart at the end of a day: counts by table, and the difference in mean trust, B less A."""

    day: int
    date: dt.date
    counts: tuple[Count, ...]
    trust: float


@dataclass(frozen=True)
class Parting:
    """Where two runs part.

    Attributes
    ----------
    first
        The first moment at which anything differs, with every column that does; None if they never part.
    agent
        The first moment at which an agent, a demand or a conflict differs: the columns of one table, by row.
    evenings
        From the day they part.
    lived
        Days after the burn-in that were compared.
    shared
        Whether the burn-in was lived once for both.
    """

    first: Moment | None
    agent: Moment | None
    evenings: tuple[Evening, ...]
    lived: int
    shared: bool


def shares_burn_in(a: Side, b: Side) -> bool:
    """Whether two runs are the same until the end of their burn-in."""
    return bool(
        a.seed == b.seed and a.scenario.burn_in > 0 and branch_key(a.scenario) == branch_key(b.scenario)
    )


def part(
    a: Side,
    b: Side,
    days: int = 30,
    spread: int = 7,
    whole: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Parting:
    """Step two runs side by side.

    Parameters
    ----------
    a, b
        The runs. Their communities may differ, but then little can be compared.
    days
        Days after the burn-in at most.
    spread
        Days that are watched once they have parted, the first included.
    whole
        Step and compare the burn-in, too, where it could be lived once for both.
    progress
        Called as ``progress(days_done, days_in_all)``.

    Raises
    ------
    UsageError
        If the two begin on different days, or a number makes no sense.
    """
    if days < 1 or spread < 1:
        raise UsageError("days and spread: at least 1")
    if (a.scenario.start, a.scenario.burn_in) != (b.scenario.start, b.scenario.burn_in):
        raise UsageError(
            f"{a.scenario.name} and {b.scenario.name} have other calendars (start and burn_in); give both the same, as "
            "in --set burn_in=30"
        )
    shared = not whole and shares_burn_in(a, b)
    one, two = _worlds(a, b, shared)
    total = a.scenario.burn_in + days - one.tick
    first, agent = _look(one, two, MORNING, None, None)
    evenings: list[Evening] = []
    for done in range(total):
        before = one.date
        for name in _together(one, a.driver, two, b.driver):
            if agent is None:
                first, agent = _look(one, two, name, first, agent)
        if first is not None:
            evenings.append(_evening(one, two, before))
        if progress is not None:
            progress(done + 1, total)
        if len(evenings) >= spread and agent is not None:
            break
    return Parting(first, agent, tuple(evenings[:spread]), one.tick - a.scenario.burn_in, shared)


def live(world: World, driver: Driver) -> Iterator[str]:
    """Live one day, giving the name of each phase when it is over; the same as the driver's own step."""
    model = CommunityModel.around(world) if driver == "agents" else None
    day.begin(world)
    for place, name in enumerate(NAMES):
        if model is None:
            PHASES[place].run(world)
        else:
            AGENTS_PHASES[place][1](model)
        yield name
    world.tick += 1


def _together(one: World, driver_a: Driver, two: World, driver_b: Driver) -> Iterator[str]:
    """Live a day in both worlds, phase by phase."""
    for name, _ in zip(live(one, driver_a), live(two, driver_b), strict=True):
        yield name


def _worlds(a: Side, b: Side, shared: bool) -> tuple[World, World]:
    """Both worlds on the first morning, or on the first after a burn-in that both share."""
    if not shared:
        return build_world(a.scenario, a.seed, a.threads), build_world(b.scenario, b.seed, b.threads)
    state = burn_in_state(a.scenario, seed=a.seed, threads=a.threads)
    return restore(state, a.scenario, a.threads), restore(state, b.scenario, b.threads)


def _look(
    one: World, two: World, phase: str, first: Moment | None, agent: Moment | None
) -> tuple[Moment | None, Moment | None]:
    """Compare two worlds at a moment; keep what was found earlier."""
    books = [parted for book in BOOKS for parted in parted_books(one, two, book)] if first is None else []
    people: list[Parted] = []
    for table in AGENTS:
        people += parted_agents(one, two, table)[0]
    moment = Moment(one.tick - one.scenario.burn_in, one.date, phase, (*people, *books))
    if first is None and moment.parted:
        first = moment
    if agent is None and people:
        mine = [parted for parted in people if parted.table == people[0].table]
        agent = replace(moment, parted=tuple(sorted(mine, key=lambda parted: parted.row)))
    return first, agent


def _evening(one: World, two: World, date: dt.date) -> Evening:
    """Count what differs at the end of a day."""
    counts = []
    for table in AGENTS:
        _, matched, anywhere = parted_agents(one, two, table)
        counts.append(Count(table, len(matched.a), int(anywhere.sum()), matched.only_a, matched.only_b))
    return Evening(one.tick - 1 - one.scenario.burn_in, date, tuple(counts), _trust(two) - _trust(one))


def _trust(world: World) -> float:
    """Mean trust of everybody present."""
    people, trust = (float(world.stocks[:, STOCKS.index(name)].sum()) for name in ("n", "trust"))
    return trust / people if people else float("nan")
