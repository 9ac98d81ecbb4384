"""What carries an effect, by rules that are stated here and nowhere else.

All is about what is left of an effect once the mechanism that the claim names is cut.

1. ``one``, ``several``: one mechanism, or more than one, *carries* it: cutting it as well takes at least a fifth
   away, told from nothing after the correction for all that were tried, or makes treatment and control the same in
   every world (:func:`sim.analysis.carriers.measure.finding`). Shares of several may add up to more than all: steps of
   one chain each carry all of it.
2. ``unclear``: in this place what is left cannot be told from nothing, or is too small to matter. Then only a cut that
   makes both arms the same says anything.
3. ``direct``: none carries it, and with every other mechanism cut at once more than half is left, by the whole
   interval. What the treatment gives is then an input of the outcome itself. Mechanisms without which the outcome
   stands still (nobody can take part, no need arises) stay on, because without them nothing could be told.
4. ``together``: each by itself carries less than a fifth, and with all of them cut at once at least a fifth is gone
   and nothing that matters is left, or less than half by the whole interval.
5. ``through``: the same with all cut at once, but of some mechanism it is not known what it carries by itself.
6. ``open``: none of this. It cannot be told.

A share says what an effect *needs*. A cut changes the community that the treatment meets, too, so that a mechanism
which passes nothing on may still be needed. It does not say that another community needs it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

MOST: Final = 0.5
"""Share that has to be left with everything else cut, for an effect to be direct."""
TOLD: Final = ("one", "several", "direct", "together", "through")
"""Readings that say something."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a cut leaves: a row of the table.

    Attributes
    ----------
    cut
        Numbers of mechanisms, or of the claim whose ablation the path is.
    share, low, high
        Of what was left before, with its interval (NaN where it has no ends).
    small
        Whether it is within noise or too small to matter.
    """

    cut: tuple[str, ...]
    share: float
    low: float
    high: float
    small: bool

    @property
    def nothing(self) -> bool:
        """Whether treatment and control are the same in every world."""
        return self.share == self.low == self.high == 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What carries what is left of one outcome's effect in one place.

    Attributes
    ----------
    kind
        A rule of this module.
    named
        What is left without the named mechanism, as a share of the whole effect.
    carriers, against, paths
        What carries it, what holds it back, and single paths that carry it; the one that leaves least first.
    several, rest
        With all carriers cut at once, and with everything cut that can be; None where that was not run.
    still
        Mechanisms without which the outcome stands still.
    """

    claim: str
    name: str
    place: str
    kind: str
    named: Left
    carriers: tuple[Left, ...] = ()
    against: tuple[Left, ...] = ()
    paths: tuple[Left, ...] = ()
    several: Left | None = None
    rest: Left | None = None
    still: tuple[str, ...] = ()

    @property
    def told(self) -> bool:
        """Whether it says anything."""
        return self.kind in TOLD


def readings_of(table: pd.DataFrame) -> Iterator[Reading]:
    """Read a table (``carriers_table``): one reading an outcome and place, in its order."""
    if len(table):
        for (claim, name, place), rows in table.groupby(["claim", "name", "place"], sort=False):
            yield _read(str(claim), str(name), str(place), rows.to_dict("records"))


def _read(claim: str, name: str, place: str, rows: list[dict[str, Any]]) -> Reading:
    def those(step: str, found: str) -> tuple[Left, ...]:
        chosen = [_left(row) for row in rows if row["step"] == step and row["finding"] == found]
        return tuple(sorted(chosen, key=lambda left: left.share))

    def the(step: str) -> Left | None:
        return next((_left(row) for row in rows if row["step"] == step), None)

    def found(step: str) -> list[str]:
        return [row["finding"] for row in rows if row["step"] == step]

    named, rest = the("named"), the("rest")
    assert named is not None
    unclear = named.small or math.isnan(named.share)
    carriers = tuple(left for left in those("each", "carries") if not unclear or left.nothing)
    if carriers:
        kind = "one" if len(carriers) == 1 else "several"
    elif unclear:
        kind = "unclear"
    elif rest is not None and rest.low > MOST:
        kind = "direct"
    elif rest is not None and found("rest") == ["carries"] and (rest.small or rest.high < MOST):
        kind = "through" if "open" in found("each") or not found("each") else "together"
    else:
        kind = "open"
    still = tuple(row["cut"] for row in rows if row["step"] == "each" and row["finding"] == "still")
    if unclear:
        return Reading(claim, name, place, kind, named, carriers, rest=rest, still=still)
    return Reading(
        claim, name, place, kind, named, carriers, those("each", "against"), those("path", "carries"),
        the("several"), rest, still,
    )  # fmt: skip


def _left(row: dict[str, Any]) -> Left:
    share, low, high = (float(row[name]) for name in ("share", "share_low", "share_high"))
    return Left(tuple(str(row["cut"]).split()), share, low, high, str(row["small"]) == "True")
