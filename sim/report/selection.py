"""What the report reads out of the results of an experiment: which window, which people, which scenarios.

Everything that is printed about a comparison goes through :class:`Selection`, so that the sentence, the table, the
figures and the files can never disagree about what they show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from sim.errors import NotFoundError
from sim.lab.moving import columns_for
from sim.report.extras import extra
from sim.report.rows import EVERYONE, Cost, Effect, costs_of, effects_of
from sim.report.short_names import short_names
from sim.vocabulary.outcomes import BY_NAME, HEADLINE, WINDOWS, Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CAMPUS", "EVERYONE", "RESIDENTS", "Cost", "Effect", "Results", "Selection", "select"]

RESIDENTS: Final = ("scope", "residents")
"""Headline figures are for residents; campus and total stand beside them."""
CAMPUS: Final = ("scope", "campus")

_WINDOW_CHOICE: Final = ("horizon", *WINDOWS)
_FULL_PACKAGE: Final = "full_package"


class Results(Protocol):
    """The results of an experiment, as the lab gives them; each table is described in ``docs/results.md``."""

    @property
    def experiment(self) -> Mapping[str, Any]: ...  # noqa: D102 - the lab's results describe each of these

    @property
    def runs(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def daily(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def effects(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def costs(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def parameters(self) -> pd.DataFrame: ...  # noqa: D102

    @property
    def manifest(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def folder(self) -> Path: ...  # noqa: D102


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
    equity: bool = False
    """Whether effects on groups, ages and quarters have been judged together, so that they can be told from chance."""

    def effect(self, scenario: str, outcome: str, level: tuple[str, str] | None = None) -> Effect | None:
        """The effect of ``scenario`` on ``outcome``, at the headline level unless another is named."""
        return self._effects.get((scenario, outcome, *(level or self.level)))

    def headline(self, scenario: str) -> list[Effect]:
        """The scenario's effects on the headline outcomes, in their order; missing ones are left out."""
        found = (self.effect(scenario, outcome.name) for outcome in self.outcomes)
        return [effect for effect in found if effect is not None]

    @cached_property
    def interactions(self) -> pd.DataFrame | None:
        """What a factorial's policies do together, for these people; None where the results do not say. Read once."""
        table = extra(self.results, "interactions", self.window)
        if table is None or not self.results.experiment.get("factorial"):
            return None
        return table[(table["by"] == self.level[0]) & (table["level"] == self.level[1])]

    def levels(self, by: str) -> list[str]:
        """The levels of ``by`` that have effects, in name order."""
        return sorted({key[3] for key in self._effects if key[2] == by})

    @property
    def people(self) -> str:
        """Whom the headline figures are about."""
        if self.level != RESIDENTS:
            return "everyone"
        known = (not math.isnan(effect.mean) for key, effect in self._effects.items() if key[2:] == CAMPUS)
        return "residents, excluding campuses" if any(known) else "all residents"

    @property
    def ranked(self) -> tuple[str, ...]:
        """Scenarios, most helpful first.

        By headline outcomes better less worse, among equals those that are worse on fewer, then by the sum of
        differences in whole units of the smallest change that matters, then cheapest, then by name.
        """

        def key(scenario: str) -> tuple[tuple[float, float, float], float, str]:
            cost = self.costs.get(scenario, Cost()).money
            return self.help(scenario), math.inf if math.isnan(cost) else cost, scenario

        return tuple(sorted(self.scenarios, key=key))

    def help(self, scenario: str) -> tuple[float, float, float]:
        """What scenarios are ranked by before their costs, lowest first; those with the same help as much."""
        effects = self.headline(scenario)
        worse = sum(e.verdict == "worse" for e in effects)
        net = sum(e.verdict == "better" for e in effects) - worse
        size = sum(e.size for e in effects if not math.isnan(e.size))
        return -net, worse, -float(round(size))

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
    def units(self) -> str:
        """What an interval and a share are taken over: parameter worlds, or the seeds of the only one."""
        return "worlds" if self.worlds > 1 else "seeds"

    @property
    def comparisons(self) -> int:
        """How many headline comparisons the verdicts are corrected for; 0 where they are not (see ``--window``)."""
        table = self.results.effects
        if "p_corrected" not in table.columns:
            return 0
        own = (
            (table["window"] == self.window)
            & (table["by"] == self.level[0])
            & (table["level"] == self.level[1])
        )
        return int(table.loc[own, "p_corrected"].notna().sum())

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
    titles.update(short_names(experiment))
    by_people = _by_people(results, table, wanted)
    effects = effects_of(table) + by_people
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
        costs=costs_of(results.costs, table),
        _effects={(e.scenario, e.outcome.name, by, level): e for e, by, level in effects},
        equity=bool(by_people),
    )


def _by_people(results: Results, effects: pd.DataFrame, window: str) -> list[tuple[Effect, str, str]]:
    """Effects on levels and gaps with the verdicts of the equity table, which are corrected for their number.

    They take the place of the uncorrected ones in the table of effects; empty where there is no equity table.
    """
    table = extra(results, "equity", window)
    if table is None:
        return []
    table = table[table["kind"].isin(("level", "gap"))].assign(
        interval_holds=effects["interval_holds"].iloc[0]
    )
    gaps = table["kind"] == "gap"
    table.loc[gaps, "level"] = table.loc[gaps, "by"]
    table.loc[gaps, "by"] = "gap"
    return effects_of(table)
