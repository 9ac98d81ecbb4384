"""Luck and not knowing the parameters, told apart for every headline effect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.pairs import CAMPUS, EVERYONE, RESIDENTS, by_world, cube, units_of
from sim.stats import VarianceSplit, half_width_of, split_variance
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import pandas as pd

SPLIT: Final = "split"
ONE_SEED: Final = "not split: one seed a world"
ONE_WORLD: Final = "luck only: one world"
ONE_RUN: Final = "not split: one run"
COLUMNS: Final = (
    "scenario",
    "outcome",
    "window",
    "by",
    "level",
    "worlds",
    "split_worlds",
    "pairs",
    "se",
    "se_worlds",
    "se_seeds",
    "share_seeds",
    "half_width",
    "half_width_worlds",
    "variance_worlds",
    "variance_worlds_low",
    "variance_worlds_high",
    "variance_seeds",
    "variance_seeds_low",
    "variance_seeds_high",
    "share_worlds",
    "share_worlds_low",
    "share_worlds_high",
    "split",
)


def variance_split(windows: pd.DataFrame, baseline: str, window: str = "horizon") -> pd.DataFrame:
    """Where the uncertainty of each headline effect comes from: the parameters, or the luck of the seeds.

    Parameters
    ----------
    windows
        Windowed outcomes of all runs (``Results.windows``).
    baseline
        The scenario the others are compared with.
    window
        The window to look at.

    Returns
    -------
    DataFrame
        One row a scenario, headline outcome and scope (residents, everybody, campus) with at least one pair.

        - ``worlds`` with an effect, ``split_worlds`` of them with two seeds or more, ``pairs`` of runs
        - ``se``: standard error of the mean effect; ``se_worlds``, ``se_seeds``: its two sources, of which the
          squares add up; ``share_seeds``: the part of ``se`` squared that is luck
        - ``half_width`` of Student's 95% interval; ``half_width_worlds``: what endless seeds in the same worlds
          would leave of it
        - ``variance_worlds``, ``variance_seeds`` of one pair's difference and ``share_worlds``, the first over both,
          each with its 95% interval (``_low``, ``_high``)
        - ``split``: ``split``; or why not. With one seed in every world the runs cannot tell the two apart, and both
          are missing; with one world there is luck alone
    """
    import pandas as pd

    outcomes = [name for name in HEADLINE if name in windows.columns]
    base = windows[windows["scenario"] == baseline]
    units = units_of(base)
    rows = [(window, *scope) for scope in (RESIDENTS, EVERYONE, CAMPUS)]
    found: list[dict[str, Any]] = []
    reference = cube(base, units, rows, outcomes) if units and outcomes else None
    for scenario in dict.fromkeys(windows["scenario"]):
        if scenario == baseline or reference is None:
            continue
        differences = cube(windows[windows["scenario"] == scenario], units, rows, outcomes) - reference
        for o, outcome in enumerate(outcomes):
            for r, (_, by, level) in enumerate(rows):
                split = split_variance(by_world(differences[:, r, o], units))
                if split.count:
                    key = dict(zip(COLUMNS, (scenario, outcome, window, by, level), strict=False))
                    found.append({**key, **_numbers(split)})
    return pd.DataFrame(found, columns=list(COLUMNS))


def _numbers(split: VarianceSplit) -> dict[str, Any]:
    """A split as columns of the table."""
    known = split.worlds > 1 and split.split_worlds > 0
    units = split.worlds if split.worlds > 1 else split.count
    name = SPLIT if known else ONE_SEED if split.worlds > 1 else ONE_WORLD if split.count > 1 else ONE_RUN
    left = split.error_between if known else math.nan
    return {
        "worlds": split.worlds,
        "split_worlds": split.split_worlds,
        "pairs": split.count,
        "se": split.error,
        "se_worlds": left,
        "se_seeds": split.error_within,
        "share_seeds": split.share_luck,
        "half_width": half_width_of(split.error, units),
        "half_width_worlds": half_width_of(left, units),
        "variance_worlds": split.between,
        "variance_worlds_low": split.between_low,
        "variance_worlds_high": split.between_high,
        "variance_seeds": split.within,
        "variance_seeds_low": split.within_low,
        "variance_seeds_high": split.within_high,
        "share_worlds": split.share_between,
        "share_worlds_low": split.share_low,
        "share_worlds_high": split.share_high,
        "split": name,
    }
