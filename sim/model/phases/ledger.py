"""Phase 13, ledger: close the day's books. Both drivers share it, so outcomes are computed once, from columns."""

import numpy as np

from sim.model.columns import MEDIATED, NEED, NEVER, RESOLVED, SILENT
from sim.model.compiled import kernel, run_ranges
from sim.model.counters import flow, institution, stock, use
from sim.model.elections import keep_councils, recruit
from sim.model.phases.hours import total
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
    recruit(world.tick, world.residents, indptr, indices)
    keep_councils(world.tick, world.councils, world.cell_levels, world.flows, world.residents, world.starts, r.council)
    note_active(world.tick, world.residents, r.participation.neighbour_days)
    if world.residents.moved.any() or world.order[-1] < 0:
        order_by_cell(world.residents.cell, world.first_of_cell, world.order)
    world.stocks[:] = 0.0
    run_cells(world)
    count_demands(world.tick, world.demands.columns, world.demands.count, r.service, world.stocks)
    count_conflicts(world.conflicts.columns, world.conflicts.count, world.stocks)
    remember_attendance(world)
    book_money(world)
    compact(world)
    compact_conflicts(world)


@kernel
def note_active(tick, residents, neighbour_days):
    """Note who took part lately, for contacts to see tomorrow."""
    for k in range(len(residents.active)):
        i = np.uint64(k)
        ago = tick - max(residents.last_meeting[i], residents.last_council[i], residents.last_online[i])
        residents.active[i] = (ago < neighbour_days) & (residents.present[i] == 1) & (residents.age[i] > 0)


@kernel
def order_by_cell(cell, first_of_cell, order):
    """List residents' rows cell by cell, in the order of rows within each: a counting sort."""
    first_of_cell[:] = 0
    for i in range(len(cell)):
        first_of_cell[cell[i] + 1] += 1
    for c in range(1, len(first_of_cell)):
        first_of_cell[c] += first_of_cell[c - 1]
    place = first_of_cell[:-1].copy()
    for i in range(len(cell)):
        order[place[cell[i]]] = i
        place[cell[i]] += 1


def run_cells(world: World) -> None:
    """Count residents cell by cell, on the world's threads: each cell is one thread's."""
    r = world.rules
    edges = np.searchsorted(world.first_of_cell, world.n * np.arange(world.threads + 1) / world.threads)
    edges[0], edges[-1] = 0, len(world.stocks)
    ranges = [(int(lo), int(hi)) for lo, hi in zip(edges[:-1], edges[1:], strict=True) if hi > lo]
    run_ranges(
        count_residents, ranges, world.tick, world.residents, world.first_of_cell, world.order, r.trust, r.belonging,
        world.stocks,
    )


@kernel
def count_residents(lo, hi, tick, residents, first_of_cell, order, trust_p, belonging_p, stocks):
    """Add up the residents of cells ``lo`` to ``hi``, each cell in registers, in the order of rows.

    Conditions become 0 or 1 and are added like the rest: a branch that chance decides costs more than an addition.
    """
    for cell in range(lo, hi):
        n = trust_sum = square = low = experienced = trust_experienced = expectation = knowledge = informed = 0.0
        belong = efficacy = grievance = friction = contacts = adults = year = month = 0.0
        for k in range(first_of_cell[cell], first_of_cell[cell + 1]):
            i = np.uint64(order[np.uint64(k)])
            here = 1.0 if residents.present[i] == 1 else 0.0
            trust = here * residents.trust[i]
            recent = here if tick - residents.last_experience[i] < trust_p.experience_days else 0.0
            adult = here if residents.age[i] > 0 else 0.0
            ago = tick - max(residents.last_meeting[i], residents.last_council[i], residents.last_online[i])
            n += here
            trust_sum += trust
            square += trust * trust
            low += here if trust < trust_p.low else 0.0
            experienced += recent
            trust_experienced += recent * trust
            expectation += here * residents.expectation[i]
            knowledge += here * residents.knowledge[i]
            informed += here * residents.informed[i]
            belong += here * residents.belonging[i]
            efficacy += here * residents.efficacy[i]
            grievance += here * residents.grievance[i]
            friction += here * residents.friction[i]
            intensity = belonging.contact_intensity(belonging_p, residents.ties[i])
            contacts += here * (residents.degree[i] * intensity)
            adults += adult
            year += adult if ago < YEAR else 0.0
            month += adult if ago < MONTH else 0.0
        stocks[cell, _N] = n
        stocks[cell, _TRUST] = trust_sum
        stocks[cell, _TRUST_SQUARE] = square
        stocks[cell, _TRUST_LOW] = low
        stocks[cell, _EXPERIENCED] = experienced
        stocks[cell, _TRUST_EXPERIENCED] = trust_experienced
        stocks[cell, _EXPECTATION] = expectation
        stocks[cell, _KNOWLEDGE] = knowledge
        stocks[cell, _INFORMED] = informed
        stocks[cell, _BELONGING] = belong
        stocks[cell, _EFFICACY] = efficacy
        stocks[cell, _GRIEVANCE] = grievance
        stocks[cell, _FRICTION] = friction
        stocks[cell, _CONTACTS] = contacts
        stocks[cell, _ADULTS] = adults
        stocks[cell, _PART_365] = year
        stocks[cell, _PART_30] = month


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
