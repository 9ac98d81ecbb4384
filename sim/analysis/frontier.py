"""Which scenarios are worth their money, for what one is willing to pay, and how sure that is.

Two answers stand side by side: the share of the worlds in which it is so (what is not known about the parameters, and
luck), and the share of resampled means in which it is so (how well the mean over the worlds is known).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sim.analysis.worth import Worth
from sim.stats import dominators, on_frontier, resampled_means, undominated

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WILLINGNESS: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
"""Yuan per resident a year for one smallest change that matters, at which acceptability is looked at."""
FRONTIER: Final = (
    "scenario",
    "outcome",
    "n",
    "gain",
    "cost",
    "status",
    "dominated_by",
    "step_cost_per_unit",
    "p_frontier",
    "p_undominated",
    "share_frontier",
    "share_undominated",
)
ACCEPTABILITY: Final = (
    "outcome",
    "willingness",
    "willingness_per_unit",
    "scenario",
    "n",
    "net_benefit",
    "p_best",
    "share_best",
    "share_beats_baseline",
)


def frontier(found: Sequence[Worth]) -> pd.DataFrame:
    """Which scenarios are on the frontier of cost and gain, the baseline among them, and how sure that is.

    Returns
    -------
    DataFrame
        One row a scenario and headline outcome, over the ``n`` units in which every scenario has a gain and a cost:

        - mean ``gain`` and ``cost``; ``status`` of these means: ``frontier``, ``dominated``, or ``extended`` where a
          mixture of two others is better; ``dominated_by``
        - ``step_cost_per_unit``: on the frontier, what a unit more costs, counted from the scenario before it
        - ``p_frontier``, ``p_undominated``: share of 2,000 resamples of the units in whose means it is so (missing
          with fewer than five units); ``share_frontier``, ``share_undominated``: share of the units in which it is so
    """
    import numpy as np
    import pandas as pd

    rows = []
    for worth in found:
        gain, cost = worth.complete
        means = _mean(gain), _mean(cost)
        front = on_frontier(*means)
        order = [int(i) for i in np.argsort(means[1], kind="stable") if front[i]]
        better = dominators(*means)
        chances = [
            _share(test, pair, len(worth.scenarios))
            for pair in (_resampled(gain, cost), (gain, cost))
            for test in (on_frontier, undominated)
        ]
        for i, name in enumerate(worth.scenarios):
            status, by, step = "", "", math.nan
            if i in order:
                status, place = "frontier", order.index(i)
                if place:
                    last = order[place - 1]
                    step = (means[1][i] - means[1][last]) / (means[0][i] - means[0][last])
            elif better[i] >= 0:
                status, by = "dominated", worth.scenarios[better[i]]
            elif len(gain):
                status, by = "extended", _mixture(i, order, worth.scenarios, means[0])
            values = (name, worth.outcome, len(gain), means[0][i], means[1][i], status, by, step)
            rows.append(dict(zip(FRONTIER, (*values, *(chance[i] for chance in chances)), strict=True)))
    return pd.DataFrame(rows, columns=list(FRONTIER))


def acceptability(found: Sequence[Worth], willingness: Sequence[float] = WILLINGNESS) -> pd.DataFrame:
    """Which scenario is the best buy, by what one is willing to pay for a change that matters.

    The net benefit of a scenario is its gain, at that price, less its cost; the best one has the largest.

    Parameters
    ----------
    found
        Of :func:`worths`.
    willingness
        Yuan per resident a year for one smallest change that matters.

    Returns
    -------
    DataFrame
        One row a headline outcome, willingness and scenario, the baseline among them, over ``n`` units as in
        :func:`frontier`: ``willingness_per_unit`` of the outcome; mean ``net_benefit`` in yuan per resident a year;
        ``p_best``: share of 2,000 resamples in whose means it is the best; ``share_best``: share of the units in
        which it is, and ``share_beats_baseline``. Of equals the one listed first is the best.
    """
    import numpy as np
    import pandas as pd

    rows = []
    for worth in found:
        if worth.smallest <= 0.0:
            continue
        gain, cost = worth.complete
        resampled = _resampled(gain, cost)
        for pay in willingness:
            unit = pay / worth.smallest

            def best(gain: np.ndarray, cost: np.ndarray, unit: float = unit) -> np.ndarray:
                benefit = gain * unit - cost
                return np.asarray(benefit.argmax(axis=1)[:, None] == np.arange(benefit.shape[1]))

            def beats(gain: np.ndarray, cost: np.ndarray, unit: float = unit) -> np.ndarray:
                benefit = gain * unit - cost
                return np.asarray(benefit > benefit[:, [0]])

            columns = (
                _mean(gain * unit - cost),
                _share(best, resampled, len(worth.scenarios)),
                _share(best, (gain, cost), len(worth.scenarios)),
                _share(beats, (gain, cost), len(worth.scenarios)),
            )
            for i, name in enumerate(worth.scenarios):
                values = (worth.outcome, pay, unit, name, len(gain), *(column[i] for column in columns))
                rows.append(dict(zip(ACCEPTABILITY, values, strict=True)))
    return pd.DataFrame(rows, columns=list(ACCEPTABILITY))


def _mixture(choice: int, order: Sequence[int], names: Sequence[str], gain: np.ndarray) -> str:
    """The two neighbours on the frontier of which a mixture beats a choice."""
    below = [i for i in order if gain[i] <= gain[choice]]
    above = [i for i in order if gain[i] > gain[choice]]
    return " + ".join(names[i] for i in (*below[-1:], *above[:1]))


def _share(
    test: Callable[[np.ndarray, np.ndarray], np.ndarray],
    pair: tuple[np.ndarray, np.ndarray] | None,
    scenarios: int,
) -> np.ndarray:
    """The share of rows of gain and cost in which something holds for each scenario; NaN where there are none."""
    import numpy as np

    if pair is None or not len(pair[0]):
        return np.full(scenarios, np.nan)
    return test(*pair).mean(axis=0)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over units; NaN where there are none."""
    import numpy as np

    return values.mean(axis=0) if len(values) else np.full(values.shape[1], np.nan)


def _resampled(gain: np.ndarray, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Means of gain and cost over the same resampled units."""
    import numpy as np

    means = resampled_means(np.hstack([gain, cost]))
    return None if means is None else (means[:, : gain.shape[1]], means[:, gain.shape[1] :])
