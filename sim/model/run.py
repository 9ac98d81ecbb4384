"""Running a scenario from beginning to end, and what comes out."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from sim.errors import UsageError
from sim.model import day, outcomes, snapshot
from sim.model.build import build_world
from sim.model.compiled import require_compiler
from sim.model.recorder import Recorder
from sim.model.world import World
from sim.scenario.in_short import in_short
from sim.vocabulary.categories import HOUR_USES
from sim.vocabulary.outcomes import HEADLINE

Driver = Literal["compiled", "agents"]
Observer = Callable[[World], float]
Progress = Callable[[int, int], None]
_DRIFT_DAYS: Final = 90


@in_short(
    lambda self: {
        "scenario": self.scenario.name,
        "seed": str(self.seed),
        "days": self.days,
        "residents": self.scenario.community.population,
    }
)
@dataclass
class Run:
    """One finished run.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    recorder : Recorder
        Raw sums of measures by level and day.
    world : World
        The state on the morning after the last day.
    days : int
        Days after the burn-in.
    observed : DataFrame
        What the user's own observers returned: day, then one column each.
    meta : dict
        Seconds, driver, drift of the burn-in, share of programmes delivered; under ``triggered`` when programmes that
        wait for an outcome began and ended, where there are such.
    """

    scenario: Any
    seed: int
    recorder: Recorder
    world: World
    days: int
    observed: pd.DataFrame
    meta: dict[str, Any]

    @cached_property
    def edges(self) -> dict[str, tuple[int, int]]:
        """Windows as half-open ranges of days since the start of the burn-in."""
        return outcomes.windows(self.scenario.burn_in, self.days)

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Outcomes by day and level; see :func:`sim.model.outcomes.daily_table`. Observers add their columns."""
        table = outcomes.daily_table(self.recorder, self.scenario.start, self.scenario.burn_in)
        if len(self.observed.columns) > 1:
            table = table.merge(self.observed, on="day", how="left")
        return table

    @cached_property
    def windows(self) -> pd.DataFrame:
        """Outcomes by window and level, gaps between levels included."""
        table = outcomes.window_table(self.recorder, self.world, self.edges)
        for name in self.observed.columns[1:]:
            for window, (first, last) in self.edges.items():
                inside = self.observed["day"].between(first - self.scenario.burn_in, last - self.scenario.burn_in - 1)
                table.loc[table["window"] == window, name] = self.observed.loc[inside, name].mean()
        return table

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Worker-hours by window and use."""
        return outcomes.hours_table(self.recorder, HOUR_USES, self.edges)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Hours and yuan by window and policy block, and wages."""
        return outcomes.cost_table(self.recorder, self.edges)

    def value(self, outcome: str, window: str = "horizon", by: str = "scope", level: str = "residents") -> float:
        """One outcome of one window and level.

        Raises
        ------
        KeyError
            If there is no such outcome, window or level in this run.
        """
        table = self.windows
        rows = table[(table["window"] == window) & (table["by"] == by) & (table["level"] == level)]
        if rows.empty:
            raise KeyError((window, by, level))
        return float(rows[outcome].iloc[0])


def simulate(
    scenario: Any,
    seed: int = 0,
    days: int | None = None,
    driver: Driver = "compiled",
    threads: int = 1,
    progress: Progress | None = None,
    observers: Mapping[str, Observer] | None = None,
    state: snapshot.Snapshot | None = None,
) -> Run:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario or str
        A loaded scenario, or its name or path.
    seed : int
        From 0 to 2**64 - 1. Scenarios run with one seed share every draw that policies leave alone.
    days : int, optional
        Days after the burn-in; the scenario's horizon by default.
    driver : {"compiled", "agents"}
        Kernels over columns, or Mesa agents one at a time; both give the same bits.
    threads : int
        Threads for the compiled driver; any number gives the same bits.
    progress : callable, optional
        Called as ``progress(days_done, days_in_all)``.
    observers : mapping of name to function, optional
        Called with the world after each day; what they return becomes columns of ``daily`` and ``windows``.
    state : Snapshot, optional
        Go on from a burn-in that was run before (see :func:`burn_in_state`).

    Raises
    ------
    UsageError
        If the number of days or the driver makes no sense.
    """
    if isinstance(scenario, str):
        from sim.scenario import load_scenario

        scenario = load_scenario(scenario)
    days = scenario.horizon if days is None else days
    if days < 1:
        raise UsageError(f"a run needs at least 1 day after the burn-in, got {days}")
    step = stepper(driver)
    began = time.perf_counter()
    world = build_world(scenario, seed, threads) if state is None else snapshot.restore(state, scenario, threads)
    total = scenario.burn_in + days - world.tick
    edges = outcomes.windows(scenario.burn_in, days)
    recorder = Recorder(world, total, tuple(edge for window in edges.values() for edge in window))
    observed: list[list[float]] = []
    watchers = {**entry_point_observers(), **(observers or {})}
    for done in range(total):
        step(world)
        recorder.record(world)
        recorder.note(world)
        if watchers:
            observed.append([float(watcher(world)) for watcher in watchers.values()])
        if progress is not None:
            progress(done + 1, total)
    first = recorder.first - scenario.burn_in
    table = pd.DataFrame(observed, columns=list(watchers))
    table.insert(0, "day", np.arange(first, first + len(observed), dtype=np.int32))
    meta = {
        "seconds": time.perf_counter() - began,
        "driver": driver,
        "threads": threads,
        "days": days,
        "burn_in_drift": drift(recorder, scenario) if state is None else state.notes.get("drift", {}),
        **_triggered(world, scenario),
        "delivered_share": float(np.mean(recorder.institution[-days:, _DELIVERED])),
    }
    return Run(scenario, seed, recorder, world, days, table, meta)


def _triggered(world: World, scenario: Any) -> dict[str, Any]:
    """When programmes that wait for an outcome began and ended; empty where none waits."""
    if not world.board.triggers:
        return {}
    events = [
        {
            "day": event.tick - scenario.burn_in,
            "date": scenario.calendar.date(event.tick - scenario.burn_in).isoformat(),
            "policy": event.block,
            "now": "at work" if event.at_work else "ended",
            "outcome": world.board.triggers[event.block].when.outcome,
            "value": event.value,
        }
        for event in world.board.events
    ]
    return {"triggered": events}


_DELIVERED: Final = outcomes.INSTITUTION_INDEX["delivered"]


def burn_in_state(scenario: Any, seed: int = 0, driver: Driver = "compiled", threads: int = 1) -> snapshot.Snapshot:
    """Run a scenario's burn-in and return the state after it, to branch from.

    Scenarios that are the same until the end of the burn-in can all go on from it.
    """
    step = stepper(driver)
    world = build_world(scenario, seed, threads)
    recorder = Recorder(world, max(scenario.burn_in, 1))
    for _ in range(scenario.burn_in):
        step(world)
        recorder.record(world)
    return snapshot.take(world, {"drift": drift(recorder, scenario)})


def stepper(driver: str) -> Callable[[World], None]:
    """Return the function that lives one day under a driver; UsageError for one that does not exist."""
    if driver == "compiled":
        require_compiler()
        return day.step
    if driver == "agents":
        from sim.model.agents import step

        return step
    raise UsageError(f"there is no driver {driver!r}; allowed are compiled and agents")


def drift(recorder: Recorder, scenario: Any) -> dict[str, float]:
    """How far headline outcomes still moved in the burn-in: last 90 days less the 90 before, headline residents.

    Empty where the burn-in is shorter than 180 days.
    """
    first, last = recorder.first, min(recorder.first + recorder.days, scenario.burn_in)
    if last - first < 2 * _DRIFT_DAYS:
        return {}
    table = outcomes.daily_table(recorder, scenario.start, scenario.burn_in)
    mine = table[(table["by"] == "scope") & (table["level"] == "residents")]
    late = mine[mine["day"].between(-_DRIFT_DAYS, -1)]
    early = mine[mine["day"].between(-2 * _DRIFT_DAYS, -_DRIFT_DAYS - 1)]
    moved = {name: float(late[name].mean() - early[name].mean()) for name in HEADLINE}
    return {name: value for name, value in moved.items() if not math.isnan(value)}


def entry_point_observers() -> dict[str, Observer]:
    """Observers and outcomes that installed packages declare under ``cgsim.observers`` and ``cgsim.outcomes``."""
    from importlib.metadata import entry_points

    groups = ("cgsim.observers", "cgsim.outcomes")
    return {point.name: point.load() for group in groups for point in entry_points(group=group)}
