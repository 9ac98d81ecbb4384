"""Phase 5, participation (M1): on an occasion a resident weighs meeting, council and online against staying away.

On the day of an election the electors vote first. Acts may carry a proposal, which is adopted or turned down: an
experience of governance, in which a proposal turned down is neither answered in time nor resolved. A meeting without a
proposal is a light experience, of how one is treated. Taking part raises expectations (X5) and gives a chance to voice
a need kept silent.
"""

from sim.model import draws
from sim.model.chance import struck_evenly
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.elections import hold_elections
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import functions, skill, trust
from sim.rules import participation as rules
from sim.vocabulary.streams import INDEX

NO_PROPOSAL, ADOPTED, TURNED_DOWN = 0, 1, 2
NEED_ARISES, ENQUIRY, VOICES_LATER = 1, 2, 4
INVITED_DAYS = 7
"""An invitation counts for a week: about until the next occasion."""

_OCCASION, _SUPPLY = INDEX["participation.occasion"], INDEX["participation.supply"]
_CHOICE, _PROPOSAL = INDEX["participation.choice"], INDEX["participation.proposal"]
_MEETING, _COUNCIL, _ONLINE = flow("acts_meeting"), flow("acts_council"), flow("acts_online")
_HOURS = flow("act_hours")


def run(world: World) -> None:
    """Let residents take part."""
    hold_elections(world)
    r = world.rules
    run_rows(
        take_part, world, world.tick, world.streams, world.groups, world.levers, world.room, world.residents,
        world.contacts[0], world.contacts[1], r.participation, r.trust, r.skill, r.needs, world.mean_skill, world.flows,
    )


@kernel
def neighbours_active(i, indptr, indices, active):
    """Share of a resident's contacts who took part lately; 0 without contacts."""
    first, last = indptr[i], indptr[i + 1]
    if last == first:
        return 0.0
    count = 0
    for e in range(first, last):
        count += active[indices[e]]
    return count / (last - first)


@kernel
def take_part(
    lo, hi, tick, streams, groups, levers, room, residents, indptr, indices, p, trust_p, skill_p, needs_p, mean_skill,
    flows,
):
    """Visit residents ``lo`` to ``hi``: whether and how each takes part today."""
    occasion_day = draws.stream_day(streams[_OCCASION], tick, 0)
    meeting_day = draws.stream_day(streams[_SUPPLY], tick, rules.MEETING)
    council_day = draws.stream_day(streams[_SUPPLY], tick, rules.COUNCIL)
    online_day = draws.stream_day(streams[_SUPPLY], tick, rules.ONLINE)
    choice_day = draws.stream_day(streams[_CHOICE], tick, 0)
    treatment = skill.treatment(skill_p, mean_skill, 0.0)
    residents.act[lo:hi] = rules.STAY
    residents.proposal[lo:hi] = NO_PROPOSAL
    residents.need[lo:hi] = 0
    end = struck_evenly(lo, hi, occasion_day, residents.key, residents.present, p.occasions, room.mask, room.rows)
    for k in range(lo, end):
        i = room.rows[k]
        if residents.age[i] == 0:
            continue
        q, g, key = residents.quarter[i], residents.group[i], residents.key[i]
        meeting = draws.uniform(meeting_day, key) < levers.meeting_supply[q, g]
        council = draws.uniform(council_day, key) < levers.council_supply[q, g]
        online = residents.online[i] == 1 and draws.uniform(online_day, key) < levers.online_supply[q, g]
        if not (meeting or council or online):
            continue
        alone = groups.participation_shift[g] + rules.inclination(
            p, residents.taste[i], residents.knowledge[i], residents.efficacy[i], residents.belonging[i],
            residents.trust[i], residents.informed[i], 1.0 if tick - residents.invited[i] < INVITED_DAYS else 0.0,
        )
        u = draws.uniform(choice_day, key)
        most = alone + max(p.b_neighbours, 0.0)
        if rules.surely_stays(p, most, residents.time_value[i], meeting, council, online, u):
            continue
        common = alone + p.b_neighbours * neighbours_active(i, indptr, indices, residents.active)
        way = rules.choose(p, common, residents.time_value[i], meeting, council, online, u)
        if way != rules.STAY:
            act(
                i, way, tick, streams, levers.promise, levers.adoption[0], residents, p, trust_p, needs_p, treatment,
                flows,
            )


@kernel
def act(i, way, tick, streams, promises, adoption, residents, p, trust_p, needs_p, treatment, flows):
    """Book one act of resident ``i`` and what comes of it."""
    q, g, key, cell = residents.quarter[i], residents.group[i], residents.key[i], residents.cell[i]
    residents.act[i] = way
    residents.acts[i] += 1
    flows[cell, _HOURS] += rules.hours_of(p, way)
    if way == rules.MEETING:
        residents.last_meeting[i] = tick
        flows[cell, _MEETING] += 1.0
    elif way == rules.COUNCIL:
        residents.last_council[i] = tick
        flows[cell, _COUNCIL] += 1.0
    else:
        residents.last_online[i] = tick
        flows[cell, _ONLINE] += 1.0
    promise = functions.union(trust_p.act_promise, promises[q, g])
    residents.expectation[i] = trust.expectation_promised(trust_p, residents.expectation[i], promise)
    if draws.uniform(draws.stream_day(streams[_PROPOSAL], tick, 0), key) < p.proposals:
        chance = functions.union(p.adoption, adoption)
        adopted = draws.uniform(draws.stream_day(streams[_PROPOSAL], tick, 1), key) < chance
        residents.proposal[i] = ADOPTED if adopted else TURNED_DOWN
        answer = 1.0 if adopted else 0.0
        residents.experience_sum[i] += trust.performance(trust_p, answer, answer, treatment)
        residents.experience_n[i] += 1.0
    elif way != rules.ONLINE:
        residents.experience_sum[i] += trust_p.enquiry_weight * treatment
        residents.experience_n[i] += trust_p.enquiry_weight
    if draws.uniform(draws.stream_day(streams[_PROPOSAL], tick, 2), key) < needs_p.later_voice:
        residents.need[i] = VOICES_LATER
