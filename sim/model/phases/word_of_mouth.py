"""Phase 11, word of mouth (M3): information and opinions pass along contacts.

Everybody hears what contacts said this morning: copies are made before anybody's opinion changes.
"""

import numpy as np

from sim.model import draws
from sim.model.chance import struck_evenly
from sim.model.compiled import kernel
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import diffusion as rules
from sim.rules import knowledge
from sim.vocabulary.streams import INDEX

_MEET, _PASS = INDEX["diffusion.meet"], INDEX["diffusion.pass"]


def run(world: World) -> None:
    """Let word go round."""
    r = world.rules
    if r.diffusion.meet <= 0.0 or (r.diffusion.pass_on <= 0.0 and r.diffusion.susceptibility <= 0.0):
        return
    residents = world.residents
    run_rows(speak, world, residents)
    run_rows(
        talk, world, world.tick, world.streams, world.room, residents, world.contacts[0], world.contacts[1],
        r.diffusion, r.knowledge,
    )


@kernel
def speak(lo, hi, residents):
    """Copy what residents ``lo`` to ``hi`` say and know; an empty place says -1."""
    for i in range(lo, hi):
        residents.said[i] = residents.trust[i] if residents.present[i] == 1 else -1.0
        residents.known[i] = residents.informed[i]


@kernel
def talk(lo, hi, tick, streams, room, residents, indptr, indices, p, knowledge_p):
    """Visit residents ``lo`` to ``hi``: whoever talks matters over today hears the mean of those contacts present."""
    meet_day = draws.stream_day(streams[_MEET], tick, 0)
    pass_day = draws.stream_day(streams[_PASS], tick, 0)
    end = struck_evenly(lo, hi, meet_day, residents.key, residents.present, p.meet, room.mask, room.rows)
    for k in range(lo, end):
        i = room.rows[k]
        count, said, known = 0, 0.0, 0.0
        for e in range(indptr[i], indptr[i + 1]):
            j = np.uint64(indices[np.uint64(e)])
            if residents.said[j] >= 0.0:
                count += 1
                said += residents.said[j]
                known += residents.known[j]
        if count == 0:
            continue
        if p.susceptibility > 0.0:
            residents.trust[i] = rules.opinion(p, residents.anchor[i], said / count)
        if draws.uniform(pass_day, residents.key[i]) < rules.chance_to_hear(p, known / count):
            residents.informed[i] = knowledge.gained(residents.informed[i], knowledge_p.informed_gain)
