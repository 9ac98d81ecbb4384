"""Making a community ready for its first day: people, contacts, agencies, councils and the tables phases need."""

import math
from collections.abc import Collection
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.model import draws
from sim.model.arrivals import AWAITED, FIRST, Network, arrival_days, heads_on, know_each_other, networks
from sim.model.chance import Draw, Limits, by_group
from sim.model.columns import (
    AGENCY,
    COUNCIL,
    LONG_AGO,
    RESIDENT,
    WORKER,
    Agencies,
    Column,
    Councils,
    Residents,
    Workers,
)
from sim.model.handles import record
from sim.model.levers import Board, empty_chances, empty_levers
from sim.model.phases.hours import share_visits
from sim.model.phases.workforce import WORKER_KIND, new_skill
from sim.model.population import Population, build_population
from sim.model.rulebook import Rules, rules_from
from sim.model.stores import conflict_store, demand_store
from sim.model.world import World
from sim.rules import functions
from sim.scenario.community import Agency, Community
from sim.vocabulary.categories import AGE_BANDS, CATEGORIES, HOUR_USES
from sim.vocabulary.measures import FLOWS, INSTITUTION, STOCKS
from sim.vocabulary.streams import INDEX

Groups = record(
    "Groups", ["turnover", "academic_leave", "elector", "headline", "participation_shift", "need", "enquiry"]
)
"""What differs by group; ``need`` and ``enquiry`` are daily chances of shape (groups, 2), by vulnerability."""

AS_DESCRIBED, PAIRS, SHARED = 0, 1, 2
"""How own workers share queues, the parameter ``structure.pooling``: as the community is described, in pairs, all."""

_ROLES: Final = 3
_LINE: Final = 64  # bytes in a cache line


def build_world(scenario: Any, seed: int, threads: int = 1, capacity: int = 1024) -> World:
    """Make the state of a community on the first morning of the burn-in.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        From 0 to 2**64 - 1.
    threads : int
        Threads for phases over residents; any number gives the same results.
    capacity : int
        Rows that the tables of demands and conflicts begin with; any number gives the same results.
    """
    community, parameters = scenario.community, scenario.parameters
    rules = rules_from(parameters)
    population = build_population(community, parameters, seed, threads)
    days = arrival_days(scenario)
    by_day = networks(community, population, parameters, days, seed, threads)
    heads = heads_on(population, community, days, FIRST)
    residents = resident_columns(population, rules, by_day[FIRST], days)
    cell_table, cell_levels = cells(heads_on(population, community, {}, FIRST))
    residents.cell[:] = cell_table[residents.quarter, residents.group, residents.age, residents.vulnerable]
    adults = count_adults(community, residents)
    groups = group_table(community, parameters, rules, adults)
    outside = np.array([agency.outside for agency in community.agencies], dtype=bool)
    agencies, pool_agency = agency_columns(community, outside, int(parameters["structure.pooling"]))
    pool_of, pool_heads = serve(community, agencies, residents, groups)
    board = Board(scenario, heads, ~outside, pool_heads, pool_agency)
    workers = worker_columns(community, agencies, board.extra_posts(agencies.posts), rules, population.streams)
    councils, council_of = council_columns(community, rules)
    institution = np.zeros(len(INSTITUTION))
    institution[INSTITUTION.index("workers")] = float(agencies.posts[~outside].sum())
    world = World(
        scenario=scenario, community=community, rules=rules, seed=seed, streams=population.streams, tick=0,
        residents=residents, starts=population.block_start, contacts=by_day[FIRST], networks=by_day, arrivals=days,
        most_contacts=float(residents.degree.max(initial=0.0)), workers=workers,
        agencies=agencies, pool_agency=pool_agency, pool_of=pool_of,
        pool_share=pool_heads.sum(axis=2) / np.maximum(heads.sum(axis=1), 1.0),
        pool_blocks=np.zeros((len(pool_agency), len(community.blocks))),
        visits=np.zeros(len(community.blocks)),
        competent=np.array(
            [[name in agency.competences for name in CATEGORIES] for agency in community.agencies], dtype=bool
        ).reshape(len(community.agencies), len(CATEGORIES)),
        councils=councils, council_of=council_of, demands=demand_store(capacity), conflicts=conflict_store(capacity),
        cell_table=cell_table, cell_levels=cell_levels,
        flows=np.zeros((len(cell_levels), len(FLOWS))),
        stocks=np.zeros((len(cell_levels), len(STOCKS))), institution=institution, hours=np.zeros(len(HOUR_USES)),
        levers=empty_levers(heads.shape[0], heads.shape[1], len(community.agencies)),
        chances=empty_chances(heads.shape[0], heads.shape[1]),
        limits=fixed_limits(groups, cell_levels),
        room=Draw(np.zeros(len(population), np.int8), np.zeros(len(population), np.int32)),
        board=board, population=population, groups=groups, adults=adults, threads=threads,
    )
    share_visits(world)
    return world


def columns(declared: tuple[Column, ...], rows: int) -> dict[str, NDArray[Any]]:
    """Return zeroed arrays of the declared types, by name.

    They lie side by side in one piece of memory, which the system can map in large pages: residents are visited here
    and there, and looking up small pages took a twentieth of a run.
    """
    sizes = [rows * np.dtype(column.dtype).itemsize for column in declared]
    starts = np.cumsum([0, *(-(-size // _LINE) * _LINE for size in sizes)])
    memory = np.zeros(int(starts[-1]) + _LINE, np.uint8)
    memory = memory[-memory.ctypes.data % _LINE :]
    return {
        column.name: memory[start : start + size].view(column.dtype)
        for column, start, size in zip(declared, starts.tolist(), sizes, strict=False)
    }


def resident_columns(
    population: Population, rules: Rules, network: Network, arrivals: Collection[int] = ()
) -> Any:
    """Residents' columns on the first morning; the places of groups that arrive later are empty."""
    arrays = columns(RESIDENT, len(population))
    for name, values in population.state().items():
        arrays[name][:] = values
    arrays["anchor"][:] = arrays["trust"]
    arrays["evidence"][:] = rules.trust.evidence_start
    for name in ("last_meeting", "last_council", "last_online", "last_experience", "invited"):
        arrays[name][:] = LONG_AGO
    awaited = np.isin(arrays["group"], list(arrivals))
    arrays["present"][awaited], arrays["generation"][awaited] = 0, AWAITED
    residents = Residents(**arrays)
    know_each_other(residents, network)
    return residents


def cells(heads: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Number the cells of measures: block by block, so that no cell spans two blocks.

    Returns
    -------
    table : array of int32, shape (blocks, groups, age bands, 2)
        Cell by block, group, age band and vulnerability; -1 where a group does not live.
    levels : array of int16, shape (cells, 4)
        The same, the other way round.
    """
    table = np.full((*heads.shape, len(AGE_BANDS), 2), -1, dtype=np.int32)
    levels: list[tuple[int, int, int, int]] = []
    for q, g in np.argwhere(heads > 0.0):
        for age in range(len(AGE_BANDS)):
            for vulnerable in range(2):
                table[q, g, age, vulnerable] = len(levels)
                levels.append((q, g, age, vulnerable))
    return table, np.array(levels, dtype=np.int16).reshape(-1, 4)


def count_adults(community: Community, residents: Any) -> NDArray[np.float64]:
    """People of the first day, shape (groups, 3): adults who are not vulnerable, vulnerable adults, everybody."""
    count, here = np.zeros((len(community.groups), 3)), residents.generation != AWAITED
    np.add.at(count, (residents.group, residents.vulnerable), (here & (residents.age > 0)).astype(np.float64))
    np.add.at(count, (residents.group, 2), here.astype(np.float64))
    return count


def group_table(community: Community, parameters: Any, rules: Rules, adults: NDArray[np.float64]) -> Any:
    """What differs by group, with daily chances of needs and enquiries whose mean over residents is as declared.

    ``adults`` is what :func:`count_adults` gives.
    """
    def number(field: str) -> NDArray[np.float64]:
        return np.array(
            [float(parameters.get(f"group.{g.name}.{field}", getattr(g, field))) for g in community.groups]
        )

    ratio = number("need_ratio")
    relative = np.stack([ratio, ratio * rules.needs.vulnerable_ratio], axis=1)
    weight = float((relative * adults[:, :2]).sum())
    scale = float(adults[:, 2].sum()) / weight if weight > 0.0 else 0.0
    return Groups(
        turnover=number("turnover"), academic_leave=number("academic_leave"),
        elector=np.array([g.elector for g in community.groups], dtype=np.int8),
        headline=np.array([g.headline for g in community.groups], dtype=np.int8),
        participation_shift=number("participation_shift"),
        need=np.minimum(relative * scale * rules.needs.rate, 1.0),
        enquiry=np.minimum(relative * scale * rules.needs.enquiries, 1.0),
    )


def fixed_limits(groups: Any, cell_levels: NDArray[np.int16]) -> Any:
    """Limits of what does not change from day to day; those of outreach begin at zero."""
    limits = Limits(*(np.zeros(len(cell_levels), np.uint64) for _ in Limits._fields))
    by_group(cell_levels, np.stack([groups.turnover] * 2, axis=1), True, limits.turnover)
    by_group(cell_levels, np.stack([groups.academic_leave] * 2, axis=1), True, limits.academic_leave)
    by_group(cell_levels, groups.need, False, limits.need)
    by_group(cell_levels, groups.enquiry, False, limits.enquiry)
    return limits


def agency_columns(
    community: Community, outside: NDArray[np.bool_], pooling: int = AS_DESCRIBED
) -> tuple[Any, NDArray[np.int16]]:
    """Agencies' columns, and the agency of each pool; ``pooling`` is for own agencies, partners are as described."""
    arrays = columns(AGENCY, len(community.agencies))
    pool_agency: list[int] = []
    for a, agency in enumerate(community.agencies):
        arrays["posts"][a] = arrays["filled"][a] = agency.staff
        arrays["outside"][a] = outside[a]
        arrays["pool_first"][a] = len(pool_agency)
        together = agency.workers_per_pool
        if pooling != AS_DESCRIBED and not outside[a]:
            together = 2 if pooling == PAIRS else agency.staff
        arrays["pools"][a] = max(1, math.ceil(agency.staff / max(together, 1)))
        pool_agency.extend([a] * int(arrays["pools"][a]))
    return Agencies(**arrays), np.array(pool_agency, dtype=np.int16)


def serve(
    community: Community, agencies: Any, residents: Any, groups: Any
) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Give every resident a pool of each agency, and count whom each pool serves.

    Residents stand in a line, household by household and block by block, each as long as the needs expected; an
    agency cuts the line of those it serves into pieces of equal length, one for each pool.

    Returns
    -------
    pool_of : array of int16, shape (agencies, residents)
    heads : array, shape (pools, blocks, groups)
        Residents whom each pool serves.
    """
    here = residents.generation != AWAITED  # who arrives later stands in the line, but takes no place of it
    expected = groups.need[residents.group, residents.vulnerable] * (here & (residents.age > 0))
    pool_of = np.full((len(community.agencies), len(residents.key)), -1, dtype=np.int16)
    heads = np.zeros((int(agencies.pools.sum()), len(community.blocks), len(community.groups)))
    for a, agency in enumerate(community.agencies):
        served = np.array([name in agency.serves for name in community.block_names], dtype=bool)[residents.quarter]
        if not served.any():
            continue
        line = np.cumsum(np.where(served, expected, 0.0))
        place = (line - np.where(served, expected, 0.0)) / line[-1] if line[-1] > 0.0 else np.zeros(len(line))
        pools, first = int(agencies.pools[a]), int(agencies.pool_first[a])
        pool = np.minimum((place * pools).astype(np.int64), pools - 1)
        pool_of[a, served] = (first + pool[served]).astype(np.int16)
        present = served & here
        np.add.at(heads, (first + pool[present], residents.quarter[present], residents.group[present]), 1.0)
    return pool_of, heads


def worker_columns(
    community: Community, agencies: Any, extra: list[list[int]], rules: Rules, streams: NDArray[np.uint64]
) -> Any:
    """Workers' columns: the posts of each agency, then closed ones that policies may open (``extra``: their pools)."""
    posts = [(a, k) for a, agency in enumerate(community.agencies) for k in range(agency.staff + len(extra[a]))]
    arrays = columns(WORKER, len(posts))
    for w, (a, k) in enumerate(posts):
        agency: Agency = community.agencies[a]
        code = draws.stream_id(f"worker:{agency.name}") & 0x7FFF_FFFF
        key = draws.identity_key_py(WORKER_KIND, code + k, 0)
        arrays["key"][w] = key
        arrays["agency"][w] = a
        pool = k % agencies.pools[a] if k < agency.staff else extra[a][k - agency.staff]
        arrays["pool"][w] = agencies.pool_first[a] + pool
        arrays["role"][w] = k % _ROLES
        arrays["outside"][w] = agency.outside
        arrays["open"][w] = arrays["in_post"][w] = k < agency.staff
        arrays["case"][w] = -1
        licence = draws.uniform_py(draws.stream_day_py(int(streams[INDEX["workforce.skill"]]), 0, 1), key)
        arrays["licence"][w] = licence < rules.workforce.licensed
        arrays["skill"][w] = new_skill(np.uint64(key), streams, rules.skill, bool(arrays["licence"][w]))
        arrays["burnout"][w] = rules.workforce.burnout_start
    familiarity = np.full((len(posts), len(community.blocks)), functions.clamp01(rules.skill.familiarity_start))
    return Workers(**arrays, familiarity=familiarity)


def council_columns(community: Community, rules: Rules) -> tuple[Any, NDArray[np.int16]]:
    """Councils' columns, and the council of each block."""
    seats = [q for q, block in enumerate(community.blocks) if block.kind in community.councils.block_kinds]
    arrays = columns(COUNCIL, len(seats))
    council_of = np.full(len(community.blocks), -1, dtype=np.int16)
    for c, q in enumerate(seats):
        arrays["quarter"][c], arrays["seats"][c] = q, community.councils.seats
        arrays["legitimacy"][c] = rules.council.legitimacy_start
        council_of[q] = c
    return Councils(**arrays), council_of
