"""Outcomes over time, made ready for drawing: averaged over seeds, paired with the baseline, smoothed, thinned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sim.lab.moving import moving
from sim.report.panels import Band
from sim.report.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from sim.vocabulary.outcomes import Outcome

__all__ = [
    "INNER",
    "POINTS",
    "SMOOTH_DAYS",
    "daily_table",
    "difference_bands",
    "level_bands",
    "smoothed",
    "thinned",
]

SMOOTH_DAYS = 28
"""Flows are counts of single days; what is drawn is over this many days."""
INNER = (0.1, 0.9)
"""A band over time holds the middle 80% of parameter worlds (of seeds, where there is one world)."""
POINTS = 70
"""A line over time is thinned to about this many points."""


def daily_table(
    selection: Selection, outcome: Outcome, scenarios: Sequence[str], level: tuple[str, str]
) -> pd.DataFrame | None:
    """Daily values of one outcome at one level.

    Returns
    -------
    DataFrame or None
        Index: day. Columns: (scenario, world), or (scenario, seed) where there is one world only. None where the
        results hold no daily values for it.
    """
    daily = selection.daily
    if daily is None or daily.empty or outcome.name not in daily.columns:
        return None
    rows = daily[
        (daily["by"] == level[0]) & (daily["level"] == level[1]) & daily["scenario"].isin(list(scenarios))
    ]
    if rows[outcome.name].isna().all():
        return None
    run = ["scenario", "world", "seed"]
    rows = rows.sort_values([*run, "day"], ignore_index=True)
    rows[outcome.name] = smoothed(rows, outcome, run)
    unit = "world" if rows["world"].nunique() > 1 else "seed"
    table = rows.pivot_table(
        index="day",
        columns=["scenario", unit],
        values=outcome.name,
        aggfunc="mean",
        dropna=False,
        observed=True,
    )
    return table.sort_index()


def smoothed(
    rows: pd.DataFrame, outcome: Outcome, by: Sequence[str] = (), over: int = SMOOTH_DAYS
) -> pd.Series:
    """Flows over the last days (``over``), running sums divided by each other; stocks as they are.

    ``rows`` are in the order of days within each series that the columns ``by`` tell apart.
    """
    if outcome.kind == "stock":
        return rows[outcome.name].astype(float)
    days = rows["day"].drop_duplicates().sort_values()
    # Groups and quarters are kept every seventh day only: the window is in days, not in rows.
    step = max(1.0, float(days.diff().median())) if len(days) > 1 else 1.0
    count = min(max(1, round(over / step)), max(1, len(days) // 2))
    return moving(rows, outcome, count, by, least=max(1, count // 2))


def thinned(table: pd.DataFrame) -> pd.DataFrame:
    """About ``POINTS`` evenly spaced rows, first and last among them, so that a line stays small on a page."""
    count = len(table)
    if count <= POINTS:
        return table
    return table.iloc[[round(i * (count - 1) / (POINTS - 1)) for i in range(POINTS)]]


def level_bands(
    selection: Selection,
    outcome: Outcome,
    level: tuple[str, str] | None = None,
    band: Collection[str] | None = None,
) -> list[Band]:
    """The scenarios shown over time, as levels: mean over worlds, and the middle 80% of worlds.

    ``band`` names the scenarios that get a band; all of them by default. Worlds differ far more than scenarios do,
    so that several bands of levels lie on one another.
    """
    band = selection.shown if band is None else band
    table = daily_table(selection, outcome, selection.shown, level or selection.level)
    return [] if table is None else _as_bands(selection, thinned(table), selection.shown, band)


def difference_bands(
    selection: Selection, outcome: Outcome, level: tuple[str, str] | None = None
) -> list[Band]:
    """The scenarios shown other than the baseline, as differences from it in the same world and seed."""
    table = daily_table(selection, outcome, (selection.baseline, *selection.shown), level or selection.level)
    if table is None or selection.baseline not in table.columns.get_level_values(0):
        return []
    table = thinned(table)
    base = table[selection.baseline]
    parts = {}
    for scenario in selection.shown:
        if scenario != selection.baseline and scenario in table.columns.get_level_values(0):
            parts[scenario] = (table[scenario] - base).dropna(axis=1, how="all")
    if not parts:
        return []
    import pandas as pd

    return _as_bands(selection, pd.concat(parts, axis=1), tuple(parts), tuple(parts))


def _as_bands(
    selection: Selection, table: pd.DataFrame, scenarios: Sequence[str], band: Collection[str]
) -> list[Band]:
    found = []
    present = set(table.columns.get_level_values(0))
    for scenario in scenarios:
        if scenario not in present:
            continue
        part = table[scenario]
        several = scenario in band and part.shape[1] > 1
        found.append(
            Band(
                label=selection.titles[scenario],
                days=part.index.to_numpy(dtype=float),
                middle=part.mean(axis=1).to_numpy(dtype=float),
                low=part.quantile(INNER[0], axis=1).to_numpy(dtype=float) if several else None,
                high=part.quantile(INNER[1], axis=1).to_numpy(dtype=float) if several else None,
                series=selection.shown.index(scenario),
            )
        )
    return found
