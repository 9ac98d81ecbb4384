"""The parameters that mattered in a small community, moved one at a time through their whole range in a large one.

Sobol indices at full size are dear. What is checked here is cheaper: does each of the leading parameters move the same
outcomes, in the same direction, by more than luck, when everything else has its written value?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.effects import RESIDENTS
from sim.analysis.indices import quantities
from sim.analysis.sampling import SampledDesign
from sim.lab.worlds import POINT, World, value_at
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import pandas as pd

LUCK_SEEDS: Final = 4
"""Seeds of the world of written values, from which luck is measured."""
BEYOND_LUCK: Final = 2.0
"""An effect is beyond luck where it is more than so many standard deviations of a difference between two seeds."""


def one_at_a_time(
    scenarios: Mapping[str, Any],
    names: Sequence[str],
    first_seed: int,
    days: int | None,
    driver: Any,
    title: str,
) -> SampledDesign:
    """Design the runs: the written values with some seeds, then each parameter low and high with the first seed.

    Parameters that the community does not have are left out.
    """
    base = next(iter(scenarios.values()))
    specs = base.parameters.specs
    worlds = [World(f"{POINT}.{k + 1}") for k in range(LUCK_SEEDS)]
    seeds = [first_seed + k for k in range(LUCK_SEEDS)]
    for name in names:
        if name in specs and specs[name].varies:
            ends = {"low": value_at(specs[name], 0.0), "high": value_at(specs[name], 1.0)}
            worlds += [World(f"{name}.{end}", {name: value}) for end, value in ends.items()]
            seeds += [first_seed, first_seed]
    return SampledDesign(
        name=title, title=title, scenarios=scenarios, worlds=tuple(worlds), first_seed=first_seed, days=days,
        driver=driver, draw="one_at_a_time", seeds_of=tuple(seeds),
    )  # fmt: skip


def full_range_effects(results: Any, names: Sequence[str], window: str = "horizon") -> pd.DataFrame:
    """What moving each parameter from the lower to the upper end of its range does, all else as written.

    Returns
    -------
    DataFrame
        One row a parameter and quantity: ``effect`` (high less low, NaN where a run failed), ``luck`` (standard
        deviation of a difference between two seeds), ``beyond_luck``.
    """
    import numpy as np
    import pandas as pd

    windows = results.read("windows", HEADLINE, [RESIDENTS])
    windows = windows[windows["window"] == window].set_index(["scenario", "world"])
    rows = []
    points = [f"{POINT}.{k + 1}" for k in range(LUCK_SEEDS)]
    for quantity in quantities(results.scenarios):
        column = windows[quantity.outcome].astype(float)
        values = column.xs(quantity.scenario or results.baseline, level=0)
        if quantity.scenario:
            values = values - column.xs(results.baseline, level=0)
        luck = float(np.sqrt(2.0) * values.reindex(points).std(ddof=1))
        for name in names:
            if f"{name}.low" in values.index or f"{name}.high" in values.index:
                ends = values.reindex([f"{name}.low", f"{name}.high"]).to_numpy()
                effect = float(ends[1] - ends[0])
                row = (
                    quantity.scenario,
                    quantity.outcome,
                    name,
                    effect,
                    luck,
                    abs(effect) > BEYOND_LUCK * luck,
                )
                rows.append(row)
    return pd.DataFrame(rows, columns=["scenario", "outcome", "factor", "effect", "luck", "beyond_luck"])


def agreement(small: pd.DataFrame, large: pd.DataFrame) -> pd.DataFrame:
    """Compare full-range effects in two communities.

    Returns
    -------
    DataFrame
        One row a quantity: ``compared`` parameters, ``both`` beyond luck in both, ``same_sign`` share of those that
        move it the same way, ``rank_correlation`` (Spearman) of absolute effects.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import spearmanr

    keys = ["scenario", "outcome", "factor"]
    both = small.merge(large, on=keys, suffixes=("_small", "_large")).dropna(
        subset=["effect_small", "effect_large"]
    )
    rows = []
    for (scenario, outcome), part in both.groupby(["scenario", "outcome"], sort=False):
        sure = part[part["beyond_luck_small"] & part["beyond_luck_large"]]
        same = np.sign(sure["effect_small"]) == np.sign(sure["effect_large"])
        a, b = part["effect_small"].abs(), part["effect_large"].abs()
        known = len(part) > 2 and a.nunique() > 1 and b.nunique() > 1
        rank = float(spearmanr(a, b).statistic) if known else float("nan")
        rows.append(
            (scenario, outcome, len(part), len(sure), float(same.mean()) if len(sure) else float("nan"), rank)
        )
    return pd.DataFrame(
        rows, columns=["scenario", "outcome", "compared", "both", "same_sign", "rank_correlation"]
    )
