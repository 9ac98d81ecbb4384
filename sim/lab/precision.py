"""Designs that grow until effects are known well enough: what is added, when it is looked at, and for how many runs.

What a replication is depends on the draw, and so does what more of them can tell:

- ``point``: a seed of the one world. More seeds narrow the luck.
- ``latin_hypercube``, ``sobol``: a world (with its ``seeds``). More worlds narrow luck and parameters together; more
  seeds in the same worlds would narrow the luck alone, at the same price.
- ``matched``: a world as long as the table has more, and then another seed in every world. Seeds do not narrow the
  spread between worlds: where that is what keeps an interval wide, the budget ends before it is reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import UsageError
from sim.stats.sequential import doubling, look_confidences

CONFIDENCE = 0.95
FIRST_LOOK = 8
"""Replications at the first look; fewer make no interval to trust."""
MOST = 128
"""Replications at the last look where neither looks nor a budget are given."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far a design has grown: worlds, and seeds in each."""

    worlds: int
    seeds: int

    @property
    def replications(self) -> int:
        """Pairs of world and seed, each of them run under every scenario."""
        return self.worlds * self.seeds


NOTHING = Look(0, 0)
"""A design before it has begun to grow."""


@dataclass(frozen=True)
class Precision:
    """When a growing design is looked at, and when it has grown enough.

    Attributes
    ----------
    half_widths
        By outcome, half of the width that the interval of every scenario's effect may have; in its unit.
    looks
        How far the design has grown at each look; the budget pays for all of them.
    budget
        The most runs there may be, or None.
    unaffordable
        Looks that were asked for and that the budget does not pay for.
    """

    half_widths: Mapping[str, float]
    looks: tuple[Look, ...]
    budget: int | None = None
    unaffordable: int = 0

    @property
    def confidences(self) -> tuple[float, ...]:
        """Confidence of the intervals at each look, so that those at which one stops hold at 95%."""
        return look_confidences([look.replications for look in self.looks], CONFIDENCE)

    @property
    def blocks(self) -> list[int]:
        """Worlds that are new at each look."""
        worlds = [0, *(look.worlds for look in self.looks)]
        return [after - before for before, after in zip(worlds, worlds[1:], strict=False)]


def plan_precision(
    half_widths: Mapping[str, float],
    draw: str,
    scenarios: int,
    worlds: int | None = None,
    seeds: int = 1,
    looks: Sequence[int] = (),
    budget: int | None = None,
) -> Precision:
    """Turn what an experiment asks for into looks.

    Parameters
    ----------
    half_widths
        Wanted half-widths by outcome.
    draw
        ``point``, ``latin_hypercube``, ``sobol`` or ``matched``.
    scenarios
        How many scenarios there are, the baseline included: each is run in every replication.
    worlds
        Matched worlds there are.
    seeds
        Seeds in each world that is drawn.
    looks
        Replications (see above) after which to look; by default 8, then twice as many each time, up to the budget or
        to 128.
    budget
        The most runs. It ends at the last look that it pays for in full: a look is the same whatever the budget.

    Raises
    ------
    UsageError
        If the budget does not pay for the first look, or looks do not fit the worlds there are.
    """
    several = draw in ("latin_hypercube", "sobol")
    in_each = scenarios * (seeds if several else 1)
    most = MOST if budget is None else budget // in_each
    table = worlds if draw == "matched" and worlds is not None and worlds > 1 else None
    counts = looks or (doubling(FIRST_LOOK, most) if table is None else tuple(_through(table, most)))
    first = FIRST_LOOK if table is None else _first(table)
    planned = [_look(count, several, seeds, table) for count in counts or (first,)]
    paid = [look for look in planned if budget is None or look.replications * scenarios <= budget]
    if not paid:
        raise UsageError(
            f"budget: {budget} runs do not pay for the first look: {scenarios} scenarios in "
            f"{planned[0].replications} replications are {planned[0].replications * scenarios}"
        )
    return Precision(half_widths, tuple(paid), budget, len(planned) - len(paid))


def _through(table: int, most: int) -> Iterator[int]:
    """The usual looks over matched worlds: doubling up to all of them, then doubling the seeds in each."""
    count = _first(table)
    while count <= most:
        yield count
        count = table if count < table <= 3 * count else 2 * count


def _first(table: int) -> int:
    """Worlds at the first look; a table that is hardly longer is taken whole."""
    return FIRST_LOOK if table >= 2 * FIRST_LOOK else table


def _look(count: int, several: bool, seeds: int, table: int | None) -> Look:
    """How far a design has grown after some replications."""
    if several:
        return Look(count, seeds)
    if table is None:
        return Look(1, count)
    if count <= table:
        return Look(count, 1)
    if count % table:
        raise UsageError(
            f"looks: there are {table} matched worlds; beyond them looks are multiples of {table}, because every world "
            f"gets the same number of seeds ({count} is none)"
        )
    return Look(table, count // table)
