"""How conflicts go on and end (phase 10, after onset): mediation, escalation, fading, becoming known."""

from typing import Any

from sim.model.agents.records import Conflict, Demand
from sim.model.columns import (
    ESCALATED,
    FADED,
    FAILED,
    IN_WORK,
    KNOWN,
    LATENT,
    MEDIATED,
    MEDIATION,
    RESOLVED,
    ROUTING,
)
from sim.model.identifiers import MEDIATION_KIND, record_key_py
from sim.rules import functions, knowledge, monitoring, trust


def settle_mediations(model: Any) -> None:
    """Take the results of today's mediations: success ends a conflict and relieves; failure leaves it open."""
    today, r = model.today, model.today.rules
    conflicts = Conflict.all(model)
    for case in Demand.all(model):
        if case.kind != MEDIATION or case.is_open:
            continue
        conflict = _open_one(conflicts, case.conflict)
        if conflict is None:
            continue
        conflict.case_open = False
        if case.state == RESOLVED:
            conflict.state = MEDIATED
            today.book(conflict.cell, "conflicts_mediated")
            today.book(conflict.cell, "conflict_days", today.tick + 1.0 - conflict.onset)
            for party in conflict.parties:
                party.grievance = knowledge.lost(party.grievance, r.conflict.relief)
                party.go_through(trust.performance(r.trust, 1.0, 1.0, 1.0))
        elif case.state == FAILED:
            again = today.draw("conflict.report", conflict.id, 1)
            conflict.state = LATENT
            conflict.reported = today.tick + 1.0 + functions.exponential_time(again, r.conflict.reporting)


def end_conflicts(model: Any) -> None:
    """Let conflicts whose time has come escalate or fade, unless a worker is at them."""
    today, r = model.today, model.today.rules
    in_mediation = {
        case.conflict: case.state for case in reversed(Demand.all(model)) if case.kind == MEDIATION and case.is_open
    }
    for conflict in Conflict.all(model):
        last = min(conflict.escalates, conflict.fades)
        if not conflict.is_open or last >= today.tick + 1.0:
            continue
        if conflict.case_open and in_mediation.get(conflict.id) == IN_WORK:
            continue
        # a mediation that began in time and failed outlasts the deadline: such a conflict ends this morning
        today.book(conflict.cell, "conflict_days", max(last, float(today.tick)) - conflict.onset)
        if conflict.escalates <= conflict.fades:
            conflict.state = ESCALATED
            today.book(conflict.cell, "conflicts_escalated")
            for party in conflict.parties:
                party.go_through(trust.performance(r.trust, 0.0, 0.0, 0.0))
                party.suffer_escalation()
        else:
            conflict.state = FADED
            today.book(conflict.cell, "conflicts_faded")


def report_conflicts(model: Any) -> None:
    """Let latent conflicts become known, reported by a party or found by monitoring; known ones become cases."""
    today, r = model.today, model.today.rules
    for conflict in Conflict.all(model):
        if conflict.state != LATENT:
            continue
        key, initiator = conflict.id, conflict.parties[0]
        time = conflict.reported
        if today.draw("conflict.detect", key, 0) < monitoring.finds(
            r.monitoring, today.lever("monitoring", initiator)
        ):
            time = min(time, max(today.tick + today.draw("conflict.detect", key, 1), conflict.onset))
        if time >= today.tick + 1.0:
            continue
        conflict.state = KNOWN
        today.book(conflict.cell, "conflicts_known")
        if r.conflict.mediation > 0.0:
            conflict.case_open = True
            case = Demand.open(model, record_key_py(MEDIATION_KIND, key, today.tick), MEDIATION, initiator, time)
            case.conflict = key
            case.state = ROUTING
            case.arose = conflict.onset
            case.voiced = time
            case.deadline = min(conflict.escalates, conflict.fades)


def _open_one(conflicts: list[Conflict], key: int) -> Conflict | None:
    """The open conflict with this id."""
    return next((conflict for conflict in conflicts if conflict.id == key and conflict.is_open), None)
