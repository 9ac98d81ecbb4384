"""The tables of a search: every package evaluated, and the frontier's packages as they did elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.decisions import Decision
from sim.analysis.effects import EVERYONE, RESIDENTS
from sim.analysis.packages.grid import Steps
from sim.analysis.packages.plan import WINDOW, Plan
from sim.analysis.packages.search import Limits, Value, frontier
from sim.lab.results import Results
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

if TYPE_CHECKING:
    import pandas as pd


def searched_table(plan: Plan, found: Mapping[Steps, Value]) -> pd.DataFrame:
    """Every package evaluated, in the order in which they were."""
    import pandas as pd

    front = set(frontier(found, plan.limits))
    return pd.DataFrame(
        [
            {
                "package": plan.space.name(steps),
                "contents": plan.space.spoken(steps),
                "cost": value.cost,
                "delivered": value.delivered,
                **dict(zip((f"gain_{name}" for name in HEADLINE), value.gains, strict=False)),
                "within_limits": plan.limits.kept(value),
                "on_frontier": steps in front,
            }
            for steps, value in found.items()
        ]
    )


_WORST = ("worst_world", "worst_by", "worst_level", "worst_outcome", "worst_effect")


def frontier_table(
    plan: Plan, chosen: Sequence[Steps], found: Mapping[Steps, Value], results: Results, decision: Decision
) -> pd.DataFrame:
    """The packages tested: what each holds, what it did in the worlds held out, and what the search had promised."""
    import pandas as pd

    effects = results.effects
    mine = effects[(effects["window"] == WINDOW)].set_index(["scenario", "outcome", "by", "level"])
    level = RESIDENTS if RESIDENTS in set(zip(effects["by"], effects["level"], strict=True)) else EVERYONE
    options = decision.options.set_index("scenario")
    outcomes = [name for name in HEADLINE if name in set(effects["outcome"])]
    tested = {}
    rows = []
    hours, delivered = _hours(plan, results), _delivered(results)
    for steps in chosen:
        name = plan.space.name(steps)
        if name not in options.index:
            continue
        option = options.loc[name]
        row: dict[str, Any] = {"package": name, "contents": plan.space.spoken(steps)}
        row |= {lever: plan.space.contents(steps).get(lever, 0.0) for lever in plan.space.levers}
        row |= {"cost": option["cost"], "affordable": option["affordable"]}
        row |= {"hours": hours.get(name, math.nan), "delivered": delivered.get(name, math.nan)}
        gains = []
        for i, outcome in enumerate(outcomes):
            effect = mine.loc[(name, outcome, *level)]
            promised = found[steps].gains[i] * BY_NAME[outcome].smallest_change * BY_NAME[outcome].direction
            row |= {
                outcome: effect["mean"],
                f"{outcome}_low": effect["low"],
                f"{outcome}_high": effect["high"],
                f"{outcome}_verdict": effect["verdict"],
                f"{outcome}_promised": promised,
            }
            gains.append(effect["mean"] * BY_NAME[outcome].direction)
        tested[steps] = Value(tuple(float(gain) for gain in gains), float(option["cost"]))
        row |= {key: option[key] for key in ("satisfied", "harms", "regret_max", "best_share")}
        row |= {f"{outcome}_harmed": option[f"{outcome}_harmed"] for outcome in outcomes}
        row |= {key: option[key] for key in _WORST}
        rows.append(row)
    still = set(
        frontier({(0,) * len(plan.space.levers): Value((0.0,) * len(outcomes), 0.0), **tested}, Limits())
    )
    table = pd.DataFrame(rows)
    table["still_on_frontier"] = [steps in still for steps in tested]
    table["robust_choice"] = table["package"] == decision.robust
    return table.sort_values("cost", kind="stable", ignore_index=True)


def _hours(plan: Plan, results: Results) -> Mapping[str, float]:
    """Workers' hours a week that the programmes of each package took, mean over the worlds."""
    table = results.read("costs")
    own = table[(table["window"] == WINDOW) & table["item"].isin(plan.space.levers)]
    runs = results.windows[["scenario", "world", "seed"]].drop_duplicates().groupby("scenario").size()
    weeks = (plan.base.horizon if plan.days is None else plan.days) / 7.0
    return dict(own.groupby("scenario")["hours"].sum() / runs / weeks)


def _delivered(results: Results) -> Mapping[str, float]:
    """Share of its programme hours that each package had hours for, mean over the worlds."""
    table = results.windows
    if "delivered_share" not in table.columns:
        return {}
    own = table[(table["window"] == WINDOW) & (table["by"] == EVERYONE[0]) & (table["level"] == EVERYONE[1])]
    return dict(own.groupby("scenario")["delivered_share"].mean())
