"""Gaps between two levels, with their sign: who is behind whom, in every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sim.analysis.pairs import KEYS, ROW
from sim.vocabulary.categories import AGE_BANDS
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

DIMENSIONS: Final = ("group", "quarter", "age", "vulnerable")
BESIDE: Final = " - "
"""Between the two levels in the name of a gap."""
WORST, BEST = "worst", "best"


def signed_gaps(
    levels: pd.DataFrame,
    baseline: str,
    outcomes: Sequence[str],
    directions: Mapping[str, int],
    worlds: int,
) -> pd.DataFrame:
    """Outcomes of one level less those of another, in every run.

    Parameters
    ----------
    levels
        Windowed outcomes of all runs, of one window and of levels of :data:`DIMENSIONS`.
    baseline
        The scenario by which the worst and the best quarter are told.
    outcomes
        Columns to take.
    directions
        Where an experiment departs from the vocabulary.
    worlds
        Worlds of the design.

    Returns
    -------
    DataFrame
        As ``levels``, with ``level`` such as ``70_plus - 18_29``: each group less the first, the oldest less the
        youngest adults, the vulnerable less the others, and the quarter that is worst at the baseline less the best.
    """
    import pandas as pd

    own = dict(iter(levels.groupby("by", sort=False)))
    parts = []
    for by in DIMENSIONS:
        if by not in own:
            continue
        wide = own[by].pivot(index=[*KEYS, "window"], columns="level", values=list(outcomes))
        names = list(dict.fromkeys(own[by]["level"]))
        if by == "quarter":
            gaps = {f"{WORST}{BESIDE}{BEST}": _worst_less_best(wide, baseline, outcomes, directions, worlds)}
        else:
            gaps = {
                f"{one}{BESIDE}{other}": wide.xs(one, axis=1, level=1) - wide.xs(other, axis=1, level=1)
                for one, other in _pairs(by, names)
            }
        parts += [gap.reset_index().assign(by=by, level=name) for name, gap in gaps.items()]
    columns = [*KEYS, *ROW, *outcomes]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _pairs(by: str, names: list[str]) -> list[tuple[str, str]]:
    """The pairs of levels that are set against each other."""
    if by == "group":
        return [(name, names[0]) for name in names[1:]]
    if by == "age":
        adults = [name for name in AGE_BANDS[1:] if name in names]
        return [(adults[-1], adults[0])] if len(adults) > 1 else []
    return [("yes", "no")] if {"yes", "no"} <= set(names) else []


def _worst_less_best(
    wide: pd.DataFrame, baseline: str, outcomes: Sequence[str], directions: Mapping[str, int], worlds: int
) -> pd.DataFrame:
    """The worst level less the best one; which they are in a unit is told by the baseline in all other units.

    Told by the unit itself, a level's luck there would make it the worst, and then fade as if by the policy.
    """
    import pandas as pd

    runs = wide.index.to_frame(index=False)
    unit = runs["world"] if worlds > 1 else runs["world"] + "/" + runs["seed"].astype(str)
    at_baseline = (runs["scenario"] == baseline).to_numpy()
    found = {}
    for outcome in outcomes:
        known = BY_NAME.get(outcome)
        sense = directions.get(outcome, known.direction if known else 1) or 1
        values = wide[outcome].reset_index(drop=True)
        means = (values[at_baseline] * sense).groupby(unit[at_baseline]).mean()
        gaps = pd.Series(float("nan"), index=values.index)
        for name in means.index:
            others = (means.drop(name) if len(means) > 1 else means).mean().dropna()
            if len(others):
                own = values[unit == name]
                gaps[own.index] = own[others.idxmin()] - own[others.idxmax()]
        found[outcome] = gaps.to_numpy()
    return pd.DataFrame(found, index=wide.index)
