"""What a batch will take is told before it starts, from what is really there, and nothing is written."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sim.lab.design import Design
from sim.lab.executors import Where
from sim.lab.plan import make_plan, timed
from sim.lab.precision import plan_precision
from sim.lab.runner import run_batch
from sim.lab.size import PARENT, said, size
from sim.lab.store import Store
from sim.lab.worlds import World
from sim.scenario import load_scenario
from tests import fakes


def design(worlds=4, goal=None):
    scenarios = {s.name: s for s in fakes.scenarios("baseline", "workforce")}
    many = tuple(World(f"w{i}", {"trust.gain": 0.01 * (i + 1)}) for i in range(worlds))
    return Design("toy", scenarios, worlds=many, draw="sobol", precision=goal)


def growing(**more):
    return design(32, plan_precision({"trust": 0.01}, "sobol", 2, **{"budget": 64, **more}))


def test_a_fixed_design_is_one_stage(tmp_path):
    plan = make_plan(design(), Store(tmp_path / "out"), fakes.FakeEngine(), Where("local", jobs=2), 2)
    assert plan.counts() == "2 scenarios, 4 parameter worlds, 1 seed each: 8 runs" and plan.looks() == []
    assert (plan.stages[0].runs, plan.stages[0].there, plan.processes) == (8, 0, 2)
    assert plan.where == "on 2 processes" and "not known yet" in plan.time()
    assert list(tmp_path.iterdir()) == []


def test_runs_that_are_there_are_counted_and_their_size_is_taken(tmp_path):
    store, engine = Store(tmp_path), fakes.FakeEngine()
    run_batch(design(3), store, engine)
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*"))
    plan = make_plan(design(4), store, engine, Where("local", jobs=1), 1)
    assert plan.counts().endswith("8 runs, of which 6 are there already") and plan.stages[0].tasks == 1
    real = [path.stat().st_size for path in (tmp_path / "runs").glob("*.parquet")]
    assert plan.size.run == sum(real) // len(real)
    assert before == sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*"))
    whole = timed(make_plan(design(3), store, engine, Where("local", jobs=1), 1), store, engine)
    assert whole.nothing_left and whole.time() == "Nothing is left to run."
    assert whole.as_data()["seconds"] == {"best": 0.0, "worst": 0.0}


def test_of_a_design_that_grows_the_best_and_the_worst_are_told(tmp_path):
    plan = make_plan(growing(), Store(tmp_path), fakes.FakeEngine(), Where("local", jobs=4), 4)
    assert plan.counts() == (
        "2 scenarios until every effect is known to within trust ±0.01: 16 to 64 runs in up to 3 looks"
    )
    assert [stage.runs for stage in plan.stages] == [16, 32, 64]
    assert [line.split(": ")[1] for line in plan.looks()] == [
        "8 parameter worlds, 1 seed each, 16 runs, intervals at 98.75%",
        "16 parameter worlds, 1 seed each, 32 runs, intervals at 98.75%",
        "32 parameter worlds, 1 seed each, 64 runs, intervals at 97.5%",
    ]
    more = make_plan(growing(looks=(8, 64)), Store(tmp_path), fakes.FakeEngine(), Where("local", jobs=4), 4)
    assert more.looks()[-1].strip() == "1 further look would take more than the budget of 64 runs"


class Clockwork(fakes.FakeEngine):
    """A day takes a hundredth of a second; scenarios last 90 days, of which two scenarios share 30."""

    def simulate(self, scenario, seed, days, driver, state=None, progress=None, threads=1):
        import time

        for day in range(400 if progress else 0):
            time.sleep(0.01)
            progress(day + 1, 400)
        return fakes.fake_run(scenario, seed, days)


def test_the_time_of_each_look_counts_those_before_it(tmp_path):
    store, engine = Store(tmp_path), Clockwork()
    plan = timed(make_plan(growing(), store, engine, Where("local", jobs=1), 1), store, engine)
    first, second, third = (stage.seconds for stage in plan.stages)
    # every world: 30 shared days and twice 60, and what a run takes beside its days
    world = 150 * plan.pace.day + 2 * (plan.pace.building + 0.5)
    assert 0.01 <= plan.pace.day < 0.1
    assert (first, second, third) == pytest.approx((8 * world, 16 * world, 32 * world))
    assert "at best" in plan.time() and "at worst" in plan.time()
    assert plan.as_data()["seconds"] == {"best": first, "worst": third}


def test_what_would_not_fit_is_said(tmp_path):
    plan = make_plan(design(), Store(tmp_path), fakes.FakeEngine(), Where("local", jobs=2), 2)
    assert "more" not in replace(plan, memory_free=10**12, disk_free=10**12).space()
    assert "more memory than the 100 MB available" in replace(plan, memory_free=10**8).space()
    assert "more disk than the 5 kB that are free" in replace(plan, disk_free=5000).space()


@pytest.mark.parametrize(
    ("count", "words"),
    [(94_000, "94 kB"), (999_900, "1.0 MB"), (23_456_789, "23 MB"), (2_345e6, "2.3 GB"), (3, "1 kB")],
)
def test_bytes_are_said_as_people_say_them(count, words):
    assert said(count) == words


def test_more_processes_share_what_they_load():
    (scenario, *_) = fakes.scenarios("baseline")
    one, four = size([scenario], None, 1), size([scenario], None, 4)
    assert one.together == one.each + PARENT
    assert 2 * one.each < four.together < 4 * one.each


MEASURE = """
import re
from pathlib import Path
from sim.analysis.compare import run_comparison
from sim.lab.engine import ModelEngine
from sim.lab.request import design_from_scenarios
from sim.scenario import load_scenario
sets = ["community=harbour_court", "burn_in=20", "horizon=90"]
scenarios = [load_scenario(name, sets) for name in ("baseline", "online_channel")]
run_comparison(design_from_scenarios(scenarios, seeds=1), Path("out"), ModelEngine(), jobs=1, fresh=True)
# Of this program alone: the resource usage that the system reports also counts the process it was begun from.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
runs = list(Path("out/runs").glob("*.parquet"))
print(peak * 1024, sum(path.stat().st_size for path in runs) / len(runs))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read where Linux tells it")
def test_memory_and_disk_of_a_real_batch_are_met_within_a_factor_of_one_and_a_half(tmp_path):
    def batch(script):
        answer = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        return [float(word) for word in answer.stdout.split()]

    # Where nothing is compiled yet that takes more memory than any batch does.
    batch(MEASURE.replace("horizon=90", "horizon=2").replace("burn_in=20", "burn_in=2"))
    memory, run = batch(MEASURE)
    sets = ["community=harbour_court", "burn_in=20", "horizon=90"]
    found = size([load_scenario("baseline", sets)], None, 1)
    assert 1 / 1.5 < found.together / memory < 1.5
    assert 1 / 1.5 < found.run / run < 1.5
