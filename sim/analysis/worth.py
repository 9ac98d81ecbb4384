"""What scenarios are worth: the gain and the cost of each in every unit, and the price of a unit of gain.

A gain is an effect among residents, positive where it is for the better; a cost is yuan per resident a year beyond the
baseline. Both are taken from the same pairs of runs, so that what they have in common stays in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.pairs import EVERYONE, RESIDENTS, by_unit, cube, units_of
from sim.stats import dominators, fieller, paired_intervals
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COST: Final = "cost_per_resident"
FIELLER: Final = "fieller"
NO_PRICE: Final = {
    "not_delivered": "never at work",
    "not_distinguishable": "effect not sure",
    "too_small": "effect too small",
    "small": "effect perhaps too small",
    "worse": "effect for the worse",
}
COST_EFFECT: Final = (
    "scenario",
    "outcome",
    "n",
    "gain",
    "gain_low",
    "gain_high",
    "cost",
    "cost_low",
    "cost_high",
    "cost_per_unit",
    "cost_per_unit_low",
    "cost_per_unit_high",
    "smallest_change",
    "price",
    "dominated",
    "dominated_by",
    "verdict",
)


@dataclass(frozen=True)
class Worth:
    """Gain and cost of every scenario in every unit, for one headline outcome.

    Attributes
    ----------
    scenarios
        Names, the baseline first (its gain and cost are zero).
    gain, cost
        Shape (units, scenarios); NaN where a run is missing.
    effects
        The rows of the effects table, by scenario.
    """

    outcome: str
    smallest: float
    scenarios: tuple[str, ...]
    gain: np.ndarray
    cost: np.ndarray
    effects: dict[str, Any]

    @property
    def complete(self) -> tuple[np.ndarray, np.ndarray]:
        """Gain and cost in the units in which every scenario has both."""
        import numpy as np

        whole = np.isfinite(self.gain).all(axis=1) & np.isfinite(self.cost).all(axis=1)
        return self.gain[whole], self.cost[whole]


def worths(
    effects: pd.DataFrame,
    windows: pd.DataFrame,
    baseline: str,
    window: str = "horizon",
    worlds: int | None = None,
) -> list[Worth]:
    """Gains and costs by unit of evidence, one entry a headline outcome of which one direction is better.

    Parameters
    ----------
    effects
        Of :func:`sim.analysis.effects.paired_effects`, for directions, smallest changes and verdicts.
    windows
        Windowed outcomes of the same runs.
    baseline
        The scenario the others are compared with.
    window
        The window to look at.
    worlds
        Parameter worlds of the design; counted from the runs by default.
    """
    import numpy as np

    base = windows[windows["scenario"] == baseline]
    units = units_of(base)
    count = worlds if worlds is not None else len({world for world, _ in units})
    main = effects[
        (effects["window"] == window) & (effects["by"] == RESIDENTS[0]) & (effects["level"] == RESIDENTS[1])
    ]
    outcomes = [name for name in HEADLINE if name in set(main["outcome"])]
    columns = [*outcomes, COST] if COST in windows.columns else outcomes
    rows = [(window, *RESIDENTS), (window, *EVERYONE)]
    compared = tuple(dict.fromkeys(main["scenario"]))
    means = {}
    for scenario in compared:
        own = cube(windows[windows["scenario"] == scenario], units, rows, columns)
        differences = own - cube(base, units, rows, columns)
        means[scenario] = by_unit(differences.reshape(len(units), -1), units, count)
    found = []
    for o, outcome in enumerate(outcomes):
        own = main[main["outcome"] == outcome]
        direction = float(own["direction"].iloc[0])
        if direction == 0.0:
            continue
        gain = [means[name][:, o] * direction + 0.0 for name in compared]
        nothing = np.zeros(len(gain[0]))
        # Columns are residents' outcomes and then everybody's, of which the cost is the last.
        cost = [means[name][:, -1] if COST in columns else nothing * np.nan for name in compared]
        found.append(
            Worth(
                outcome,
                float(own["smallest_change"].iloc[0]),
                (baseline, *compared),
                np.column_stack([nothing, *gain]),
                np.column_stack([nothing, *cost]),
                {row.scenario: row for row in own.itertuples(index=False)},
            )
        )
    return found


def cost_per_effect(found: Sequence[Worth]) -> pd.DataFrame:
    """What a unit of each headline outcome costs, and which scenarios are dominated.

    Parameters
    ----------
    found
        Of :func:`worths`.

    Returns
    -------
    DataFrame
        One row a scenario and headline outcome:

        - ``gain`` (the mean effect, positive is better) and ``cost`` (yuan per resident a year beyond the baseline),
          each with its 95% interval (``_low``, ``_high``), over ``n`` units that have both
        - ``cost_per_unit`` of the outcome, with its 95% interval by Fieller's method, only where the effect is better
          by verdict and costs more; ``price`` says ``fieller``, or why there is none
        - ``dominated``: another scenario, or the baseline, gives at least as much for no more money
          (``dominated_by``); of equals the one listed first stays
    """
    import numpy as np
    import pandas as pd

    rows = []
    for worth in found:
        own = [worth.effects[name] for name in worth.scenarios[1:]]
        gains = np.array([0.0, *(float(e.mean * e.direction) + 0.0 for e in own)])
        confidence = float(own[0].confidence) if own else 0.95
        costs = paired_intervals(worth.cost, confidence)
        known = np.flatnonzero(np.isfinite(gains) & np.isfinite(costs["mean"]))
        better = dominators(gains[known], costs["mean"][known])
        winners = {int(i): worth.scenarios[known[by]] for i, by in zip(known, better, strict=True) if by >= 0}
        for i, effect in enumerate(own, start=1):
            both = np.isfinite(worth.gain[:, i]) & np.isfinite(worth.cost[:, i])
            ends = sorted((effect.low * effect.direction + 0.0, effect.high * effect.direction + 0.0))
            price = _price(effect.verdict, float(costs["mean"][i]))
            ratio = (math.nan,) * 3
            if price == FIELLER:
                ratio = fieller(worth.cost[both, i], worth.gain[both, i], confidence)
            values = (
                *(effect.scenario, worth.outcome, int(both.sum()), gains[i], *ends),
                *(costs[name][i] for name in ("mean", "low", "high")),
                *(*ratio, worth.smallest, price, i in winners, winners.get(i, ""), effect.verdict),
            )
            rows.append(dict(zip(COST_EFFECT, values, strict=True)))
    return pd.DataFrame(rows, columns=list(COST_EFFECT))


def _price(verdict: str, cost: float) -> str:
    """How the price of a unit of effect is known, or why it has none."""
    if verdict in NO_PRICE:
        return NO_PRICE[verdict]
    return "cost not known" if math.isnan(cost) else FIELLER if cost > 0.0 else "costs no more"
