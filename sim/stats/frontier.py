"""Which choices are worth their cost: dominance, extended dominance, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 2_000
BOOTSTRAP_FROM = 5
"""Units from which means are resampled; fewer hold too few different samples."""
BOOTSTRAP_KEY = 20_240_101
"""Resampling draws from a generator with this key, so that the same units give the same numbers."""


def undominated(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Which choices no other one beats: at least the gain for no more cost, and more of one or less of the other.

    Of choices that are the same in both, the first stands for all.

    Parameters
    ----------
    gain, cost
        Shape (..., choices); more gain is better.

    Returns
    -------
    array of bool
        Shape (..., choices).
    """
    import numpy as np

    return np.logical_not(_beaten(gain, cost).any(axis=-1))


def on_frontier(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Which choices are the best one for some price of a unit of gain.

    These are the undominated ones that no mixture of two others beats either (extended dominance).

    Parameters
    ----------
    gain, cost
        Shape (..., choices); more gain is better.

    Returns
    -------
    array of bool
        Shape (..., choices).
    """
    import numpy as np

    # A choice is best at the prices from ``dear`` (above it, no cheaper choice with less gain is better) to ``cheap``
    # (below it, no dearer choice with more gain is).
    more = gain[..., :, None] - gain[..., None, :]
    price = cost[..., :, None] - cost[..., None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        turning = price / more
    dear = np.where(more > 0.0, turning, -np.inf).max(axis=-1)
    cheap = np.where(more < 0.0, turning, np.inf).min(axis=-1)
    return undominated(gain, cost) & (np.maximum(dear, 0.0) < cheap)


def dominators(gain: np.ndarray, cost: np.ndarray) -> list[int]:
    """For each choice, of those that dominate it the undominated one with the largest gain; -1 if there is none.

    Parameters
    ----------
    gain, cost
        Shape (choices,).
    """
    import numpy as np

    rivals = _beaten(gain, cost) & undominated(gain, cost)
    ranked = np.where(rivals, gain, -np.inf)
    return [int(row.argmax()) if some else -1 for row, some in zip(ranked, rivals.any(axis=1), strict=True)]


def resampled_means(values: np.ndarray) -> np.ndarray | None:
    """Means of units drawn with replacement, the same units for everything; None with fewer than five.

    Deviations from the mean are stretched by sqrt(n / (n - 1)), so that the means spread as much as the standard
    error says; a plain bootstrap of few units spreads less.

    Parameters
    ----------
    values
        Shape (units, things).

    Returns
    -------
    array
        Shape (resamples, things).
    """
    import numpy as np

    units = len(values)
    if units < BOOTSTRAP_FROM:
        return None
    generator = np.random.Generator(np.random.PCG64(BOOTSTRAP_KEY))
    weights = np.array(
        [np.bincount(row, minlength=units) for row in generator.integers(0, units, (RESAMPLES, units))]
    )
    mean = values.mean(axis=0)
    # A loop over units adds in one order on every machine, which a matrix product does not.
    total = np.zeros((RESAMPLES, values.shape[1]))
    for unit in range(units):
        total += weights[:, unit, None] * (values[unit] - mean)
    return np.asarray(mean + total / units * np.sqrt(units / (units - 1.0)))


def _beaten(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Whether choice i (last but one axis) is dominated by choice j (last axis)."""
    import numpy as np

    more = gain[..., None, :] - gain[..., :, None]
    less = cost[..., :, None] - cost[..., None, :]
    earlier = np.tri(gain.shape[-1], k=-1, dtype=bool)
    return (more >= 0.0) & (less >= 0.0) & ((more > 0.0) | (less > 0.0) | earlier)
