"""Outcomes over several days, from their daily values: running sums divided by each other, never means of ratios.

A day on which ten demands were decided says more about timeliness than one on which a single demand was. So each daily
value is weighed by its denominator, which daily tables carry (see :mod:`sim.model.outcomes`). Where something counts
on a day without a denominator, such as work that arrives at a weekend, when no hours are kept for it, the ratio of the
day cannot give it back, and stored tables carry the numerator too. The value over a whole window is then exactly what
the table of windows says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.vocabulary.measures import INDEX, INSTITUTION_INDEX
from sim.vocabulary.outcomes import BY_NAME, Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["columns_for", "moving", "with_numerators"]

_APART: Final = ("load", "coverage", "reopened_share", "council_settled_share")
"""Outcomes whose numerator can come on a day when their denominator is zero."""
_INDEX_OF: Final = {"wellbeing": ("belonging", "grievance", "met_share")}
"""Well-being is an index of three ratios, each with a denominator of its own: (first + 1 - second + third) / 3."""
_NOTHING: Final = 1e-9


def with_numerators(run: Any) -> pd.DataFrame:
    """A run's daily values with the numerators that daily ratios cannot give back, as columns ``OUTCOME_top``.

    Values as they are where the run has no record of its measures.
    """
    recorder = getattr(run, "recorder", None)
    if recorder is None:
        return run.daily  # type: ignore[no-any-return]
    days, levels = recorder.days, len(recorder.levels.names)
    found = {}
    for name in _APART:
        (top,) = BY_NAME[name].top
        if top in INDEX:
            found[_top(name)] = recorder.series[:days, :, INDEX[top]].ravel()
        else:
            found[_top(name)] = recorder.institution[:days, INSTITUTION_INDEX[top]].repeat(levels)
    return run.daily.assign(**found)  # type: ignore[no-any-return]


def _top(name: str) -> str:
    return f"{name}_top"


def columns_for(outcome: Outcome) -> tuple[str, ...]:
    """Columns of a daily table that its mean over days is made from, the outcome's own first."""
    parts = [name for part in _INDEX_OF.get(outcome.name, ()) for name in columns_for(BY_NAME[part])]
    top = (_top(outcome.name),) if outcome.name in _APART else ()
    return tuple(dict.fromkeys((outcome.name, *top, *parts, *outcome.bottom)))


def moving(
    rows: pd.DataFrame, outcome: Outcome, count: int, by: Sequence[str] = (), least: int = 1
) -> pd.Series:
    """An outcome over the last ``count`` rows.

    Parameters
    ----------
    rows
        Daily values in the order of days, with a unique index; denominators in columns of their own. Where these are
        missing (a user's own outcome has none) every row weighs the same.
    outcome
        What is wanted.
    count
        Rows to look back over, the row itself included.
    by
        Columns that tell one series from another.
    least
        Fewer rows than this give NaN.

    Returns
    -------
    Series
        One value a row; NaN where the denominators of all the rows looked at are zero.
    """
    parts = _INDEX_OF.get(outcome.name, ())
    if parts and all(name in rows for name in columns_for(outcome)):
        first, second, third = (moving(rows, BY_NAME[part], count, by, least) for part in parts)
        return ((first + 1.0 - second + third) / 3.0).rename(outcome.name)
    values = rows[outcome.name].astype(float)
    weights = _weights(rows, outcome).where(values.notna(), 0.0)
    apart = rows.get(_top(outcome.name))
    top = (values * weights if apart is None else apart).fillna(0.0)
    sums = rows[list(by)].assign(top=top, bottom=weights)
    of = sums.groupby(list(by), sort=False, observed=True) if by else sums
    rolled = of[["top", "bottom"]].rolling(count, min_periods=least).sum()
    if by:
        rolled = rolled.droplevel(list(range(len(by)))).reindex(rows.index)
    return (rolled["top"] / rolled["bottom"].where(rolled["bottom"] > _NOTHING)).rename(outcome.name)


def _weights(rows: pd.DataFrame, outcome: Outcome) -> pd.Series:
    """The denominator of each row's value; 1 where the table does not say."""
    known = outcome.bottom and all(name in rows for name in outcome.bottom)
    if not known or outcome.name in _INDEX_OF:
        return rows[outcome.name].notna().astype(float)
    return rows[list(outcome.bottom)].astype(float).sum(axis=1)
