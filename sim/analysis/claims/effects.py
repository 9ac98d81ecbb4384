"""Effects of claims: weighted sums of arms within a world, over all worlds.

The unit of evidence is a parameter world: its effect is the mean over its seeds. With a single world the units are its
seeds, and intervals hold luck only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.stats import Interval, paired_interval, split_variance

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Effect:
    """What a contrast of arms does to one outcome at one level.

    Attributes
    ----------
    interval
        Mean over units with its 95% interval and p-value, in the outcome's unit.
    level_without
        The outcome in the control, mean over units; NaN where there is no single control.
    by_unit
        The effect in each world (with one world: for each seed).
    share_holds
        Share of units in which the effect has the expected sign.
    share_exceeds, share_against
        Share of units in which it goes the expected way, or the other way, by at least the smallest change.
    variance_worlds, variance_seeds
        Of one pair's effect; NaN without several seeds in several worlds.
    p_worlds
        p-value of the worlds differing by no more than luck (F test, one way); NaN where it cannot be told.
    """

    interval: Interval
    level_without: float
    by_unit: Mapping[str, float]
    share_holds: float
    share_exceeds: float
    share_against: float
    variance_worlds: float
    variance_seeds: float
    p_worlds: float

    @property
    def known(self) -> bool:
        """Whether there is any pair to tell it from."""
        return self.interval.count > 0


class Readings:
    """Windowed outcomes of all arms, by arm, window, level and outcome.

    Parameters
    ----------
    windows
        ``Results.windows`` of a design of claims.
    worlds
        Number of worlds of the design.
    """

    def __init__(self, windows: pd.DataFrame, worlds: int) -> None:
        self.worlds = worlds
        keys = ["scenario", "window", "by", "level"]
        self._parts = windows.groupby(keys, sort=False, observed=True)
        self._rows: dict[tuple[str, ...], pd.DataFrame] = {}

    def _table(self, arm: str, window: str, level: tuple[str, str]) -> pd.DataFrame:
        """All outcomes of one arm by world and seed; empty where there are none."""
        import pandas as pd

        key = (arm, window, *level)
        if key not in self._rows:
            there = key in self._parts.groups
            self._rows[key] = (
                self._parts.get_group(key).set_index(["world", "seed"]) if there else pd.DataFrame()
            )
        return self._rows[key]

    def values(self, arm: str, window: str, level: tuple[str, str], outcome: str) -> pd.Series:
        """One outcome by world and seed; empty where there is none."""
        import pandas as pd

        frame = self._table(arm, window, level)
        return frame[outcome].astype(float) if outcome in frame.columns else pd.Series(dtype=float)

    def differ(self, arms: Iterable[str], window: str, level: tuple[str, str]) -> bool:
        """Whether any run of some arms differs in any outcome from the first arm's run in the same world and seed."""
        first, *others = (self._table(arm, window, level).drop(columns="scenario", errors="ignore") for arm in arms)
        pairs = [(first.index.intersection(other.index), other) for other in others]
        return not all(first.loc[shared].equals(other.loc[shared]) for shared, other in pairs)

    def effect(
        self,
        weights: Mapping[str, int],
        window: str,
        level: tuple[str, str],
        outcome: str,
        direction: int,
        smallest: float,
    ) -> Effect:
        """The effect of a contrast.

        Parameters
        ----------
        weights
            Arms and their weights, which add up to zero.
        direction, smallest
            Which way it is expected to go (+1 or -1), and the smallest change that matters.
        """
        import numpy as np
        import pandas as pd

        parts = {arm: self.values(arm, window, level, outcome) for arm in weights}
        table = pd.DataFrame(parts)
        pairs = sum(
            (weight * table[arm] for arm, weight in weights.items()), pd.Series(0.0, table.index)
        ).dropna()
        control = [arm for arm, weight in weights.items() if weight < 0]
        without = (
            float(table[control[0]].reindex(pairs.index).mean())
            if len(control) == 1 and len(pairs)
            else math.nan
        )
        by_world: dict[str, list[float]] = {}
        for (world, _), value in pairs.items():
            by_world.setdefault(str(world), []).append(float(value))
        if self.worlds > 1:
            by_unit = {world: math.fsum(values) / len(values) for world, values in by_world.items()}
        else:
            by_unit = {f"seed {seed}": float(value) for (_, seed), value in pairs.items()}
        units = np.array(list(by_unit.values()), dtype=float) * direction
        split = split_variance(by_world)
        return Effect(
            interval=paired_interval(list(by_unit.values())),
            level_without=without,
            by_unit=by_unit,
            share_holds=float((units > 0.0).mean()) if units.size else math.nan,
            share_exceeds=float((units >= smallest).mean()) if units.size else math.nan,
            share_against=float((units <= -smallest).mean()) if units.size else math.nan,
            variance_worlds=split.between,
            variance_seeds=split.within,
            p_worlds=worlds_differ(by_world),
        )


def worlds_differ(by_world: Mapping[str, list[float]]) -> float:
    """p-value of an F test that effects differ between worlds by no more than the luck within them.

    Parameters
    ----------
    by_world
        Effects of the seeds of each world.

    Returns
    -------
    float
        NaN with one world, or with one seed in each.
    """
    from scipy.special import fdtrc

    groups = [values for values in by_world.values() if values]
    count, worlds = sum(len(group) for group in groups), len(groups)
    if worlds < 2 or count <= worlds:
        return math.nan
    grand = math.fsum(value for group in groups for value in group) / count
    means = [math.fsum(group) / len(group) for group in groups]
    between = math.fsum(len(g) * (m - grand) ** 2 for g, m in zip(groups, means, strict=True)) / (worlds - 1)
    within = math.fsum((v - m) ** 2 for g, m in zip(groups, means, strict=True) for v in g) / (count - worlds)
    if within <= 0.0:
        return 0.0 if between > 0.0 else 1.0
    return float(fdtrc(worlds - 1, count - worlds, between / within))


def contrast(one: Any, minus: Any) -> dict[str, int]:
    """Weights of one contrast less another: what a mechanism carries is the effect less the ablated effect."""
    weights = dict(one.weights)
    for arm, weight in minus.weights.items():
        weights[arm] = weights.get(arm, 0) - weight
    return {arm: weight for arm, weight in weights.items() if weight}
