"""Who knows whom: a symmetric network of contacts in compressed rows, made from households and sought contacts.

Housemates know each other. Everybody else's contacts are sought: a resident who is not isolated draws partners in the
building, in the quarter or elsewhere, each draw keyed by the seeker, and a contact sought by one is a contact of both.
Who lives where is fixed for a run, and a newcomer takes over the leaver's contacts, so this is built once.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.model import draws
from sim.model.compiled import kernel, run_blocks
from sim.model.persons import read_parameters
from sim.model.population import Population
from sim.rules import network as rules
from sim.scenario.community import Community
from sim.vocabulary.streams import INDEX

Array = NDArray[Any]

_ISOLATED, _PARTNER = INDEX["contacts.isolated"], INDEX["contacts.partner"]
_TRIES: Final = 32
"""Draws before a resident gives up on one contact (only where hardly anybody else can be known)."""


class Contacts(NamedTuple):
    """Contacts in compressed rows; kernels take it whole.

    Attributes
    ----------
    indptr : int64 array, shape (residents + 1,)
        Contacts of row ``i`` stand at ``indptr[i]`` to ``indptr[i + 1]``.
    indices : int32 array, shape (contacts,)
        Rows of the contacts, ascending for each resident; each contact stands twice, once for either side.
    """

    indptr: Array
    indices: Array


class _Blocks(NamedTuple):
    """Blocks in an order in which those of one kind stand together, and the rows they take along it."""

    start: Array  # first row of each block, and the number of rows
    order: Array  # blocks, kind by kind
    edge: Array  # place along the order where each block of it begins, and the number of rows
    place: Array  # where in the order each block stands
    kind_lo: Array  # for each block, where its kind begins along the order
    kind_hi: Array


def _blocks(community: Community, block_start: Array) -> _Blocks:
    kinds = [block.kind for block in community.blocks]
    order = np.array(sorted(range(len(kinds)), key=lambda b: (kinds.index(kinds[b]), b)), dtype=np.int64)
    edge = np.concatenate(([0], np.cumsum(np.diff(block_start)[order]))).astype(np.int64)
    place = np.argsort(order).astype(np.int64)
    of_kind = [[place[b] for b in range(len(kinds)) if kinds[b] == kind] for kind in kinds]
    lo = np.array([edge[min(members)] for members in of_kind], dtype=np.int64)
    hi = np.array([edge[max(members) + 1] for members in of_kind], dtype=np.int64)
    return _Blocks(block_start, order, edge, place, lo, hi)


@kernel
def _pick(u: float, n: int) -> int:
    """One of ``n`` by the draw ``u``."""
    return min(int(u * n), n - 1)


@kernel
def _outside(blocks: _Blocks, own: int, u_kind: float, u: float, other_kind_share: float) -> int:
    """Draw a row in another block, of the same kind or of another one; -1 where there is none."""
    people = blocks.edge[blocks.edge.shape[0] - 1]
    lo, hi = blocks.kind_lo[own], blocks.kind_hi[own]
    at = blocks.place[own]
    same = hi - lo - (blocks.edge[at + 1] - blocks.edge[at])
    other = people - (hi - lo)
    if same + other == 0:
        return -1
    if other > 0 and (same == 0 or u_kind < other_kind_share):
        spot = _pick(u, other)
        if spot >= lo:
            spot += hi - lo
    else:
        spot = lo + _pick(u, same)
        if spot >= blocks.edge[at]:
            spot += blocks.edge[at + 1] - blocks.edge[at]
    found = np.searchsorted(blocks.edge, spot, side="right") - 1
    return blocks.start[blocks.order[found]] + spot - blocks.edge[found]


@kernel
def _isolation(lo: int, hi: int, p: rules.Parameters, streams: Array, key: Array, isolated: Array) -> None:
    sd = draws.stream_day(streams[_ISOLATED], 0, 0)
    for row in range(lo, hi):
        isolated[row] = draws.uniform(sd, key[row]) < p.isolated_share


@kernel
def _number_sought(
    lo: int, hi: int, p: rules.Parameters, streams: Array, key: Array, group: Array, housemates: Array,
    isolated: Array, number: Array,
) -> None:
    sd = draws.stream_day(streams[_ISOLATED], 0, 1)
    for row in range(lo, hi):
        u = draws.uniform(sd, key[row])
        wanted = rules.sought(u, p.mean_degree, housemates[group[row]], p.isolated_share)
        number[row] = 0 if isolated[row] else wanted


@kernel
def _seek(
    lo: int, hi: int, p: rules.Parameters, blocks: _Blocks, stream: np.uint64, key: Array, quarter: Array,
    household: Array, isolated: Array, first: Array, partner: Array,
) -> None:
    """Draw the contacts that each resident seeks; -1 where nobody was found."""
    window = int(p.building_people)
    in_block = p.block_share
    in_building = p.block_share * p.building_share
    for row in range(lo, hi):
        block_lo, block_hi = blocks.start[quarter[row]], blocks.start[quarter[row] + 1]
        near_lo, near_hi = max(block_lo, row - window), min(block_hi, row + window + 1)
        for c in range(first[row], first[row + 1]):
            partner[c] = -1
            for attempt in range(_TRIES):
                where = draws.uniform(draws.stream_day(stream, c - first[row], 3 * attempt), key[row])
                u = draws.uniform(draws.stream_day(stream, c - first[row], 3 * attempt + 1), key[row])
                if where < in_building:
                    found = near_lo + _pick(u, near_hi - near_lo)
                elif where < in_block:
                    found = block_lo + _pick(u, block_hi - block_lo)
                else:
                    v = draws.uniform(draws.stream_day(stream, c - first[row], 3 * attempt + 2), key[row])
                    found = _outside(blocks, quarter[row], v, u, p.other_kind_share)
                if found >= 0 and household[found] != household[row] and not isolated[found]:
                    partner[c] = found
                    break


@kernel
def _symmetric(
    first: Array, partner: Array, household: Array, household_start: Array, with_household: bool
) -> tuple[Array, Array]:
    """Turn sought contacts and households into compressed rows, both ways, sorted, each contact once."""
    n = household.shape[0]
    end = np.zeros(n + 1, np.int64)
    for row in range(n):
        for c in range(first[row], first[row + 1]):
            if partner[c] >= 0:
                end[row + 1] += 1
                end[partner[c] + 1] += 1
        if with_household:
            end[row + 1] += household_start[household[row] + 1] - household_start[household[row]] - 1
    for row in range(n):
        end[row + 1] += end[row]
    at = end[:n].copy()
    both = np.empty(end[n], np.int32)
    for row in range(n):
        if with_household:
            for mate in range(household_start[household[row]], household_start[household[row] + 1]):
                if mate != row:
                    both[at[row]] = mate
                    at[row] += 1
        for c in range(first[row], first[row + 1]):
            if partner[c] >= 0:
                both[at[row]] = partner[c]
                at[row] += 1
                both[at[partner[c]]] = row
                at[partner[c]] += 1
    indptr = np.zeros(n + 1, np.int64)
    kept = 0
    for row in range(n):
        lo, hi = end[row], end[row + 1]
        for i in range(lo + 1, hi):  # insertion sort: a row holds about ten
            value = both[i]
            k = i
            while k > lo and both[k - 1] > value:
                both[k] = both[k - 1]
                k -= 1
            both[k] = value
        begin = kept
        for i in range(lo, hi):
            if kept == begin or both[kept - 1] != both[i]:
                both[kept] = both[i]
                kept += 1
        indptr[row + 1] = kept
    return indptr, both[:kept].copy()


def build_contacts(
    community: Community, population: Population, parameters: Mapping[str, float], threads: int = 1
) -> Contacts:
    """Build the contacts of a population.

    Parameters
    ----------
    community : Community
        The one the population was built from.
    population : Population
    parameters : mapping of str to float
        By name: all of ``network.*``.
    threads : int
        Threads to use; they change nothing in the result.

    Returns
    -------
    Contacts
        Symmetric, without loops or repetitions. Residents who are isolated have contacts in their household only.

    Notes
    -----
    Source: evidence M0 (mean degree 6 to 12; about a quarter nearly isolated). The mean degree counts housemates: what
    a group's households leave of it is sought outside by those of the group who are not isolated.
    """
    p = read_parameters(rules.Parameters, "network", parameters)
    n = len(population)
    with_household = p.household_ties > 0.0
    sizes = np.diff(population.household_start)
    mates = np.zeros(len(community.groups))
    if with_household:
        people = np.bincount(population.group, minlength=len(mates))
        others = np.bincount(population.group, sizes[population.household] - 1.0, minlength=len(mates))
        mates = np.divide(others, people, out=np.zeros(len(mates)), where=people > 0)
    isolated = np.empty(n, np.bool_)
    number = np.empty(n, np.int64)
    run_blocks(_isolation, n, threads, p, population.streams, population.key, isolated)
    run_blocks(
        _number_sought, n, threads, p, population.streams, population.key, population.group, mates, isolated, number
    )
    first = np.concatenate((np.zeros(1, np.int64), np.cumsum(number)))
    partner = np.empty(first[-1], np.int32)
    run_blocks(
        _seek, n, threads, p, _blocks(community, population.block_start), population.streams[_PARTNER],
        population.key, population.quarter, population.household, isolated, first, partner,
    )
    return Contacts(*_symmetric(first, partner, population.household, population.household_start, with_household))
