"""Following lives through a run: copies before each phase, the replay, the comparison, and the diary."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sim.errors import RunError
from sim.model.elections import election_today
from sim.model.phases import NAMES
from sim.model.trace.recorder import NEWS, ORDINARY, Moment, Recorder, Subject
from sim.model.trace.replay import PHASES
from sim.model.trace.stage import Row, Stage, row_of
from sim.model.trace.targets import Target
from sim.model.world import World

_CLEARED: Final = frozenset((
    "active", "speed", "clock", "busy", "case", "load", "skill", "burnout", "familiarity", "moved",
))  # fmt: skip
"""Columns whose change outside a replayed phase is no news."""
_CROWDED: Final = ("service", "conflict")
"""Phases in which anybody may matter to anybody."""
_ENDING: Final = ("lapses", "given up", "resolved", "fails", "due time", "settles it", "settled", "escalates")


@dataclass
class PhaseOfLife:
    """What a phase of a day brought somebody: moments, and the columns that changed (before, after) by subject."""

    name: str
    moments: list[Moment]
    changes: dict[Subject, dict[str, tuple[Any, Any]]]
    level: int


@dataclass
class DayOfLife:
    """A day of somebody's life; ``states`` are the columns of the agent or record itself in the evening."""

    tick: int
    date: dt.date
    phases: list[PhaseOfLife] = field(default_factory=list)
    states: Row = field(default_factory=dict)

    @property
    def level(self) -> int:
        """The most that any of its phases has to say."""
        return max((phase.level for phase in self.phases), default=ORDINARY)


@dataclass
class Diary:
    """Somebody's days, and the columns on the morning they were first seen."""

    target: Target
    days: list[DayOfLife] = field(default_factory=list)
    first: Row = field(default_factory=dict)


class Tracer:
    """Watches a run; give it to :func:`sim.model.day.step` as ``watch``.

    Before a phase that can matter to somebody who is followed, the columns are copied; after it, the followed agents
    live it again on the copy in plain Python, and every column of theirs is compared with what the compiled driver
    wrote.

    Parameters
    ----------
    world : World
    targets : sequence of Target
    """

    def __init__(self, world: World, targets: Sequence[Target]) -> None:
        self.diaries = [Diary(target) for target in targets]
        for target in targets:
            target.begin(world)
        self._residents = {target.own for target in targets if target.kind == "resident"}
        self.appeared = {"demand": 0, "conflict": 0}
        self._recorder = Recorder()
        self._stage = Stage(world, self._recorder)
        self._touched: set[str] = set()
        self._last: dict[Subject, Row] = {}
        self._changes: dict[Subject, dict[str, tuple[Any, Any]]] = {}
        self._ready = ""
        self._counts = (world.demands.count, world.conflicts.count)
        for diary in self.diaries:
            if diary.target.appeared:
                diary.first = self._look(world, diary.target.own)

    @property
    def over(self) -> bool:
        """Whether every life has ended."""
        return all(diary.target.over for diary in self.diaries)

    def __call__(self, world: World, phase: str) -> None:
        """Live a phase again that the world has just lived, and get ready for the next."""
        self._note_appearances(world, phase)
        for diary in self.diaries:
            if not diary.target.over:
                diary.target.gather(world)
        moments: list[Moment] = []
        before, replayed = self._last, self._ready == phase
        if replayed:
            moments, before = self._replay(world, phase)
        self._compare(world, phase, before, replayed)
        for diary in self.diaries:
            if diary.target.appeared and not diary.target.over:
                self._write(world, phase, diary, moments, replayed)
        if phase == "trust":
            self._touched.clear()
        self._counts = (world.demands.count, world.conflicts.count)
        if phase == NAMES[-1]:
            self._evening(world)
            return
        coming = NAMES[NAMES.index(phase) + 1]
        self._ready = ""
        if coming in PHASES and any(diary.target.watches(coming, world) for diary in self.diaries):
            self._stage.set(self._near(world, coming))
            self._ready = coming

    def _near(self, world: World, phase: str) -> list[int] | None:
        """Rows that a phase reads when it is lived again: those followed and their contacts; None: anybody's."""
        if phase in _CROWDED or (phase == "participation" and election_today(world)):
            return None
        if any(not diary.target.appeared and diary.target.watches(phase, world) for diary in self.diaries):
            return None
        rows = {row for diary in self.diaries for row in diary.target.people}
        return sorted(rows.union(*(self._stage.contact_rows(row) for row in rows)))

    def _evening(self, world: World) -> None:
        self._ready = ""
        for diary in self.diaries:
            target = diary.target
            target.subjects = {s for s in target.subjects if s in self._last or s == target.own}
            if target.appeared and not target.over and target.name not in self._touched:
                target.end_day(world)

    def _note_appearances(self, world: World, phase: str) -> None:
        if phase not in ("needs", "conflict"):
            return
        for kind, store, old in (
            ("demand", world.demands, self._counts[0]), ("conflict", world.conflicts, self._counts[1]),
        ):  # fmt: skip
            for diary in self.diaries:
                if diary.target.kind == kind:
                    diary.target.appear(store, old, self.appeared[kind])
            self.appeared[kind] += store.count - old

    def _replay(self, world: World, phase: str) -> tuple[list[Moment], dict[Subject, Row]]:
        """Live a phase again and compare; return what was noted, and the columns before."""
        alive = [diary.target for diary in self.diaries if not diary.target.over]
        rows: set[int] = set().union(*(t.rows(phase, t.name in self._touched) for t in alive))
        about: set[Subject] = set().union(*(t.subjects for t in alive))
        self._recorder.followed = about | {("resident", row) for row in rows}
        before = {subject: row_of(self._stage.world, subject) for subject in self._recorder.followed}
        with self._recorder.listening():
            PHASES[phase](self._stage, sorted(rows))
        self._stage.check(phase, sorted(self._checked(phase, about, rows)))
        return self._recorder.taken(), {subject: row for subject, row in before.items() if row is not None}

    def _checked(self, phase: str, about: set[Subject], rows: set[int]) -> set[Subject]:
        """Who has lived a phase again in full."""
        if phase == "workforce":
            return {subject for subject in about if subject[0] == "worker"}
        if phase == "service":
            return about
        records = about if phase in ("movement", "needs", "conflict") else set()
        agents = {subject for subject in about if subject[0] == "worker"} if phase == "movement" else set()
        return {s for s in records if s[0] in ("demand", "conflict")} | agents | {("resident", row) for row in rows}

    def _write(self, world: World, phase: str, diary: Diary, moments: list[Moment], replayed: bool) -> None:
        """Enter a phase into somebody's diary."""
        target = diary.target
        subjects = set(target.subjects)
        if target.kind in ("demand", "conflict") and phase in ("movement", "trust"):
            subjects |= {("resident", row) for row in target.rows(phase, target.name in self._touched)}
        mine = [moment for moment in moments if not moment.subjects.isdisjoint(subjects)]
        if target.kind in ("demand", "conflict") and any(word in moment.title for moment in mine for word in _ENDING):
            self._touched.add(target.name)
        changes = {subject: self._changes[subject] for subject in sorted(subjects) if self._changes.get(subject)}
        level = max((moment.level for moment in mine), default=ORDINARY)
        if not replayed and any(set(columns) - _CLEARED for columns in changes.values()):
            level = NEWS
        if not diary.days or diary.days[-1].tick != world.tick:
            diary.days.append(DayOfLife(world.tick, world.date))
        today = diary.days[-1]
        if mine or changes:
            today.phases.append(PhaseOfLife(phase, mine, changes, level))
        today.states = self._last.get(target.own, today.states)
        if not diary.first:
            diary.first = dict(today.states)

    def _compare(self, world: World, phase: str, before: dict[Subject, Row], replayed: bool) -> None:
        """Note which columns a phase changed, of everybody who is followed."""
        self._changes = {}
        people = {("resident", row) for diary in self.diaries for row in diary.target.people}
        for subject in people.union(*(diary.target.subjects for diary in self.diaries if not diary.target.over)):
            now = row_of(world, subject)
            if now is None:
                self._last.pop(subject, None)
                continue
            self._last[subject] = now
            old = before.get(subject, now)
            self._changes[subject] = {name: (old[name], value) for name, value in now.items() if value != old[name]}
            if self._changes[subject] and not replayed and phase in PHASES and subject in self._residents:
                raise RunError(
                    f"trace: {world.date}, phase {phase}: resident {subject[1]} changed though nothing concerned them"
                )

    def _look(self, world: World, subject: Subject) -> Row:
        row = row_of(world, subject)
        assert row is not None
        self._last[subject] = row
        return row
