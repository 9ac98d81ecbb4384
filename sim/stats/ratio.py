"""A ratio of two means that are known from the same units: what a unit of effect costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def fieller(top: np.ndarray, bottom: np.ndarray, confidence: float = 0.95) -> tuple[float, float, float]:
    """Ratio of two means and its interval by Fieller (1954, J. R. Stat. Soc. B 16:175).

    Parameters
    ----------
    top, bottom
        One number a unit each, of the same units, shape (units,), without missing ones.
    confidence
        Between 0 and 1.

    Returns
    -------
    ratio, low, high
        In the unit of ``top`` per unit of ``bottom``. The ends are NaN where ``bottom`` may be zero (its Student
        interval holds it): then no bounded interval holds the ratio as often as is said.
    """
    import numpy as np
    from scipy.special import stdtrit

    count = len(top)
    above, below = (float(values.mean()) for values in (top, bottom)) if count else (math.nan, math.nan)
    if count == 0 or below == 0.0:
        return math.nan, math.nan, math.nan
    if count == 1:
        return above / below, math.nan, math.nan
    reach = float(stdtrit(count - 1, 0.5 + confidence / 2.0)) ** 2 / count
    covariance = np.cov(top, bottom)
    a = below**2 - reach * float(covariance[1, 1])
    b = above * below - reach * float(covariance[0, 1])
    c = above**2 - reach * float(covariance[0, 0])
    if a <= 0.0:
        return above / below, math.nan, math.nan
    half = math.sqrt(max(0.0, b * b - a * c))
    return above / below, (b - half) / a, (b + half) / a
