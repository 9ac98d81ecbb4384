"""The time a batch takes is told beforehand, from days that were really timed."""

import pytest

from sim.lab.design import Design
from sim.lab.estimate import KEEPING, START_UP, Pace, expected_seconds, measure, spoken
from sim.lab.worlds import World
from tests import fakes


def tasks(worlds=4, jobs=1):
    plan = Design(
        "toy",
        {s.name: s for s in fakes.scenarios("baseline", "workforce")},
        worlds=tuple(World(f"w{i}", {"trust.gain": 0.01 * (i + 1)}) for i in range(worlds)),
    )
    return plan, plan.tasks("1", fakes.FakeEngine().branch_key, jobs=jobs)


def test_a_shared_burn_in_is_counted_once():
    plan, work = tasks()
    # 4 worlds, each 30 days of burn-in and twice 60 days
    assert expected_seconds(plan, work, Pace(1.0, 0.0), 1, True) == pytest.approx(4 * (150 + 2 * KEEPING))
    assert expected_seconds(plan, work, Pace(1.0, 0.0), 1, False) == pytest.approx(4 * (180 + 2 * KEEPING))


def test_more_processes_take_less_but_never_less_than_one_task():
    plan, work = tasks()
    one = expected_seconds(plan, work, Pace(1.0, 0.0), 1, True)
    assert expected_seconds(plan, work, Pace(1.0, 0.0), 2, True) == pytest.approx(one / 2 + START_UP)
    assert expected_seconds(plan, work, Pace(1.0, 0.0), 99, True) == pytest.approx(one / 4 + START_UP)


def test_nothing_takes_no_time():
    plan, _ = tasks()
    assert expected_seconds(plan, [], Pace(1.0, 0.0), 2, True) == 0.0


class Clockwork(fakes.FakeEngine):
    """Each day takes a hundredth of a second; the first one, which loads code, much longer."""

    def simulate(self, scenario, seed, days, driver, state=None, progress=None, threads=1):
        import time

        for day in range(400):
            time.sleep(0.3 if day == 0 else 0.01)
            progress(day + 1, 400)
        raise AssertionError("the measurement did not stop early")


def test_the_pace_is_that_of_the_days_without_what_is_loaded_first():
    pace = measure(Clockwork(), fakes.scenarios("baseline")[0], 1, "compiled")
    assert 0.01 <= pace.day < 0.05


def test_a_run_that_fails_is_left_for_the_batch_to_meet():
    assert (
        measure(fakes.FakeEngine(fails=("baseline",)), fakes.scenarios("baseline")[0], 1, "compiled") is None
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "a second or two"),
        (33, "about 35 seconds"),
        (400, "about 7 minutes"),
        (7800, "about 2 h 10 min"),
    ],
)
def test_times_are_said_as_people_say_them(seconds, words):
    assert spoken(seconds) == words
