"""How much of the spread of an effect is luck, and how much is not knowing the parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VarianceSplit:
    """A one-way random-effects decomposition of differences over worlds and seeds.

    Attributes
    ----------
    between
        Variance of the effect between parameter worlds (parameter uncertainty); NaN with one world, and where
        no world has two seeds.
    within
        Variance of the effect between seeds of one world (luck); NaN where no world has two seeds.
    """

    between: float
    within: float

    @property
    def share_between(self) -> float:
        """Share of the variance of one run's effect that comes from the parameters."""
        total = self.between + self.within
        return self.between / total if total > 0.0 else math.nan


def split_variance(differences: Mapping[str, Sequence[float]]) -> VarianceSplit:
    """Split the variance of paired differences into parameter worlds and seeds.

    The method of moments for unequal group sizes (Searle, Casella and McCulloch 1992, §3.6); an estimate of
    the variance between worlds that falls below zero is reported as zero.

    Parameters
    ----------
    differences
        For each world, the paired differences of its seeds.
    """
    groups = [[v for v in values if not math.isnan(v)] for values in differences.values()]
    groups = [group for group in groups if group]
    count = sum(len(group) for group in groups)
    if count <= len(groups):
        return VarianceSplit(math.nan, math.nan)
    means = [math.fsum(group) / len(group) for group in groups]
    residual = math.fsum((v - m) ** 2 for group, m in zip(groups, means, strict=True) for v in group)
    within = residual / (count - len(groups))
    if len(groups) < 2:
        return VarianceSplit(math.nan, within)
    grand = math.fsum(v for group in groups for v in group) / count
    between_square = math.fsum(len(g) * (m - grand) ** 2 for g, m in zip(groups, means, strict=True)) / (
        len(groups) - 1
    )
    typical = (count - math.fsum(len(g) ** 2 for g in groups) / count) / (len(groups) - 1)
    return VarianceSplit(max(0.0, (between_square - within) / typical), within)
