"""Corrections for looking at many comparisons at once."""

from __future__ import annotations

import math
from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values so that the chance of even one false finding among them stays below the level.

    Holm's step-down method (Holm 1979, Scand. J. Statist. 6:65): valid however the comparisons depend on each
    other, and never weaker than Bonferroni's.

    Parameters
    ----------
    p_values
        One for each comparison of the family; missing ones (NaN) stay missing and are not counted.

    Returns
    -------
    list of float
        Adjusted p-values, in the order given, at most one.
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    for rank, (p, i) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - rank) * p))
        adjusted[i] = largest
    return adjusted
