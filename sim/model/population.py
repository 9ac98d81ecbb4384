"""Who lives where: people and households of a community, built from its description, the parameters and the seed.

Residents are columns, their rows sorted by block and household, so that neighbours are near each other in memory. A
resident's identity is the group, a slot within it and how many have held the slot before; neither the row nor the
number of others enters it. Households are filled slot by slot and spread over blocks along a golden-ratio sequence,
so one more resident moves nobody to another household or block, and the shares of the blocks come out as declared.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import draws
from sim.model.compiled import kernel, register_rules, run_blocks
from sim.model.persons import (
    Numbers,
    Places,
    draw_person,
    group_number,
    newcomer_start,
    read_parameters,
    resident_key,
    settled_start,
    traits_of,
)
from sim.rules import network
from sim.rules import population as rules
from sim.scenario.community import Community, Group
from sim.vocabulary.streams import INDEX, STREAMS

register_rules(network)

Array = NDArray[Any]

_HOUSEHOLD = INDEX["population.household"]
_SIZE, _ORDER, _BLOCK = 0, 1, 2  # what a household's draws are for
_GOLDEN = np.uint64(0x9E37_79B9_7F4A_7C15)
_U_11, _UNIT = np.uint64(11), 2.0**-53

STATE = (
    "key", "generation", "group", "age", "vulnerable", "quarter", "household", "online", "time_value", "taste",
    "present", "knowledge", "informed", "efficacy", "belonging", "trust", "expectation", "grievance", "friction",
    "ties",
)
"""Columns of a population that are columns of the model's state, under the same names."""


@dataclass(frozen=True)
class Population:
    """Residents as columns, one row each, sorted by block and household.

    Attributes
    ----------
    places : Places
    block_start, household_start : int64 array
        First row of each block and household; the last entry is the number of rows.
    streams : uint64 array
        Keys of the random streams, in the order of ``STREAMS``.
    parameters : rules.Parameters
    newcomer : rules.Start
        States that newcomers start with.
    key, generation, group, age, vulnerable, quarter, household, online, time_value, taste, present, knowledge, \
    informed, efficacy, belonging, trust, expectation, grievance, friction, ties : array, shape (residents,)
        Columns of the state on the first day; see ``sim.model.columns``.
    """

    places: Places
    block_start: Array
    household_start: Array
    streams: Array
    parameters: rules.Parameters
    newcomer: rules.Start
    key: Array
    generation: Array
    group: Array
    age: Array
    vulnerable: Array
    quarter: Array
    household: Array
    online: Array
    time_value: Array
    taste: Array
    present: Array
    knowledge: Array
    informed: Array
    efficacy: Array
    belonging: Array
    trust: Array
    expectation: Array
    grievance: Array
    friction: Array
    ties: Array

    def __len__(self) -> int:
        """Return the number of residents."""
        return len(self.key)

    def state(self) -> dict[str, Array]:
        """Return the columns of the state by name, not copied."""
        return {name: getattr(self, name) for name in STATE}


# --- households and rows -------------------------------------------------------------------------------------------


@kernel
def _households(
    stream: np.uint64, code: np.uint64, people: int, mean: float, cap: float, shares: Array
) -> tuple[Array, Array, Array]:
    """Sizes, blocks and order keys of one group's households; ``shares`` are cumulative over the blocks."""
    size = np.empty(people, np.int32)
    block = np.empty(people, np.int16)
    order = np.empty(people, np.uint64)
    for_size, for_order = draws.stream_day(stream, 0, _SIZE), draws.stream_day(stream, 0, _ORDER)
    where = draws.bits(draws.stream_day(stream, 0, _BLOCK), code)
    count, placed = 0, 0
    while placed < people:
        key = draws.identity_key(code, count, 0)
        u = np.float64(where >> _U_11) * _UNIT
        b = 0
        while b < shares.shape[0] - 1 and u >= shares[b]:
            b += 1
        members = min(network.household_size(draws.uniform(for_size, key), mean, cap), people - placed)
        size[count], block[count], order[count] = members, b, draws.bits(for_order, key)
        placed += members
        count += 1
        where += _GOLDEN
    return size[:count].copy(), block[:count].copy(), order[:count].copy()


@kernel
def _place(
    sequence: Array, size: Array, first_slot: Array, of_group: Array, of_block: Array, slot: Array, head: Array,
    group: Array, quarter: Array, household: Array, household_start: Array,
) -> None:
    """Give every member of every household a row, household after household in the given sequence."""
    row = 0
    for number in range(sequence.shape[0]):
        h = sequence[number]
        household_start[number] = row
        for member in range(size[h]):
            slot[row] = first_slot[h] + member
            head[row] = 1 if member == 0 else 0
            group[row] = of_group[h]
            quarter[row] = of_block[h]
            household[row] = number
            row += 1
    household_start[sequence.shape[0]] = row


@kernel
def _settle(
    lo: int, hi: int, parameters: rules.Parameters, start: rules.Start, places: Places, streams: Array, group: Array,
    key: Array, age: Array, vulnerable: Array, online: Array, time_value: Array, taste: Array, knowledge: Array,
    informed: Array, efficacy: Array, belonging: Array, trust: Array, expectation: Array, friction: Array, ties: Array,
) -> None:
    for row in range(lo, hi):
        key[row] = resident_key(places, row, group[row], 0)
        person = draw_person(parameters, start, places, streams, row, group[row], key[row])
        age[row] = person.age
        vulnerable[row] = person.vulnerable
        online[row] = person.online
        time_value[row] = person.time_value
        taste[row] = person.taste
        knowledge[row] = person.knowledge
        informed[row] = person.informed
        efficacy[row] = person.efficacy
        belonging[row] = person.belonging
        trust[row] = person.trust
        expectation[row] = person.expectation
        friction[row] = person.friction
        ties[row] = person.ties


def _cumulative_shares(community: Community, group: Group) -> Array:
    """Shares of a group by block, added up; 1 exactly from the last block that has any."""
    shares = np.array([float(block.weights.get(group.name, 0.0)) for block in community.blocks])
    edges = np.cumsum(shares)
    edges[np.flatnonzero(shares)[-1] :] = 1.0
    return edges


def build_population(community: Community, parameters: Numbers, seed: int, threads: int = 1) -> Population:
    """Build the people and households of a community.

    Parameters
    ----------
    community : Community
        Blocks and groups; a group's shares over the blocks add up to 1.
    parameters : mapping of str to float
        By name: all of ``population.*`` and ``network.*``, and the starting values of ``knowledge``, ``efficacy``,
        ``belonging`` and ``trust``. ``group.<name>.vulnerable``, ``.household_size`` and ``.trust_shift`` override
        the community's own numbers where they are there.
    seed : int
        From 0 to 2**64 - 1.
    threads : int
        Threads to use; they change nothing in the result.

    Returns
    -------
    Population

    Raises
    ------
    KeyError
        If a parameter is missing.
    """
    streams = draws.seed_streams(seed, STREAMS)
    own = read_parameters(rules.Parameters, "population", parameters)
    newcomer = newcomer_start(parameters)
    cap = float(parameters["network.household_cap"])
    groups = [group for group in community.groups if group.size > 0]
    codes = np.array([draws.stream_id(f"resident:{group.name}") for group in community.groups], dtype=np.uint64)
    traits = np.array([traits_of(group, own, cap, parameters) for group in community.groups], dtype=np.float64)

    number = {group.name: index for index, group in enumerate(community.groups)}
    sizes, blocks, orders, first_slots, of_group = [], [], [], [], []
    for group in groups:
        size, block, order = _households(
            streams[_HOUSEHOLD], codes[number[group.name]], group.size,
            group_number(group, "household_size", parameters), cap, _cumulative_shares(community, group),
        )
        sizes.append(size)
        blocks.append(block)
        orders.append(order)
        first_slots.append(np.cumsum(size) - size)
        of_group.append(np.full(len(size), number[group.name], np.int8))
    none = [np.empty(0, np.int32)]
    household_block = np.concatenate(blocks or none)
    sequence = np.lexsort((np.concatenate(orders or none), household_block))

    n = sum(group.size for group in groups)
    places = Places(np.empty(n, np.int32), np.empty(n, np.int8), codes, traits.reshape(len(codes), -1))
    column: dict[str, Array] = {
        "key": np.empty(n, np.uint64), "group": np.empty(n, np.int8), "quarter": np.empty(n, np.int16),
        "household": np.empty(n, np.int32), "generation": np.zeros(n, np.int32), "present": np.ones(n, np.int8),
        "grievance": np.zeros(n),
    }
    household_start = np.empty(len(sequence) + 1, np.int64)
    _place(
        sequence, np.concatenate(sizes or none), np.concatenate(first_slots or none), np.concatenate(of_group or none),
        household_block, places.slot, places.head, column["group"], column["quarter"], column["household"],
        household_start,
    )
    drawn = {name: np.empty(n, np.int8 if name in ("age", "vulnerable", "online") else np.float64)
             for name in rules.Person._fields}
    order_of_columns = (
        "age", "vulnerable", "online", "time_value", "taste", "knowledge", "informed", "efficacy", "belonging",
        "trust", "expectation", "friction", "ties",
    )
    run_blocks(
        _settle, n, threads, own, settled_start(own, newcomer), places, streams, column["group"], column["key"],
        *(drawn[name] for name in order_of_columns),
    )
    block_start = np.searchsorted(column["quarter"], np.arange(len(community.blocks) + 1)).astype(np.int64)
    return Population(places, block_start, household_start, streams, own, newcomer, **column, **drawn)
