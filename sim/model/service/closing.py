"""How demands end, what residents make of it, and the end of the day.

An experience is a case closed, a case that lapsed while it waited, or a case that passed its due time before work began
(once). Timeliness is decided once: when work begins, when a council settles the matter, or when the due time passes.
"""

from sim.model.columns import AT_COUNCIL, LAPSED, NEED, NEVER, QUEUED, ROUTING, SILENT
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.rules import service, skill, trust

F_DECIDED = flow("due_decided")
F_ON_TIME = flow("on_time")
F_LAPSED_SILENT = flow("lapsed_silent")
F_LAPSED_WAITING = flow("lapsed_waiting")


@kernel
def due_days(desk, row):
    """Days within which work on a demand must begin, by its true urgency."""
    return service.due(desk.book.service, desk.table.urgent[row] == 1)


@kernel
def in_time(desk, row):
    """Whether work on a demand first began within its due time."""
    first = desk.table.first[row]
    return first != NEVER and first - desk.table.voiced[row] <= due_days(desk, row)


@kernel
def treatment_met(desk, row, worker_skill):
    """Listening and respect met: the worker's skill (0 where nobody came), and an acknowledgement."""
    followed = desk.book.service.acknowledge_treatment * desk.table.acknowledged[row]
    return skill.treatment(desk.book.skill, worker_skill, followed)


@kernel
def experience(desk, row, timely, resolved, treatment):
    """Leave with the resident what was met, for the trust phase."""
    resident = desk.table.resident[row]
    desk.people.experience_sum[resident] += trust.performance(desk.book.trust, timely, resolved, treatment)
    desk.people.experience_n[resident] += 1.0


@kernel
def decide(desk, row, on_time):
    """Book the timeliness of a need, once."""
    if desk.table.decided[row] == 1:
        return
    desk.table.decided[row] = 1
    cell = desk.table.cell[row]
    desk.place.flows[cell, F_DECIDED] += 1.0
    if on_time:
        desk.place.flows[cell, F_ON_TIME] += 1.0


@kernel
def lapse(desk, row):
    """End a demand that nobody took up in time."""
    table = desk.table
    waited = table.state[row] != SILENT
    table.state[row] = LAPSED
    if table.kind[row] != NEED:
        return
    desk.people.failures[table.resident[row]] += 1.0
    if not waited:
        desk.place.flows[table.cell[row], F_LAPSED_SILENT] += 1.0
        return
    desk.place.flows[table.cell[row], F_LAPSED_WAITING] += 1.0
    decide(desk, row, False)
    experience(desk, row, 0.0, 0.0, treatment_met(desk, row, 0.0))


@kernel
def weigh_waiting(desk, row):
    """Grievance of a need that waits: past due, or silent. One that passes its due time is an experience, once."""
    table = desk.table
    resident = table.resident[row]
    if table.state[row] == SILENT:
        desk.people.overdue[resident] += desk.book.grievance.silence
        return
    if table.first[row] != NEVER or desk.today.end - table.voiced[row] <= due_days(desk, row):
        return
    if table.decided[row] == 0:
        decide(desk, row, False)
        experience(desk, row, 0.0, 0.0, treatment_met(desk, row, 0.0))
    desk.people.overdue[resident] += 1.0 - desk.book.grievance.acknowledged * table.acknowledged[row]


@kernel
def close_day(desk):
    """Let lapse what has come to its deadline; weigh what still waits."""
    table = desk.table
    for row in range(desk.rows):
        state = table.state[row]
        if state == SILENT or state == ROUTING or state == QUEUED or state == AT_COUNCIL:
            if table.deadline[row] <= desk.today.end:
                lapse(desk, row)
            elif table.kind[row] == NEED:
                weigh_waiting(desk, row)
