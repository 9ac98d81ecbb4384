"""A real Dask cluster does the runs, loses a worker or its scheduler, and the tables are those of one process."""

import os
import signal

import pytest

from sim.errors import RunError, UsageError
from sim.lab.running import Running
from tests import fakes
from tests.lab import batches
from tests.lab.clusters import cluster

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")


def at(runs, action):
    """A progress hook that does something once, when so many runs are there."""
    done = []

    def hook(progress):
        if progress.done >= runs and not done:
            done.append(action())

    return hook


def test_a_worker_that_is_killed_in_mid_batch_changes_no_table(tmp_path, undisturbed):
    with cluster(tmp_path) as dask:
        doomed, other = dask.worker(), dask.worker()
        said, seen = [], []
        kill = at(6, lambda: seen.append(doomed.poll()) or os.kill(doomed.pid, signal.SIGKILL))
        engine, running = fakes.FakeEngine(seconds=0.1), Running(dask.executor)
        summary = batches.conclude(
            tmp_path / "out", engine, None, running=running, progress=kill, say=said.append
        )
        assert seen == [None] and doomed.wait() == -signal.SIGKILL and other.poll() is None
    assert (summary.done, summary.failures) == (24, {})
    assert f"on the cluster at {dask.executor}" in said[1]
    assert batches.tables(tmp_path / "out") == undisturbed


@pytest.mark.parametrize(("blow", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_command_that_is_ended_leaves_finished_runs_and_a_cluster_for_the_next(tmp_path, undisturbed, blow, status):
    with cluster(tmp_path) as dask:
        dask.worker()
        batch = batches.begin(tmp_path, dask.executor)
        os.kill(batch.pid, blow)
        _, errors = batch.communicate(timeout=60)
        assert batch.returncode == status and b"Traceback" not in errors
        kept = len(batches.kept(tmp_path / "out"))
        assert 3 <= kept < 24
        assert batches.conclude(tmp_path / "out", jobs=None, running=Running(dask.executor)).kept == kept
    assert batches.tables(tmp_path / "out") == undisturbed


def test_failures_and_time_outs_on_a_cluster_are_recorded_as_at_home(tmp_path):
    engine = fakes.FakeEngine(slow=("workforce",), fails=("online_channel",))
    plan = batches.design(worlds=2)
    with cluster(tmp_path) as dask:
        dask.worker()
        batches.conclude(tmp_path / "away", engine, None, plan, running=Running(dask.executor, 0.3))
    summary = batches.conclude(tmp_path / "home", engine, 1, plan, running=Running("serial", 0.3))
    assert (summary.done, summary.timed_out) == (2, 2)
    assert batches.tables(tmp_path / "away") == batches.tables(tmp_path / "home")


def test_a_run_that_hangs_costs_one_worker_and_is_known_to_the_next(tmp_path):
    plan = batches.design(worlds=1)
    with cluster(tmp_path) as dask:
        dask.worker()
        dask.worker()
        hanging = fakes.FakeEngine(hangs=("workforce",))
        summary = batches.conclude(tmp_path / "out", hanging, None, plan, running=Running(dask.executor, 0.5))
    assert (summary.done, summary.timed_out, len(summary.failures)) == (2, 1, 1)
    (record,) = summary.failures.values()
    assert record["scenario"] == "workforce" and "in hang" in record["traceback"]


@pytest.mark.slow
def test_a_run_that_ends_every_worker_it_meets_fails_and_the_others_do_not(tmp_path):
    plan = batches.design(worlds=2)
    with cluster(tmp_path) as dask:
        for _ in range(2):
            dask.worker(nanny=True)
        killing = fakes.FakeEngine(kills=("workforce",))
        summary = batches.conclude(tmp_path / "out", killing, None, plan, running=Running(dask.executor))
    assert {record["scenario"] for record in summary.failures.values()} == {"workforce"}
    assert (summary.done, len(summary.failures)) == (4, 2)
    assert all("without a word" in record["error"] for record in summary.failures.values())


def test_a_lost_scheduler_ends_the_batch_with_one_clear_answer_and_the_runs_are_kept(tmp_path, undisturbed):
    with cluster(tmp_path) as dask:
        dask.worker()
        engine, running, kill = fakes.FakeEngine(seconds=0.1), Running(dask.executor), at(3, dask.scheduler.kill)
        with pytest.raises(RunError, match="the connection to the cluster at .* was lost. Finished runs are kept"):
            batches.conclude(tmp_path / "out", engine, None, running=running, progress=kill)
    kept = len(batches.kept(tmp_path / "out"))
    assert 3 <= kept < 24
    assert batches.conclude(tmp_path / "out").kept == kept
    assert batches.tables(tmp_path / "out") == undisturbed


def test_a_cluster_that_lost_all_its_workers_is_not_waited_for_without_end(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr("sim.lab.cluster.WORKERLESS", 1.0)
    monkeypatch.setattr("sim.lab.cluster.COUNT_EVERY", 0.2)
    with cluster(tmp_path) as dask:
        only = dask.worker()
        engine, running, kill = fakes.FakeEngine(seconds=0.1), Running(dask.executor), at(3, only.kill)
        with pytest.raises(RunError, match="had no worker for 1 s. Finished runs are kept.*the same command goes on"):
            batches.conclude(tmp_path / "out", engine, None, running=running, progress=kill)
        kept = len(batches.kept(tmp_path / "out"))
        assert 3 <= kept < 24
        assert "broken off: RunError: the cluster" in (tmp_path / "out" / "log.txt").read_text()
        dask.worker()
        assert batches.conclude(tmp_path / "out", jobs=None, running=running).kept == kept
    assert batches.tables(tmp_path / "out") == undisturbed


def test_a_worker_that_comes_in_time_ends_the_wait(tmp_path, undisturbed, monkeypatch):
    monkeypatch.setattr("sim.lab.cluster.COUNT_EVERY", 0.2)
    with cluster(tmp_path) as dask:
        only = dask.worker()
        change = at(3, lambda: (only.kill(), only.wait(), dask.worker()))
        engine, running = fakes.FakeEngine(seconds=0.1), Running(dask.executor)
        assert batches.conclude(tmp_path / "out", engine, None, running=running, progress=change).done == 24
    assert batches.tables(tmp_path / "out") == undisturbed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"FAKE_VERSION": "2"}, "has other sources of cgsim"),
        ({"threads": 2}, "--nthreads 1"),
    ],
)
def test_a_worker_that_would_give_other_numbers_is_refused(tmp_path, options, said):
    with cluster(tmp_path) as dask:
        dask.worker(**options)
        with pytest.raises(UsageError, match=said):
            batches.conclude(tmp_path / "out", jobs=None, running=Running(dask.executor))


def test_where_no_scheduler_answers_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.lab.cluster.ANSWER_WITHIN", 0.5)
    with pytest.raises(UsageError, match="dask://127.0.0.1:1: no Dask scheduler answers there"):
        batches.conclude(tmp_path / "out", jobs=None, running=Running("dask://127.0.0.1:1"))
    assert not (tmp_path / "out").exists()


def test_without_the_extra_it_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError, match=r"needs the extra `cluster`: pip install"):
        batches.conclude(tmp_path / "out", jobs=None, running=Running("dask://127.0.0.1:1"))
