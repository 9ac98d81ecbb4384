"""Phase 13, ledger: close the day's books. Both drivers share it, so outcomes are computed once, from columns."""

import numpy as np

from sim.model.columns import MEDIATED, NEED, NEVER, RESOLVED, SILENT
from sim.model.compiled import kernel
from sim.model.counters import flow, institution, stock, use
from sim.model.elections import keep_councils, recruit
from sim.model.phases.hours import total
from sim.model.rows import run_rows
from sim.model.service import compact
from sim.model.world import World
from sim.rules import belonging, service

_N, _ADULTS = stock("n"), stock("adults")
_PART_30, _PART_365 = stock("took_part_30"), stock("took_part_365")
_TRUST, _TRUST_SQUARE, _TRUST_LOW = stock("trust"), stock("trust_square"), stock("trust_low")
_EXPERIENCED, _TRUST_EXPERIENCED = stock("experienced"), stock("trust_experienced")
_EXPECTATION, _KNOWLEDGE, _INFORMED = stock("expectation"), stock("knowledge"), stock("informed")
_BELONGING, _EFFICACY, _GRIEVANCE = stock("belonging"), stock("efficacy"), stock("grievance")
_FRICTION, _CONTACTS = stock("friction"), stock("contacts_week")
_SILENT, _BACKLOG, _OVERDUE = stock("silent_open"), stock("backlog"), stock("overdue_open")
_CONFLICTS = stock("conflicts_open")
_WAGES, _PROGRAMMES = institution("money_wages"), institution("money_programmes")
_MEMBERS, _LEGITIMACY = institution("council_members"), institution("council_legitimacy")
_ATTENDANCE, _WORKERS = institution("council_attendance"), institution("workers")
MONTH, YEAR = 30, 365

# what drives hours beside policies' standing ones: (use, flows, minutes of ``hours``)
_DRIVEN = (
    ("participation", ("acts_meeting", "acts_council", "acts_online"), "act_minutes"),
    ("activities", ("activity_visits",), "attendance_minutes"),
    ("education", ("session_visits",), "attendance_minutes"),
    ("enquiries", ("enquiries",), "enquiry_minutes"),
    ("feedback", ("acknowledged",), "feedback_minutes"),
)


def run(world: World) -> None:
    """Count the day's stocks, hours and money; drop what is closed."""
    r = world.rules
    indptr, indices = world.contacts
    residents = world.residents
    recruit(world.tick, residents.representative, residents.act, residents.invited, indptr, indices)
    keep_councils(world.tick, world.councils, world.cell_levels, world.flows, residents, world.starts, r.council)
    world.stocks[:] = 0.0
    run_rows(count_residents, world, world.tick, residents, r.participation, r.trust, r.belonging, world.stocks)
    count_demands(world.tick, world.demands.columns, world.demands.count, r.service, world.stocks)
    count_conflicts(world.conflicts.columns, world.conflicts.count, world.stocks)
    remember_attendance(world)
    book_money(world)
    for trigger in world.board.triggers.values():
        trigger.count(world)
    compact(world)
    compact_conflicts(world)


@kernel
def count_residents(lo, hi, tick, residents, participation_p, trust_p, belonging_p, stocks):
    """Add residents ``lo`` to ``hi`` to the stocks of their cells; note who took part lately, for contacts to see.

    Conditions become 0 or 1 and are added like the rest: a branch that chance decides costs more than an addition.
    """
    for k in range(lo, hi):
        i = np.uint64(k)
        if residents.present[i] == 0:
            residents.active[i] = 0
            continue
        cell = np.uint64(residents.cell[i])
        trust = residents.trust[i]
        recent = 1.0 if tick - residents.last_experience[i] < trust_p.experience_days else 0.0
        ago = tick - max(residents.last_meeting[i], residents.last_council[i], residents.last_online[i])
        adult = 1.0 if residents.age[i] > 0 else 0.0
        residents.active[i] = (ago < participation_p.neighbour_days) & (residents.age[i] > 0)
        stocks[cell, _N] += 1.0
        stocks[cell, _ADULTS] += adult
        stocks[cell, _PART_30] += adult if ago < MONTH else 0.0
        stocks[cell, _PART_365] += adult if ago < YEAR else 0.0
        stocks[cell, _TRUST] += trust
        stocks[cell, _TRUST_SQUARE] += trust * trust
        stocks[cell, _TRUST_LOW] += 1.0 if trust < trust_p.low else 0.0
        stocks[cell, _EXPERIENCED] += recent
        stocks[cell, _TRUST_EXPERIENCED] += recent * trust
        stocks[cell, _EXPECTATION] += residents.expectation[i]
        stocks[cell, _KNOWLEDGE] += residents.knowledge[i]
        stocks[cell, _INFORMED] += residents.informed[i]
        stocks[cell, _BELONGING] += residents.belonging[i]
        stocks[cell, _EFFICACY] += residents.efficacy[i]
        stocks[cell, _GRIEVANCE] += residents.grievance[i]
        stocks[cell, _FRICTION] += residents.friction[i]
        intensity = belonging.contact_intensity(belonging_p, residents.ties[i])
        stocks[cell, _CONTACTS] += residents.degree[i] * intensity


@kernel
def count_demands(tick, demands, count, service_p, stocks):
    """Add open needs to the stocks: silent ones, known ones, overdue ones."""
    for d in range(count):
        if demands.kind[d] != NEED or demands.state[d] >= RESOLVED:
            continue
        cell = demands.cell[d]
        if demands.state[d] == SILENT:
            stocks[cell, _SILENT] += 1.0
            continue
        stocks[cell, _BACKLOG] += 1.0
        waited = tick + 1.0 - demands.voiced[d]
        if demands.first[d] == NEVER and waited > service.due(service_p, demands.urgent[d] == 1):
            stocks[cell, _OVERDUE] += 1.0


@kernel
def count_conflicts(conflicts, count, stocks):
    """Add open conflicts to the stocks."""
    for c in range(count):
        if conflicts.state[c] < MEDIATED:
            stocks[conflicts.cell[c], _CONFLICTS] += 1.0


def remember_attendance(world: World) -> None:
    """Update the running mean of weekly hours that attendance, acts, enquiries and feedback take."""
    p = world.rules.hours
    today = [0.0] * len(world.attendance_hours)
    for name, flows, minutes in _DRIVEN:
        count = 0.0
        for each in flows:
            count += sum_flows(world.flows, flow(each))
        today[use(name)] += 7.0 * count * getattr(p, minutes) / 60.0
    for k, hours in enumerate(today):
        world.attendance_hours[k] += p.memory * (hours - world.attendance_hours[k])


@kernel
def sum_flows(flows, column):
    """Sum of a flow over cells, in their order."""
    total = 0.0
    for cell in range(flows.shape[0]):
        total += flows[cell, column]
    return total


def book_money(world: World) -> None:
    """Book the day's wages and programme money, and the state of the councils."""
    p, row = world.rules.hours, world.institution
    row[_WAGES] = row[_WORKERS] * p.week / 7.0 * p.wage
    row[_PROGRAMMES] = 0.0
    for money in world.board.money_by_block.values():
        row[_PROGRAMMES] += money / YEAR
    councils = world.councils
    row[_MEMBERS] = total(councils.members)
    row[_ATTENDANCE] = total(councils.attendance)
    row[_LEGITIMACY] = total(councils.legitimacy)


def compact_conflicts(world: World) -> None:
    """Drop conflicts that have ended."""
    state = world.conflicts.columns.state[: world.conflicts.count]
    open_rows = (state < MEDIATED).nonzero()[0]
    if len(open_rows) < world.conflicts.count:
        world.conflicts.keep(open_rows)
