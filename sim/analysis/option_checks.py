"""Whether a choice rests on a single world."""

from __future__ import annotations

from typing import Any


def stays_robust(decision: Any) -> int:
    """In how many cases the robust choice stays the same when one world is left out.

    Parameters
    ----------
    decision
        A ``sim.analysis.decisions.Decision``. What is affordable stays as it is, in the mean over all worlds.

    Returns
    -------
    int
        Of as many cases as there are worlds. Among options with equal largest regret any may be the choice.
    """
    import numpy as np

    options = decision.options[decision.options["affordable"]]["scenario"]
    regret = decision.by_world.pivot(index="world", columns="scenario", values="regret")[list(options)]
    if len(regret) < 2:
        return len(regret)
    values = regret.to_numpy(dtype=float)
    own = list(options).index(decision.robust)
    stays = 0
    for left_out in range(len(values)):
        largest = np.delete(values, left_out, axis=0).max(axis=0)
        stays += bool(largest[own] <= largest.min() + 1e-9)
    return stays
