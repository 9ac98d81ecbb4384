"""Cobham: urgent cases first, nobody called off. W1 = W0 / (1 - rho1), W2 = W0 / ((1 - rho1)(1 - rho))."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analytic.queues import SIGMAS, assert_mean, batch_mean, erlang_c, mean_wait
from tests.worlds import Demands, Office, poisson, serve, small_world


def cobham(urgent: float, ordinary: float, rate: float, servers: int) -> tuple[float, float]:
    w0 = erlang_c((urgent + ordinary) / rate, servers) / (servers * rate)
    rho1, rho = urgent / (servers * rate), (urgent + ordinary) / (servers * rate)
    return w0 / (1.0 - rho1), w0 / ((1.0 - rho1) * (1.0 - rho))


def waits_by_class(
    urgent: float, ordinary: float, servers: int, scale: float, days: int, seed: int
) -> tuple[Demands, np.ndarray, np.ndarray]:
    world = small_world({"service.work_hours": 24.0 / scale}, (Office((servers,)),))
    coming = poisson((urgent + ordinary) * scale, days, seed)
    is_urgent = np.random.default_rng(seed).random(len(coming.voiced)) < urgent / (urgent + ordinary)
    coming.columns["urgent"] = is_urgent
    serve(world, coming, days)
    begun = coming.first >= 0.0
    return coming, coming.wait[begun & is_urgent] * scale, coming.wait[begun & ~is_urgent] * scale


@pytest.mark.parametrize(
    ("urgent", "ordinary", "servers", "published", "days"),
    [(0.2, 0.6, 1, (1.0, 5.0), 1_000), (1.0, 3.0, 5, (0.13853, 0.69264), 600)],
    ids=["one worker", "five workers"],
)
def test_urgent_cases_wait_less_and_ordinary_ones_more(
    urgent: float, ordinary: float, servers: int, published: tuple[float, float], days: int
) -> None:
    scale = 1_000.0 if servers == 1 else 250.0
    exact, off = cobham(urgent, ordinary, 1.0, servers), cobham(urgent, ordinary, 1.0 / 1.02, servers)
    assert exact == pytest.approx(published, abs=1e-5)
    coming, first, second = waits_by_class(urgent, ordinary, servers, scale, days, seed=13)
    assert_mean(first, exact[0], off[0])
    assert_mean(second, exact[1], off[1])

    # the conservation law: who goes first changes nothing in the mean over all
    mean, error = batch_mean(coming.wait[coming.first >= 0.0] * scale)
    assert abs(mean - mean_wait(urgent + ordinary, 1.0, servers)) < SIGMAS * error


def test_priority_changes_whose_turn_it_is_and_not_how_much_work_is_done() -> None:
    """On one sample path of fixed works, work begins at the same moments with and without classes."""
    begun = []
    for classes in (False, True):
        world = small_world({"service.work_hours": 24.0 / 50.0, "service.work_form": 1.0}, (Office((1,)),))
        coming = poisson(45.0, 60, seed=17)
        if classes:
            coming.columns["urgent"] = np.random.default_rng(1).random(len(coming.voiced)) < 0.3
        serve(world, coming, 60)
        begun.append(np.sort(coming.first[coming.first >= 0.0]))
    np.testing.assert_allclose(begun[0], begun[1], atol=1e-9)
