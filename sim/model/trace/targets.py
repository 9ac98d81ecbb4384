"""Whose life is traced: a resident, a worker, a demand or a conflict, and which agents and records belong to it."""

import difflib
import re
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sim.errors import UsageError
from sim.model.columns import MEDIATED, RESOLVED
from sim.model.draws import MASK
from sim.model.stores import Store
from sim.model.trace.recorder import Subject
from sim.model.world import World

KINDS: Final = ("resident", "worker", "demand", "conflict")
_RECORDS: Final = ("demand", "conflict")
_APPEAR: Final = {"demand": ("needs", "conflict"), "conflict": ("conflict",)}
"""Phases in which records of a kind appear."""


@dataclass
class Target:
    """Whose life is traced.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    text : str
        What was asked for, after the colon.
    number : int, optional
        Row of an agent, or which record it is in order of appearance (from 1).
    key : int, optional
        Id of a record; known at once where it was asked for by its id, else once it has appeared.
    subjects : set of Subject
        Agents and records that belong to this life so far.
    people : set of int
        Rows of the residents whom a record concerns; of the resident, where it is one.
    fresh, appeared, over : bool
        Whether a record appeared in this phase, has appeared, and whether this life has ended: nothing more can come.
    """

    kind: str
    text: str
    number: int | None = None
    key: int | None = None
    subjects: set[Subject] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    fresh: bool = False
    appeared: bool = False
    over: bool = False

    @property
    def name(self) -> str:
        """As it was asked for."""
        return f"{self.kind}:{self.text}"

    @property
    def own(self) -> Subject:
        """The agent or record itself."""
        number = self.key if self.kind in _RECORDS else self.number
        assert number is not None
        return self.kind, number

    # --- finding --------------------------------------------------------------------------------------------------

    def begin(self, world: World) -> None:
        """Find an agent in a new world.

        Raises
        ------
        UsageError
            If there is no such row.
        """
        if self.kind in _RECORDS:
            return
        rows = world.n if self.kind == "resident" else len(world.workers.key)
        assert self.number is not None
        if self.number >= rows:
            raise UsageError(
                f"--trace {self.name}: there is no such {self.kind}; {world.scenario.name} has {self.kind}s 0 to "
                f"{rows - 1}"
            )
        self.appeared = True
        self.subjects.add(self.own)
        if self.kind == "resident":
            self.people.add(self.number)

    def appear(self, store: Store, old: int, seen: int) -> None:
        """Look for a record among those that a phase added behind row ``old``; ``seen`` others came before these."""
        self.fresh = False
        if self.appeared or self.kind not in _RECORDS:
            return
        fresh = store.columns.id[old : store.count]
        if self.key is not None:
            self.appeared = bool((fresh == np.uint64(self.key)).any())
        elif self.number is not None and seen < self.number <= seen + len(fresh):
            self.key, self.appeared = fresh[self.number - seen - 1].item(), True
        if self.appeared:
            self.fresh = True
            self.subjects.add(self.own)

    def gather(self, world: World) -> None:
        """Take in records that belong to this life: a resident's demands and conflicts, the mediation of a conflict."""
        if not self.appeared or self.kind == "worker":
            return
        if self.kind in _RECORDS:
            self.people |= _parties(world, self.own)
        if self.kind == "demand":
            return
        demands, conflicts = world.demands, world.conflicts
        d, c = demands.columns, conflicts.columns
        if self.kind == "resident":
            mine = d.resident[: demands.count] == self.number
            party = (c.initiator[: conflicts.count] == self.number) | (c.other[: conflicts.count] == self.number)
            self.subjects.update(("conflict", key) for key in c.id[: conflicts.count][party].tolist())
        else:
            mine = d.conflict[: demands.count] == np.uint64(self.own[1])
        self.subjects.update(("demand", key) for key in d.id[: demands.count][mine].tolist())

    # --- what has to be lived again ---------------------------------------------------------------------------------

    def watches(self, phase: str, world: World) -> bool:
        """Whether a phase, about to be lived, can matter to this life."""
        if self.over:
            return False
        if not self.appeared:
            return phase in _APPEAR[self.kind]
        if self.kind == "worker":
            return phase in ("movement", "service", "workforce")
        if phase == "service":
            return self._waits(world)
        if self.kind == "resident":
            return phase != "workforce"
        return phase in ("movement", "needs", "service", "trust", "conflict")

    def _waits(self, world: World) -> bool:
        """Whether one of its cases is open."""
        demands = world.demands
        ids, states = demands.columns.id[: demands.count], demands.columns.state[: demands.count]
        mine = [key for kind, key in self.subjects if kind == "demand"]
        if self.kind == "resident":
            return bool(((demands.columns.resident[: demands.count] == self.number) & (states < RESOLVED)).any())
        return bool((np.isin(ids, np.array(mine, dtype=np.uint64)) & (states < RESOLVED)).any())

    def rows(self, phase: str, touched: bool) -> set[int]:
        """Rows of the residents who live a phase again for this life; ``touched``: a case of its left an experience."""
        if self.kind == "resident":
            return self.people
        if self.kind in _RECORDS and self.appeared and not self.over:
            if phase == "movement" or (phase == "trust" and touched) or (phase in _APPEAR[self.kind] and self.fresh):
                return self.people
        return set()

    def end_day(self, world: World) -> None:
        """Note whether this life is over: the record has been dropped from its table."""
        if self.appeared and self.kind in _RECORDS:
            store = world.demands if self.kind == "demand" else world.conflicts
            state, ids = store.columns.state[: store.count], store.columns.id[: store.count]
            last = RESOLVED if self.kind == "demand" else MEDIATED
            self.over = not bool(((ids == np.uint64(self.own[1])) & (state < last)).any())


def _parties(world: World, record: Subject) -> set[int]:
    """Rows of the residents a record concerns."""
    store = world.demands if record[0] == "demand" else world.conflicts
    found = np.flatnonzero(store.columns.id[: store.count] == np.uint64(record[1]))
    if not len(found):
        return set()
    columns: Any = store.columns
    if record[0] == "demand":
        return {columns.resident.item(found[-1])}
    return {row for row in (columns.initiator.item(found[-1]), columns.other.item(found[-1])) if row >= 0}


def parse(text: str) -> Target:
    """Read what is to be traced: ``resident:ROW``, ``worker:ROW``, ``demand:N``, ``conflict:N``, or a record by its id.

    Raises
    ------
    UsageError
        If it is none of these.
    """
    kind, colon, number = text.strip().partition(":")
    if not colon or kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, 1)
        wrong = "a number is missing" if kind in KINDS else f"unknown kind {kind!r}"
        hint = f" (did you mean {near[0]}?)" if near and kind not in KINDS else ""
        raise UsageError(
            f"--trace {text}: {wrong}{hint}; allowed are resident:ROW, worker:ROW, demand:N and conflict:N "
            "(the N-th of the run in order of appearance, or its id in 16 hexadecimal digits)"
        )
    if kind in _RECORDS and re.fullmatch(r"(0x)?[0-9a-fA-F]{16}", number):
        return Target(kind, number, key=int(number, 16) & MASK)
    first = 1 if kind in _RECORDS else 0
    if not re.fullmatch(r"[0-9]{1,15}", number) or int(number) < first:
        ids = " or an id in 16 hexadecimal digits" if kind in _RECORDS else ""
        raise UsageError(f"--trace {text}: {number!r} is no {kind}; allowed is a whole number from {first} on{ids}")
    return Target(kind, number, number=int(number))
