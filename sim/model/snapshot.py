"""Saving the whole state of a community and going on from it, in the same scenario or in one that branches off.

What is saved is declared column by column in :mod:`sim.model.columns`; everything else is derived again by building
the world from its scenario and seed, which takes a fraction of a second.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.model.build import build_world
from sim.model.columns import COUNCIL, RESIDENT, WORKER, Column
from sim.model.sources import code_version
from sim.model.world import World

Saved = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a community on one morning; plain arrays, can be pickled.

    Attributes
    ----------
    tick : int
        The day about to be stepped, since the start of the burn-in.
    seed : int
    code : str
        Version of the model's sources; a snapshot of other sources is refused.
    notes : dict
        What the run so far left to report (the drift of the burn-in).
    """

    tick: int
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
    planned_workers: float
    notes: dict[str, Any] = field(default_factory=dict)


def _save(table: Any, declared: tuple[Column, ...]) -> Saved:
    return {column.name: getattr(table, column.name).copy() for column in declared if column.saved}


def take(world: World, notes: dict[str, Any] | None = None) -> Snapshot:
    """Save the state of a world between two days."""
    return Snapshot(
        tick=world.tick, seed=world.seed, code=code_version(), residents=_save(world.residents, RESIDENT),
        workers={**_save(world.workers, WORKER), "familiarity": world.workers.familiarity.copy()},
        councils=_save(world.councils, COUNCIL), demands=world.demands.saved(), conflicts=world.conflicts.saved(),
        institution=world.institution.copy(), attendance_hours=world.attendance_hours.copy(), load=world.load.copy(),
        planned_workers=world.board.workers, notes=dict(notes or {}),
    )


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
    world.board.workers = snapshot.planned_workers
    derive(world)
    return world


def derive(world: World) -> None:
    """Compute again what is derived from saved columns."""
    r = world.residents
    r.cell[:] = world.cell_table[r.quarter, r.group, r.age, r.vulnerable]
    last = np.maximum(np.maximum(r.last_meeting, r.last_council), r.last_online)
    opened = np.bincount(world.workers.agency[world.workers.open == 1], minlength=len(world.agencies.posts))
    world.agencies.extra[:] = opened - world.agencies.posts  # so that posts close whose policy ends on this morning
    r.active[:] = (r.present == 1) & (r.age > 0) & (world.tick - 1 - last < world.rules.participation.neighbour_days)


def _fill(table: Any, saved: Saved) -> None:
    for name, values in saved.items():
        getattr(table, name)[:] = values


def _fill_workers(world: World, saved: Saved) -> None:
    """Give each agency's posts their workers; posts that the snapshot's scenario did not know stay closed."""
    for agency in range(len(world.agencies.posts)):
        mine = np.flatnonzero(world.workers.agency == agency)
        theirs = np.flatnonzero(saved["agency"] == agency)
        count = min(len(mine), len(theirs))
        for name, values in saved.items():
            if name != "pool":
                getattr(world.workers, name)[mine[:count]] = values[theirs[:count]]
