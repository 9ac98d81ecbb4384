"""Phase 4, outreach: publicity, sessions, activities, visits and invitations reach particular residents.

Each form has its own draw, so that adding one leaves who is reached by the others alone. Children go to activities
only. What reaches a resident is kept for the day in bits of ``exposure``.
"""

from sim.model import draws
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.rows import run_rows
from sim.model.world import World
from sim.vocabulary.streams import INDEX

PUBLICITY, SESSION, ACTIVITY, VISIT = 1, 2, 4, 8

_PUBLICITY, _SESSION = INDEX["outreach.publicity"], INDEX["outreach.session"]
_ACTIVITY, _VISIT = INDEX["outreach.activity"], INDEX["outreach.visit"]
_INVITATION = INDEX["outreach.invitation"]
_ACTIVITY_VISITS, _SESSION_VISITS = flow("activity_visits"), flow("session_visits")
_HOME_VISITS = flow("home_visits")


def run(world: World) -> None:
    """Reach residents."""
    run_rows(reach, world, world.tick, world.streams, world.chances, world.residents, world.flows)


@kernel
def reach(lo, hi, tick, streams, chances, residents, flows):
    """Visit residents ``lo`` to ``hi``: what reaches each of them today."""
    publicity_day = draws.stream_day(streams[_PUBLICITY], tick, 0)
    session_day = draws.stream_day(streams[_SESSION], tick, 0)
    activity_day = draws.stream_day(streams[_ACTIVITY], tick, 0)
    visit_day = draws.stream_day(streams[_VISIT], tick, 0)
    invitation_day = draws.stream_day(streams[_INVITATION], tick, 0)
    for i in range(lo, hi):
        residents.exposure[i] = 0
        if residents.present[i] == 0:
            continue
        q, g, key = residents.quarter[i], residents.group[i], residents.key[i]
        exposure = 0
        if chances.activity[q, g] > 0.0 and draws.uniform(activity_day, key) < chances.activity[q, g]:
            exposure |= ACTIVITY
            flows[residents.cell[i], _ACTIVITY_VISITS] += 1.0
        if residents.age[i] > 0:
            if chances.publicity[q, g] > 0.0 and draws.uniform(publicity_day, key) < chances.publicity[q, g]:
                exposure |= PUBLICITY
            if chances.session[q, g] > 0.0 and draws.uniform(session_day, key) < chances.session[q, g]:
                exposure |= SESSION
                flows[residents.cell[i], _SESSION_VISITS] += 1.0
            if chances.visit[q, g] > 0.0 and draws.uniform(visit_day, key) < chances.visit[q, g]:
                exposure |= VISIT
                flows[residents.cell[i], _HOME_VISITS] += 1.0
            if chances.invitation[q, g] > 0.0 and draws.uniform(invitation_day, key) < chances.invitation[q, g]:
                residents.invited[i] = tick
        residents.exposure[i] = exposure
