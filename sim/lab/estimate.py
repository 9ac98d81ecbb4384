"""How long a batch will take, told before it begins: from a few days of one run, on this machine, just now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sim.lab.design import Design, Task
from sim.lab.engine import Driver, Engine

ENOUGH_SECONDS = 1.5
ENOUGH_DAYS = 120
WARM_DAYS = 5
"""The first days also load the compiled code; they are not timed."""
KEEPING = 0.5
"""Seconds to sum up and store a run; measured at the full size of Xicheng."""
START_UP = 4.0
"""Seconds for a worker process to begin (imports and compiled code); assumed, and small beside any batch."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a simulated day takes on one core, and seconds to build a community."""

    day: float
    building: float


class _Enough(Exception):
    """The measurement has seen enough days."""


class _Watch:
    """A progress hook that times the days of a run and ends it early."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.first: tuple[float, int] | None = None
        self.last: tuple[float, int] = (self.began, 0)
        self.calls = 0

    def __call__(self, *arguments: Any) -> None:
        self.calls += 1
        done = int(arguments[0]) if arguments and isinstance(arguments[0], (int, float)) else self.calls
        self.last = (time.perf_counter(), done)
        if self.first is None:
            if self.calls > WARM_DAYS:
                self.first = self.last
            return
        if self.last[0] - self.first[0] > ENOUGH_SECONDS or self.last[1] - self.first[1] >= ENOUGH_DAYS:
            raise _Enough


def measure(engine: Engine, scenario: Any, seed: int, driver: Driver) -> Pace | None:
    """Time some days of a run, which also compiles and caches what every worker will need.

    Returns
    -------
    Pace or None
        None if the run was too short to tell. An error of the run itself is left for the batch to meet.
    """
    watch = _Watch()
    try:
        engine.simulate(scenario, seed, None, driver, progress=watch)
    except _Enough:
        pass
    except Exception:
        return None
    if watch.first is None or watch.last[1] <= watch.first[1]:
        return None
    day = (watch.last[0] - watch.first[0]) / (watch.last[1] - watch.first[1])
    # The build is done again in every run; how much of the time before the first day was loading code is not
    # known, so the build is taken to cost as much as some days do.
    return Pace(day, min(watch.first[0] - watch.began, 60.0 * day))


def expected_seconds(design: Design, tasks: list[Task], pace: Pace, jobs: int, branched: bool) -> float:
    """Seconds that tasks should take on some processes.

    Parameters
    ----------
    branched
        Whether the runs of a task share one burn-in.
    """
    work = []
    for task in tasks:
        scenarios = [design.scenarios[key.scenario] for key in task.runs]
        own = sum(scenario.horizon if design.days is None else design.days for scenario in scenarios)
        burn_ins = scenarios[:1] if branched else scenarios
        work.append(
            pace.day * (own + sum(s.burn_in for s in burn_ins)) + (pace.building + KEEPING) * len(scenarios)
        )
    if not work:
        return 0.0
    busy = max(sum(work) / min(jobs, len(work)), max(work))
    return busy + (START_UP if jobs > 1 else 0.0)


def spoken(seconds: float) -> str:
    """A length of time as people say it: "about 40 seconds", "about 6 minutes", "about 2 h 10 min"."""
    if seconds < 2.0:
        return "a second or two"
    if seconds < 90.0:
        return f"about {max(5 * round(seconds / 5), 2):.0f} seconds"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60):.0f} minutes"
    hours, minutes = divmod(round(seconds / 600) * 10, 60)
    return f"about {hours} h {minutes:02d} min"
