"""A batch keeps every run it finished, whatever happens to the others."""

import pytest

from sim.lab.design import Design
from sim.lab.runner import run_batch
from sim.lab.store import Store
from sim.lab.worlds import World
from tests import fakes

NAMES = ("baseline", "workforce", "online_channel")


def design(names=NAMES, worlds=3, **changes):
    return Design(
        "toy",
        {s.name: s for s in fakes.scenarios(*names, **changes)},
        worlds=tuple(World(f"w{i}", {"trust.gain": 0.01 * (i + 1)}) for i in range(worlds)),
    )


def content(store, plan):
    """What is stored, without the seconds it took."""
    import pandas as pd

    return {key.id: pd.read_parquet(store.run_file(key.id)).to_csv() for key in plan.keys("1")}


def test_all_runs_land_in_the_store(tmp_path):
    summary = run_batch(design(), Store(tmp_path), fakes.FakeEngine())
    assert (summary.total, summary.done, summary.kept, summary.failures) == (9, 9, 0, {})


def test_two_processes_give_the_same_runs_as_one(tmp_path):
    plan = design()
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    run_batch(plan, one, fakes.FakeEngine())
    assert run_batch(plan, two, fakes.FakeEngine(), jobs=2).done == 9
    assert content(one, plan) == content(two, plan)


def test_a_burn_in_is_run_once_for_each_world_and_branched(tmp_path):
    log = []
    run_batch(design(), Store(tmp_path), fakes.FakeEngine(log=log))
    assert [entry[0] for entry in log] == ["burn_in", *NAMES] * 3
    states = [entry[2] for entry in log if entry[0] != "burn_in"]
    assert states[0] == states[1] == states[2] == ("state", 1, 0.01) and states[3] == ("state", 2, 0.02)


def test_a_run_alone_needs_no_branching(tmp_path):
    log = []
    run_batch(design(names=("baseline",), worlds=1), Store(tmp_path), fakes.FakeEngine(log=log))
    assert log == [("baseline", 1, None)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_fails_is_recorded_and_loses_no_other(tmp_path, jobs):
    store = Store(tmp_path)
    summary = run_batch(design(), store, fakes.FakeEngine(fails=("workforce",)), jobs=jobs)
    assert summary.done == 6 and len(summary.failures) == 3
    record = next(iter(summary.failures.values()))
    assert (
        record["error"] == "ValueError: workforce cannot be simulated" and "Traceback" in record["traceback"]
    )


def test_a_failed_run_is_tried_again_when_the_batch_is(tmp_path):
    store = Store(tmp_path)
    run_batch(design(), store, fakes.FakeEngine(fails=("workforce",)))
    log = []
    summary = run_batch(design(), store, fakes.FakeEngine(log=log))
    assert (summary.done, summary.kept, summary.failures) == (9, 6, {})
    assert {entry[0] for entry in log} == {"workforce"}


def test_a_killed_process_loses_only_the_run_that_kills_it(tmp_path):
    summary = run_batch(design(worlds=2), Store(tmp_path), fakes.FakeEngine(kills=("workforce",)), jobs=2)
    assert summary.done == 4
    assert {record["scenario"] for record in summary.failures.values()} == {"workforce"}
    assert "ended without a word" in next(iter(summary.failures.values()))["error"]


def test_ctrl_c_leaves_finished_runs_and_the_next_batch_goes_on_from_them(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        run_batch(design(), store, fakes.FakeEngine(interrupts=("workforce",)))
    summary = run_batch(design(), store, fakes.FakeEngine())
    assert (summary.kept, summary.done) == (1, 9)
    undisturbed = Store(tmp_path / "other")
    run_batch(design(), undisturbed, fakes.FakeEngine())
    assert content(store, design()) == content(undisturbed, design())


def test_progress_counts_up_and_says_the_time_left(tmp_path):
    seen = []
    run_batch(design(), Store(tmp_path), fakes.FakeEngine(), progress=seen.append, expected=9.0)
    assert [p.done for p in seen] == [*range(10), 9]
    assert seen[0].left == pytest.approx(9.0, abs=0.5) and seen[-1].left == 0.0 and seen[-1].total == 9


def test_a_batch_of_which_everything_is_there_does_nothing(tmp_path):
    store = Store(tmp_path)
    run_batch(design(), store, fakes.FakeEngine())
    log = []
    assert run_batch(design(), store, fakes.FakeEngine(log=log)).kept == 9
    assert log == []
