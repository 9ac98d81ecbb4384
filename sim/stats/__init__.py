"""Intervals, corrections and stopping rules for comparing runs in pairs.

Nothing here knows what a policy or an outcome is: numbers in, numbers out. Imports nothing else of the package.
"""

from sim.stats.correction import holm
from sim.stats.intervals import Interval, paired_interval, paired_intervals
from sim.stats.sequential import RULE, doubling, look_confidences, widening
from sim.stats.variance import VarianceSplit, split_variance

__all__ = [
    "RULE",
    "Interval",
    "VarianceSplit",
    "doubling",
    "holm",
    "look_confidences",
    "paired_interval",
    "paired_intervals",
    "split_variance",
    "widening",
]
