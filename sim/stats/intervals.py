"""Confidence intervals for the mean of paired differences: few pairs, and perhaps skewed ones.

``skew_t`` is the default from five pairs on: Student's t, each end moved out to that of Hall's skewness-corrected t
(Hall 1992, J. R. Stat. Soc. B 54:221) where that lies further, but no more than twice as far. Student's t alone holds
the mean of normal differences as often as it says; of skewed ones it lets go of the mean on the side of the long tail
(exponential differences, eight pairs: 89% instead of 95%). Hall's alone follows the skew and is too narrow for
symmetric differences with heavy tails. Both together keep near 95% for all of them; ``tests/stats/test_coverage.py``
measures it, and says where it falls short.
The bias-corrected and accelerated bootstrap (BCa) is not used: with fewer than some fifty pairs it is narrower than
Student's t and holds the mean less often. Nothing here draws a random number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Method = Literal["auto", "student", "skew_t"]

SKEW_FROM = 5
"""Pairs from which ``auto`` corrects for skew: fewer say nothing about it."""
STRETCH = 2.0
"""How far out an end may go, in Student's half widths: Hall's runs away where few pairs happen to look very skewed."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The mean of some differences and how well it is known.

    Attributes
    ----------
    mean
        Mean difference; NaN without a single finite difference.
    low, high
        Ends of the interval; NaN with fewer than two differences.
    p_value
        Two-sided, of no mean difference, by Student's t with the standard error stretched as the interval's end
        towards zero is: below 5% exactly where the 95% interval excludes zero. NaN with fewer than two differences.
    count
        Finite differences used.
    method
        ``skew_t``, ``student``, ``exact`` (all differences are the same number) or ``none``.
    confidence
        Share of such intervals that would hold the true mean.
    """

    mean: float
    low: float
    high: float
    p_value: float
    count: int
    method: str
    confidence: float

    @property
    def half_width(self) -> float:
        """Half of the interval's width."""
        return (self.high - self.low) / 2.0

    @property
    def holds_zero(self) -> bool:
        """Whether the interval holds zero; an interval that does not exist holds everything."""
        return not (self.low > 0.0 or self.high < 0.0)


def paired_interval(
    differences: Sequence[float] | np.ndarray, confidence: float = 0.95, method: Method = "auto"
) -> Interval:
    """Interval for the mean of paired differences.

    Parameters
    ----------
    differences
        One number a pair, any unit; missing ones (NaN) are left out.
    confidence
        Between 0 and 1.
    method
        ``student``, ``skew_t``, or ``auto``: ``skew_t`` from five pairs, Student's t below.

    Returns
    -------
    Interval
        In the unit of the differences.

    Raises
    ------
    ValueError
        If ``confidence`` is not between 0 and 1, or the method is not known.
    """
    import numpy as np

    found = paired_intervals(np.asarray(differences, dtype=float).reshape(-1, 1), confidence, method)
    mean, low, high, p_value = (float(found[name][0]) for name in ("mean", "low", "high", "p_value"))
    return Interval(mean, low, high, p_value, int(found["count"][0]), str(found["method"][0]), confidence)


def paired_intervals(
    differences: np.ndarray, confidence: float = 0.95, method: Method = "auto"
) -> dict[str, np.ndarray]:
    """As :func:`paired_interval`, for many outcomes at once.

    Parameters
    ----------
    differences
        Shape (pairs, outcomes); missing ones (NaN) are left out.
    confidence, method
        As there.

    Returns
    -------
    dict of arrays
        ``mean``, ``low``, ``high``, ``p_value``, ``count`` and ``method``, each of shape (outcomes,).
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence}")
    if method not in ("auto", "student", "skew_t"):
        raise ValueError(f"method is auto, student or skew_t, not {method!r}")
    values = np.asarray(differences, dtype=float)
    there = np.isfinite(values)
    count = there.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / count
        centred = np.where(there, values - mean, 0.0)
        second = (centred * centred).sum(axis=0)
        spread = np.sqrt(second / (count - 1))
        # Differences that are one number up to rounding have no spread to estimate an interval from.
        exact = (count >= 2) & (spread <= 1e-13 * np.maximum(1.0, np.abs(mean)))
        known = (count >= 2) & ~exact
        scaled = np.where(known, mean / spread, np.nan)
        root = np.sqrt(count)
        reach = stdtrit(count - 1.0, 0.5 + confidence / 2.0) / root
        skewed = known & (method != "student") & (count >= (SKEW_FROM if method == "auto" else 3))
        skew = np.where(skewed, (centred**3).sum(axis=0) / count / (second / count) ** 1.5, 0.0)
        # How many times as far as Student's the ends lie.
        below = np.where(skewed, np.clip(_unbent(reach, skew, count) / reach, 1.0, STRETCH), 1.0)
        above = np.where(skewed, np.clip(_unbent(-reach, skew, count) / -reach, 1.0, STRETCH), 1.0)
        low, high = mean - spread * reach * below, mean + spread * reach * above
        p_value = 2.0 * stdtr(count - 1.0, -np.abs(scaled) * root / np.where(mean > 0.0, below, above))
    names = np.where(exact, "exact", np.where(skewed, "skew_t", np.where(known, "student", "none")))
    return {
        "mean": np.where(count > 0, mean, np.nan),
        "low": np.where(exact, mean, np.where(known, low, np.nan)),
        "high": np.where(exact, mean, np.where(known, high, np.nan)),
        "p_value": np.where(exact, np.where(mean == 0.0, 1.0, 0.0), np.where(known, p_value, np.nan)),
        "count": count,
        "method": names.astype(object),
    }


def _unbent(bent: np.ndarray, skew: np.ndarray, count: np.ndarray) -> np.ndarray:
    """The inverse of Hall's transformation of T = (sample mean - mean) / standard deviation.

    The transformation, T + g T**2 / 3 + g**2 T**3 / 27 + g / 6n with the skewness g, is monotone and takes the skewness
    of T away to first order. A series stands in where g is next to nothing.
    """
    import numpy as np

    shifted = bent - skew / (6.0 * count)
    safe = np.where(np.abs(skew) < 1e-4, 1.0, skew)
    series = shifted - skew * shifted**2 / 3.0 + 5.0 * skew**2 * shifted**3 / 27.0
    return np.where(np.abs(skew) < 1e-4, series, 3.0 / safe * (np.cbrt(1.0 + safe * shifted) - 1.0))


def half_width_of(error: float, count: int, confidence: float = 0.95) -> float:
    """Half the width of Student's interval with a standard error from so many units; NaN for a single one."""
    from scipy.special import stdtrit

    return float(stdtrit(count - 1.0, 0.5 + confidence / 2.0)) * error if count > 1 else math.nan
