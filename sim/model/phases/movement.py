"""Phase 2, movement: residents leave and arrive; campuses empty in June and fill in September (X4).

A newcomer takes the leaver's place and contacts under a new key, and starts with a newcomer's knowledge, trust and
belonging. What the leaver had open lapses: demands are given up, conflicts fade.
"""

import numpy as np

from sim.model import draws
from sim.model.chance import struck
from sim.model.columns import FADED, LAPSED, LONG_AGO, MEDIATED, NEED, RESOLVED, SILENT
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.persons import draw_person, resident_key
from sim.model.rows import run_rows
from sim.model.world import World
from sim.vocabulary.categories import ACADEMIC_ARRIVAL, ACADEMIC_DEPARTURE
from sim.vocabulary.streams import INDEX

_LEAVE, _CAMPUS = INDEX["movement.leave"], INDEX["movement.campus"]
_LEFT, _ARRIVED = flow("left"), flow("arrived")
_LAPSED_SILENT, _LAPSED_WAITING = flow("lapsed_silent"), flow("lapsed_waiting")
_FADED, _CONFLICT_DAYS = flow("conflicts_faded"), flow("conflict_days")
NO_TERM, DEPARTURE, ARRIVAL = 0, 1, 2


def term_day(world: World) -> int:
    """Whether students leave or arrive today."""
    today = (world.date.month, world.date.day)
    if today == ACADEMIC_DEPARTURE:
        return DEPARTURE
    return ARRIVAL if today == ACADEMIC_ARRIVAL else NO_TERM


def run(world: World) -> None:
    """Move residents, then close what leavers had open."""
    run_rows(
        move, world, world.tick, term_day(world), world.streams, world.limits, world.room, world.residents,
        world.population.parameters, world.population.newcomer, world.population.places, world.cell_table, world.flows,
        world.rules.trust.evidence_start,
    )
    for group, day in world.arrivals.items():
        if day == world.tick:
            move_in(
                group, world.streams, world.residents, world.population.parameters, world.population.newcomer,
                world.population.places, world.cell_table, world.flows, world.rules.trust.evidence_start,
            )
    moved = world.residents.moved
    release_demands(world.demands.columns, world.demands.count, moved, world.workers.case, world.flows)
    release_conflicts(world.conflicts.columns, world.conflicts.count, world.tick, moved, world.flows)


@kernel
def move(
    lo, hi, tick, term, streams, limits, room, residents, parameters, newcomer, places, cell_table, flows, evidence
):
    """Visit residents ``lo`` to ``hi``: who leaves, who arrives."""
    if term == ARRIVAL:
        for i in range(lo, hi):
            if residents.present[i] == 0 and residents.generation[i] >= 0:
                settle(i, streams, residents, parameters, newcomer, places, cell_table, evidence)
                residents.moved[i] = 1
                flows[residents.cell[i], _ARRIVED] += 1.0
    if term == DEPARTURE:
        day = draws.stream_day(streams[_CAMPUS], tick, 0)
        end = struck(
            lo, hi, day, residents.key, residents.cell, residents.present, limits.academic_leave, room.mask, room.rows
        )
        for k in range(lo, end):
            i = room.rows[k]
            residents.present[i] = 0
            residents.moved[i] = 1
            flows[residents.cell[i], _LEFT] += 1.0
    day = draws.stream_day(streams[_LEAVE], tick, 0)
    end = struck(lo, hi, day, residents.key, residents.cell, residents.present, limits.turnover, room.mask, room.rows)
    for k in range(lo, end):
        i = room.rows[k]
        if residents.moved[i] == 0:
            residents.moved[i] = 1
            flows[residents.cell[i], _LEFT] += 1.0
            settle(i, streams, residents, parameters, newcomer, places, cell_table, evidence)
            flows[residents.cell[i], _ARRIVED] += 1.0


@kernel
def move_in(group, streams, residents, parameters, newcomer, places, cell_table, flows, evidence):
    """Let those of a group arrive who have been awaited."""
    for i in range(len(residents.key)):
        if residents.group[i] == group and residents.generation[i] < 0:
            settle(i, streams, residents, parameters, newcomer, places, cell_table, evidence)
            residents.moved[i] = 1
            flows[residents.cell[i], _ARRIVED] += 1.0


@kernel
def settle(i, streams, residents, parameters, newcomer, places, cell_table, evidence):
    """Let a newcomer take place ``i``."""
    residents.generation[i] += 1
    key = resident_key(places, i, residents.group[i], residents.generation[i])
    person = draw_person(parameters, newcomer, places, streams, i, residents.group[i], key)
    residents.key[i] = key
    residents.present[i] = 1
    residents.age[i] = person.age
    residents.vulnerable[i] = person.vulnerable
    residents.online[i] = person.online
    residents.time_value[i] = person.time_value
    residents.taste[i] = person.taste
    residents.knowledge[i] = person.knowledge
    residents.informed[i] = person.informed
    residents.efficacy[i] = person.efficacy
    residents.belonging[i] = person.belonging
    residents.trust[i] = person.trust
    residents.anchor[i] = person.trust
    residents.evidence[i] = evidence
    residents.expectation[i] = person.expectation
    residents.grievance[i] = 0.0
    residents.friction[i] = person.friction
    residents.ties[i] = person.ties
    residents.representative[i] = 0
    residents.last_meeting[i] = LONG_AGO
    residents.last_council[i] = LONG_AGO
    residents.last_online[i] = LONG_AGO
    residents.last_experience[i] = LONG_AGO
    residents.invited[i] = LONG_AGO
    residents.acts[i] = 0
    residents.active[i] = 0
    residents.experience_sum[i] = 0.0
    residents.experience_n[i] = 0.0
    residents.cell[i] = cell_table[residents.quarter[i], residents.group[i], person.age, person.vulnerable]


@kernel
def release_demands(demands, count, moved, cases, flows):
    """Let open demands of leavers lapse and free the workers who were at them."""
    for d in range(count):
        if moved[demands.resident[d]] == 0 or demands.state[d] >= RESOLVED:
            continue
        if demands.kind[d] == NEED:
            cell = demands.cell[d]
            flows[cell, _LAPSED_SILENT if demands.state[d] == SILENT else _LAPSED_WAITING] += 1.0
        demands.state[d] = LAPSED
    for w, case in enumerate(cases):
        if case >= 0 and demands.state[case] == LAPSED:
            cases[w] = -1


@kernel
def release_conflicts(conflicts, count, tick, moved, flows):
    """Let conflicts of leavers fade; ``tick`` is the day."""
    for c in range(count):
        if conflicts.state[c] >= MEDIATED:
            continue
        other = conflicts.other[c]
        if moved[conflicts.initiator[c]] == 1 or (other >= 0 and moved[other] == 1):
            conflicts.state[c] = FADED
            flows[conflicts.cell[c], _FADED] += 1.0
            flows[conflicts.cell[c], _CONFLICT_DAYS] += np.float64(tick) - conflicts.onset[c]
