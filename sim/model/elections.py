"""Elections of representatives: electors vote, participants stand, the best supported take the seats (C33).

Elections fall on the community's own days and on those that a policy sets. A voter supports a candidate among the
contacts where there is one (knowing neighbours predicts voting: CGSS 2005), else one of the quarter by a keyed draw.
Representatives recruit: when one takes part in the council, the contacts count as invited.
"""

import numpy as np

from sim.model import draws
from sim.model.compiled import kernel
from sim.model.counters import flow
from sim.model.world import World
from sim.rules import election as rules
from sim.rules import knowledge, participation
from sim.vocabulary.streams import INDEX

_VOTE, _STAND, _TIE = INDEX["election.vote"], INDEX["election.stand"], INDEX["election.tie"]
_ELECTORS, _VOTES, _ACTS = flow("electors"), flow("votes"), flow("acts_council")
RECENT_DAYS = 365
"""Who took part within a year may stand."""


def election_today(world: World) -> bool:
    """Whether representatives are elected today."""
    return bool(world.levers.election[0] > 0.0 or world.board.statutory(world.date)) and len(world.councils.quarter) > 0


def hold_elections(world: World) -> None:
    """Hold the day's election, if there is one, in every block with a council."""
    if not election_today(world):
        return
    r = world.rules
    term = int(world.community.councils.term * 365)
    elect(
        world.tick, term, world.streams, world.groups, world.levers, world.residents, world.contacts[0],
        world.contacts[1], world.starts, world.councils, r.election, world.flows,
    )


@kernel
def elect(tick, term, streams, groups, levers, residents, indptr, indices, starts, councils, p, flows):
    """One election in each block with a council."""
    for c in range(len(councils.quarter)):
        first, last = starts[councils.quarter[c]], starts[councils.quarter[c] + 1]
        support = np.full(last - first, -1.0)
        candidates = stand(first, last, tick, streams, groups, residents, p, support)
        electors, votes = 0.0, 0.0
        contested = candidates > councils.seats[c]
        for i in range(first, last):
            g = residents.group[i]
            if residents.present[i] == 0 or residents.age[i] == 0 or groups.elector[g] == 0:
                continue
            electors += 1.0
            flows[residents.cell[i], _ELECTORS] += 1.0
            chance = rules.votes(p, residents.age[i], residents.belonging[i], residents.trust[i], levers.election[0])
            if draws.uniform(draws.stream_day(streams[_VOTE], tick, 0), residents.key[i]) >= chance:
                continue
            votes += 1.0
            flows[residents.cell[i], _VOTES] += 1.0
            if contested:
                residents.friction[i] = knowledge.gained(residents.friction[i], p.rivalry)
            if candidates > 0:
                choice = favourite(i, first, last, candidates, tick, streams, residents, indptr, indices, support)
                support[choice] += 1.0
        seat(first, last, tick, streams, residents, councils.seats[c], support)
        turnout = votes / electors if electors > 0.0 else 0.0
        councils.members[c] = min(candidates, councils.seats[c])
        councils.term_ends[c] = tick + term
        filled = councils.members[c] / councils.seats[c] if councils.seats[c] > 0 else 0.0
        councils.legitimacy[c] = knowledge.gained(councils.legitimacy[c], p.legitimacy * turnout * filled)


@kernel
def stand(first, last, tick, streams, groups, residents, p, support):
    """Mark who stands (support 0 instead of -1); return how many."""
    candidates = 0
    day = draws.stream_day(streams[_STAND], tick, 0)
    for i in range(first, last):
        residents.representative[i] = 0
        lately = max(residents.last_meeting[i], residents.last_council[i], residents.last_online[i])
        if residents.present[i] == 0 or groups.elector[residents.group[i]] == 0 or tick - lately > RECENT_DAYS:
            continue
        if draws.uniform(day, residents.key[i]) < p.stand:
            support[i - first] = 0.0
            candidates += 1
    return candidates


@kernel
def favourite(i, first, last, candidates, tick, streams, residents, indptr, indices, support):
    """Place of the candidate whom voter ``i`` supports: the first among the contacts, else one by a keyed draw."""
    for e in range(indptr[i], indptr[i + 1]):
        j = indices[e]
        if first <= j < last and support[j - first] >= 0.0:
            return j - first
    wanted = int(draws.uniform(draws.stream_day(streams[_VOTE], tick, 1), residents.key[i]) * candidates)
    for k in range(last - first):
        if support[k] >= 0.0:
            if wanted == 0:
                return k
            wanted -= 1
    return 0


@kernel
def seat(first, last, tick, streams, residents, seats, support):
    """Give the seats to those with most support; equals by a keyed draw."""
    day = draws.stream_day(streams[_TIE], tick, 0)
    for _ in range(seats):
        best, best_tie = -1, 0.0
        for k in range(last - first):
            if support[k] < 0.0:
                continue
            tie = draws.uniform(day, residents.key[first + k])
            if best < 0 or support[k] > support[best] or (support[k] == support[best] and tie < best_tie):
                best, best_tie = k, tie
        if best < 0:
            return
        residents.representative[first + best] = 1
        support[best] = -1.0


@kernel
def recruit(tick, representative, act, invited, indptr, indices):
    """Contacts of representatives who took part in the council today count as invited."""
    for i in range(len(act)):
        if representative[i] == 1 and act[i] == participation.COUNCIL:
            for e in range(indptr[i], indptr[i + 1]):
                invited[indices[e]] = tick


@kernel
def keep_councils(tick, councils, cell_levels, flows, residents, starts, p):
    """Count today's attendance, let standing fall back slowly, and end terms that have run out."""
    for c in range(len(councils.quarter)):
        q = councils.quarter[c]
        attendance = knowledge.lost(councils.attendance[c], p.attendance_memory)
        for cell in range(cell_levels.shape[0]):
            if cell_levels[cell, 0] == q:
                attendance += flows[cell, _ACTS]
        councils.attendance[c] = attendance
        gap = councils.legitimacy[c] - p.legitimacy_start
        councils.legitimacy[c] = p.legitimacy_start + knowledge.lost(gap, p.legitimacy_memory)
        if councils.members[c] > 0 and tick >= councils.term_ends[c]:
            councils.members[c] = 0
            for i in range(starts[q], starts[q + 1]):
                residents.representative[i] = 0
