"""What scenarios cost beyond the baseline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.stats import paired_intervals

if TYPE_CHECKING:
    import pandas as pd

TOTAL = "total"
_RUN = ["scenario", "world", "seed"]


def incremental_costs(
    costs: pd.DataFrame,
    windows: pd.DataFrame,
    baseline: str,
    window: str = "horizon",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Hours and money of each scenario by item, and what they are beyond the baseline.

    Parameters
    ----------
    costs
        Hours and money of each run by item (``Results.read("costs")``).
    windows
        Windowed outcomes of the runs: ``cost_per_resident`` turns money into yuan per resident a year.
    baseline
        The scenario the others are compared with.
    window
        The window to look at.
    confidence
        Of the intervals.

    Returns
    -------
    DataFrame
        One row a scenario and item, and one with the item ``total``: mean ``hours`` and ``money`` of a run over the
        window; ``incremental_per_resident`` in yuan per resident a year with ``incremental_low`` and
        ``incremental_high`` (95%, as for effects); ``incremental_hours``.
    """
    import pandas as pd

    own = costs[costs["window"] == window]
    totals = own.groupby(_RUN, as_index=False, sort=False)[["hours", "money"]].sum().assign(item=TOTAL)
    table = pd.concat([own, totals], ignore_index=True)
    table = table.groupby([*_RUN, "item"], as_index=False, sort=False)[["hours", "money"]].sum()
    everyone = windows[(windows["window"] == window) & (windows["by"] == "all")]
    rate = (
        everyone.set_index(_RUN)["cost_per_resident"]
        if "cost_per_resident" in everyone
        else pd.Series(dtype=float)
    )
    paid = totals.set_index(_RUN)["money"]
    # The run's own cost per resident over its money: what one yuan of the run is per resident and year.
    scale = (rate.reindex(paid.index) / paid.where(paid > 0.0)).rename("scale").reset_index()
    table = table.merge(scale, on=_RUN, how="left")
    table["per_resident"] = table["money"] * table["scale"]
    scenarios = list(dict.fromkeys(costs["scenario"]))
    items = [item for item in dict.fromkeys(table["item"]) if item != TOTAL] + [TOTAL]
    wide = table.pivot_table(
        index=["world", "seed"], columns=["scenario", "item"], values=["hours", "money", "per_resident"]
    )
    rows = []
    for scenario in scenarios:
        for item in items:
            hours, money, per_resident = (
                _column(wide, value, scenario, item) for value in ("hours", "money", "per_resident")
            )
            if hours is None or money is None:
                hours_now, money_now = 0.0, 0.0
            else:
                hours_now, money_now = float(_by_world(hours).mean()), float(_by_world(money).mean())
            more, hours_more = (
                _by_world(_difference(wide, value, scenario, baseline, item))
                for value in ("per_resident", "hours")
            )
            found = paired_intervals(more.to_numpy().reshape(-1, 1), confidence)
            rows.append(
                {
                    "scenario": scenario,
                    "window": window,
                    "item": item,
                    "hours": hours_now,
                    "money": money_now,
                    "per_resident": math.nan
                    if per_resident is None
                    else float(_by_world(per_resident).mean()),
                    "incremental_per_resident": float(found["mean"][0]),
                    "incremental_low": float(found["low"][0]),
                    "incremental_high": float(found["high"][0]),
                    "incremental_hours": float(hours_more.mean()),
                }
            )
    return pd.DataFrame(rows)


def _column(wide: pd.DataFrame, value: str, scenario: str, item: str) -> pd.Series | None:
    """One item of one scenario by world and seed, if it has it."""
    key = (value, scenario, item)
    return wide[key] if key in wide.columns else None


def _difference(wide: pd.DataFrame, value: str, scenario: str, baseline: str, item: str) -> pd.Series:
    """An item beyond the baseline's, in runs that have both scenarios; an item one of them lacks costs it nothing."""
    import numpy as np
    import pandas as pd

    def amount(name: str) -> pd.Series:
        total = _column(wide, value, name, TOTAL)
        own = _column(wide, value, name, item)
        nothing = pd.Series(np.nan, index=wide.index)
        if total is None:
            return nothing
        return total.where(total.isna(), 0.0) if own is None else own.where(own.notna() | total.isna(), 0.0)

    return amount(scenario) - amount(baseline)


def _by_world(differences: pd.Series) -> pd.Series:
    """Mean over the seeds of each world, where there are several worlds."""
    worlds = differences.groupby(level="world", sort=False).mean()
    return worlds if len(worlds) > 1 else differences
