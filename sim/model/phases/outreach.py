"""Phase 4, outreach: publicity, sessions, activities, visits and invitations reach particular residents.

Each form has its own draw, so that adding one leaves who is reached by the others alone. Children go to activities
only. What reaches a resident is kept for the day in bits of ``exposure``; a visit is a light experience as well, of how
one is treated.
"""

from sim.model import draws
from sim.model.chance import struck
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import skill
from sim.vocabulary.streams import INDEX

PUBLICITY, SESSION, ACTIVITY, VISIT = 1, 2, 4, 8

_PUBLICITY, _SESSION = INDEX["outreach.publicity"], INDEX["outreach.session"]
_ACTIVITY, _VISIT = INDEX["outreach.activity"], INDEX["outreach.visit"]
_INVITATION = INDEX["outreach.invitation"]
_ACTIVITY_VISITS, _SESSION_VISITS = flow("activity_visits"), flow("session_visits")
_HOME_VISITS = flow("home_visits")


def run(world: World) -> None:
    """Reach residents."""
    r = world.rules
    treatment = skill.treatment(r.skill, world.mean_skill, 0.0)
    run_rows(
        reach, world, world.tick, world.streams, world.limits, world.room, world.residents, treatment,
        r.trust.enquiry_weight, world.flows,
    )


@kernel
def reach(lo, hi, tick, streams, limits, room, residents, treatment, weight, flows):
    """Visit residents ``lo`` to ``hi``: what reaches each of them today."""
    residents.exposure[lo:hi] = 0
    expose(lo, hi, tick, streams[_PUBLICITY], limits.publicity, PUBLICITY, room, residents, flows, -1)
    expose(lo, hi, tick, streams[_SESSION], limits.session, SESSION, room, residents, flows, _SESSION_VISITS)
    expose(lo, hi, tick, streams[_ACTIVITY], limits.activity, ACTIVITY, room, residents, flows, _ACTIVITY_VISITS)
    expose(lo, hi, tick, streams[_VISIT], limits.visit, VISIT, room, residents, flows, _HOME_VISITS)
    if limits.visit.any():
        for i in range(lo, hi):
            if residents.exposure[i] & VISIT != 0:
                residents.experience_sum[i] += weight * treatment
                residents.experience_n[i] += weight
    day = draws.stream_day(streams[_INVITATION], tick, 0)
    if limits.invitation.any():
        end = struck(
            lo, hi, day, residents.key, residents.cell, residents.present, limits.invitation, room.mask, room.rows
        )
        for k in range(lo, end):
            residents.invited[room.rows[k]] = tick


@kernel
def expose(lo, hi, tick, stream, limits, bit, room, residents, flows, booked):
    """One form of outreach: mark whom it reaches with its bit, and book them under a flow (-1: none)."""
    if not limits.any():
        return
    day = draws.stream_day(stream, tick, 0)
    end = struck(lo, hi, day, residents.key, residents.cell, residents.present, limits, room.mask, room.rows)
    for k in range(lo, end):
        i = room.rows[k]
        residents.exposure[i] |= bit
        if booked >= 0:
            flows[residents.cell[i], booked] += 1.0
