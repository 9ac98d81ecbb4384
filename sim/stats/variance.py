"""How much of the spread of an effect is luck, and how much is not knowing the parameters.

Worlds may have different numbers of seeds, one among them. The variance of one seed's luck comes from the worlds that
have two or more; the variance between worlds is what the spread of the worlds' means holds beyond that luck (the
method of unweighted means). It is the estimator that belongs to the interval over worlds: the two shares add up to
the interval's own squared standard error. With as many seeds in every world it is the analysis of variance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

_NAN = math.nan


@dataclass(frozen=True, slots=True)
class VarianceSplit:
    """A one-way random-effects decomposition of differences over worlds and seeds.

    Attributes
    ----------
    between, between_low, between_high
        Variance of the effect between parameter worlds (parameter uncertainty) and its interval; an estimate below
        zero is reported as zero. NaN with one world, and where no world has two seeds.
    within, within_low, within_high
        Variance of the effect between seeds of one world (luck); NaN where no world has two seeds.
    share_low, share_high
        Interval of ``share_between``.
    error
        Standard error of the mean over worlds (over seeds where there is one world).
    error_within
        The part of it that is luck: ``error**2`` is ``error_within**2 + error_between**2``.
    worlds, split_worlds, count
        Worlds with an effect, those of them with two seeds or more, and seeds in all.
    """

    between: float = _NAN
    within: float = _NAN
    between_low: float = _NAN
    between_high: float = _NAN
    within_low: float = _NAN
    within_high: float = _NAN
    share_low: float = _NAN
    share_high: float = _NAN
    error: float = _NAN
    error_within: float = _NAN
    worlds: int = 0
    split_worlds: int = 0
    count: int = 0

    @property
    def share_between(self) -> float:
        """Share of the variance of one run's effect that comes from the parameters."""
        total = self.between + self.within
        return self.between / total if total > 0.0 else math.nan

    @property
    def error_between(self) -> float:
        """The part of the standard error that comes from the parameters: what endless seeds would leave."""
        return math.sqrt(max(0.0, self.error**2 - self.error_within**2)) if self.worlds > 1 else math.nan

    @property
    def share_luck(self) -> float:
        """Share of the squared standard error, so of the interval's squared width, that is luck."""
        return self.error_within**2 / self.error**2 if self.error > 0.0 else math.nan


def split_variance(differences: Mapping[str, Sequence[float]], confidence: float = 0.95) -> VarianceSplit:
    """Split the variance of paired differences into parameter worlds and seeds.

    Estimates by unweighted means (Burdick and Graybill 1992, Confidence Intervals on Variance Components, ch. 4);
    the interval of the share by Thomas and Hultquist (1978, Ann. Stat. 6:582), that of the variance between worlds by
    Williams (1962, Biometrika 49:278) on the same mean square. They are exact for normal effects, but Williams's,
    which holds at least as often as it says; near enough where worlds have unequal numbers of seeds.

    Parameters
    ----------
    differences
        For each world, the paired differences of its seeds; missing ones (NaN) are left out.
    confidence
        Of the intervals.
    """
    groups = [[v for v in values if not math.isnan(v)] for values in differences.values()]
    groups = [group for group in groups if group]
    worlds, count = len(groups), sum(len(group) for group in groups)
    known = VarianceSplit(worlds=worlds, split_worlds=sum(len(g) > 1 for g in groups), count=count)
    if count < 2:
        return known
    means = [math.fsum(group) / len(group) for group in groups]
    spread = _variance(means) if worlds > 1 else _NAN
    freedom = count - worlds
    if freedom == 0:
        return replace(known, error=math.sqrt(spread / worlds))
    residual = math.fsum((v - m) ** 2 for group, m in zip(groups, means, strict=True) for v in group)
    within = residual / freedom
    low, high = _chi_square_ends(freedom, confidence)
    known = replace(known, within=within, within_low=residual / high, within_high=residual / low)
    if worlds < 2:
        error = math.sqrt(within / count)
        return replace(known, error=error, error_within=error)
    per_seed = math.fsum(1.0 / len(group) for group in groups) / worlds
    return _with_between(replace(known, error=math.sqrt(spread / worlds)), spread, per_seed, confidence)


def _with_between(known: VarianceSplit, spread: float, per_seed: float, confidence: float) -> VarianceSplit:
    """Add what the spread of the worlds' means says of the variance between worlds.

    ``per_seed`` is the mean of one over the number of seeds: the luck in that spread is ``known.within * per_seed``.
    """
    from scipy.special import fdtri

    tail, freedom = (1.0 - confidence) / 2.0, known.worlds - 1
    noise = known.within * per_seed
    ends = [float(fdtri(freedom, known.count - known.worlds, p)) for p in (1.0 - tail, tail)]
    low, high = _chi_square_ends(freedom, confidence)
    ratios = [max(0.0, (spread / noise / f - 1.0) * per_seed) if noise > 0.0 else math.inf for f in ends]
    shares = [1.0 if math.isinf(ratio) else ratio / (1.0 + ratio) for ratio in ratios]
    return replace(
        known,
        between=max(0.0, spread - noise),
        between_low=max(0.0, freedom * (spread - noise * ends[0]) / high),
        between_high=max(0.0, freedom * (spread - noise * ends[1]) / low),
        share_low=shares[0] if spread > 0.0 else _NAN,
        share_high=shares[1] if spread > 0.0 else _NAN,
        # Where the worlds' means differ by less than their luck explains, all of the spread is luck.
        error_within=math.sqrt(min(noise, spread) / known.worlds),
    )


def _variance(values: Sequence[float]) -> float:
    """Sample variance."""
    mean = math.fsum(values) / len(values)
    return math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)


def _chi_square_ends(freedom: int, confidence: float) -> tuple[float, float]:
    """The two quantiles between which a chi-square lies with this probability."""
    from scipy.special import chdtri

    tail = (1.0 - confidence) / 2.0
    return float(chdtri(freedom, 1.0 - tail)), float(chdtri(freedom, tail))
