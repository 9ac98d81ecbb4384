"""Work: who takes which case, how far it gets, and how it ends.

A worker holds *work left* in hours at nominal speed, never a time of completion across days: tomorrow's speed is not
known today. Within a day the speed is constant, so a completion today is an entry on the agenda.
"""

import numpy as np

from sim.model.columns import (
    FAILED,
    IN_WORK,
    MEDIATION,
    NEED,
    NEVER,
    QUEUED,
    RESOLVED,
)
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.draws import bits, stream_day
from sim.model.service.closing import decide, experience, in_time, lapse, treatment_met
from sim.model.service.desk import CASEWORK, MEDIATING, OFFERED, STARTS
from sim.model.service.events import ENDS, push
from sim.model.service.queues import leave, next_case
from sim.model.service.routing import FILLED, POSTS, draw, route, size_work
from sim.rules import conflict, knowledge, skill
from sim.vocabulary.categories import CATEGORIES
from sim.vocabulary.streams import INDEX

REOPEN = INDEX["service.reopen"]
RESOLVE = INDEX["service.resolve"]
WORKER = INDEX["service.worker"]

COUNSELLOR, COORDINATOR, ADVOCATE = range(3)
HEALTH = CATEGORIES.index("health")
EMPLOYMENT = CATEGORIES.index("employment")
HARDSHIP = CATEGORIES.index("hardship_and_welfare")

F_FAILED = flow("failed")
F_REOPENED = flow("reopened")
F_RESOLVED = flow("resolved")
F_STARTED = flow("started")
F_WAIT_DAYS = flow("wait_days")


@kernel
def muster(desk):
    """Count who is there, set today's speeds, and put back the cases of those who left."""
    staff, crew = desk.staff, desk.crew
    workers = staff.key.shape[0]
    for worker in range(workers):
        release(desk, worker)
        outside = staff.outside[worker] == 1
        rate = desk.today.partner_rate if outside else desk.today.own_rate
        tools = desk.book.technology.on_speed * desk.today.platform
        staff.speed[worker] = rate * skill.speed(
            desk.book.skill, staff.skill[worker], staff.burnout[worker], desk.today.burnout_loss, tools
        )
        staff.busy[worker] = 0.0
        staff.clock[worker] = desk.today.opens
        crew.posts[staff.agency[worker], POSTS] += staff.open[worker]
        crew.posts[staff.agency[worker], FILLED] += staff.in_post[worker]
        crew.first[staff.pool[worker] + 1] += 1
        if staff.in_post[worker] == 1:
            crew.filled[staff.pool[worker]] += 1
            if desk.today.workday and not outside:
                desk.totals[OFFERED] += desk.today.own_hours
    for pool in range(crew.filled.shape[0]):
        crew.first[pool + 1] += crew.first[pool]
    placed = np.zeros(crew.filled.shape[0], dtype=np.int32)
    for worker in range(workers):
        pool = staff.pool[worker]
        crew.member[crew.first[pool] + placed[pool]] = worker
        placed[pool] += 1


@kernel
def release(desk, worker):
    """Part a worker from a case that ended otherwise, or that a worker who left has to leave behind."""
    case = np.int64(desk.staff.case[worker])
    if case < 0:
        return
    if desk.table.state[case] != IN_WORK:
        desk.staff.case[worker] = -1
    elif desk.staff.in_post[worker] == 0:
        desk.table.state[case] = QUEUED
        desk.staff.case[worker] = -1


@kernel
def open_shift(desk):
    """Begin the shift: unfinished work goes on, then every free worker takes a case."""
    staff = desk.staff
    for worker in range(staff.key.shape[0]):
        if staff.case[worker] >= 0:
            work_on(desk, worker, desk.today.opens)
    for pool in range(desk.crew.filled.shape[0]):
        assign(desk, pool, desk.today.opens)


@kernel
def assign(desk, pool, now):
    """Give cases to free workers of a pool while there are both; cases past their deadline are dropped."""
    while True:
        row = next_case(desk.lines, pool)
        if row < 0:
            return
        if desk.table.deadline[row] <= now:
            leave(desk.lines, desk.table, row)
            lapse(desk, row)
            continue
        worker = choose_worker(desk, pool, row)
        if worker < 0:
            return
        leave(desk.lines, desk.table, row)
        begin(desk, worker, row, now)


@kernel
def role_for(desk, row):
    """Role that a case suits best."""
    table = desk.table
    if table.kind[row] == MEDIATION or table.outside[row] == 1 or table.common[row] == 1:
        return COORDINATOR
    category = table.category[row]
    if category == HEALTH or category == EMPLOYMENT or category == HARDSHIP:
        return COUNSELLOR
    return ADVOCATE


@kernel
def choose_worker(desk, pool, row):
    """Choose among the free workers of a pool: one of the right role before others, then by keyed draw; -1: none."""
    staff, crew = desk.staff, desk.crew
    role = role_for(desk, row)
    stream = stream_day(desk.place.streams[WORKER], 0, 0)
    chosen = -1
    chosen_other = True
    chosen_bits = np.uint64(0)
    for place in range(crew.first[pool], crew.first[pool + 1]):
        worker = crew.member[place]
        if staff.in_post[worker] == 0 or staff.case[worker] >= 0 or staff.speed[worker] <= 0.0:
            continue
        other = staff.role[worker] != role
        drawn = bits(stream, staff.key[worker] ^ desk.table.id[row])
        if chosen < 0 or (chosen_other and not other) or (chosen_other == other and drawn < chosen_bits):
            chosen = worker
            chosen_other = other
            chosen_bits = drawn
    return chosen


@kernel
def begin(desk, worker, row, now):
    """Begin, or take up again, work on a case."""
    table = desk.table
    table.state[row] = IN_WORK
    desk.staff.case[worker] = row
    if table.first[row] == NEVER:
        table.first[row] = now
        if table.kind[row] == NEED:
            started(desk, row, now)
    work_on(desk, worker, now)


@kernel
def started(desk, row, now):
    """Book the beginning of work on a need."""
    table = desk.table
    cell = table.cell[row]
    wait = now - table.voiced[row]
    desk.place.flows[cell, F_STARTED] += 1.0
    desk.place.flows[cell, F_WAIT_DAYS] += wait
    decide(desk, row, in_time(desk, row))
    place = desk.counts[STARTS]
    desk.wait_cell[place] = cell
    desk.wait[place] = wait
    desk.counts[STARTS] = place + 1


@kernel
def work_on(desk, worker, now):
    """Set a worker to the case in hand; it ends today when the work left fits into the shift."""
    staff = desk.staff
    row = np.int64(staff.case[worker])
    staff.clock[worker] = now
    if staff.speed[worker] <= 0.0:
        return
    ends = now + desk.table.work[row] / staff.speed[worker]
    if ends < desk.today.closes:
        push(desk.agenda, desk.counts, ends, ENDS, desk.table.tie[row], worker)


@kernel
def book_work(desk, worker, now):
    """Book what a worker has done on the case in hand since ``clock``, in hours of the worker and in work."""
    staff, table = desk.staff, desk.table
    row = np.int64(staff.case[worker])
    spent = now - staff.clock[worker]
    outside = staff.outside[worker] == 1
    hours = spent * (desk.today.partner_rate if outside else desk.today.own_rate)
    staff.clock[worker] = now
    staff.busy[worker] += hours
    table.worked[row] += hours
    table.work[row] = max(table.work[row] - spent * staff.speed[worker], 0.0)
    if not outside:
        desk.totals[MEDIATING if table.kind[row] == MEDIATION else CASEWORK] += hours


@kernel
def close_shift(desk):
    """End the shift: work in hand is kept for the next workday."""
    for worker in range(desk.staff.key.shape[0]):
        if desk.staff.case[worker] >= 0:
            book_work(desk, worker, desk.today.closes)


@kernel
def complete(desk, worker, now):
    """End work on a case, and leave the worker free."""
    staff, table = desk.staff, desk.table
    row = np.int64(staff.case[worker])
    book_work(desk, worker, now)
    table.work[row] = 0.0
    staff.case[worker] = -1
    staff.closed[worker] += 1
    block = desk.people.quarter[table.resident[row]]
    known = staff.familiarity[worker, block]
    if table.kind[row] == NEED:
        complete_need(desk, worker, row, known, now)
    elif table.kind[row] == MEDIATION:
        chance = conflict.mediation_succeeds(desk.book.conflict, staff.skill[worker], now - table.arose[row])
        table.state[row] = RESOLVED if draw(desk, RESOLVE, np.int64(table.attempts[row]), row) < chance else FAILED
    else:
        table.state[row] = RESOLVED
    staff.familiarity[worker, block] = knowledge.gained(known, desk.book.skill.familiarity_gain)


@kernel
def complete_need(desk, worker, row, known, now):
    """Resolve a need, take it up again, or give it up."""
    table = desk.table
    worker_skill = desk.staff.skill[worker]
    cell, resident = table.cell[row], table.resident[row]
    chance = skill.resolves(desk.book.skill, worker_skill, known, table.unmatched[row] == 1, 0.0)
    resolved = draw(desk, RESOLVE, np.int64(table.attempts[row]), row) < chance
    if resolved:
        table.state[row] = RESOLVED
        desk.place.flows[cell, F_RESOLVED] += 1.0
        desk.people.successes[resident] += 1.0
    elif draw(desk, REOPEN, np.int64(table.attempts[row]), row) < desk.book.service.reopen:
        table.attempts[row] += 1
        desk.place.flows[cell, F_REOPENED] += 1.0
        size_work(desk, row)
        route(desk, row, now)
        return
    else:
        table.state[row] = FAILED
        desk.place.flows[cell, F_FAILED] += 1.0
        desk.people.failures[resident] += 1.0
    timely = 1.0 if in_time(desk, row) else 0.0
    experience(desk, row, timely, 1.0 if resolved else 0.0, treatment_met(desk, row, worker_skill))
