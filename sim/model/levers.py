"""From policies to levers: what is planned for a day, and what of it is delivered.

:class:`Board` asks every policy block for its levers at its strength of the day and combines them by each lever's
rule, in the order of the blocks' names. Every lever is planned by cell (block and group) where the policy block covers;
a lever with one value for the community, or one for each agency, is the mean of its cells over residents, or over those
whom the agency serves. So blocks that cover a part each add up to one that covers everybody. What a plan takes from the
community (its age, the number of workers) is renewed every week, so that a plan is the same whether or not the day
before was planned. Phase 3 scales the levers that need hours by the share of hours that are there.
"""

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import policies
from sim.model.chance import by_lever
from sim.model.compiled import kernel
from sim.model.counters import use
from sim.model.handles import record
from sim.model.triggers import Event, Trigger
from sim.policies.base import Context
from sim.rules import functions
from sim.vocabulary.categories import HOUR_USES
from sim.vocabulary.levers import BY_NAME as LEVER
from sim.vocabulary.levers import LEVERS

Levers = record("Levers", [lever.name for lever in LEVERS])
"""One array per lever: shape (blocks, groups), (1,), (agencies,) or (uses,), by the lever's axis."""

Chances = record("Chances", ["publicity", "session", "activity", "visit", "invitation"])
"""Daily chances of outreach, shape (blocks, groups), from the weekly levers."""

_RENEWAL_DAYS: Final = 7
_NO_END: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Active:
    """A policy block made ready for one run: whom it covers, who serves them, and when."""

    name: str
    policy: Any
    settings: dict[str, float]
    block: Any
    first: int
    last: int
    covered: NDArray[np.bool_]
    residents_covered: float
    blocks_covered: float
    homes: NDArray[np.bool_]
    """Blocks in which somebody is covered, shape (blocks,)."""
    served: NDArray[np.float64]
    """Share of each agency's service that goes to those covered, shape (agencies,)."""


def empty_levers(blocks: int, groups: int, agencies: int) -> Any:
    """Return levers at their neutral values."""
    shapes = {"quarter_group": (blocks, groups), "community": (1,), "agency": (agencies,), "use": (len(HOUR_USES),)}
    return Levers(*(np.zeros(shapes[lever.axis]) for lever in LEVERS))


class Board:
    """Plans the levers of each day.

    Parameters
    ----------
    scenario : Scenario
        Its policy blocks, parameters and calendar.
    heads : array, shape (blocks, groups)
        Residents of each group in each block on the first day.
    own : array of bool, shape (agencies,)
        Agencies whose posts policies add to (partners from outside are none).
    pool_heads : array, shape (pools, blocks, groups)
        Residents of each cell whom each pool serves on the first day.
    pool_agency : array of int, shape (pools,)
        The agency of each pool.
    """

    def __init__(
        self, scenario: Any, heads: NDArray[np.float64], own: NDArray[np.bool_], pool_heads: NDArray[np.float64],
        pool_agency: NDArray[np.int16],
    ) -> None:
        self._scenario = scenario
        self._own = own
        self._pool_agency = pool_agency
        self.planned = empty_levers(heads.shape[0], heads.shape[1], len(own))
        self._cells = {lever.name: np.zeros(heads.shape) for lever in LEVERS if lever.axis in ("community", "agency")}
        self.hours_by_block: dict[str, float] = {}
        self.money_by_block: dict[str, float] = {}
        self.strength_by_block: dict[str, float] = {}
        self.posts_by_block: dict[str, float] = {}
        # own workers in post when plans were last renewed; saved with a snapshot
        self.workers = np.zeros(len(own))
        self._state: tuple[Any, ...] | None
        elections = scenario.community.elections
        self._statutory = frozenset(elections.dates) if elections else frozenset()
        self.triggers = {
            block.name: Trigger(block, scenario.burn_in + block.start_day)
            for block in scenario.policies
            if block.when is not None
        }
        self.events: list[Event] = []
        self.count(heads, pool_heads)

    def count(self, heads: NDArray[np.float64], pool_heads: NDArray[np.float64]) -> None:
        """Count residents, and whom each pool serves; again when people have arrived."""
        self._heads, self._total = heads, float(heads.sum())
        self._everybody = heads / max(self._total, 1.0)
        # A pool that serves nobody counts as one that serves everybody, so that its part of a programme is not lost.
        people = pool_heads.sum(axis=(1, 2), keepdims=True)
        self._pools = np.where(people > 0.0, pool_heads / np.maximum(people, 1.0), self._everybody)
        # An agency's service is spread evenly over its pools.
        self._service = [self._pools[self._pool_agency == a].mean(axis=0) for a in range(len(self._own))]
        self.blocks = tuple(self._activate(block) for block in sorted(self._scenario.policies, key=lambda b: b.name))
        self._state = None

    def first_day(self, active: Active) -> int:
        """The first day of a block at work: its start, or the day on which what it waits for came about."""
        trigger = self.triggers.get(active.name)
        return active.first if trigger is None else trigger.since

    def _activate(self, block: Any) -> Active:
        scenario = self._scenario
        community = scenario.community
        quarters = np.array([q in block.quarters for q in community.block_names])
        groups = np.array([g in block.groups for g in community.group_names])
        covered = quarters[:, None] & groups[None, :]
        heads = np.where(covered, self._heads, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = np.nan_to_num(heads.sum(axis=1) / self._heads.sum(axis=1))
        first = scenario.burn_in + block.start_day
        last = _NO_END if block.end is None else scenario.burn_in + block.end_day
        settings = {name: float(value) for name, value in block.settings.items()}
        return Active(
            block.name, policies.get(block.policy), settings, block, first, last, covered, float(heads.sum()),
            float(parts.sum()), heads.sum(axis=1) > 0.0,
            np.array([self._mean(covered, cells) for cells in self._service]),
        )

    @staticmethod
    def _mean(values: NDArray[Any], weights: NDArray[np.float64]) -> float:
        """Mean of cells; exactly their value where all that have a weight have the same."""
        here = values[weights > 0.0] if weights.any() else values.ravel()
        return float(here[0]) if (here == here[0]).all() else float((values * weights).sum())

    def strength(self, active: Active, tick: int) -> float:
        """Dose times ramp times fidelity on a day; 0 before the first and from the last day on."""
        first = self.first_day(active)
        if tick < first or tick >= active.last:
            return 0.0
        ramp = float(active.block.ramp)
        risen = min(1.0, (tick - first + 1) / ramp) if ramp > 0 else 1.0
        return float(active.block.dose) * risen * float(active.block.fidelity)

    def election_day(self, active: Active, date: dt.date, tick: int) -> bool:
        """Whether representatives are elected on this day: a statutory day, or one that the block itself holds."""
        if date in self._statutory:
            return True
        first, every = active.settings.get("first_after_days"), active.settings.get("every_days")
        if first is None or every is None or tick < self.first_day(active):
            return False
        since = tick - self.first_day(active) - int(first)
        return since >= 0 and since % max(int(every), 1) == 0

    def extra_posts(self, staff: NDArray[Any]) -> list[list[int]]:
        """Pools of the extra posts that blocks can open, by agency: numbers within the agency, in order of opening.

        Posts go, in the order in which blocks start, to the pool that is owed most of one: each pool is owed its even
        part of an agency's posts, as far as the block covers those whom it serves. Of equals the next in turn has it.

        Parameters
        ----------
        staff
            Posts that each agency has without policies, shape (agencies,).
        """
        found: list[list[int]] = [[] for _ in self._own]
        due, total = np.zeros(len(self._pool_agency)), np.zeros(len(self._own))
        for first in sorted({active.first for active in self.blocks}):
            for active in self.blocks:
                posts = self._full_posts(active) if active.first == first else 0.0
                total[self._own] += posts * active.served[self._own]
                for pool, a in enumerate(self._pool_agency):
                    part = self._mean(active.covered, self._pools[pool])
                    due[pool] += posts * part / int((self._pool_agency == a).sum()) if self._own[a] else 0.0
            for a in np.flatnonzero(self._own):
                pools = np.flatnonzero(self._pool_agency == a)
                while len(found[a]) < math.ceil(total[a] - 1e-9):
                    turn = (int(staff[a]) + len(found[a])) % len(pools)
                    order = [*range(turn, len(pools)), *range(turn)]
                    owed = [round(due[pools[k]] - found[a].count(k), 9) for k in order]
                    found[a].append(order[owed.index(max(owed))])
        return found

    def _full_posts(self, active: Active) -> float:
        """Posts that a block covering everybody would add to each own agency at its full strength."""
        full = float(active.block.dose) * float(active.block.fidelity)
        if full <= 0.0:
            return 0.0
        context = self._context(active, False, active.first, self._scenario.start)
        return self._posts(float(active.policy.levers(full, active.settings, context).get("extra_staff", 0.0)))

    def _posts(self, extra: float) -> float:
        """Extra posts of one agency: they are shared evenly among own agencies."""
        return extra / max(int(self._own.sum()), 1)

    def statutory(self, date: dt.date) -> bool:
        """Whether the community's own election falls on this day."""
        return date in self._statutory

    def plan(self, tick: int, date: dt.date, filled: NDArray[Any]) -> None:
        """Fill ``planned`` for a day.

        Parameters
        ----------
        tick, date
            The day.
        filled
            Workers in post, shape (agencies,).
        """
        for active in self.blocks:
            trigger = self.triggers.get(active.name)
            event = None if trigger is None or tick >= active.last else trigger.check(tick)
            if event is not None:
                self.events.append(event)
        anchor = tick - tick % _RENEWAL_DAYS
        if tick == anchor:
            self.workers = np.where(self._own, filled, 0.0)
        voting = tuple(self.election_day(active, date, tick) for active in self.blocks)
        state = (anchor, voting, *(self.strength(active, tick) for active in self.blocks))
        if state == self._state:
            return
        self._state = state
        for array in (*self.planned, *self._cells.values()):
            array[...] = 0.0
        self.hours_by_block, self.money_by_block = {}, {}
        self.strength_by_block, self.posts_by_block = {}, {}
        renewed = date - dt.timedelta(days=tick - anchor)
        for active, votes in zip(self.blocks, voting, strict=True):
            strength = self.strength(active, tick)
            if strength > 0.0:
                self._add(active, strength, self._context(active, votes, anchor, renewed))
        for name, cells in self._cells.items():
            array = getattr(self.planned, name)
            if LEVER[name].axis == "community":
                array[0] = self._mean(cells, self._everybody)
            else:
                array[self._own] = [self._mean(cells, self._service[a]) for a in np.flatnonzero(self._own)]

    def _context(self, active: Active, votes: bool, tick: int, date: dt.date) -> Context:
        own = active.served[self._own]
        return Context(
            residents_covered=active.residents_covered, residents=self._total, blocks_covered=active.blocks_covered,
            workers=float(self.workers.sum()), workers_covered=float((self.workers * active.served).sum()),
            service_covered=float(own.mean()) if len(own) else 0.0,
            days_since_start=max(tick - self.first_day(active), 0), date=date, election_day=votes,
        )

    def _add(self, active: Active, strength: float, context: Context) -> None:
        values = active.policy.levers(strength, active.settings, context)
        for lever in LEVERS:
            if lever.name not in values:
                continue
            array, value = self._cells.get(lever.name, getattr(self.planned, lever.name)), float(values[lever.name])
            if lever.name == "extra_staff":
                value = self._posts(value)
            where: Any = active.covered if array.ndim == 2 else ...
            if lever.combine == "union":
                array[where] = 1.0 - (1.0 - array[where]) * (1.0 - value)
            else:
                array[where] += value
        self.strength_by_block[active.name] = strength
        self.posts_by_block[active.name] = float(values.get("extra_staff", 0.0)) * context.service_covered
        hours = active.policy.weekly_hours(strength, active.settings, context)
        for name, amount in hours.items():
            self.planned.hours[use(name)] += amount
        self.hours_by_block[active.name] = sum(hours.values())
        self.money_by_block[active.name] = active.policy.yearly_money(strength, active.settings, context)


def deliver(planned: Any, delivered: Any, share: float) -> None:
    """Write into ``delivered`` what of the plan is given when ``share`` of its hours are there."""
    for lever, plan, given in zip(LEVERS, planned, delivered, strict=True):
        np.multiply(plan, share if lever.hours else 1.0, out=given)


def empty_chances(blocks: int, groups: int) -> Any:
    """Return outreach chances of zero."""
    return Chances(*(np.zeros((blocks, groups)) for _ in Chances._fields))


@kernel
def fill_chances(levers, chances):
    """Turn weekly chances of outreach into daily ones."""
    for q in range(levers.publicity.shape[0]):
        for g in range(levers.publicity.shape[1]):
            chances.publicity[q, g] = functions.weekly_to_daily(levers.publicity[q, g])
            chances.session[q, g] = functions.weekly_to_daily(levers.session[q, g])
            chances.activity[q, g] = functions.weekly_to_daily(levers.activity[q, g])
            chances.visit[q, g] = functions.weekly_to_daily(levers.visit[q, g])
            chances.invitation[q, g] = functions.weekly_to_daily(levers.invitation[q, g])


@kernel
def fill_limits(levels, chances, limits):
    """Turn daily chances of outreach into limits by cell; children are reached by activities only."""
    by_lever(levels, chances.publicity, False, limits.publicity)
    by_lever(levels, chances.session, False, limits.session)
    by_lever(levels, chances.activity, True, limits.activity)
    by_lever(levels, chances.visit, False, limits.visit)
    by_lever(levels, chances.invitation, False, limits.invitation)
