"""M/M/c: mean wait and tail of the service against Erlang C, at loads where 2 per cent more work would show.

Waits of successive demands are correlated, so standard errors come from 40 batches. Each test first makes sure that the
error is small enough to tell the exact value from the one with works 2 per cent longer, and then allows four of them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.analytic.queues import SIGMAS, assert_mean, batch_mean, erlang_c, mean_wait, sojourn_tail
from tests.worlds import Office, poisson, serve, small_world

CASES = [  # arrivals and services per unit of time, servers, units of time in a day, days
    pytest.param(1.0, 1.0, 2, 800.0, 400, id="rho .50"),
    pytest.param(4.0, 1.0, 5, 250.0, 500, id="rho .80"),
    pytest.param(134.0, 5.0, 30, 6.0, 600, id="rho .89"),
    pytest.param(9.0, 1.0, 10, 100.0, 900, id="rho .90"),
]


@pytest.mark.parametrize(("arrivals", "rate", "servers", "scale", "days"), CASES)
def test_waits_follow_erlang_c(arrivals: float, rate: float, servers: int, scale: float, days: int) -> None:
    world = small_world({"service.work_hours": 24.0 / (rate * scale)}, (Office((servers,)),))
    coming = serve(world, poisson(arrivals * scale, days, seed=5), days)
    begun = coming.first >= 0.0
    waits = coming.wait[begun] * scale

    slow = rate / 1.02
    assert_mean(waits, mean_wait(arrivals, rate, servers), mean_wait(arrivals, slow, servers))

    c, theta = erlang_c(arrivals / rate, servers), servers * rate - arrivals
    assert_mean((waits > 1e-12).astype(float), c, erlang_c(arrivals / slow, servers))
    for multiple in (0.5, 1.5):
        longer, error = batch_mean((waits > multiple / theta).astype(float))
        assert abs(longer - c * math.exp(-multiple)) < SIGMAS * error


@pytest.mark.parametrize(("servers", "scale", "days"), [(30, 6.0, 500)])
def test_times_in_the_system_have_the_exact_tail(servers: int, scale: float, days: int) -> None:
    """The published case of 134 arrivals, 5 services and 30 workers: P(T > 1) = .00810."""
    world = small_world({"service.work_hours": 24.0 / (5.0 * scale)}, (Office((servers,)),))
    coming = serve(world, poisson(134.0 * scale, days, seed=6), days)
    ended = coming.state == 5
    times = (coming.wait + coming.worked / 24.0)[ended] * scale
    assert sojourn_tail(134.0, 5.0, 30, 1.0) == pytest.approx(0.00810, abs=5e-6)
    for t in (0.2, 0.5, 1.0):
        share, error = batch_mean((times > t).astype(float))
        assert abs(share - sojourn_tail(134.0, 5.0, 30, t)) < SIGMAS * error, t


def test_a_town_scaled_down_waits_eighteen_times_longer() -> None:
    """Everything divided by ten at the same load (evidence, case 2): communities are never scaled down quietly."""
    small = small_world({"service.work_hours": 24.0 / 50.0}, (Office((3,)),))
    waits = serve(small, poisson(134.0, 1_500, seed=7), 1_500).wait * 10.0
    mean, error = batch_mean(waits[waits >= 0.0])
    assert mean_wait(13.4, 5.0, 3) == pytest.approx(0.50332, abs=5e-6)
    assert abs(mean - 0.50332) < SIGMAS * error
    assert mean > 10.0 * mean_wait(134.0, 5.0, 30)


def test_the_formulas_give_the_published_values() -> None:
    assert mean_wait(4.0, 1.0, 5) == pytest.approx(0.55411, abs=6e-6)
    for servers, wait in ((30, 0.02780), (28, 0.12517), (27, 0.95471)):
        assert mean_wait(134.0, 5.0, servers) == pytest.approx(wait, abs=6e-6)
    assert np.isclose(erlang_c(4.0, 5), 0.55411, atol=5e-6)
