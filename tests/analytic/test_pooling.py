"""Pooling (M13): two workers who share one queue wait 1.78, each with a queue of their own 4.00 (evidence, case 6)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analytic.queues import assert_mean, mean_wait
from tests.worlds import Office, poisson, serve, small_world


@pytest.mark.parametrize(("pools", "published"), [((1, 1), 4.000), ((2,), 1.7778)], ids=["apart", "together"])
def test_sharing_a_queue_more_than_halves_the_wait(pools: tuple[int, ...], published: float) -> None:
    scale, days = 500.0, 1_100
    world = small_world({"service.work_hours": 24.0 / scale}, (Office(pools),), residents=2)
    coming = poisson(1.6 * scale, days, seed=19)
    coming.columns["resident"] = np.random.default_rng(2).integers(0, 2, len(coming.voiced))
    serve(world, coming, days)
    waits = coming.wait[coming.first >= 0.0] * scale
    exact = mean_wait(1.6 / len(pools), 1.0, pools[0])
    assert exact == pytest.approx(published, abs=1e-4)
    assert_mean(waits, exact, mean_wait(1.6 / len(pools), 1.0 / 1.02, pools[0]))
