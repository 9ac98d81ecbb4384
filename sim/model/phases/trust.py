"""Phase 9, trust and grievance (M4, M8's memory): experience against expectation, worse news weighing more.

Today's experiences are one mean performance with a weight; contacts hear of it. Own experience comes first, then what
contacts went through. Failures and successes move the sense of efficacy, overdue and failed demands the grievance.
"""

import numpy as np

from sim.model.chance import listed
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import efficacy, grievance
from sim.rules import trust as rules

_EXPERIENCES, _PERFORMANCE = flow("experiences"), flow("performance")
_DISCONFIRMATION = flow("disconfirmation")


def run(world: World) -> None:
    """Update trust, expectation, efficacy and grievance."""
    r, residents = world.rules, world.residents
    indptr, indices = world.contacts
    if r.trust.hearsay > 0.0:
        spread_word(residents.experience_n, residents.heard, indptr, indices, world.room)
    run_rows(
        experience, world, world.tick, world.room, residents, indptr, indices, r.trust, r.diffusion, r.efficacy,
        r.grievance, world.flows,
    )
    clear(residents.experience_sum, residents.experience_n)


@kernel
def spread_word(experience_n, heard, indptr, indices, room):
    """Mark everybody with a contact who had an experience."""
    n = len(experience_n)
    for i in range(n):
        room.mask[i] = experience_n[i] > 0.0
    for k in range(listed(0, n, room.mask, room.rows)):
        i = room.rows[k]
        for e in range(indptr[i], indptr[i + 1]):
            heard[indices[e]] = 1


@kernel
def resent(lo, hi, present, overdue, failures, level, g):
    """Grievance of residents ``lo`` to ``hi`` after today's overdue and failed demands."""
    for k in range(lo, hi):
        i = np.uint64(k)
        level[i] = grievance.next_day(g, level[i], overdue[i], failures[i]) if present[i] == 1 else level[i]


@kernel
def touched(lo, hi, residents, room):
    """List those of residents ``lo`` to ``hi`` to whom something happened today; return the end of the list."""
    n, overdue = residents.experience_n, residents.overdue
    failures, successes = residents.failures, residents.successes
    for k in range(lo, hi):
        i = np.uint64(k)
        own = (n[i] > 0.0) | (overdue[i] > 0.0) | (failures[i] > 0.0) | (successes[i] > 0.0)
        room.mask[i] = own | (residents.heard[i] == 1)
    return listed(lo, hi, room.mask, room.rows)


@kernel
def experience(lo, hi, tick, room, residents, indptr, indices, t, diffusion_p, e, g, flows):
    """Visit residents ``lo`` to ``hi``: grievance, own experience, what contacts tell, success and failure."""
    own_part = 1.0 - diffusion_p.susceptibility
    resent(lo, hi, residents.present, residents.overdue, residents.failures, residents.grievance, g)
    for k in range(lo, touched(lo, hi, residents, room)):
        i = room.rows[k]
        if residents.present[i] == 0:
            forget(i, residents)
            continue
        n = residents.experience_n[i]
        if n > 0.0:
            y = residents.experience_sum[i] / n
            met(i, y, min(n, 1.0), own_part, residents, t)
            if n >= 1.0:
                residents.last_experience[i] = tick
            cell = residents.cell[i]
            flows[cell, _EXPERIENCES] += 1.0
            flows[cell, _PERFORMANCE] += y
            flows[cell, _DISCONFIRMATION] += y - residents.expectation[i]
            residents.expectation[i] += min(n, 1.0) * (
                rules.expectation_after(t, residents.expectation[i], y) - residents.expectation[i]
            )
        if residents.heard[i] == 1:
            count, performance, weight = 0, 0.0, 0.0
            for edge in range(indptr[i], indptr[i + 1]):
                j = indices[edge]
                if residents.experience_n[j] > 0.0:
                    count += 1
                    performance += residents.experience_sum[j] / residents.experience_n[j]
                    weight += min(residents.experience_n[j], 1.0)
            if count > 0:
                met(i, performance / count, t.hearsay * weight / count, own_part, residents, t)
            residents.heard[i] = 0
        if residents.failures[i] > 0.0:
            residents.efficacy[i] = efficacy.after(e, residents.efficacy[i], False)
            residents.failures[i] = 0.0
        if residents.successes[i] > 0.0:
            residents.efficacy[i] = efficacy.after(e, residents.efficacy[i], True)
            residents.successes[i] = 0.0
        residents.overdue[i] = 0.0


@kernel
def forget(i, residents):
    """Nobody lives here: nothing is taken in."""
    residents.heard[i] = 0
    residents.failures[i] = 0.0
    residents.successes[i] = 0.0
    residents.overdue[i] = 0.0


@kernel
def met(i, y, weight, own_part, residents, t):
    """Move the anchor by an experience, and what is said by the part of it that is one's own."""
    anchor = rules.updated(t, residents.anchor[i], residents.evidence[i], residents.expectation[i], y, weight)
    said = residents.trust[i] + own_part * (anchor - residents.anchor[i])
    residents.anchor[i] = anchor
    residents.trust[i] = min(max(said, 0.0), 1.0)
    residents.evidence[i] = rules.evidence_after(t, residents.evidence[i], weight)


@kernel
def clear(experience_sum, experience_n):
    """Forget what trust has taken in; what is met later today counts tomorrow."""
    for i in range(len(experience_n)):
        if experience_n[i] > 0.0:
            experience_sum[i] = 0.0
            experience_n[i] = 0.0
