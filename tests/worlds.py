"""Worlds made by hand, so that a test can drive one phase alone: no community, no scenario, only arrays.

Where nothing else is said staff work round the clock, everything is judged right, arrives at once, takes a day of work
on average and is resolved: the service is then a plain queue.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model import columns as c
from sim.model.draws import identity_key_py, seed_streams
from sim.model.levers import empty_levers
from sim.model.phases import service
from sim.model.rulebook import Rules
from sim.model.service import compact
from sim.model.stores import conflict_store, demand_store
from sim.model.world import World
from sim.vocabulary.categories import CATEGORIES, HOUR_USES
from sim.vocabulary.measures import FLOWS, INSTITUTION, STOCKS
from sim.vocabulary.streams import STREAMS

SURE = 700.0
"""A logit that makes a chance of one."""

PLAIN: Mapping[str, float] = {
    "hours.week": 168.0, "hours.workdays": 7.0, "hours.shift_hours": 24.0, "service.work_hours": 24.0,
    "service.due_urgent": 3.0, "service.due_ordinary": 7.0, "service.triage": 1.0, "skill.resolution": SURE,
    "conflict.hours": 24.0, "conflict.success": SURE, "council.attendance_scale": 1.0, "council.success_ceiling": 1.0,
    "trust.weight_timely": 0.4, "trust.weight_resolved": 0.4, "trust.weight_treatment": 0.2, "skill.treatment": 0.5,
    "cooperation.partner_share": 1.0, "cooperation.partner_full": 1.0,
}  # fmt: skip
NEVER_LAPSES = 1.0e9


@dataclass(frozen=True)
class Office:
    """An agency: workers by pool, what it is competent in, whether it is a partner outside, whom it serves.

    ``serves`` maps a resident's row to the number of one of its pools, or to -1.
    """

    pools: Sequence[int]
    categories: Sequence[int] = tuple(range(len(CATEGORIES)))
    outside: bool = False
    serves: Callable[[int], int] | None = None


@dataclass
class Demands:
    """Demands to come, by time of voicing, and afterwards what became of each (by row of these arrays)."""

    voiced: NDArray[np.float64]
    id: NDArray[np.uint64]
    columns: dict[str, Any] = field(default_factory=dict)
    first: NDArray[np.float64] = field(init=False)
    state: NDArray[np.int8] = field(init=False)
    worked: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.first = np.full(len(self.voiced), c.NEVER)
        self.state = np.full(len(self.voiced), -1, dtype=np.int8)
        self.worked = np.zeros(len(self.voiced))

    @property
    def wait(self) -> NDArray[np.float64]:
        """Days from voicing to the beginning of work."""
        return self.first - self.voiced

    def column(self, name: str, default: Any) -> NDArray[Any]:
        return np.broadcast_to(np.asarray(self.columns.get(name, default)), len(self.voiced))


def demands(voiced: Any, seed: int = 1, **given: Any) -> Demands:
    """Demands voiced at the given times; further columns by name, one value or one a demand."""
    times = np.asarray(voiced, dtype=np.float64)
    ids = np.random.default_rng(seed).integers(0, 2**64, len(times), dtype=np.uint64)
    return Demands(times, np.asarray(given.pop("id", ids), dtype=np.uint64), given)


def poisson(rate: float, days: int, seed: int = 1, **given: Any) -> Demands:
    """A Poisson stream of demands, ``rate`` a day."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.exponential(1.0 / rate, int(rate * days + 6.0 * np.sqrt(rate * days) + 10)))
    return demands(times[times < days], seed + 1000, **given)


def rules(numbers: Mapping[str, float] | None = None) -> Rules:
    """Every mechanism's parameters: those given, else the plain ones, else zero."""
    chosen = {**PLAIN, **(numbers or {})}
    tuples = {}
    for part in fields(Rules):
        shape: Any = part.type
        tuples[part.name] = shape(*(float(chosen.pop(f"{part.name}.{name}", 0.0)) for name in shape._fields))
    assert not chosen, f"no such parameter: {sorted(chosen)}"
    return Rules(**tuples)


def _table(declared: tuple[c.Column, ...], shape: Any, rows: int, **more: Any) -> Any:
    return shape(**{column.name: np.zeros(rows, dtype=column.dtype) for column in declared}, **more)


def small_world(
    numbers: Mapping[str, float] | None = None,
    offices: Sequence[Office] = (Office((1,)),),
    residents: int = 1,
    blocks: int = 1,
    seed: int = 7,
    capacity: int = 1024,
) -> World:
    """A world with residents, workers and nothing else; resident ``i`` lives in block ``i % blocks``.

    Unless an office says whom it serves, its pools take residents in turn. Each block has a council.
    """
    people = _table(c.RESIDENT, c.Residents, residents)
    people.key[:] = [identity_key_py(1, i, 0) for i in range(residents)]
    people.quarter[:] = np.arange(residents) % blocks
    people.cell[:] = people.quarter
    people.present[:] = 1
    people.age[:] = 2
    people.online[:] = 1

    pool_agency = np.array([a for a, office in enumerate(offices) for _ in office.pools], dtype=np.int16)
    agencies = _table(c.AGENCY, c.Agencies, len(offices))
    pool_of = np.full((len(offices), residents), -1, dtype=np.int16)
    competent = np.zeros((len(offices), len(CATEGORIES)), dtype=np.bool_)
    members: list[tuple[int, int]] = []
    for a, office in enumerate(offices):
        agencies.outside[a] = office.outside
        agencies.posts[a] = sum(office.pools)
        agencies.pools[a] = len(office.pools)
        agencies.pool_first[a] = np.flatnonzero(pool_agency == a)[0]
        competent[a, list(office.categories)] = True
        for i in range(residents):
            pool = i % len(office.pools) if office.serves is None else office.serves(i)
            if pool >= 0:
                pool_of[a, i] = agencies.pool_first[a] + pool
        members += [(a, agencies.pool_first[a] + pool) for pool, n in enumerate(office.pools) for _ in range(n)]
    staff = _table(c.WORKER, c.Workers, len(members), familiarity=np.zeros((len(members), blocks)))
    for w, (agency, pool) in enumerate(members):
        staff.key[w] = identity_key_py(2, w, 0)
        staff.agency[w], staff.pool[w], staff.outside[w] = agency, pool, offices[agency].outside
    staff.in_post[:] = 1
    staff.open[:] = 1
    staff.case[:] = -1

    given: dict[str, Any] = {part.name: None for part in fields(World)}
    given.update(
        scenario=SimpleNamespace(start=dt.date(2024, 1, 1)), rules=rules(numbers), seed=seed,
        streams=seed_streams(seed, STREAMS), tick=0, residents=people, workers=staff, agencies=agencies,
        pool_agency=pool_agency, pool_of=pool_of, competent=competent, councils=_table(c.COUNCIL, c.Councils, blocks),
        council_of=np.arange(blocks, dtype=np.int16), demands=demand_store(capacity),
        conflicts=conflict_store(capacity), flows=np.zeros((blocks, len(FLOWS))),
        stocks=np.zeros((blocks, len(STOCKS))), institution=np.zeros(len(INSTITUTION)), hours=np.zeros(len(HOUR_USES)),
        levers=empty_levers(blocks, 1, len(offices)), case_share=1.0, threads=1,
    )  # fmt: skip
    given.pop("waits")
    return World(**given)


def surface(world: World, coming: Demands, rows: slice) -> None:
    """Let some of the demands surface today, as the needs phase would."""
    store = world.demands
    lo, n = store.count, rows.stop - rows.start
    store.reserve(n)
    here = slice(lo, lo + n)
    residents = coming.column("resident", 0)[rows]
    defaults: dict[str, Any] = {
        "arose": coming.voiced[rows], "state": c.ROUTING, "next": c.NEVER, "entered": c.NEVER, "first": c.NEVER,
        "deadline": NEVER_LAPSES, "pool": -1, "channel": c.OWN_VOICE,
    }  # fmt: skip
    for name, array in zip(store.columns._fields, store.columns, strict=True):
        default = defaults.get(name, 0)
        array[here] = coming.column(name, 0)[rows] if name in coming.columns else default
    store.columns.voiced[here] = coming.column("voiced", coming.voiced)[rows]
    store.columns.id[here] = coming.id[rows]
    store.columns.resident[here] = residents
    store.columns.cell[here] = world.residents.cell[residents]
    store.count += n


def serve(
    world: World, coming: Demands, days: int, each_day: Callable[[World], None] | None = None
) -> Demands:
    """Run the service alone for some days; ``each_day`` looks at the world after the service, before closed rows go."""
    place = {int(key): i for i, key in enumerate(coming.id)}
    assert len(place) == len(coming.id)
    cuts = np.searchsorted(coming.voiced, np.arange(world.tick, world.tick + days + 1))
    for lo, hi in zip(cuts[:-1], cuts[1:], strict=True):
        surface(world, coming, slice(int(lo), int(hi)))
        service.run(world)
        if each_day is not None:
            each_day(world)
        table, rows = world.demands.columns, slice(0, world.demands.count)
        at = np.fromiter((place[int(key)] for key in table.id[rows]), dtype=np.int64, count=world.demands.count)
        coming.first[at] = table.first[rows]
        coming.state[at] = table.state[rows]
        coming.worked[at] = table.worked[rows]
        compact(world)
        end_of_day(world)
    return coming


def end_of_day(world: World) -> None:
    """Clear what other phases take up during the day, and go on to the next."""
    for name in ("overdue", "failures", "successes", "experience_sum", "experience_n"):
        getattr(world.residents, name)[:] = 0.0
    world.tick += 1
