"""People who arrive on a day: places that stand empty until then, and contacts that are made when they come.

Everybody who will ever live here has a row. Those of a group that arrives are empty (nobody present, generation -1) and
know nobody, so up to the day everything is, resident by resident, as without them. As the day begins they are
acquainted with the others: theirs are the contacts that they have in the network of everybody. In phase 2 they move in,
with newcomers' starting states, and from then on they are residents as any others.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.contacts import build_contacts
from sim.model.phases.hours import share_visits
from sim.model.population import Population, build_population
from sim.scenario.community import Community

AWAITED = -1
"""Generation of a place whose first holder has not arrived."""
FIRST = -1
"""Stands for the day before the first, on which nobody has arrived."""

Network = tuple[NDArray[np.int64], NDArray[np.int32]]


def arrival_days(scenario: Any) -> dict[int, int]:
    """Days, since the start of the burn-in, on which groups arrive, by their number; never without a shock."""
    days = {shock.name: scenario.burn_in + shock.start_day for shock in scenario.shocks if shock.kind == "influx"}
    groups = enumerate(scenario.community.groups)
    return {g: days.get(group.name, 1 << 30) for g, group in groups if group.arrives}


def networks(
    community: Community, population: Population, parameters: Any, days: dict[int, int], seed: int, threads: int
) -> dict[int, Network]:
    """Contacts by the day from which they hold, beginning with ``FIRST``."""
    indptr, indices = build_contacts(community, population, parameters, threads)
    if not days:
        return {FIRST: (indptr, indices)}
    arrives = np.array([days.get(g, FIRST) for g in range(len(community.groups))])[population.group]
    new = np.stack([np.repeat(np.arange(len(population)), np.diff(indptr)), indices])
    first = replace(community, groups=tuple(group for group in community.groups if not group.arrives))
    settled = build_population(first, parameters, seed, threads)
    indptr, indices = build_contacts(first, settled, parameters, threads)
    rows = np.flatnonzero(arrives == FIRST)  # blocks, households and rows of the others keep their order
    known = np.stack([np.repeat(rows, np.diff(indptr)), rows[indices]])
    found = {FIRST: _rows(known, len(population))}
    for day in sorted(set(days.values())):
        here = arrives <= day
        theirs = new[:, here[new[0]] & here[new[1]] & (arrives[new] > FIRST).any(axis=0)]
        found[day] = _rows(np.concatenate([known, theirs], axis=1), len(population))
    return found


def _rows(pairs: NDArray[np.int64], people: int) -> Network:
    """Pairs of rows as compressed rows, in ascending order."""
    pairs = pairs[:, np.lexsort((pairs[1], pairs[0]))]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(pairs[0], minlength=people))]).astype(np.int64)
    return indptr, pairs[1].astype(np.int32)


def know_each_other(residents: Any, network: Network) -> None:
    """Fill in what columns say of contacts: how many, and how many of them belong to another group."""
    indptr, indices = network
    residents.degree[:] = np.diff(indptr)
    other = residents.group[indices] != np.repeat(residents.group, np.diff(indptr))
    totals = np.concatenate(([0], np.cumsum(other)))
    residents.cross[:] = (totals[indptr[1:]] - totals[indptr[:-1]]) / np.maximum(residents.degree, 1.0)


def heads_on(population: Population, community: Community, days: dict[int, int], tick: int) -> NDArray[np.float64]:
    """Residents by block and group, shape (blocks, groups), of those who have arrived by a day."""
    heads = np.zeros((len(community.blocks), len(community.groups)))
    np.add.at(heads, (population.quarter, population.group), 1.0)
    heads[:, [g for g, day in days.items() if day > tick]] = 0.0
    return heads


def meet(world: Any, tick: int) -> None:
    """Make contacts, and the heads that policies count, those of a day, unless they are already."""
    since = max(day for day in world.networks if day <= tick)
    if since == world.networked:
        return
    world.networked, world.contacts = since, world.networks[since]
    know_each_other(world.residents, world.contacts)
    world.most_contacts = float(world.residents.degree.max(initial=0.0))
    heads = heads_on(world.population, world.community, world.arrivals, tick)
    here = np.array([world.arrivals.get(g, FIRST) <= tick for g in range(len(world.community.groups))])
    pool_heads = served_by(world.pool_of, here[world.population.group], world)
    world.board.count(heads, pool_heads)
    world.pool_share[:] = pool_heads.sum(axis=2) / np.maximum(heads.sum(axis=1), 1.0)
    share_visits(world)


def served_by(pool_of: NDArray[np.int16], here: NDArray[np.bool_], world: Any) -> NDArray[np.float64]:
    """Residents whom each pool serves, of those who are here, shape (pools, blocks, groups)."""
    blocks, groups = len(world.community.blocks), len(world.community.groups)
    heads = np.zeros((len(world.pool_agency), blocks, groups))
    people = world.population
    for pools in pool_of:
        rows = np.flatnonzero(here & (pools >= 0))
        np.add.at(heads, (pools[rows], people.quarter[rows], people.group[rows]), 1.0)
    return heads
