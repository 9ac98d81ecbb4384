"""M/M/infinity: with staff for everybody, open demands are Poisson with mean arrivals over rate (evidence, case 8)."""

from __future__ import annotations

import math

import numpy as np

from sim.model.world import World
from tests.analytic.queues import SIGMAS
from tests.worlds import Office, poisson, serve, small_world


def test_open_demands_are_poisson() -> None:
    """Counts a day apart correlate by exp(-rate) = exp(-2): the errors of mean and variance allow for it.

    For a stationary sequence with correlations r^k the variance of the mean is inflated by (1 + r) / (1 - r), and that
    of the variance, for nearly normal counts, by (1 + r^2) / (1 - r^2).
    """
    arrivals, rate, staff, days = 80.0, 2.0, 120, 2_500
    load, r = arrivals / rate, math.exp(-rate)
    counts: list[int] = []

    def count(world: World) -> None:
        counts.append(int((world.demands.columns.state[: world.demands.count] < 5).sum()))

    world = small_world({"service.work_hours": 24.0 / rate}, (Office((staff,)),))
    coming = serve(world, poisson(arrivals, days, seed=23), days, each_day=count)
    assert coming.wait[coming.first >= 0.0].max() < 1e-9, "somebody had to wait: not infinite enough"
    open_cases = np.array(counts[20:], dtype=float)
    n = len(open_cases)

    mean_error = math.sqrt(load / n * (1.0 + r) / (1.0 - r))
    assert SIGMAS * mean_error < 0.02 * load
    assert abs(open_cases.mean() - load) < SIGMAS * mean_error
    variance_error = load * math.sqrt((2.0 + 1.0 / load) / n * (1.0 + r * r) / (1.0 - r * r))
    assert abs(open_cases.var(ddof=1) - load) < SIGMAS * variance_error
    for k in (32, 36, 40, 44, 48):
        below = math.fsum(math.exp(i * math.log(load) - load - math.lgamma(i + 1)) for i in range(k + 1))
        error = math.sqrt(below * (1.0 - below) / n * (1.0 + r) / (1.0 - r))
        assert abs((open_cases <= k).mean() - below) < SIGMAS * error
