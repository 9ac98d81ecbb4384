"""Stopping once something is known well enough, without spoiling what is known.

Whoever looks at growing data and stops when the interval is narrow stops too often when it is narrow by luck: on
skewed data nine in ten such "95%" intervals hold the mean, or fewer. Here the looks are fixed beforehand, and the 5%
that an interval may miss are spent over them: look k gets a part, and its interval is made that much wider. By
Bonferroni's inequality *all* looks' intervals hold the mean together with 95%, so the one at which anybody stops,
for whatever reason, does. (Repeated confidence intervals: Jennison and Turnbull 1989, J. R. Stat. Soc. B 51:305.)

The part of a look is in proportion to the data that are new at it (the spending function t of Lan and DeMets 1983,
Biometrika 70:659): little is spent on the first looks, where few data make any interval least trustworthy and one is
least likely to stop, and the last look of a doubling schedule still has half of it, which costs it an interval 14%
wider than that of a fixed count. Sharper boundaries (Pocock, O'Brien-Fleming) and confidence sequences need
independent increments, or many more data; the inequality needs neither, and so holds for Latin hypercubes drawn in
blocks, for worlds that get more seeds, and for every outcome and scenario at once.

A plan that is changed after its looks were taken (a budget that is raised) has spent the 5% already, and its new looks
spend more: the same inequality says how much less all of them hold together (:func:`together`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

RULE = "alpha spending over fixed looks (Bonferroni), in proportion to the replications"
"""The rule's name, for manifests and tables."""


def look_confidences(counts: Sequence[int], confidence: float = 0.95) -> tuple[float, ...]:
    """Confidence that the interval of each look needs.

    Parameters
    ----------
    counts
        Replications at each look, ascending.
    confidence
        Share of intervals that shall hold the mean, at whichever look one stops.

    Returns
    -------
    tuple of float
        One for each look; a single look has ``confidence`` itself.

    Raises
    ------
    ValueError
        If there are no looks, or the counts do not ascend from at least one.
    """
    steps = [after - before for before, after in zip((0, *counts), counts, strict=False)]
    if not steps or min(steps) < 1:
        raise ValueError(f"looks are ascending numbers of at least 1, not {list(counts)}")
    return tuple(1.0 - (1.0 - confidence) * step / counts[-1] for step in steps)


def together(confidences: Iterable[float]) -> float:
    """Confidence with which the intervals of all looks hold together, whatever looks were decided upon when.

    Parameters
    ----------
    confidences
        Of each look, planned or taken; of looks at the same data under several plans the lowest, because the interval
        of a higher one contains its interval.

    Returns
    -------
    float
        By Bonferroni's inequality, at least; 0 where it promises nothing.
    """
    return max(0.0, round(1.0 - math.fsum(1.0 - each for each in confidences), 6))


def widening(look_confidence: float, confidence: float = 0.95) -> float:
    """Factor for a p-value of one look, so that it is below 5% exactly where the look's interval excludes zero.

    Weighted Bonferroni: the chance that the p-value so multiplied falls below any level, at any look, is no more
    than that level.
    """
    return (1.0 - confidence) / (1.0 - look_confidence)


def doubling(first: int, most: int) -> tuple[int, ...]:
    """Counts from ``first``, each twice the one before, up to ``most``; none where ``first`` is more than that."""
    counts = []
    while first <= most:
        counts.append(first)
        first *= 2
    return tuple(counts)
