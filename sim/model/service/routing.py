"""From surfacing to a queue: triage, acknowledgement, councils, routing, and the choice of a pool.

All draws are keyed by the demand's id and the number of attempts, never by the day or the row: one more demand changes
nobody else's. The pool is chosen when the routing ends.
"""

import numpy as np

from sim.model.columns import (
    AT_COUNCIL,
    MEDIATION,
    MEDIATION_CLASS,
    NEED,
    ORDINARY_CLASS,
    QUEUED,
    RESOLVED,
    ROUTING,
    URGENT_CLASS,
)
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.draws import bits, stream_day, uniform
from sim.model.service.closing import decide, experience, in_time, treatment_met
from sim.model.service.desk import ARRIVED
from sim.model.service.events import STEP, push
from sim.model.service.queues import join
from sim.rules import cooperation, council, population, service, technology
from sim.vocabulary.streams import INDEX

ACKNOWLEDGE = INDEX["service.acknowledge"]
BOUNCE = INDEX["service.bounce"]
COUNCIL = INDEX["service.council"]
PARTNER = INDEX["service.partner"]
ROUTE = INDEX["service.route"]
TIE = INDEX["service.tie"]
TRIAGE = INDEX["service.triage"]
WORK = INDEX["service.work"]

HAND_OVER, SETTLE = 0, 1
"""Indices of a council's draws."""
ACCEPT = 10
"""Index of a partner's acceptance at the first attempt; lower ones choose the agency."""
FILLED, POSTS = 0, 1
"""Columns of ``crew.posts``, in the order in which agencies are weighed by them."""
MEASURES = 2

F_ACKNOWLEDGED = flow("acknowledged")
F_COUNCIL_RESOLVED = flow("council_resolved")
F_COUNCIL_TAKEN = flow("council_taken")
F_MISROUTED = flow("misrouted")
F_RESOLVED = flow("resolved")
F_ROUTED = flow("routed")
F_TRIAGED = flow("triaged")
F_TRIAGE_RIGHT = flow("triage_right")


@kernel
def draw(desk, stream, index, row):
    """Return the uniform draw of a demand from a stream."""
    return uniform(stream_day(desk.place.streams[stream], 0, index), desk.table.id[row])


@kernel
def intake(desk, row):
    """Take in a demand that has surfaced: everything that is settled before it goes anywhere."""
    table = desk.table
    now = max(table.voiced[row], desk.today.start)
    table.tie[row] = bits(stream_day(desk.place.streams[TIE], 0, 0), table.id[row])
    table.attempts[row] = 0
    size_work(desk, row)
    if table.kind[row] == NEED:
        triage(desk, row)
        resident = table.resident[row]
        chance = desk.place.acknowledgement[desk.people.quarter[resident], desk.people.group[resident]]
        if draw(desk, ACKNOWLEDGE, 0, row) < chance:
            table.acknowledged[row] = 1
            desk.place.flows[table.cell[row], F_ACKNOWLEDGED] += 1.0
    table.klass[row] = class_of(desk, row)
    if not to_council(desk, row, now):
        route(desk, row, now)


@kernel
def size_work(desk, row):
    """Hours of work that a demand takes, this time."""
    table = desk.table
    mean = desk.book.service.work_hours
    if table.kind[row] == MEDIATION:
        mean = desk.book.conflict.hours
    u = draw(desk, WORK, np.int64(table.attempts[row]), row)
    table.work[row] = service.work(desk.book.service, mean, u, population.normal_quantile(u))


@kernel
def triage(desk, row):
    """Judge the urgency of a need, rightly or not."""
    table = desk.table
    chance = technology.triage(desk.book.technology, desk.book.service.triage, desk.today.platform)
    right = draw(desk, TRIAGE, 0, row) < chance
    table.judged[row] = table.urgent[row] if right else 1 - table.urgent[row]
    desk.place.flows[table.cell[row], F_TRIAGED] += 1.0
    if right:
        desk.place.flows[table.cell[row], F_TRIAGE_RIGHT] += 1.0


@kernel
def class_of(desk, row):
    """Class in which a demand waits."""
    table = desk.table
    if table.kind[row] == MEDIATION:
        return MEDIATION_CLASS
    if table.kind[row] == NEED and table.judged[row] == 1:
        return URGENT_CLASS
    if desk.book.service.vulnerable_first > 0.0 and desk.people.vulnerable[table.resident[row]] == 1:
        return URGENT_CLASS
    return ORDINARY_CLASS


@kernel
def to_council(desk, row, now):
    """Hand a common need to the residents' council of the block, by chance; say whether it was."""
    table = desk.table
    if table.kind[row] != NEED or table.common[row] == 0:
        return False
    sitting = desk.place.council_of[desk.people.quarter[table.resident[row]]]
    if sitting < 0 or draw(desk, COUNCIL, HAND_OVER, row) >= desk.today.council_share:
        return False
    table.state[row] = AT_COUNCIL
    desk.assembly.taken[sitting] += 1
    desk.place.flows[table.cell[row], F_COUNCIL_TAKEN] += 1.0
    schedule(desk, row, now + desk.book.council.days)
    return True


@kernel
def route(desk, row, now):
    """Send a demand on its way to staff: time, wrong turns, and the way to a partner outside."""
    table = desk.table
    attempt = np.int64(table.attempts[row])
    online = desk.people.online[table.resident[row]] == 1
    saved = technology.routing_saved(desk.book.technology, desk.today.platform, online)
    days = service.routing_time(desk.book.service, draw(desk, ROUTE, attempt, row), saved)
    if table.kind[row] != MEDIATION:
        desk.place.flows[table.cell[row], F_ROUTED] += 1.0
        prevented = desk.book.service.acknowledge_routing * table.acknowledged[row]
        if draw(desk, BOUNCE, attempt, row) < desk.book.service.bounce * (1.0 - prevented):
            days += desk.book.service.bounce_days
            desk.place.flows[table.cell[row], F_MISROUTED] += 1.0
    if table.kind[row] == NEED and table.outside[row] == 1:
        rules = desk.book.cooperation
        days += cooperation.between(rules.days_base, rules.days_full, desk.today.cooperation)
    table.state[row] = ROUTING
    schedule(desk, row, now + days)


@kernel
def schedule(desk, row, time):
    """Note when the next step falls due; put it on the agenda when that is today."""
    desk.table.next[row] = time
    if time < desk.today.end:
        push(desk.agenda, desk.counts, max(time, desk.today.start), STEP, desk.table.tie[row], row)


@kernel
def enter(desk, row, now):
    """End the routing of a demand: it joins the queue of a pool, or tries again tomorrow where there is none."""
    table = desk.table
    pool = choose_pool(desk, row)
    if pool < 0:
        table.next[row] = desk.today.end
        return -1
    table.state[row] = QUEUED
    table.pool[row] = pool
    table.entered[row] = now
    join(desk.lines, table, row)
    if desk.place.partner[desk.place.pool_agency[pool]] == 0:
        desk.totals[ARRIVED] += table.work[row]
    return pool


@kernel
def choose_pool(desk, row):
    """Choose who is to serve a demand; sets ``unmatched`` where outside competence is not to be had."""
    table = desk.table
    table.unmatched[row] = 0
    if table.kind[row] == NEED and table.outside[row] == 1:
        rules = desk.book.cooperation
        chance = cooperation.between(rules.accept_base, rules.accept_full, desk.today.cooperation)
        if draw(desk, PARTNER, ACCEPT + np.int64(table.attempts[row]), row) < chance:
            pool = choose_among(desk, row, 1)
            if pool >= 0:
                return pool
        table.unmatched[row] = 1
    return choose_among(desk, row, 0)


@kernel
def choose_among(desk, row, partner):
    """Choose among own agencies (or partners): in proportion to posts filled, or else to posts; -1: there is none."""
    for measure in range(MEASURES):
        pool = choose_by(desk, row, partner, measure)
        if pool >= 0:
            return pool
    return -1


@kernel
def choose_by(desk, row, partner, measure):
    """Choose an agency's pool by a keyed draw, in proportion to the agency's posts of one kind."""
    total = 0
    for agency in range(desk.place.partner.shape[0]):
        total += posts_for(desk, row, agency, partner, measure)
    if total == 0:
        return -1
    left = draw(desk, PARTNER, np.int64(desk.table.attempts[row]), row) * total
    pool = np.int64(-1)
    for agency in range(desk.place.partner.shape[0]):
        posts = posts_for(desk, row, agency, partner, measure)
        if posts > 0:
            pool = desk.place.pool_of[agency, desk.table.resident[row]]
            left -= posts
            if left < 0.0:
                break
    return pool


@kernel
def posts_for(desk, row, agency, partner, measure):
    """Posts of an agency that could take a demand; 0 where it does not serve the resident or the matter.

    Counted are the whole agency's posts, so that agencies share demands by their size however their pools are cut;
    filled ones count only where the pool in question has somebody.
    """
    table = desk.table
    pool = desk.place.pool_of[agency, table.resident[row]]
    if desk.place.partner[agency] != partner or pool < 0:
        return 0
    if table.kind[row] == NEED and not desk.place.competent[agency, table.category[row]]:
        return 0
    if measure == FILLED and desk.crew.filled[pool] == 0:
        return 0
    return desk.crew.posts[agency, measure]


@kernel
def council_decides(desk, row, now):
    """End a council's deliberation: the matter is settled, or goes to staff."""
    table = desk.table
    sitting = desk.place.council_of[desk.people.quarter[table.resident[row]]]
    chance = 0.0
    if sitting >= 0:
        chance = council.settles(
            desk.book.council, desk.assembly.attendance[sitting], desk.assembly.legitimacy[sitting]
        )
    if draw(desk, COUNCIL, SETTLE, row) >= chance:
        route(desk, row, now)
        return
    table.state[row] = RESOLVED
    table.first[row] = now
    on_time = in_time(desk, row)
    decide(desk, row, on_time)
    desk.assembly.settled[sitting] += 1
    desk.place.flows[table.cell[row], F_RESOLVED] += 1.0
    desk.place.flows[table.cell[row], F_COUNCIL_RESOLVED] += 1.0
    desk.people.successes[table.resident[row]] += 1.0
    experience(desk, row, 1.0 if on_time else 0.0, 1.0, treatment_met(desk, row, 0.0))
