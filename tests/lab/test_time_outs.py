"""A run ends as ok, failed or timed out, and what becomes of one is nothing to the others."""

import csv
import json

import pytest

from sim.errors import RunError
from sim.lab.runner import run_batch
from sim.lab.running import Running
from sim.lab.store import Store
from tests import fakes
from tests.lab import batches

LIMIT = 0.3


def statuses(folder):
    with (folder / "runs.csv").open() as file:
        return {(row["scenario"], row["world"]): (row["status"], row["error"]) for row in csv.DictReader(file)}


@pytest.mark.parametrize(("executor", "jobs"), [("serial", 1), ("local", 1), ("local", 2)])
def test_a_run_that_takes_too_long_is_ended_and_the_others_go_on(tmp_path, executor, jobs):
    engine = fakes.FakeEngine(slow=("workforce",), fails=("online_channel",))
    plan = batches.design(worlds=2)
    summary = batches.conclude(tmp_path, engine, jobs, plan, running=Running(executor, LIMIT))
    assert (summary.done, len(summary.failures), summary.timed_out) == (2, 4, 2)
    for world in ("w0", "w1"):
        found = statuses(tmp_path)
        assert found["baseline", world] == ("ok", "")
        assert found["workforce", world] == ("timed_out", "took longer than 0.3 s")
        assert found["online_channel", world] == ("failed", "ValueError: online_channel cannot be simulated")
    records = [json.loads(path.read_text()) for path in (tmp_path / "failures").glob("*.json")]
    kinds = {record["scenario"]: record["kind"] for record in records}
    assert kinds == {"workforce": "timed_out", "online_channel": "failed"}
    assert all("Traceback" in record["traceback"] for record in records)


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_run_that_hangs_has_its_process_ended(tmp_path, executor):
    plan = batches.design(worlds=1)
    engine = fakes.FakeEngine(hangs=("workforce",))
    summary = batches.conclude(tmp_path, engine, 1, plan, running=Running(executor, LIMIT))
    assert (summary.done, summary.timed_out) == (2, 1)
    assert statuses(tmp_path)["workforce", "w0"] == ("timed_out", "took longer than 0.3 s")
    (record,) = summary.failures.values()
    assert "in hang" in record["traceback"]  # where it hung
    assert not list((tmp_path / "failures").glob(".*"))


@pytest.mark.parametrize("how", [{"slow_burn_in": 0.5}, {"hanging_burn_in": True}])
def test_a_shared_burn_in_that_takes_too_long_is_what_became_of_its_runs(tmp_path, how):
    plan = batches.design(worlds=1)
    summary = run_batch(plan, Store(tmp_path), fakes.FakeEngine(**how), running=Running("local", LIMIT))
    assert (summary.done, summary.timed_out) == (0, 3)


def test_a_run_that_timed_out_is_tried_again_and_the_tables_are_as_if_it_had_not(tmp_path, undisturbed):
    summary = batches.conclude(
        tmp_path, fakes.FakeEngine(slow=("workforce",)), running=Running("serial", 0.05)
    )
    assert summary.timed_out == 8
    assert batches.conclude(tmp_path).kept == 16
    assert batches.tables(tmp_path) == undisturbed


def test_a_marker_left_by_a_killed_batch_says_nothing_about_the_next(tmp_path):
    (tmp_path / "failures").mkdir()
    key = next(iter(batches.design().keys("1")))
    (tmp_path / "failures" / f".{key.id}.hung").write_text(f"{key.id}\nTimeout!\n")
    assert run_batch(batches.design(), Store(tmp_path), fakes.FakeEngine()).failures == {}
    assert not list((tmp_path / "failures").glob(".*"))


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("how", [{"fails": ("workforce",)}, {"slow": ("workforce",)}])
def test_the_first_failure_can_end_the_batch_and_the_next_goes_on(tmp_path, undisturbed, jobs, how):
    engine = fakes.FakeEngine(seconds=0.02, **how)
    with pytest.raises(RunError) as error:
        batches.conclude(tmp_path, engine, jobs, running=Running("local", LIMIT, "stop"))
    said = str(error.value)
    assert said.startswith("Stopped at the first failure: workforce, world w") and "--on-error continue" in said
    found = [status for status, _ in statuses(tmp_path).values()]
    bad = found.count("failed") + found.count("timed_out")
    assert 1 <= bad <= jobs and found.count("missing") > 10
    kept = found.count("ok")
    assert f"{kept} of 24 runs are finished" in said
    assert not (tmp_path / "effects.parquet").exists()
    assert batches.conclude(tmp_path).kept == kept
    assert batches.tables(tmp_path) == undisturbed


def test_watching_the_clock_changes_no_table(tmp_path, undisturbed):
    batches.conclude(tmp_path, jobs=2, running=Running("local", 60.0, "stop"))
    assert batches.tables(tmp_path) == undisturbed
