"""Saving the whole state of a community and going on from it, in the same scenario or in one that branches off.

What is saved is declared column by column in :mod:`sim.model.columns`; everything else is derived again by building
the world from its scenario and seed, which takes a fraction of a second. Between two phases of a day (a watcher may
save then) what the phases so far have left for those to come is saved too: every column, and the day's books.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.model.build import build_world
from sim.model.changes import put_in_force
from sim.model.columns import AGENCY, COUNCIL, RESIDENT, WORKER, Column
from sim.model.levers import fill_chances, fill_limits
from sim.model.phases.hours import share_visits
from sim.model.sources import code_version
from sim.model.world import World
from sim.scenario.in_short import in_short

Saved = dict[str, NDArray[Any]]


@in_short(
    lambda self: {
        "holds": "the state of a community at the end of a burn-in",
    }
)
@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a community, on one morning or after some phase of a day; plain arrays, can be pickled.

    Attributes
    ----------
    tick : int
        The day about to be stepped, since the start of the burn-in.
    phase : int
        Phases of that day already lived; 0 on the morning.
    seed : int
    code : str
        Version of the model's sources; a snapshot of other sources is refused.
    today : dict
        Of a day that has begun: its levers, the agencies, and the books so far.
    notes : dict
        What the run so far left to report (the drift of the burn-in).
    """

    tick: int
    phase: int
    seed: int
    code: str
    residents: Saved
    workers: Saved
    councils: Saved
    demands: Saved
    conflicts: Saved
    institution: NDArray[np.float64]
    attendance_hours: NDArray[np.float64]
    load: NDArray[np.float64]
    filled: NDArray[np.int32]
    planned_workers: NDArray[np.float64]
    triggers: Saved
    today: dict[str, Saved]
    notes: dict[str, Any] = field(default_factory=dict)


_BOOKS = ("flows", "stocks", "hours", "visits")


def _save(table: Any, declared: tuple[Column, ...], begun: bool) -> Saved:
    return {column.name: getattr(table, column.name).copy() for column in declared if column.saved or begun}


def take(world: World, notes: dict[str, Any] | None = None) -> Snapshot:
    """Save the state of a world between two days, or between two phases of one."""
    begun = world.phase > 0
    return Snapshot(
        tick=world.tick, phase=world.phase, seed=world.seed, code=code_version(),
        residents=_save(world.residents, RESIDENT, begun),
        workers={**_save(world.workers, WORKER, begun), "familiarity": world.workers.familiarity.copy()},
        councils=_save(world.councils, COUNCIL, begun),
        demands=world.demands.saved(), conflicts=world.conflicts.saved(),
        institution=world.institution.copy(), attendance_hours=world.attendance_hours.copy(), load=world.load.copy(),
        filled=world.agencies.filled.copy(), planned_workers=world.board.workers.copy(),
        triggers={name: trigger.state.copy() for name, trigger in world.board.triggers.items()},
        today=_today(world) if begun else {}, notes=dict(notes or {}),
    )


def _today(world: World) -> dict[str, Saved]:
    """What a day that has begun has set and booked so far."""
    books: Saved = {name: getattr(world, name).copy() for name in _BOOKS}
    return {
        "levers": {name: array.copy() for name, array in world.levers._asdict().items()},
        "agencies": _save(world.agencies, AGENCY, True),
        "books": {**books, "case_share": np.array(world.case_share), "mean_skill": np.array(world.mean_skill)},
    }


def restore(snapshot: Snapshot, scenario: Any, threads: int = 1) -> World:
    """Make a world that goes on from a snapshot.

    Parameters
    ----------
    snapshot : Snapshot
    scenario : Scenario
        The one it was taken in, or one that differs only in what policies do from that day on.
    threads : int

    Raises
    ------
    RunError
        If the snapshot does not fit: other sources, or a community of another size.
    """
    if snapshot.code != code_version():
        raise RunError("the saved state was made by another version of the model; run the burn-in again")
    world = build_world(scenario, snapshot.seed, threads)
    if len(snapshot.residents["key"]) != world.n or len(snapshot.councils["quarter"]) != len(world.councils.quarter):
        raise RunError("the saved state belongs to another community; a branch may differ in policies only")
    world.tick = snapshot.tick
    _fill(world.residents, snapshot.residents)
    _fill(world.councils, snapshot.councils)
    _fill_workers(world, snapshot.workers)
    world.demands.restore(snapshot.demands)
    world.conflicts.restore(snapshot.conflicts)
    world.institution[:] = snapshot.institution
    world.attendance_hours[:] = snapshot.attendance_hours
    world.load[:] = snapshot.load
    world.agencies.filled[:] = snapshot.filled
    world.board.workers = snapshot.planned_workers.copy()
    for name, trigger in world.board.triggers.items():
        trigger.state[:] = snapshot.triggers.get(name, trigger.state)
    put_in_force(world, world.tick - (snapshot.phase == 0))  # the day that was lived last, or is being lived
    share_visits(world)
    if snapshot.phase == 0:
        derive(world)
    else:
        _resume(world, snapshot)
    return world


def _resume(world: World, snapshot: Snapshot) -> None:
    """Go on within a day: take over what its phases so far have set and booked, and plan its levers again."""
    world.phase = snapshot.phase
    _fill(world.levers, snapshot.today["levers"])
    _fill(world.agencies, snapshot.today["agencies"])
    books = snapshot.today["books"]
    for name in _BOOKS:
        getattr(world, name)[:] = books[name]
    world.case_share, world.mean_skill = books["case_share"].item(), books["mean_skill"].item()
    world.board.plan(world.tick, world.date, snapshot.planned_workers)
    fill_chances(world.levers, world.chances)
    fill_limits(world.cell_levels, world.chances, world.limits)


def derive(world: World) -> None:
    """Compute again what is derived from saved columns."""
    r = world.residents
    r.cell[:] = world.cell_table[r.quarter, r.group, r.age, r.vulnerable]
    last = np.maximum(np.maximum(r.last_meeting, r.last_council), r.last_online)
    there = (world.workers.open == 1) | (world.workers.cut == 1)
    opened = np.bincount(world.workers.agency[there], minlength=len(world.agencies.posts))
    world.agencies.extra[:] = opened - world.agencies.posts  # so that posts close whose policy ends on this morning
    r.active[:] = (r.present == 1) & (r.age > 0) & (world.tick - 1 - last < world.rules.participation.neighbour_days)


def _fill(table: Any, saved: Saved) -> None:
    for name, values in saved.items():
        getattr(table, name)[...] = values


def _fill_workers(world: World, saved: Saved) -> None:
    """Give each agency's posts their workers; posts that the snapshot's scenario did not know stay closed."""
    for agency in range(len(world.agencies.posts)):
        mine = np.flatnonzero(world.workers.agency == agency)
        theirs = np.flatnonzero(saved["agency"] == agency)
        count = min(len(mine), len(theirs))
        for name, values in saved.items():
            if name != "pool":
                getattr(world.workers, name)[mine[:count]] = values[theirs[:count]]
