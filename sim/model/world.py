"""The state of one community on one day: everything that phases read and write.

A :class:`World` is plain data without behaviour. Both drivers work on it; :mod:`sim.model.build` makes one, and
:mod:`sim.model.snapshot` saves and restores one.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.rulebook import Rules
from sim.model.stores import Store
from sim.scenario.community import Community
from sim.scenario.in_short import in_short
from sim.vocabulary.categories import HOUR_USES

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Waits:
    """Waits of demands on which work began, one entry a demand: the day, the resident's cell, and the wait in days."""

    day: list[int] = field(default_factory=list)
    cell: list[NDArray[np.int32]] = field(default_factory=list)
    wait: list[Floats] = field(default_factory=list)


@in_short(
    lambda self: {
        "day": self.tick,
        "residents": len(self.residents[0]),
        "workers": len(self.workers[0]),
    }
)
@dataclass(slots=True)
class World:
    """State of a community.

    Attributes
    ----------
    tick : int
        Day since the start of the burn-in; the day being stepped.
    phase : int
        Phases of the day that have been lived; 0 between two days.
    streams : array of uint64, shape (streams,)
        Keys of the random streams, in the order of ``vocabulary.streams.STREAMS``.
    residents, workers, agencies, councils : named tuples of arrays
        See :mod:`sim.model.columns`.
    starts : array of int64, shape (blocks + 1,)
        Rows at which each block of residents begins; rows are sorted by block and household.
    contacts : (indptr, indices)
        Who knows whom, compressed sparse rows.
    networks : dict of day to contacts
        The contacts from each day on which a group arrives; see :mod:`sim.model.arrivals`.
    networked : int
        Which of them they are.
    arrivals : dict of group to day
        When groups arrive that were not there on the first day.
    most_contacts : float
        Contacts of the resident who has most.
    pool_agency : array of int16, shape (pools,)
        The agency of each pool.
    pool_of : array of int16, shape (agencies, residents)
        The pool of each agency that serves a resident, -1 where the agency does not.
    pool_share : array, shape (pools, blocks)
        The share of each block that each pool serves.
    pool_blocks : array, shape (pools, blocks)
        One worker's share of a block's visits: the share of the block that the pool serves, per open post.
    visits : array, shape (blocks,)
        Visits paid in each block today.
    competent : array of bool, shape (agencies, categories)
    council_of : array of int16, shape (blocks,)
        The council of each block, -1 where there is none.
    cell_table : array of int32, shape (blocks, groups, age bands, 2)
        The cell of measures of a resident; -1 for a group that does not live in a block.
    cell_levels : array of int16, shape (cells, 4)
        Block, group, age band and vulnerability of each cell of measures.
    flows, stocks : arrays, shape (cells, measures)
        Today's counts; see :mod:`sim.vocabulary.measures`.
    institution : array, shape (measures,)
    hours : array, shape (uses,)
        Worker-hours by use, today, own agencies.
    levers : named tuple of arrays
        Today's levers as delivered; see :mod:`sim.model.levers`.
    chances : named tuple of arrays
        Today's chances of outreach, by block and group.
    limits : Limits
        The chances of a day as limits by cell; see :mod:`sim.model.chance`.
    room : Draw
        Room for kernels to work in.
    board : Board
        What policies plan.
    population : Population
        How people are made, for newcomers.
    groups : Groups
        What differs by group; see :mod:`sim.model.build`.
    adults : array, shape (groups, 3)
        People on the first day: see :func:`sim.model.build.count_adults`.
    changed : int
        How many of the scenario's changes of parameters are in force.
    case_share : float
        Share of own agencies' hours kept for cases today.
    mean_skill : float
        Mean skill of own workers in post, this morning.
    attendance_hours : array, shape (uses,)
        Running mean of the hours a week that attendance, acts, enquiries and feedback take.
    load : array, shape (2,)
        Running means of hours of work arriving and of hours offered for cases, a day.
    waits : Waits
        Waits of demands on which work began.
    model : CommunityModel, optional
        The Mesa model that shows this state as agents, once there is one.
    """

    scenario: Any
    community: Community
    rules: Rules
    seed: int
    streams: NDArray[np.uint64]
    tick: int
    residents: Any
    starts: NDArray[np.int64]
    contacts: tuple[NDArray[np.int64], NDArray[np.int32]]
    most_contacts: float
    workers: Any
    agencies: Any
    pool_agency: NDArray[np.int16]
    pool_of: NDArray[np.int16]
    pool_share: Floats
    pool_blocks: Floats
    visits: Floats
    competent: NDArray[np.bool_]
    councils: Any
    council_of: NDArray[np.int16]
    demands: Store
    conflicts: Store
    cell_table: NDArray[np.int32]
    cell_levels: NDArray[np.int16]
    flows: Floats
    stocks: Floats
    institution: Floats
    hours: Floats
    levers: Any
    chances: Any
    limits: Any
    room: Any
    board: Any
    population: Any
    groups: Any
    adults: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    case_share: float = 0.0
    mean_skill: float = 0.0
    attendance_hours: Floats = field(default_factory=lambda: np.zeros(len(HOUR_USES)))
    load: Floats = field(default_factory=lambda: np.zeros(2))
    changed: int = 0
    networks: dict[int, Any] = field(default_factory=dict)
    networked: int = -1
    arrivals: dict[int, int] = field(default_factory=dict)
    threads: int = 1
    phase: int = 0
    waits: Waits = field(default_factory=Waits)
    model: Any = None

    @property
    def date(self) -> dt.date:
        """The calendar day being stepped."""
        return self.scenario.start + dt.timedelta(days=self.tick)

    @property
    def workday(self) -> bool:
        """Whether staff work today: always, where the week has seven workdays, else Monday to Friday."""
        return self.rules.hours.workdays >= 7.0 or self.date.weekday() < 5

    @property
    def n(self) -> int:
        """Resident slots, empty ones included."""
        return len(self.residents.key)
