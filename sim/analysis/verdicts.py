"""What an effect is called, by rules that are stated here and nowhere else.

0. ``not_delivered``, no verdict: what the scenario changes was never at work, so that every run is the same as the
   baseline's (:mod:`sim.analysis.delivery`).
1. ``too_small``: otherwise, the whole interval lies closer to zero than the smallest change that matters.
2. ``not_distinguishable``: otherwise, the interval holds zero, or there is no interval; for headline comparisons
   also where the p-value, corrected for their number (Holm), is above 5%.
3. ``small``: otherwise, the mean is smaller than the smallest change that matters. The interval reaches beyond it, so
   that the effect may matter all the same.
4. ``better`` or ``worse`` otherwise; ``higher`` or ``lower`` for an outcome of which neither is better.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WORDS: Final = {
    "better": "better",
    "worse": "worse",
    "higher": "higher",
    "lower": "lower",
    "too_small": "too small to matter",
    "small": "small, perhaps too small to matter",
    "not_distinguishable": "not distinguishable from no change",
    "not_delivered": "no verdict: every run is the same",
}
"""A verdict in words."""

SMALL: Final = ("too_small", "small")
"""Verdicts that say: not as much as matters, for sure or on average."""

LEVEL: Final = 0.05


def only_small(found: Collection[str]) -> bool:
    """Whether there are verdicts, and none says anything but that an effect is small."""
    return bool(found) and set(found) <= set(SMALL)


def verdicts(
    mean: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    smallest: np.ndarray,
    direction: np.ndarray,
    corrected: np.ndarray | None = None,
    delivered: np.ndarray | None = None,
) -> np.ndarray:
    """Name effects by the rules above.

    Parameters
    ----------
    mean, low, high, smallest
        In the unit of the outcome.
    direction
        +1 where more is better, -1 where less is, 0 where neither.
    corrected
        p-values corrected for the number of comparisons; NaN where an effect is not one of them.
    delivered
        Share of what the scenario changes that was delivered; 0 with a mean of 0 where nothing was.

    Returns
    -------
    array of str
    """
    import numpy as np

    with np.errstate(invalid="ignore"):
        inside = (low > -smallest) & (high < smallest)
        open_question = ~((low > 0.0) | (high < 0.0))
        if corrected is not None:
            open_question = open_question | (corrected > LEVEL)
        small = np.abs(mean) < smallest
        good = mean * direction > 0.0
        up = mean > 0.0
    never = np.zeros(np.shape(mean), dtype=bool) if delivered is None else (delivered == 0.0) & (mean == 0.0)
    return np.select(
        [never, inside, open_question, small, direction == 0.0, good],
        ["not_delivered", "too_small", "not_distinguishable", "small", np.where(up, "higher", "lower"), "better"],
        "worse",
    ).astype(object)


def verdicts_of(table: pd.DataFrame, corrected: bool = True) -> np.ndarray:
    """Name the effects of a table with the columns that :func:`verdicts` takes.

    Parameters
    ----------
    corrected
        Whether they go by ``p_corrected``, too.
    """
    mean, low, high, smallest, direction = (
        table[name].to_numpy(dtype=float) for name in ("mean", "low", "high", "smallest_change", "direction")
    )
    p = table["p_corrected"].to_numpy(dtype=float) if corrected else None
    return verdicts(mean, low, high, smallest, direction, p, table["delivered"].to_numpy(dtype=float))
