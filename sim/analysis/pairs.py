"""Runs in pairs: outcomes of one scenario beside the baseline's, in the same worlds with the same seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

RESIDENTS: Final = ("scope", "residents")
EVERYONE: Final = ("all", "total")
CAMPUS: Final = ("scope", "campus")
KEYS: Final = ["scenario", "world", "seed"]
ROW: Final = ["window", "by", "level"]


def units_of(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Pairs of world and seed, in the order of the runs."""
    return list(frame[["world", "seed"]].drop_duplicates().itertuples(index=False, name=None))


def cube(
    frame: pd.DataFrame,
    units: Sequence[tuple[Any, ...]],
    rows: Sequence[tuple[Any, ...]],
    outcomes: Sequence[str],
) -> np.ndarray:
    """Outcomes as an array of shape (units, rows, outcomes), NaN where a run or a level is missing.

    Parameters
    ----------
    frame
        Windowed outcomes of one scenario's runs.
    units
        Pairs of world and seed.
    rows
        Triples of window, by and level.
    outcomes
        Columns of ``frame``.
    """
    import pandas as pd

    wanted = pd.MultiIndex.from_tuples([(*unit, *row) for unit in units for row in rows])
    indexed = frame.set_index(["world", "seed", *ROW])[list(outcomes)].astype(float)
    return indexed.reindex(wanted).to_numpy().reshape(len(units), len(rows), len(outcomes))


def by_unit(differences: np.ndarray, units: Sequence[tuple[Any, ...]], worlds: int) -> np.ndarray:
    """One row for each unit of evidence: means over the seeds of each world, or the seeds of a single world.

    Parameters
    ----------
    differences
        Shape (pairs, cells); missing ones (NaN) are left out of the means.
    units
        World and seed of each pair.
    worlds
        Worlds of the design.
    """
    import numpy as np

    if worlds < 2:
        return differences
    means = []
    for world in dict.fromkeys(world for world, _ in units):
        own = differences[[i for i, unit in enumerate(units) if unit[0] == world]]
        there = np.isfinite(own)
        with np.errstate(invalid="ignore"):
            means.append(
                np.where(there, own, 0.0).sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan)
            )
    return np.array(means)


def by_world(
    differences: Sequence[float] | np.ndarray, units: Sequence[tuple[Any, ...]]
) -> dict[str, list[float]]:
    """The differences of each world's seeds."""
    found: dict[str, list[float]] = {}
    for (world, _), difference in zip(units, differences, strict=True):
        found.setdefault(world, []).append(float(difference))
    return found
