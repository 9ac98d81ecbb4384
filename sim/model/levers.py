"""From policies to levers: what is planned for a day, and what of it is delivered.

:class:`Board` asks every policy block for its levers at its strength of the day and combines them by each lever's
rule, in the order of the blocks' names. What a plan takes from the community (its age, the number of workers) is
renewed every week, so that a plan is the same whether or not the day before was planned. Phase 3 scales the levers that
need hours by the share of hours that are there.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import policies
from sim.model.chance import by_lever
from sim.model.compiled import kernel
from sim.model.counters import use
from sim.model.handles import record
from sim.policies.base import Context
from sim.rules import functions
from sim.vocabulary.categories import HOUR_USES
from sim.vocabulary.levers import LEVERS

Levers = record("Levers", [lever.name for lever in LEVERS])
"""One array per lever: shape (blocks, groups), (1,), (agencies,) or (uses,), by the lever's axis."""

Chances = record("Chances", ["publicity", "session", "activity", "visit", "invitation"])
"""Daily chances of outreach, shape (blocks, groups), from the weekly levers."""

_RENEWAL_DAYS: Final = 7
_NO_END: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Active:
    """A policy block made ready for one run: whom it covers, and when."""

    name: str
    policy: Any
    settings: dict[str, float]
    block: Any
    first: int
    last: int
    covered: NDArray[np.bool_]
    residents_covered: float
    blocks_covered: float


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
    """

    def __init__(self, scenario: Any, heads: NDArray[np.float64], own: NDArray[np.bool_]) -> None:
        self._scenario = scenario
        self._heads = heads
        self._total = float(heads.sum())
        self._own = own
        self.planned = empty_levers(heads.shape[0], heads.shape[1], len(own))
        self.hours_by_block: dict[str, float] = {}
        self.money_by_block: dict[str, float] = {}
        self.workers = 0.0  # own workers in post when plans were last renewed; saved with a snapshot
        self._state: tuple[Any, ...] | None = None
        elections = scenario.community.elections
        self._statutory = frozenset(elections.dates) if elections else frozenset()
        self.blocks = tuple(self._activate(block) for block in sorted(scenario.policies, key=lambda b: b.name))

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
            float(parts.sum()),
        )

    def strength(self, active: Active, tick: int) -> float:
        """Dose times ramp times fidelity on a day; 0 before the first and from the last day on."""
        if tick < active.first or tick >= active.last:
            return 0.0
        ramp = float(active.block.ramp)
        risen = min(1.0, (tick - active.first + 1) / ramp) if ramp > 0 else 1.0
        return float(active.block.dose) * risen * float(active.block.fidelity)

    def election_day(self, active: Active, date: dt.date, tick: int) -> bool:
        """Whether representatives are elected on this day: a statutory day, or one that the block itself holds."""
        if date in self._statutory:
            return True
        first, every = active.settings.get("first_after_days"), active.settings.get("every_days")
        if first is None or every is None or tick < active.first:
            return False
        since = tick - active.first - int(first)
        return since >= 0 and since % max(int(every), 1) == 0

    def most_extra(self) -> NDArray[np.int32]:
        """Most extra posts that the blocks can open together, by agency."""
        extra = np.zeros(len(self._own))
        for active in self.blocks:
            full = float(active.block.dose) * float(active.block.fidelity)
            if full <= 0.0:
                continue
            context = self._context(active, False, active.first, self._scenario.start, 0.0)
            values = active.policy.levers(full, active.settings, context)
            extra[self._own] += self._posts(values.get("extra_staff", 0.0))
        return np.ceil(extra - 1e-9).astype(np.int32)

    def _posts(self, extra: float) -> float:
        """Extra posts of one agency: they are shared evenly among own agencies."""
        return float(extra) / max(int(self._own.sum()), 1)

    def statutory(self, date: dt.date) -> bool:
        """Whether the community's own election falls on this day."""
        return date in self._statutory

    def plan(self, tick: int, date: dt.date, workers: float) -> None:
        """Fill ``planned`` for a day.

        Parameters
        ----------
        tick, date
            The day.
        workers
            Own workers in post.
        """
        anchor = tick - tick % _RENEWAL_DAYS
        if tick == anchor:
            self.workers = workers
        voting = tuple(self.election_day(active, date, tick) for active in self.blocks)
        state = (anchor, voting, *(self.strength(active, tick) for active in self.blocks))
        if state == self._state:
            return
        self._state = state
        for array in self.planned:
            array[...] = 0.0
        self.hours_by_block, self.money_by_block = {}, {}
        renewed = date - dt.timedelta(days=tick - anchor)
        for active, votes in zip(self.blocks, voting, strict=True):
            strength = self.strength(active, tick)
            if strength > 0.0:
                self._add(active, strength, self._context(active, votes, anchor, renewed, self.workers))

    def _context(self, active: Active, votes: bool, tick: int, date: dt.date, workers: float) -> Context:
        return Context(
            residents_covered=active.residents_covered, residents=self._total, blocks_covered=active.blocks_covered,
            workers=workers, days_since_start=max(tick - active.first, 0), date=date,
            covered_share=active.residents_covered / self._total if self._total else 0.0, election_day=votes,
        )

    def _add(self, active: Active, strength: float, context: Context) -> None:
        values = active.policy.levers(strength, active.settings, context)
        for lever in LEVERS:
            if lever.name not in values:
                continue
            array, value = getattr(self.planned, lever.name), float(values[lever.name])
            where: Any = ...
            if lever.axis == "quarter_group":
                where = active.covered
            elif lever.axis == "agency":
                where = self._own
                if lever.name == "extra_staff":
                    value = self._posts(value)
            if lever.combine == "union":
                array[where] = 1.0 - (1.0 - array[where]) * (1.0 - value)
            else:
                array[where] += value
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
