"""Phase 6, learning and belonging (M2, M10, M12): knowledge, information, ties, belonging, friction and efficacy.

Everything fades a little each day; sessions teach, publicity informs, doing things together builds ties and belonging
and wears friction down, and a proposal adopted or turned down moves the sense of efficacy.
"""

from sim.model.compiled import kernel
from sim.model.phases.outreach import ACTIVITY, PUBLICITY, SESSION
from sim.model.phases.participation import ADOPTED, TURNED_DOWN
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import efficacy, functions, knowledge, participation, trust


def run(world: World) -> None:
    """Let residents learn and forget, come together and drift apart."""
    r = world.rules
    run_rows(learn, world, world.residents, world.levers, r.knowledge, r.belonging, r.efficacy, r.trust)


@kernel
def learn(lo, hi, residents, levers, k, b, e, t):
    """Visit residents ``lo`` to ``hi``."""
    for i in range(lo, hi):
        if residents.present[i] == 0:
            continue
        know = knowledge.lost(residents.knowledge[i], k.decay)
        informed = knowledge.lost(residents.informed[i], k.informed_decay)
        ties = knowledge.lost(residents.ties[i], b.ties_decay)
        belong = knowledge.gained(knowledge.lost(residents.belonging[i], b.decay), b.from_ties * ties)
        friction = knowledge.lost(residents.friction[i], b.friction_decay)
        able = knowledge.lost(residents.efficacy[i], e.decay)
        exposure, act = residents.exposure[i], residents.act[i]
        if exposure != 0 or act != participation.STAY:
            if exposure & SESSION:
                know = knowledge.gained(know, k.gain)
            if act != participation.STAY:
                know = knowledge.gained(know, k.gain * k.practice)
            if exposure & PUBLICITY:
                informed = knowledge.gained(informed, k.informed_gain)
                promise = levers.promise[residents.quarter[i], residents.group[i]]
                residents.expectation[i] = trust.expectation_promised(t, residents.expectation[i], promise)
            if exposure & (ACTIVITY | SESSION) or act == participation.MEETING or act == participation.COUNCIL:
                ties = knowledge.gained(ties, b.ties_gain)
                belong = knowledge.gained(belong, b.gain)
                friction = knowledge.lost(friction, b.friction_contact)
            if residents.proposal[i] == ADOPTED:
                able = efficacy.after(e, able, True)
            elif residents.proposal[i] == TURNED_DOWN:
                able = efficacy.after(e, able, False)
        residents.knowledge[i] = know
        residents.informed[i] = informed
        residents.ties[i] = ties
        residents.belonging[i] = belong
        residents.friction[i] = friction
        residents.efficacy[i] = functions.clamp01(able)
