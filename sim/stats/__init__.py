"""Intervals, corrections and stopping rules for comparing runs in pairs.

Nothing here knows what a policy or an outcome is: numbers in, numbers out. Imports nothing else of the package.
"""

from sim.stats.correction import holm
from sim.stats.frontier import dominators, on_frontier, resampled_means, undominated
from sim.stats.intervals import Interval, half_width_of, paired_interval, paired_intervals
from sim.stats.ratio import fieller
from sim.stats.sequential import RULE, doubling, look_confidences, together, widening
from sim.stats.variance import VarianceSplit, split_variance

__all__ = [
    "RULE",
    "Interval",
    "VarianceSplit",
    "dominators",
    "doubling",
    "fieller",
    "half_width_of",
    "holm",
    "look_confidences",
    "on_frontier",
    "paired_interval",
    "paired_intervals",
    "resampled_means",
    "split_variance",
    "together",
    "undominated",
    "widening",
]
