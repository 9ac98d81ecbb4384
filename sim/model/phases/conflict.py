"""Phase 10, conflict (M8, M9): onset where grievance meets contact; reporting, mediation, escalation and fading race.

At onset a conflict draws when a party would report it, when it escalates and when it fades; the earliest counts, so the
race is exact in continuous time. A known conflict waits as a case in the service phase (class MEDIATION) with its end
as deadline; a worker who begins the mediation in time stops the clock.
"""

from sim.model import draws
from sim.model.chance import struck_evenly
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
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.identifiers import CONFLICT_KIND, MEDIATION_KIND, record_key
from sim.model.phases.needs import add
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import belonging, functions, knowledge, monitoring, trust
from sim.rules import conflict as rules
from sim.vocabulary.streams import INDEX

_ONSET, _COUNTERPART = INDEX["conflict.onset"], INDEX["conflict.counterpart"]
_REPORT, _DETECT = INDEX["conflict.report"], INDEX["conflict.detect"]
_ESCALATE, _FADE = INDEX["conflict.escalate"], INDEX["conflict.fade"]
_NEW, _KNOWN, _MEDIATED = flow("conflicts_new"), flow("conflicts_known"), flow("conflicts_mediated")
_ESCALATED, _FADED, _DAYS = flow("conflicts_escalated"), flow("conflicts_faded"), flow("conflict_days")
INSTITUTION = -1


def run(world: World) -> None:
    """Let conflicts break out, become known and end."""
    r = world.rules
    indptr, indices = world.contacts
    run_rows(
        onset, world, world.tick, world.streams, world.room, world.residents, world.most_contacts, r.conflict,
        r.belonging,
    )
    world.conflicts.reserve(count_flags(world.residents.onset))
    conflicts, residents = world.conflicts.columns, world.residents
    world.conflicts.count = break_out(
        world.tick, world.streams, residents, indptr, indices, conflicts, world.conflicts.count, r.conflict,
        r.belonging, world.flows,
    )
    world.demands.reserve(world.conflicts.count)
    world.demands.count = go_on(
        world.tick, world.streams, conflicts, world.conflicts.count, world.demands.columns, world.demands.count,
        residents, indptr, indices, world.levers, r.conflict, r.belonging, r.trust, r.monitoring, world.flows,
    )


@kernel
def onset(lo, hi, tick, streams, room, residents, most_contacts, p, b):
    """Visit residents ``lo`` to ``hi``: does a conflict break out?

    A bound that holds for everybody settles most draws without an exponential.
    """
    residents.onset[lo:hi] = 0
    day = draws.stream_day(streams[_ONSET], tick, 0)
    most = most_contacts * belonging.contact_intensity(b, 1.0) * (1.0 + p.friction) + p.institution
    bound = min(rules.onset_bound(p, most), 1.0)
    end = struck_evenly(lo, hi, day, residents.key, residents.present, bound, room.mask, room.rows)
    for k in range(lo, end):
        i = room.rows[k]
        if residents.age[i] == 0:
            continue
        hazard = rules.onset_hazard(
            p, meetings(i, residents, p, b), residents.grievance[i], residents.trust[i], residents.belonging[i]
        )
        if draws.uniform(day, residents.key[i]) < rules.chance(hazard):
            residents.onset[i] = 1


@kernel
def meetings(i, residents, p, b):
    """Contacts a week that conflict can start at: others, more so with friction between groups, and institutions."""
    others = residents.degree[i] * belonging.contact_intensity(b, residents.ties[i])
    return others * (1.0 + p.friction * residents.friction[i] * residents.cross[i]) + p.institution


@kernel
def count_flags(flags):
    """Number of flags that are up."""
    count = 0
    for flag in flags:
        count += flag
    return count


@kernel
def break_out(tick, streams, residents, indptr, indices, conflicts, count, p, b, flows):
    """Record today's new conflicts; return the number of rows."""
    for i in range(len(residents.onset)):
        if residents.onset[i] == 0:
            continue
        key = record_key(CONFLICT_KIND, residents.key[i], tick)
        time = tick + draws.uniform(draws.stream_day(streams[_ONSET], 0, 1), key)
        conflicts.id[count] = key
        conflicts.initiator[count] = i
        conflicts.other[count] = counterpart(i, key, streams, residents, indptr, indices, p, b)
        conflicts.state[count] = LATENT
        conflicts.onset[count] = time
        conflicts.reported[count] = time + functions.exponential_time(
            draws.uniform(draws.stream_day(streams[_REPORT], 0, 0), key), p.reporting
        )
        conflicts.escalates[count] = time + functions.exponential_time(
            draws.uniform(draws.stream_day(streams[_ESCALATE], 0, 0), key), p.escalation
        )
        conflicts.fades[count] = time + functions.exponential_time(
            draws.uniform(draws.stream_day(streams[_FADE], 0, 0), key), p.fade
        )
        conflicts.case_open[count] = 0
        conflicts.cell[count] = residents.cell[i]
        flows[residents.cell[i], _NEW] += 1.0
        count += 1
    return count


@kernel
def counterpart(i, key, streams, residents, indptr, indices, p, b):
    """Whom the conflict is with: a contact, of another group the likelier with friction, or an institution."""
    each = belonging.contact_intensity(b, residents.ties[i])
    total = p.institution
    for e in range(indptr[i], indptr[i + 1]):
        total += contact_weight(i, indices[e], each, residents, p)
    mark = draws.uniform(draws.stream_day(streams[_COUNTERPART], 0, 0), key) * total
    for e in range(indptr[i], indptr[i + 1]):
        mark -= contact_weight(i, indices[e], each, residents, p)
        if mark < 0.0:
            return indices[e]
    return INSTITUTION


@kernel
def contact_weight(i, j, each, residents, p):
    """Weight of contact ``j`` as the other side of a conflict of ``i``."""
    if residents.present[j] == 0:
        return 0.0
    if residents.group[j] != residents.group[i]:
        return each * (1.0 + p.friction * residents.friction[i])
    return each


@kernel
def suffer(i, y, residents):
    """Resident ``i`` meets performance ``y`` at full weight; trust is updated tomorrow."""
    residents.experience_sum[i] += y
    residents.experience_n[i] += 1.0


@kernel
def go_on(
    tick, streams, conflicts, count, demands, demand_count, residents, indptr, indices, levers, p, b, t, monitoring_p,
    flows,
):
    """Let open conflicts be settled, end or become known; return the number of demands, new cases included.

    One kernel for the three, because handing the tables over takes longer than the few conflicts of a day.
    """
    settle(tick, conflicts, count, demands, demand_count, residents, p, t, streams, flows)
    end(tick, conflicts, count, demands, demand_count, residents, indptr, indices, b, t, flows)
    return report(tick, streams, conflicts, count, demands, demand_count, residents, levers, p, monitoring_p, flows)


@kernel
def settle(tick, conflicts, count, demands, demand_count, residents, p, t, streams, flows):
    """Take the results of today's mediations: success ends the conflict and eases grievance, failure leaves it open."""
    for d in range(demand_count):
        if demands.kind[d] != MEDIATION or demands.state[d] < RESOLVED:
            continue
        c = find(conflicts, count, demands.conflict[d])
        if c < 0:
            continue
        conflicts.case_open[c] = 0
        if demands.state[d] == RESOLVED:
            conflicts.state[c] = MEDIATED
            flows[conflicts.cell[c], _MEDIATED] += 1.0
            flows[conflicts.cell[c], _DAYS] += tick + 1.0 - conflicts.onset[c]
            relieve(conflicts.initiator[c], residents, p)
            suffer(conflicts.initiator[c], trust.performance(t, 1.0, 1.0, 1.0), residents)
            if conflicts.other[c] >= 0:
                relieve(conflicts.other[c], residents, p)
                suffer(conflicts.other[c], trust.performance(t, 1.0, 1.0, 1.0), residents)
        elif demands.state[d] == FAILED:
            conflicts.state[c] = LATENT
            conflicts.reported[c] = tick + 1.0 + functions.exponential_time(
                draws.uniform(draws.stream_day(streams[_REPORT], tick, 1), conflicts.id[c]), p.reporting
            )


@kernel
def relieve(i, residents, p):
    """A successful mediation takes part of the grievance away."""
    residents.grievance[i] = knowledge.lost(residents.grievance[i], p.relief)


@kernel
def find(conflicts, count, key):
    """Row of the open conflict with this id; -1 where there is none."""
    for c in range(count):
        if conflicts.id[c] == key and conflicts.state[c] < MEDIATED:
            return c
    return -1


@kernel
def case_of(demands, demand_count, key):
    """State of the open mediation case of a conflict; -1 where there is none."""
    for d in range(demand_count):
        if demands.kind[d] == MEDIATION and demands.conflict[d] == key and demands.state[d] < RESOLVED:
            return demands.state[d]
    return -1


@kernel
def end(tick, conflicts, count, demands, demand_count, residents, indptr, indices, b, t, flows):
    """Let conflicts whose time has come escalate or fade, unless a worker is at them."""
    for c in range(count):
        if conflicts.state[c] >= MEDIATED:
            continue
        last = min(conflicts.escalates[c], conflicts.fades[c])
        if last >= tick + 1.0:
            continue
        if conflicts.case_open[c] == 1 and case_of(demands, demand_count, conflicts.id[c]) == IN_WORK:
            continue
        cell = conflicts.cell[c]
        # a mediation that began in time and failed outlasts the deadline: such a conflict ends this morning
        flows[cell, _DAYS] += max(last, float(tick)) - conflicts.onset[c]
        if conflicts.escalates[c] <= conflicts.fades[c]:
            conflicts.state[c] = ESCALATED
            flows[cell, _ESCALATED] += 1.0
            escalate(conflicts.initiator[c], residents, indptr, indices, b, t)
            if conflicts.other[c] >= 0:
                escalate(conflicts.other[c], residents, indptr, indices, b, t)
        else:
            conflicts.state[c] = FADED
            flows[cell, _FADED] += 1.0


@kernel
def escalate(i, residents, indptr, indices, b, t):
    """One side of an escalated conflict: trust suffers tomorrow, belonging falls, contacts of any group witness it."""
    suffer(i, trust.performance(t, 0.0, 0.0, 0.0), residents)
    residents.belonging[i] = knowledge.lost(residents.belonging[i], b.conflict_loss)
    for e in range(indptr[i], indptr[i + 1]):
        j = indices[e]
        residents.friction[j] = knowledge.gained(residents.friction[j], b.friction_witness)
    residents.friction[i] = knowledge.gained(residents.friction[i], b.friction_witness)


@kernel
def report(tick, streams, conflicts, count, demands, demand_count, residents, levers, p, monitoring_p, flows):
    """Latent conflicts become known: reported by a party or found by monitoring; known ones become cases."""
    for c in range(count):
        if conflicts.state[c] != LATENT:
            continue
        i, key = conflicts.initiator[c], conflicts.id[c]
        chance = monitoring.finds(monitoring_p, levers.monitoring[residents.quarter[i], residents.group[i]])
        time = conflicts.reported[c]
        if draws.uniform(draws.stream_day(streams[_DETECT], tick, 0), key) < chance:
            found = max(tick + draws.uniform(draws.stream_day(streams[_DETECT], tick, 1), key), conflicts.onset[c])
            time = min(time, found)
        if time >= tick + 1.0:
            continue
        conflicts.state[c] = KNOWN
        flows[conflicts.cell[c], _KNOWN] += 1.0
        if p.mediation > 0.0:
            conflicts.case_open[c] = 1
            add(demands, demand_count, record_key(MEDIATION_KIND, key, tick), MEDIATION, i, residents.cell[i], time)
            demands.conflict[demand_count] = key
            demands.state[demand_count] = ROUTING
            demands.arose[demand_count] = conflicts.onset[c]
            demands.voiced[demand_count] = time
            demands.deadline[demand_count] = min(conflicts.escalates[c], conflicts.fades[c])
            demand_count += 1
    return demand_count
