"""What carries an effect, by rules that are stated here and nowhere else.

All is about what is left of an effect once the mechanism that the claim names is cut.

1. ``unclear``: in this place what is left cannot be told from nothing, or is too small to matter. Nothing can carry it.
2. ``one``, ``several``: one mechanism, or more than one, *carries* it: cutting it as well takes at least a fifth away,
   told from nothing after the correction for all that were tried (:func:`sim.analysis.carriers.measure.finding`).
   Shares of several may add up to more than all: steps of one chain each carry all of it.
3. ``direct``: none does, and with every other mechanism cut at once more than half is left, by the whole interval. What
   the treatment gives is then an input of the outcome itself. Mechanisms without which the outcome stands still (nobody
   can take part, no need arises) stay on, because without them nothing could be told.
4. ``together``: none does by itself, and with all of them cut at once at least a fifth is gone and nothing that
   matters is left, or less than half by the whole interval.
5. ``open``: none of this. It cannot be told.

A share says what an effect *needs*. A cut changes the community that the treatment meets, too, so that a mechanism which
passes nothing on may still be needed. It does not say that another community needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

MOST: Final = 0.5
"""Share that has to be left with everything else cut, for an effect to be direct."""
TOLD: Final = ("one", "several", "direct", "together")
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

    carriers, rest, named = those("each", "carries"), the("rest"), the("named")
    gone = next((row["finding"] for row in rows if row["step"] == "rest"), "") == "carries"
    assert named is not None
    if named.small or not named.share == named.share:
        kind = "unclear"
    elif carriers:
        kind = "one" if len(carriers) == 1 else "several"
    elif rest is not None and rest.low > MOST:
        kind = "direct"
    elif rest is not None and gone and (rest.small or rest.high < MOST):
        kind = "together"
    else:
        kind = "open"
    still = tuple(row["cut"] for row in rows if row["step"] == "each" and row["finding"] == "still")
    if kind == "unclear":
        return Reading(claim, name, place, kind, named, still=still)
    return Reading(
        claim, name, place, kind, named, carriers, those("each", "against"), those("path", "carries"),
        the("several"), rest, still,
    )  # fmt: skip


def _left(row: dict[str, Any]) -> Left:
    share, low, high = (float(row[name]) for name in ("share", "share_low", "share_high"))
    return Left(tuple(str(row["cut"]).split()), share, low, high, str(row["small"]) == "True")
