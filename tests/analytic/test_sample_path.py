"""Before any formula: the service begins each case exactly when the Kiefer-Wolfowitz recursion says.

The same arrivals and works go through both; no statistics are involved, so nothing wrong can hide in noise. The only
tolerance is rounding: work left over midnight is kept as hours, and a day has about 1e-16 of relative error.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.columns import RESOLVED
from tests.analytic.queues import kiefer_wolfowitz, works
from tests.worlds import Office, poisson, serve, small_world

ROUNDING = 1e-9


@pytest.mark.parametrize(
    ("rate", "hours", "servers"), [(0.8, 24.0, 1), (20.0, 5.4, 5), (134.0, 4.8, 30), (134.0, 5.6, 30), (3.0, 24.0, 60)]
)
@pytest.mark.parametrize("form", [0.0, 1.0, 2.0], ids=["exponential", "fixed", "lognormal"])
def test_every_case_begins_when_the_recursion_says(rate: float, hours: float, servers: int, form: float) -> None:
    numbers = {"service.work_hours": hours, "service.work_form": form, "service.work_cv2": 2.0}
    world = small_world(numbers, (Office((servers,)),))
    days = max(int(2_000 / rate), 20)
    coming = serve(world, poisson(rate, days), days + 20)
    expected = kiefer_wolfowitz(coming.voiced, works(world, coming.id) / 24.0, servers)
    begun = expected < days + 20
    assert begun.sum() > 1_000
    np.testing.assert_allclose(coming.first[begun], expected[begun], rtol=0.0, atol=ROUNDING)
    assert (coming.first[~begun] < 0.0).all()


def test_shifts_weekends_and_nights_only_stop_the_clock() -> None:
    """With an eight-hour shift on five days, the recursion holds in working time."""
    numbers = {
        "hours.week": 40.0, "hours.workdays": 5.0, "hours.shift_start": 9.0, "hours.shift_hours": 8.0,
        "service.work_hours": 5.5,
    }  # fmt: skip
    world = small_world(numbers, (Office((4,)),))
    days = 7 * 60
    coming = serve(world, poisson(3.9, days), days)

    def working_time(t: np.ndarray) -> np.ndarray:
        day = np.floor(t)
        before = 5.0 * np.floor(day / 7.0) + np.minimum(day % 7, 5.0)
        within = np.clip((t - day) * 24.0 - 9.0, 0.0, 8.0) / 8.0
        return before + np.where(day % 7 < 5, within, 0.0)

    expected = kiefer_wolfowitz(working_time(coming.voiced), works(world, coming.id) / 8.0, 4)
    begun = coming.first >= 0.0
    assert begun.sum() > 1_200
    np.testing.assert_allclose(working_time(coming.first[begun]), expected[begun], rtol=0.0, atol=ROUNDING)
    assert (coming.first[begun] >= coming.voiced[begun]).all()
    ended = coming.state == RESOLVED
    np.testing.assert_allclose(coming.worked[ended], works(world, coming.id)[ended], rtol=1e-9)


def test_speed_that_changes_from_day_to_day_changes_the_works_of_that_day_only() -> None:
    """A single worker whose share of hours for cases alternates: served work is the integral of the speed."""
    world = small_world({"service.work_hours": 30.0}, (Office((1,)),))
    coming = poisson(0.5, 300)
    shares = [1.0, 0.25, 0.5]
    done = np.concatenate([[0.0], np.cumsum([24.0 * shares[d % 3] for d in range(300)])])

    def share(world) -> None:
        world.case_share = shares[(world.tick + 1) % 3]

    serve(world, coming, 300, each_day=share)
    by_work = np.interp(coming.voiced, np.arange(301), done)
    expected = kiefer_wolfowitz(by_work, works(world, coming.id), 1)
    begun = coming.first >= 0.0
    assert begun.sum() > 100
    np.testing.assert_allclose(np.interp(coming.first[begun], np.arange(301), done), expected[begun], atol=1e-7)
