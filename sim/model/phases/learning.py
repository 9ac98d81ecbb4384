"""Phase 6, learning and belonging (M2, M10, M12): knowledge, information, ties, belonging, friction and efficacy.

Everything fades a little each day; sessions teach, publicity informs, doing things together builds ties and belonging
and wears friction down, and a proposal adopted or turned down moves the sense of efficacy.
"""

import numpy as np

from sim.model.chance import listed
from sim.model.compiled import kernel
from sim.model.phases.outreach import ACTIVITY, PUBLICITY, SESSION
from sim.model.phases.participation import ADOPTED, TURNED_DOWN
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import efficacy, knowledge, participation, trust


def run(world: World) -> None:
    """Let residents learn and forget, come together and drift apart."""
    r = world.rules
    run_rows(fade, world, world.residents, r.knowledge, r.belonging, r.efficacy)
    run_rows(learn, world, world.room, world.residents, world.levers, r.knowledge, r.belonging, r.efficacy, r.trust)


@kernel
def fade(lo, hi, residents, k, b, e):
    """What residents ``lo`` to ``hi`` know, feel and keep up fades; ties feed belonging."""
    present = residents.present
    lose(lo, hi, present, residents.knowledge, k.decay)
    lose(lo, hi, present, residents.informed, k.informed_decay)
    lose(lo, hi, present, residents.ties, b.ties_decay)
    lose(lo, hi, present, residents.friction, b.friction_decay)
    lose(lo, hi, present, residents.efficacy, e.decay)
    belong, ties = residents.belonging, residents.ties
    for k in range(lo, hi):
        i = np.uint64(k)
        fed = knowledge.gained(knowledge.lost(belong[i], b.decay), b.from_ties * ties[i])
        belong[i] = fed if present[i] == 1 else belong[i]


@kernel
def lose(lo, hi, present, level, share):
    """A share of a level is lost by everybody present."""
    for k in range(lo, hi):
        i = np.uint64(k)
        level[i] = knowledge.lost(level[i], share) if present[i] == 1 else level[i]


@kernel
def learn(lo, hi, room, residents, levers, k, b, e, t):
    """Visit those of residents ``lo`` to ``hi`` whom something reached, or who took part, today."""
    for j in range(lo, hi):
        i = np.uint64(j)
        room.mask[i] = (residents.exposure[i] | residents.act[i]) != 0
    for j in range(lo, listed(lo, hi, room.mask, room.rows)):
        i = room.rows[j]
        exposure, act = residents.exposure[i], residents.act[i]
        took_part = act != participation.STAY
        if exposure & SESSION:
            residents.knowledge[i] = knowledge.gained(residents.knowledge[i], k.gain)
        if took_part:
            residents.knowledge[i] = knowledge.gained(residents.knowledge[i], k.gain * k.practice)
        if exposure & PUBLICITY:
            residents.informed[i] = knowledge.gained(residents.informed[i], k.informed_gain)
            promise = levers.promise[residents.quarter[i], residents.group[i]]
            residents.expectation[i] = trust.expectation_promised(t, residents.expectation[i], promise)
        if exposure & (ACTIVITY | SESSION) or act == participation.MEETING or act == participation.COUNCIL:
            residents.ties[i] = knowledge.gained(residents.ties[i], b.ties_gain)
            residents.belonging[i] = knowledge.gained(residents.belonging[i], b.gain)
            residents.friction[i] = knowledge.lost(residents.friction[i], b.friction_contact)
        if residents.proposal[i] == ADOPTED:
            residents.efficacy[i] = efficacy.after(e, residents.efficacy[i], True)
        elif residents.proposal[i] == TURNED_DOWN:
            residents.efficacy[i] = efficacy.after(e, residents.efficacy[i], False)
