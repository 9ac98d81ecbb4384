"""The stage of a replay: a copy of a community's columns, and what agents take for their model.

Before a phase the stage is made equal to the world; the compiled driver lives the phase on the world, the followed
agents live it on the stage, and then both are compared.
"""

import copy
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np

from sim.errors import RunError
from sim.model.agents.agency import Agency
from sim.model.agents.council import ResidentsCouncil
from sim.model.columns import CONFLICT, DEMAND, RESIDENT, WORKER, Column
from sim.model.stores import Store, conflict_store, demand_store
from sim.model.trace.recorder import NotingToday, Recorder, Subject
from sim.model.trace.watched import WatchedResident, WatchedWorker
from sim.model.world import Waits, World

Row = dict[str, Any]
Rows = Collection[int]
"""Rows of the residents who live a phase again."""


class Cast:
    """Agents by row, made when somebody asks for them."""

    def __init__(self, kind: type, stage: "Stage", rows: int) -> None:
        self._kind, self._stage, self._rows = kind, stage, rows
        self._made: dict[int, Any] = {}

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[row] for row in range(*place.indices(self._rows))]
        found = self._made.get(place)
        if found is None:
            found = self._made[place] = self._kind(self._stage, place, place + 1)
        return found

    def __iter__(self) -> Iterator[Any]:
        return (self[row] for row in range(self._rows))


class Stage:
    """What agents live a phase on once more.

    Parameters
    ----------
    live : World
        The world that the compiled driver steps.
    recorder : Recorder
    """

    def __init__(self, live: World, recorder: Recorder) -> None:
        self.live, self.recorder = live, recorder
        self.world = world = copy.copy(live)
        for name in ("residents", "workers", "councils"):
            table = getattr(live, name)
            setattr(world, name, type(table)(*(column.copy() for column in table)))
        world.demands, world.conflicts = demand_store(), conflict_store()
        for name in ("flows", "institution", "load", "visits", "hours"):
            setattr(world, name, getattr(live, name).copy())
        world.waits = Waits()
        self.residents = Cast(WatchedResident, self, world.n)
        self.workers = Cast(WatchedWorker, self, len(world.workers.key))
        self.agencies = [Agency(self, row, 0) for row in range(len(world.agencies.posts))]
        self.councils = [ResidentsCouncil(self, row, 0) for row in range(len(world.councils.quarter))]
        self.today = NotingToday(world, recorder)

    def set(self, rows: list[int] | None = None) -> None:
        """Make the stage equal to the world as it is now; of residents, only the given rows.

        Copying 60,000 residents takes milliseconds, and most phases read few of them. Rows left out are stale, which
        the comparison after the phase would show.
        """
        live, world = self.live, self.world
        chosen: Any = slice(None) if rows is None else rows
        for mine, theirs in zip(world.residents, live.residents, strict=True):
            mine[chosen] = theirs[chosen]
        for name in ("workers", "councils"):
            for mine, theirs in zip(getattr(world, name), getattr(live, name), strict=True):
                np.copyto(mine, theirs)
        for mine, theirs in ((world.demands, live.demands), (world.conflicts, live.conflicts)):
            _copy_store(mine, theirs)
        for name in ("flows", "institution", "load", "visits", "hours"):
            np.copyto(getattr(world, name), getattr(live, name))
        world.tick, world.case_share, world.mean_skill = live.tick, live.case_share, live.mean_skill
        world.levers, world.chances, world.waits = live.levers, live.chances, Waits()
        world.rules, world.groups, world.population = live.rules, live.groups, live.population
        world.contacts = live.contacts
        if self.today.tick != world.tick:
            self.today = NotingToday(world, self.recorder)

    # --- what agents ask of their model -----------------------------------------------------------------------------

    def council_of(self, block: int) -> Any:
        """The council of a block, by its number; None where there is none."""
        row = self.world.council_of.item(block)
        return self.councils[row] if row >= 0 else None

    def contact_rows(self, row: int) -> list[int]:
        """Rows of a resident's contacts."""
        starts, contacts = self.world.contacts
        return contacts[starts[row] : starts[row + 1]].tolist()

    # --- comparison -------------------------------------------------------------------------------------------------

    def check(self, phase: str, subjects: Iterable[Subject]) -> None:
        """Compare what agents did with what the compiled driver wrote.

        Raises
        ------
        RunError
            If a column differs.
        """
        for subject in subjects:
            mine, theirs = row_of(self.world, subject), row_of(self.live, subject)
            if mine is None and theirs is None:
                continue
            if mine is None or theirs is None:
                who = "agents" if theirs is None else "the compiled driver"
                raise RunError(f"{self._where(phase, subject)}: only {who} have it; the two drivers differ")
            for name, value in mine.items():
                if value != theirs[name]:
                    raise RunError(
                        f"{self._where(phase, subject)}: column {name} is {value!r} when agents live the phase, but "
                        f"the compiled driver wrote {theirs[name]!r}; one of the two is wrong"
                    )

    def _where(self, phase: str, subject: Subject) -> str:
        number = f"{subject[1]:016x}" if subject[0] in ("demand", "conflict") else subject[1]
        return f"trace: {self.live.date}, phase {phase}, {subject[0]} {number}"


def _copy_store(mine: Store, theirs: Store) -> None:
    mine.count = 0
    mine.reserve(theirs.count)
    mine.count = theirs.count
    for to, source in zip(mine.columns, theirs.columns, strict=True):
        to[: theirs.count] = source[: theirs.count]


_TABLES: dict[str, tuple[str, tuple[Column, ...]]] = {
    "resident": ("residents", RESIDENT), "worker": ("workers", WORKER), "demand": ("demands", DEMAND),
    "conflict": ("conflicts", CONFLICT),
}  # fmt: skip


def row_of(world: World, subject: Subject) -> Row | None:
    """The columns of an agent or record as plain values; None where there is no such record in the table."""
    kind, number = subject
    place, declared = _TABLES[kind]
    table: Any = getattr(world, place)
    if isinstance(table, Store):
        found = np.flatnonzero(table.columns.id[: table.count] == np.uint64(number))
        if not len(found):
            return None
        table, number = table.columns, int(found[-1])
    row = {column.name: getattr(table, column.name).item(number) for column in declared}
    if kind == "worker":
        row["familiarity"] = tuple(table.familiarity[number].tolist())
    return row


def resident_of(row: int) -> Subject:
    """How a resident is followed."""
    return "resident", row


def states(stage: Stage) -> dict[Subject, int]:
    """States of the followed cases and conflicts that are there."""
    followed = [subject for subject in stage.recorder.followed if subject[0] in ("demand", "conflict")]
    found = {subject: row_of(stage.world, subject) for subject in followed}
    return {subject: row["state"] for subject, row in found.items() if row is not None}
