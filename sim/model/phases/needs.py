"""Phase 7, needs and voice (M5, M14): needs arise, some are solved alone, some are voiced, the rest stay silent.

Silent needs surface when monitoring finds them, on a visit, or at an act of participation; finding brings false alarms.
Enquiries are a stream of their own: minutes each, answered as far as there are hours.
"""

from sim.model import draws
from sim.model.chance import listed, struck
from sim.model.columns import (
    FALSE_ALARM,
    FOUND,
    LATER_VOICE,
    NEED,
    NEVER,
    NO_CHANNEL,
    ONLINE_VOICE,
    OWN_VOICE,
    ROUTING,
    SILENT,
)
from sim.model.compiled import kernel
from sim.model.counters import flow, institution
from sim.model.identifiers import ALARM_KIND, DEMAND_KIND, record_key
from sim.model.phases.outreach import VISIT
from sim.model.phases.participation import ENQUIRY, NEED_ARISES, VOICES_LATER
from sim.model.rows import run_rows
from sim.model.world import World
from sim.rules import functions, monitoring, skill, trust
from sim.rules import needs as rules
from sim.vocabulary.categories import CATEGORIES, COMMON_CATEGORIES, WELFARE_CATEGORIES
from sim.vocabulary.streams import INDEX

_ARISE, _CATEGORY, _KIND = INDEX["needs.arise"], INDEX["needs.category"], INDEX["needs.kind"]
_SELF_HELP, _VOICE, _TIME = INDEX["needs.self_help"], INDEX["needs.voice"], INDEX["needs.time"]
_ALARM, _ANSWER = INDEX["needs.false_alarm"], INDEX["enquiry.answer"]
_DETECT, _LAPSE = INDEX["service.detect"], INDEX["service.lapse"]
URGENT, OUTSIDE, COMMON, RELIEF = 0, 1, 2, 3  # what the draws of ``needs.kind`` are for
BY_MONITORING, BY_VISIT, AT_WHAT_TIME = 0, 1, 2  # and those of ``service.detect``
_AROSE, _SELF = flow("needs_arose"), flow("self_resolved")
_VOICED, _SILENT = flow("voiced"), flow("stayed_silent")
_DETECTED, _LAG, _ALARMS = flow("detected"), flow("detection_lag"), flow("false_alarms")
_DELIVERED = institution("delivered")
_ENQUIRIES, _ANSWERED = flow("enquiries"), flow("enquiries_answered")
IS_WELFARE = tuple(name in WELFARE_CATEGORIES for name in CATEGORIES)
IS_COMMON = tuple(name in COMMON_CATEGORIES for name in CATEGORIES)


def run(world: World) -> None:
    """Let needs arise, be voiced or found."""
    r = world.rules
    run_rows(arise, world, world.tick, world.streams, world.limits, world.room, world.residents)
    world.demands.reserve(count_needs(world.residents.need) + world.demands.count)
    demands = world.demands.columns
    world.demands.count = surface(
        world.tick, world.streams, world.levers, world.residents, demands, world.demands.count, r.needs,
        r.monitoring, world.flows,
    )
    world.demands.count = create(
        world.tick, world.streams, world.levers, world.room, world.residents, demands, world.demands.count, r.needs,
        r.technology, r.trust, r.skill, world.mean_skill, world.institution[_DELIVERED], world.flows,
    )


@kernel
def arise(lo, hi, tick, streams, limits, room, residents):
    """Visit residents ``lo`` to ``hi``: who has a need, who an enquiry today."""
    mark(lo, hi, draws.stream_day(streams[_ARISE], tick, 0), limits.need, NEED_ARISES, room, residents)
    mark(lo, hi, draws.stream_day(streams[_ARISE], tick, 1), limits.enquiry, ENQUIRY, room, residents)


@kernel
def mark(lo, hi, day, limits, bit, room, residents):
    """Mark whom one kind of need strikes with its bit."""
    end = struck(lo, hi, day, residents.key, residents.cell, residents.present, limits, room.mask, room.rows)
    for k in range(lo, end):
        residents.need[room.rows[k]] |= bit


@kernel
def count_needs(need):
    """Number of residents with a need today: the rows that :func:`create` may add."""
    count = 0
    for i in range(len(need)):
        if need[i] & NEED_ARISES:
            count += 1
    return count


@kernel
def surface(tick, streams, levers, residents, demands, count, p, monitoring_p, flows):
    """Let silent needs be found or voiced after all; return the number of rows, false alarms included."""
    old = count
    for d in range(old):
        if demands.state[d] != SILENT or demands.deadline[d] <= tick:
            continue
        i, key = demands.resident[d], demands.id[d]
        chance = monitoring.finds(monitoring_p, levers.monitoring[residents.quarter[i], residents.group[i]])
        monitored = draws.uniform(draws.stream_day(streams[_DETECT], tick, BY_MONITORING), key) < chance
        visited = residents.exposure[i] & VISIT != 0 and draws.uniform(
            draws.stream_day(streams[_DETECT], tick, BY_VISIT), key
        ) < monitoring_p.visit_finds
        later = residents.need[i] & VOICES_LATER != 0
        if not (monitored or visited or later):
            continue
        time = tick + draws.uniform(draws.stream_day(streams[_DETECT], tick, AT_WHAT_TIME), key)
        demands.state[d] = ROUTING
        demands.channel[d] = LATER_VOICE if later else FOUND
        demands.voiced[d] = time
        demands.deadline[d] = time + functions.exponential_time(
            draws.uniform(draws.stream_day(streams[_LAPSE], 0, 1), key), p.lapse_waiting
        )
        flows[demands.cell[d], _DETECTED] += 1.0
        flows[demands.cell[d], _LAG] += time - demands.arose[d]
        if monitored and draws.uniform(draws.stream_day(streams[_ALARM], tick, 0), key) < monitoring_p.false_alarms:
            add(demands, count, record_key(ALARM_KIND, key, tick), FALSE_ALARM, i, residents.cell[i], time)
            demands.category[count] = demands.category[d]
            demands.channel[count] = FOUND
            demands.state[count] = ROUTING
            demands.voiced[count] = time
            demands.deadline[count] = 1.0e9
            flows[demands.cell[d], _ALARMS] += 1.0
            count += 1
    return count


@kernel
def add(demands, row, key, kind, resident, cell, time):
    """Fill a new row with what every case starts with."""
    demands.id[row] = key
    demands.kind[row] = kind
    demands.resident[row] = resident
    demands.conflict[row] = 0
    demands.category[row] = 0
    demands.urgent[row] = 0
    demands.judged[row] = 0
    demands.outside[row] = 0
    demands.common[row] = 0
    demands.unmatched[row] = 0
    demands.state[row] = SILENT
    demands.channel[row] = NO_CHANNEL
    demands.arose[row] = time
    demands.voiced[row] = NEVER
    demands.next[row] = NEVER
    demands.entered[row] = NEVER
    demands.first[row] = NEVER
    demands.deadline[row] = NEVER
    demands.work[row] = 0.0
    demands.worked[row] = 0.0
    demands.pool[row] = -1
    demands.klass[row] = 0
    demands.attempts[row] = 0
    demands.decided[row] = 0
    demands.acknowledged[row] = 0
    demands.tie[row] = 0
    demands.cell[row] = cell


@kernel
def create(
    tick, streams, levers, room, residents, demands, count, p, technology_p, trust_p, skill_p, mean_skill, given, flows
):
    """Turn today's marks into needs and enquiries; return the number of rows."""
    for i in range(len(residents.need)):
        room.mask[i] = residents.need[i] != 0
    for k in range(listed(0, len(residents.need), room.mask, room.rows)):
        i = room.rows[k]
        if residents.need[i] & NEED_ARISES:
            count = new_need(i, tick, streams, levers, residents, demands, count, p, technology_p, flows)
        if residents.need[i] & ENQUIRY:
            enquire(i, tick, streams, residents, trust_p, skill_p, mean_skill, given, flows)
    return count


@kernel
def new_need(i, tick, streams, levers, residents, demands, count, p, technology_p, flows):
    """A need arises for resident ``i``: prevented, solved alone, voiced or kept silent. Return the number of rows."""
    q, g, cell, resident_key = residents.quarter[i], residents.group[i], residents.cell[i], residents.key[i]
    key = record_key(DEMAND_KIND, resident_key, tick)
    category = rules.category(p, draws.uniform(draws.stream_day(streams[_CATEGORY], 0, 0), key))
    if IS_WELFARE[category]:
        relief = rules.relieved(levers.relief[q, g], levers.relief_vulnerable[q, g], residents.vulnerable[i] == 1)
        if draws.uniform(draws.stream_day(streams[_KIND], 0, RELIEF), key) < relief:
            return count
    flows[cell, _AROSE] += 1.0
    alone = rules.solves_alone(p, residents.efficacy[i], residents.knowledge[i])
    if draws.uniform(draws.stream_day(streams[_SELF_HELP], 0, 0), key) < alone:
        flows[cell, _SELF] += 1.0
        residents.successes[i] += 1.0
        return count
    time = tick + draws.uniform(draws.stream_day(streams[_TIME], 0, 0), key)
    add(demands, count, key, NEED, i, cell, time)
    demands.category[count] = category
    urgent = draws.uniform(draws.stream_day(streams[_KIND], 0, URGENT), key) < p.urgent_share
    demands.urgent[count] = urgent
    demands.outside[count] = draws.uniform(draws.stream_day(streams[_KIND], 0, OUTSIDE), key) < p.outside_share
    common = IS_COMMON[category] and draws.uniform(draws.stream_day(streams[_KIND], 0, COMMON), key) < p.common_share
    demands.common[count] = common
    online = levers.online_supply[q, g] if residents.online[i] == 1 else 0.0
    ease = levers.voice_ease[q, g]
    if IS_WELFARE[category]:
        ease += levers.claim_ease[q, g]
    if residents.online[i] == 1:
        ease += technology_p.on_voice * levers.platform[0]
    chance = rules.voices(
        p, residents.trust[i], residents.efficacy[i], float(residents.active[i]), online, 1.0 if urgent else 0.0, ease
    )
    lapse = draws.uniform(draws.stream_day(streams[_LAPSE], 0, 0), key)
    if draws.uniform(draws.stream_day(streams[_VOICE], 0, 0), key) < chance:
        demands.state[count] = ROUTING
        demands.channel[count] = ONLINE_VOICE if online > 0.0 else OWN_VOICE
        demands.voiced[count] = time
        demands.deadline[count] = time + functions.exponential_time(lapse, p.lapse_waiting)
        flows[cell, _VOICED] += 1.0
    else:
        demands.deadline[count] = time + functions.exponential_time(lapse, p.lapse_silent)
        flows[cell, _SILENT] += 1.0
    return count + 1


@kernel
def enquire(i, tick, streams, residents, trust_p, skill_p, mean_skill, given, flows):
    """Resident ``i`` asks a question: answered as far as programme hours are there, and met kindly or not."""
    cell = residents.cell[i]
    flows[cell, _ENQUIRIES] += 1.0
    answered = draws.uniform(draws.stream_day(streams[_ANSWER], tick, 0), residents.key[i]) < given
    if answered:
        flows[cell, _ANSWERED] += 1.0
    met = 1.0 if answered else 0.0
    y = trust.performance(trust_p, met, met, skill.treatment(skill_p, mean_skill, 0.0) * met)
    residents.experience_sum[i] += trust_p.enquiry_weight * y
    residents.experience_n[i] += trust_p.enquiry_weight
