"""Windowed outcomes of a comparison as arrays over the worlds that all options share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

PEOPLE: Final = ("group", "age", "quarter", "vulnerable")
"""The ways of telling people apart among which the worst off are looked for."""


def worst_off(
    own: pd.DataFrame,
    scenarios: Sequence[str],
    worlds: Sequence[str],
    outcomes: Sequence[str],
    factor: np.ndarray,
) -> dict[str, list[Any]]:
    """The level and outcome with the lowest mean effect of each option, in smallest changes that matter."""
    import numpy as np

    found: list[tuple[float, str, str, str]] = [(math.nan, "", "", "")] * len(scenarios)
    levels = own.loc[own["by"].isin(PEOPLE), ["by", "level"]].drop_duplicates()
    for by, level in levels.itertuples(index=False, name=None):
        changes = differences(rows_of(own, by, level), scenarios, worlds, outcomes) * factor
        known = np.isfinite(changes)
        with np.errstate(invalid="ignore"):
            means = np.where(known, changes, 0.0).sum(axis=0) / known.sum(axis=0)
        for i in range(len(scenarios)):
            for j, outcome in enumerate(outcomes):
                if math.isfinite(means[i, j]) and not means[i, j] >= found[i][0]:
                    found[i] = (float(means[i, j]), by, str(level), outcome)
    return {
        "worst_by": [row[1] for row in found],
        "worst_level": [row[2] for row in found],
        "worst_outcome": [row[3] for row in found],
        "worst_effect": [row[0] for row in found],
    }


def common_worlds(own: pd.DataFrame, scenarios: Sequence[str]) -> list[str]:
    """The worlds that every option has been run in, with the same seeds."""
    seeds = (
        own[["scenario", "world", "seed"]].drop_duplicates().groupby(["world", "scenario"])["seed"].agg(set)
    )
    return [
        world
        for world in dict.fromkeys(own["world"])
        if all((world, name) in seeds.index for name in scenarios)
        and all(seeds[world, name] == seeds[world, scenarios[0]] for name in scenarios)
    ]


def has_level(own: pd.DataFrame, by: str, level: str) -> bool:
    """Whether there are rows of a level."""
    return bool(((own["by"] == by) & (own["level"] == level)).any())


def rows_of(own: pd.DataFrame, by: str, level: str) -> pd.DataFrame:
    """The rows of a level."""
    return own[(own["by"] == by) & (own["level"] == level)]


def differences(
    rows: pd.DataFrame, scenarios: Sequence[str], worlds: Sequence[str], outcomes: Sequence[str]
) -> np.ndarray:
    """Differences from the first scenario, over the seeds of each world, of shape (worlds, scenarios, outcomes)."""
    import pandas as pd

    wanted = pd.MultiIndex.from_product([worlds, scenarios])
    means = rows.groupby(["world", "scenario"], observed=True)[list(outcomes)].mean().reindex(wanted)
    cube = means.to_numpy(dtype=float).reshape(len(worlds), len(scenarios), len(outcomes))
    return cube - cube[:, :1]
