"""What the spread of an effect is made of: luck, or not knowing the parameters."""

from __future__ import annotations

import math

from sim.report import words
from sim.report.selection import Effect, Selection
from sim.report.tables import Table

__all__ = ["share_of_parameters", "spread_said", "spread_table"]

MOSTLY = 2.0 / 3.0
"""From this share of the variance on it is said to be mostly the one or the other."""


def share_of_parameters(effect: Effect | None) -> float:
    """The share of the variance of one pair's difference that lies between worlds; NaN where it cannot be known."""
    if effect is None or math.isnan(effect.between) or math.isnan(effect.within):
        return math.nan
    between = max(0.0, effect.between)
    total = between + effect.within
    return between / total if total > 0.0 else math.nan


def spread_table(selection: Selection) -> Table | None:
    """One row a scenario, one column a headline outcome; None where the split is not known for any."""
    rows, known = [], False
    for name in selection.ranked:
        shares = [share_of_parameters(selection.effect(name, outcome.name)) for outcome in selection.outcomes]
        known = known or any(not math.isnan(share) for share in shares)
        rows.append((selection.titles[name], *(_said(share) for share in shares)))
    if not known:
        return None
    columns = ("Scenario", *(outcome.label for outcome in selection.outcomes))
    return Table("What the spread of each effect comes from", columns, tuple(rows))


def spread_said(selection: Selection) -> str:
    """What can be said about it in words."""
    effects = [effect for name in selection.scenarios for effect in selection.headline(name)]
    shares = [share for effect in effects if not math.isnan(share := share_of_parameters(effect))]
    if selection.worlds <= 1:
        return (
            "There is one parameter world, so that all the spread seen here is luck. What is not known about the "
            "parameters is not in it; run more worlds to see it."
        )
    if not shares:
        return (
            "Every parameter world was run with one seed, so that luck is part of the spread between worlds and "
            "cannot be told from what is not known about the parameters. Two seeds or more in each world would tell."
        )
    mostly = sum(share >= MOSTLY for share in shares)
    luck = sum(share <= 1.0 - MOSTLY for share in shares)
    parts = [
        f"in {mostly} mostly from what is not known about the parameters",
        f"in {luck} mostly from luck",
    ]
    both = len(shares) - mostly - luck
    if both:
        parts.append(f"in {both} from both")
    return (
        f"The spread of {len(shares)} headline effects over pairs of runs comes {words.join(parts)}. More seeds narrow "
        "what is luck; only better evidence about the community narrows the rest."
    )


def _said(share: float) -> str:
    """ "83% parameters, 17% luck"."""
    if math.isnan(share):
        return "–"
    return f"{words.percent(share)} parameters, {words.percent(1.0 - share)} luck"
