"""What the report reads out of the results of an experiment: which window, which people, which scenarios.

Everything that is printed about a comparison goes through :class:`Selection`, so that the sentence, the table, the
figures and the files can never disagree about what they show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.errors import NotFoundError
from sim.lab.moving import columns_for
from sim.vocabulary.outcomes import BY_NAME, HEADLINE, WINDOWS, Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CAMPUS", "EVERYONE", "RESIDENTS", "Cost", "Effect", "Results", "Selection", "select"]

RESIDENTS: Final = ("scope", "residents")
"""Headline figures are for residents; campus and total stand beside them."""
CAMPUS: Final = ("scope", "campus")
EVERYONE: Final = ("all", "total")

_WINDOW_CHOICE: Final = ("horizon", *WINDOWS)
_FULL_PACKAGE: Final = "full_package"


class Results(Protocol):
    """The results of an experiment, as the lab gives them; each table is described in ``docs/reading-results.md``."""

    experiment: Mapping[str, Any]
    runs: pd.DataFrame
    daily: pd.DataFrame
    windows: pd.DataFrame
    effects: pd.DataFrame
    costs: pd.DataFrame
    parameters: pd.DataFrame
    manifest: Mapping[str, Any]
    folder: Path


@dataclass(frozen=True, slots=True)
class Effect:
    """One scenario's difference from the baseline in one outcome, over the selected window.

    ``mean``, ``low`` and ``high`` are in the outcome's unit; ``share_sign`` is the share of parameter worlds in
    which the difference has the sign of the mean; ``verdict`` is one of the keys of ``words.MARKS``.
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


@dataclass(frozen=True, eq=False)
class Selection:
    """The part of the results that the report is about. Build it with :func:`select`."""

    results: Results
    window: str
    outcomes: tuple[Outcome, ...]
    level: tuple[str, str]
    baseline: str
    scenarios: tuple[str, ...]
    titles: Mapping[str, str]
    costs: Mapping[str, Cost]
    _effects: Mapping[tuple[str, str, str, str], Effect] = field(repr=False)

    def effect(self, scenario: str, outcome: str, level: tuple[str, str] | None = None) -> Effect | None:
        """The effect of ``scenario`` on ``outcome``, at the headline level unless another is named."""
        return self._effects.get((scenario, outcome, *(level or self.level)))

    def headline(self, scenario: str) -> list[Effect]:
        """The scenario's effects on the headline outcomes, in their order; missing ones are left out."""
        found = (self.effect(scenario, outcome.name) for outcome in self.outcomes)
        return [effect for effect in found if effect is not None]

    def levels(self, by: str) -> list[str]:
        """The levels of ``by`` that have effects, in name order."""
        return sorted({key[3] for key in self._effects if key[2] == by})

    @property
    def ranked(self) -> tuple[str, ...]:
        """Scenarios, most helpful first.

        By headline outcomes better less worse, then by the sum of differences in whole units of the smallest change
        that matters (each cut at ten, so that no single outcome decides), then cheapest, then by name.
        """

        def key(scenario: str) -> tuple[float, float, float, str]:
            effects = self.headline(scenario)
            net = sum((e.verdict == "better") - (e.verdict == "worse") for e in effects)
            size = sum(max(-10.0, min(10.0, e.size)) for e in effects if not math.isnan(e.size))
            cost = self.costs.get(scenario, Cost()).money
            return (-net, -float(round(size)), math.inf if math.isnan(cost) else cost, scenario)

        return tuple(sorted(self.scenarios, key=key))

    @property
    def shown(self) -> tuple[str, ...]:
        """At most three scenarios for pictures over time.

        What the experiment lists under ``show``, or the baseline, the full package, and of the others the one with
        the largest difference that matters, for better or worse.
        """
        asked = [name for name in self.results.experiment.get("show", ()) if name in self.titles]
        if asked:
            return tuple(asked[:3])
        picked = [name for name in self.scenarios if name == _FULL_PACKAGE]
        rest = sorted(
            (name for name in self.scenarios if name not in picked),
            key=lambda name: (-max((abs(e.size) for e in self.headline(name)), default=0.0), name),
        )
        return (self.baseline, *(picked + rest)[:2])

    @property
    def interval_holds(self) -> str:
        """What the intervals hold: seed noise only, or parameter uncertainty too."""
        kinds = {effect.holds for effect in self._effects.values()}
        return kinds.pop() if len(kinds) == 1 else "; ".join(sorted(kinds)) or "seed noise"

    @property
    def worlds(self) -> int:
        """The number of parameter worlds that were run."""
        return int(self.results.runs["world"].nunique())

    @property
    def seeds(self) -> int:
        """The number of seeds (replications) over all worlds."""
        return int(self.results.runs["seed"].nunique())

    @cached_property
    def daily(self) -> pd.DataFrame:
        """Daily headline outcomes of the scenarios shown, at every level; days before the policies are left out.

        Empty where the results hold no daily values.
        """
        read = getattr(self.results, "read", None)
        # A results folder can read a few columns of many; made-up or in-memory results give the whole table.
        names = list(dict.fromkeys(name for outcome in self.outcomes for name in columns_for(outcome)))
        table = self.results.daily if read is None else read("daily", outcomes=names)
        if table is None or table.empty:
            return table
        kept = table["scenario"].isin({self.baseline, *self.shown}) & (table["day"] >= 0)
        return table.loc[
            kept, ["scenario", "world", "seed", "day", "by", "level", *(n for n in names if n in table)]
        ]

    def label(self, name: str) -> str:
        """The name that people know a group or quarter by, where the results carry one."""
        return str(self.results.manifest.get("labels", {}).get(name, name))


def select(results: Results, window: str | None = None) -> Selection:
    """Choose what the report is about.

    Parameters
    ----------
    results
        The results of an experiment.
    window
        The window of the effects; by default what the experiment names under ``window``, or the whole horizon.

    Raises
    ------
    NotFoundError
        There are no effects, or none in that window.
    """
    experiment, table = results.experiment, results.effects
    present = set(table["window"])
    wanted = window or experiment.get("window")
    if wanted is None:
        wanted = next((name for name in _WINDOW_CHOICE if name in present), None)
    if wanted is None or wanted not in present:
        raise NotFoundError(
            f"there are no effects in the window {wanted!r}; there are: {', '.join(sorted(present)) or 'none'}"
        )
    table = table[table["window"] == wanted]
    names = list(dict.fromkeys(table["outcome"]))
    chosen = [name for name in HEADLINE if name in names] or [name for name in names if name in BY_NAME][:3]
    pairs = set(zip(table["by"], table["level"], strict=True))
    baseline = str(experiment["baseline"])
    titles = {
        str(entry["name"]): str(entry.get("title") or entry["name"]) for entry in experiment["scenarios"]
    }
    titles.setdefault(baseline, "Baseline")
    effects = _effects(table)
    known = {effect.outcome.name: effect.outcome for effect, by, _ in effects if by != "gap"}
    compared = set(table["scenario"])
    return Selection(
        results=results,
        window=wanted,
        outcomes=tuple(known.get(name, BY_NAME[name]) for name in chosen),
        level=RESIDENTS if RESIDENTS in pairs else EVERYONE,
        baseline=baseline,
        scenarios=tuple(name for name in titles if name in compared and name != baseline),
        titles=titles,
        costs=_costs(results.costs, table),
        _effects={(e.scenario, e.outcome.name, by, level): e for e, by, level in effects},
    )


def _effects(table: pd.DataFrame) -> list[tuple[Effect, str, str]]:
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
        )
        found.append((effect, str(row["by"]), str(row["level"])))
    return found


def _costs(table: pd.DataFrame | None, effects: pd.DataFrame) -> dict[str, Cost]:
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
