"""Rules that react: a programme that begins when an outcome has passed a value for some weeks, and may end again.

Every week, on the mornings of days 7, 14 ... since a block's first day, the outcome of the week before is compared with
the block's threshold. It is a ratio of counted measures, summed over the seven days, as in the tables of outcomes; what
is counted is counted once for both drivers, so both decide alike, and nothing is drawn.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.vocabulary.measures import FLOWS, INSTITUTION, STOCKS
from sim.vocabulary.outcomes import BY_NAME

WEEK: Final = 7
NOT_YET: Final = 1 << 30
"""The first day of a programme that has not begun."""


class Event(NamedTuple):
    """A programme began or ended because of an outcome: the day, the block, what it is now, and the week's value."""

    tick: int
    block: str
    at_work: bool
    value: float


class Trigger:
    """Watches an outcome for one policy block.

    Parameters
    ----------
    block : PolicyBlock
        With ``when``.
    first : int
        The first day that counts, since the start of the burn-in.

    Attributes
    ----------
    state : array, shape (6,)
        All that has to be saved: 1 where the programme is at work; since which day; weeks in a row that speak for a
        change; what the week has summed up so far, numerator and denominator; the day last checked.
    """

    def __init__(self, block: Any, first: int) -> None:
        self.block, self.when, self.first = block, block.when, first
        self.outcome = BY_NAME[self.when.outcome]
        self.state: NDArray[np.float64] = np.array([0.0, float(NOT_YET), 0.0, 0.0, 0.0, -1.0])

    @property
    def since(self) -> int:
        """The day on which the programme began, ``NOT_YET`` where it is not at work."""
        return int(self.state[1])

    def check(self, tick: int) -> Event | None:
        """On the morning of a week's end compare, and begin or end the programme; asked twice it answers once."""
        state = self.state
        if tick <= self.first or (tick - self.first) % WEEK or state[5] == tick:
            return None
        top, bottom = float(state[3]), float(state[4])
        value = self.outcome.scale * top / bottom if bottom > 0.0 else float("nan")
        state[3:6] = 0.0, 0.0, tick
        at_work = state[0] == 1.0
        state[2] = state[2] + 1.0 if self._speaks_for_change(value, at_work) else 0.0
        if state[2] * WEEK < self.when.days:
            return None
        state[:3] = (0.0, NOT_YET, 0.0) if at_work else (1.0, tick, 0.0)
        return Event(tick, self.block.name, not at_work, value)

    def _speaks_for_change(self, value: float, at_work: bool) -> bool:
        """Whether a week's value is beyond the threshold that counts now; a week without a value is not."""
        if not at_work:
            return value > self.when.threshold if self.when.above else value < self.when.threshold
        if self.when.off is None:
            return False
        return value < self.when.off if self.when.above else value > self.when.off

    def count(self, world: Any) -> None:
        """Add a day that has been lived."""
        if world.tick < self.first:
            return
        outcome, institution = self.outcome, world.institution
        if outcome.kind != "institution":
            headline = world.groups.headline[world.cell_levels[:, 1]] == 1
            top = sum(_total(world, name, headline) for name in outcome.top)
            bottom = sum(_total(world, name, headline) for name in outcome.bottom)
        else:
            top = sum(institution.item(INSTITUTION.index(name)) for name in outcome.top)
            if outcome.bottom == ("residents",):
                bottom = _total(world, "n", np.ones(len(world.stocks), bool))
            elif outcome.bottom:
                bottom = sum(institution.item(INSTITUTION.index(name)) for name in outcome.bottom)
            else:
                bottom = 1.0
        self.state[3] += top
        self.state[4] += bottom


def _total(world: Any, name: str, cells: NDArray[np.bool_]) -> float:
    """One measure of today over some cells."""
    if name in STOCKS:
        return float(world.stocks[cells, STOCKS.index(name)].sum())
    return float(world.flows[cells, FLOWS.index(name)].sum())
