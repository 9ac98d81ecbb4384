"""M/G/1: the mean and variance of works decide the mean wait, W = l E[S2] / 2(1 - rho) (Pollaczek and Khinchin)."""

from __future__ import annotations

import pytest

from tests.analytic.queues import assert_mean
from tests.worlds import Office, poisson, serve, small_world


def pollaczek_khinchin(arrivals: float, mean: float, cv2: float) -> float:
    return arrivals * mean * mean * (1.0 + cv2) / (2.0 * (1.0 - arrivals * mean))


@pytest.mark.parametrize(
    ("form", "cv2", "days"),
    [(1.0, 0.0, 400), (0.0, 1.0, 500), (2.0, 4.0, 1_000)],
    ids=["fixed", "exponential", "cv2 4"],
)
def test_mean_wait_grows_with_the_variance_of_works(form: float, cv2: float, days: int) -> None:
    scale = 1_000.0
    numbers = {"service.work_hours": 24.0 / scale, "service.work_form": form, "service.work_cv2": cv2}
    world = small_world(numbers, (Office((1,)),))
    coming = serve(world, poisson(0.8 * scale, days, seed=11), days)
    waits = coming.wait[coming.first >= 0.0] * scale
    assert pollaczek_khinchin(0.8, 1.0, cv2) == pytest.approx({0.0: 2.0, 1.0: 4.0, 4.0: 10.0}[cv2])
    assert_mean(waits, pollaczek_khinchin(0.8, 1.0, cv2), pollaczek_khinchin(0.8, 1.02, cv2))
