"""Demands and conflicts: records, not agents. Each object is one row of a table, and lasts as long as the day.

What a resident makes of a demand's end is here; how a demand travels through the service is in
:mod:`sim.model.agents.desk`, how a conflict ends in :mod:`sim.model.agents.quarrels`.
"""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from typing import Any

from sim.model.agents.backing import Backed, backed_by
from sim.model.columns import (
    AT_COUNCIL,
    CONFLICT,
    DEMAND,
    FALSE_ALARM,
    FOUND,
    LAPSED,
    LATENT,
    LATER_VOICE,
    MEDIATED,
    NEED,
    NEVER,
    NO_CHANNEL,
    QUEUED,
    RESOLVED,
    ROUTING,
    SILENT,
)
from sim.model.identifiers import ALARM_KIND, record_key_py
from sim.model.phases.needs import AT_WHAT_TIME, BY_MONITORING, BY_VISIT
from sim.model.phases.outreach import VISIT
from sim.model.phases.participation import VOICES_LATER
from sim.rules import functions, monitoring, service, skill, trust

INSTITUTION = -1
"""The other side of a conflict that is not a resident."""


class Record(Backed):
    """A row of a growing table."""

    __slots__ = ("model", "row")

    def __init__(self, model: Any, row: int) -> None:
        self.model = model
        self.row = row


@backed_by(DEMAND)
class Demand(Record):
    """A need, a mediation or a false alarm."""

    __slots__ = ()

    @property
    def _columns(self) -> Any:
        return self.model.world.demands.columns

    @classmethod
    def open(cls, model: Any, key: int, kind: int, resident: Any, time: float) -> "Demand":
        """Enter a new case into the table, with what every case starts with."""
        store = model.world.demands
        store.reserve(1)
        new = cls(model, store.count)
        store.count += 1
        new.id, new.kind, new.resident, new.cell, new.arose = key, kind, resident.row, resident.cell, time
        new.state, new.channel, new.pool = SILENT, NO_CHANNEL, -1
        for name in ("voiced", "next", "entered", "first", "deadline"):
            setattr(new, name, NEVER)
        for name in ("conflict", "category", "klass", "attempts", "tie"):
            setattr(new, name, 0)
        for name in ("urgent", "judged", "outside", "common", "unmatched", "decided", "acknowledged"):
            setattr(new, name, False)
        new.work = new.worked = 0.0
        return new

    @classmethod
    def all(cls, model: Any) -> list["Demand"]:
        """Every row of the table, those that ended today included."""
        return [cls(model, row) for row in range(model.world.demands.count)]

    @property
    def who(self) -> Any:
        """The resident it is about."""
        return self.model.residents[self.resident]

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state < RESOLVED

    # --- phase 7: a silent need comes to light --------------------------------------------------------------

    def come_to_light(self) -> None:
        """Be found by monitoring or on a visit, or be voiced after all; monitoring brings false alarms."""
        today, resident, key = self.model.today, self.who, self.id
        if self.state != SILENT or self.deadline <= today.tick:
            return
        m = today.rules.monitoring
        chance = monitoring.finds(m, today.lever("monitoring", resident))
        monitored = today.draw("service.detect", key, BY_MONITORING) < chance
        at_home = resident.exposure & VISIT != 0
        visited = at_home and today.draw("service.detect", key, BY_VISIT) < m.visit_finds
        later = resident.need & VOICES_LATER != 0
        if not (monitored or visited or later):
            return
        time = today.tick + today.draw("service.detect", key, AT_WHAT_TIME)
        patience = today.lasting("service.lapse", key, 1)
        self.state, self.channel, self.voiced = ROUTING, LATER_VOICE if later else FOUND, time
        self.deadline = time + functions.exponential_time(patience, today.rules.needs.lapse_waiting)
        today.book(self.cell, "detected")
        today.book(self.cell, "detection_lag", time - self.arose)
        if monitored and today.draw("needs.false_alarm", key) < m.false_alarms:
            alarm = Demand.open(self.model, record_key_py(ALARM_KIND, key, today.tick), FALSE_ALARM, resident, time)
            alarm.category, alarm.channel, alarm.state = self.category, FOUND, ROUTING
            alarm.voiced, alarm.deadline = time, 1.0e9
            today.book(self.cell, "false_alarms")

    # --- phase 8: time runs, and the end --------------------------------------------------------------------

    def in_time(self) -> bool:
        """Whether work on it first began within its due time."""
        return self.first != NEVER and self.first - self.voiced <= self.due_days()

    def due_days(self) -> float:
        """Days within which work must begin, by its true urgency."""
        return service.due(self.model.today.rules.service, self.urgent)

    def treatment(self, worker_skill: float) -> float:
        """Listening and respect met: the worker's skill (0 where nobody came), and an acknowledgement."""
        r = self.model.today.rules
        return skill.treatment(r.skill, worker_skill, r.service.acknowledge_treatment * self.acknowledged)

    def leave_experience(self, timely: bool, resolved: bool, treatment: float) -> None:
        """Leave with the resident what was met, for the trust phase."""
        t = self.model.today.rules.trust
        self.who.go_through(trust.performance(t, 1.0 if timely else 0.0, 1.0 if resolved else 0.0, treatment))

    def decide(self, on_time: bool) -> None:
        """Book the timeliness of a need, once."""
        if self.decided:
            return
        self.decided = True
        self.model.today.book(self.cell, "due_decided")
        if on_time:
            self.model.today.book(self.cell, "on_time")

    def lapse(self) -> None:
        """End a case that nobody took up in time."""
        waited = self.state != SILENT
        self.state = LAPSED
        if self.kind != NEED:
            return
        self.who.failures += 1.0
        if not waited:
            self.model.today.book(self.cell, "lapsed_silent")
            return
        self.model.today.book(self.cell, "lapsed_waiting")
        self.decide(False)
        self.leave_experience(False, False, self.treatment(0.0))

    def end_day(self, end: float) -> None:
        """Lapse where patience is over; else weigh on the resident if it waits past its due time, or in silence."""
        if self.state not in (SILENT, ROUTING, QUEUED, AT_COUNCIL):
            return
        if self.deadline <= end:
            self.lapse()
        elif self.kind == NEED:
            self._weigh(end)

    def _weigh(self, end: float) -> None:
        g = self.model.today.rules.grievance
        if self.state == SILENT:
            self.who.overdue += g.silence
            return
        if self.first != NEVER or end - self.voiced <= self.due_days():
            return
        if not self.decided:
            self.decide(False)
            self.leave_experience(False, False, self.treatment(0.0))
        self.who.overdue += 1.0 - g.acknowledged * self.acknowledged


@backed_by(CONFLICT)
class Conflict(Record):
    """A conflict between two residents, or between a resident and an institution."""

    __slots__ = ()

    @property
    def _columns(self) -> Any:
        return self.model.world.conflicts.columns

    @classmethod
    def open(cls, model: Any, key: int, resident: Any, time: float) -> "Conflict":
        """Enter a new conflict into the table."""
        store = model.world.conflicts
        store.reserve(1)
        new = cls(model, store.count)
        store.count += 1
        new.id, new.initiator, new.state, new.onset = key, resident.row, LATENT, time
        new.case_open, new.cell = False, resident.cell
        return new

    @classmethod
    def all(cls, model: Any) -> list["Conflict"]:
        """Every row of the table, those that ended today included."""
        return [cls(model, row) for row in range(model.world.conflicts.count)]

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end."""
        return self.state < MEDIATED

    @property
    def parties(self) -> list[Any]:
        """The residents in it: the one with the grievance first."""
        rows = [self.initiator] if self.other == INSTITUTION else [self.initiator, self.other]
        return [self.model.residents[row] for row in rows]
