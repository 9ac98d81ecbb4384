"""One effect and one cost, as the report reads them out of the tables of a comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sim.vocabulary.outcomes import BY_NAME, Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVERYONE", "Cost", "Effect", "costs_of", "effects_of"]

EVERYONE: Final = ("all", "total")


@dataclass(frozen=True, slots=True)
class Effect:
    """One scenario's difference from the baseline in one outcome, over the selected window.

    ``mean``, ``low`` and ``high`` are in the outcome's unit; ``share_sign`` is the share of parameter worlds in
    which the difference has the sign of the mean; ``verdict`` is one of the keys of ``words.MARKS``.
    ``baseline`` is the baseline's level; ``delivered`` is the share of what
    the scenario changes that was delivered, and ``reason`` says why that is little, or none.
    """

    scenario: str
    outcome: Outcome
    mean: float
    low: float
    high: float
    share_sign: float
    smallest_change: float
    verdict: str
    n: int
    holds: str
    baseline: float = math.nan
    delivered: float = math.nan
    reason: str = ""

    @property
    def one_of_many(self) -> bool:
        """Whether it would be told from no change alone, but not among so many comparisons."""
        return self.verdict == "not_distinguishable" and (self.low > 0.0 or self.high < 0.0)

    @property
    def size(self) -> float:
        """The difference in units of the smallest change that matters; positive is better."""
        return self.outcome.direction * self.mean / self.smallest_change if self.smallest_change > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a scenario takes beyond the baseline: yuan per resident a year with its 95% interval, and worker-hours."""

    money: float = math.nan
    hours: float = math.nan
    low: float = math.nan
    high: float = math.nan


def effects_of(table: pd.DataFrame) -> list[tuple[Effect, str, str]]:
    """The rows of one window as effects; outcomes of a user's own that are not in the vocabulary are left out."""
    found = []
    for row in table.to_dict("records"):
        outcome = BY_NAME.get(str(row["outcome"]))
        if outcome is None:
            continue
        # An experiment may say for itself which way is better; of a gap the direction is another matter.
        direction = int(row.get("direction", outcome.direction))
        if row["by"] != "gap" and direction != outcome.direction:
            outcome = replace(outcome, direction=direction)
        effect = Effect(
            scenario=str(row["scenario"]),
            outcome=outcome,
            mean=float(row["mean"]),
            low=float(row["low"]),
            high=float(row["high"]),
            share_sign=float(row["share_sign"]),
            smallest_change=float(row["smallest_change"]),
            verdict=str(row["verdict"]),
            n=int(row["n"]),
            holds=str(row["interval_holds"]),
            baseline=float(row.get("baseline", math.nan)),
            delivered=float(row.get("delivered", math.nan)),
            reason=str(row.get("reason") or ""),
        )
        found.append((effect, str(row["by"]), str(row["level"])))
    return found


def costs_of(table: pd.DataFrame | None, effects: pd.DataFrame) -> dict[str, Cost]:
    """Cost beyond the baseline by scenario.

    From the table of incremental costs (the item ``total`` where there is one, else the sum of the items); where the
    results have none, from the effect on the outcome ``cost_per_resident``.
    """
    costs: dict[str, Cost] = {}
    if table is not None and "window" in table.columns:
        table = table[table["window"].isin(set(effects["window"]))]
    columns = [] if table is None else [str(name) for name in table.columns]
    money = next((name for name in columns if name.startswith("incremental") and "hours" not in name), None)
    hours = next((name for name in columns if name.startswith("incremental") and "hours" in name), None)
    if table is not None and money is not None:
        for scenario, rows in table.groupby("scenario", sort=True):
            total = rows[rows["item"] == "total"]
            rows = rows if total.empty else total
            extra = math.nan if hours is None else float(rows[hours].sum(min_count=1))
            ends = (math.nan, math.nan)
            if not total.empty and {"incremental_low", "incremental_high"} <= set(columns):
                ends = (float(total["incremental_low"].iloc[0]), float(total["incremental_high"].iloc[0]))
            costs[str(scenario)] = Cost(float(rows[money].sum(min_count=1)), extra, *ends)
    for row in effects[effects["outcome"] == "cost_per_resident"].to_dict("records"):
        if (row["by"], row["level"]) == EVERYONE:
            costs.setdefault(
                str(row["scenario"]),
                Cost(float(row["mean"]), math.nan, float(row["low"]), float(row["high"])),
            )
    return costs
