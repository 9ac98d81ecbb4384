"""Who may do the runs, and with how many processes and threads."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.errors import UsageError
from sim.lab import executors
from sim.lab.executors import chosen, process_executor
from sim.lab.interrupts import undisturbed
from sim.lab.runner import run_batch
from sim.lab.running import Running
from sim.lab.store import Store
from sim.lab.work import do, packed
from tests.fakes import FakeEngine
from tests.lab import batches


@pytest.mark.parametrize(
    ("asked", "is_"),
    [
        (("local", 3), ("local", "", 3)),
        (("serial", None), ("serial", "", 1)),
        (("mpi", None), ("mpi", "", None)),
        (("mpi", 8), ("mpi", "", 8)),
        (("dask://host.example:8786", None), ("dask", "host.example:8786", None)),
        (("dask://[::1]:8786", None), ("dask", "[::1]:8786", None)),
    ],
)
def test_an_executor_is_chosen_by_its_name_or_address(asked, is_):
    where = chosen(*asked)
    assert (where.kind, where.address, where.jobs) == is_


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("locla", None), "allowed: serial, local, mpi, or dask://HOST:PORT; did you mean 'local'"),
        (("dask://host", None), "allowed: serial"),
        (("tcp://host:1", None), "allowed: serial"),
        (("serial", 2), "jobs cannot be 2"),
        (("dask://host:1", 2), "leave jobs out"),
        (("local", 0), "at least 1"),
    ],
)
def test_others_are_refused_with_what_is_allowed(asked, said):
    with pytest.raises(UsageError, match=said):
        chosen(*asked)


class Elsewhere:
    """A pool of some other executor: it has no folder and sends back what it did."""

    gone = ()
    begun = []

    def __init__(self, size, work):
        self.size, self.parcel = size, packed(work)
        self.executor = ThreadPoolExecutor(2)
        self.begun.append(self)
        self.tasks = []

    def submit(self, task):
        self.tasks.append(len(task.runs))
        return self.executor.submit(do, self.parcel, task)

    def heed(self):
        """Nothing of it can be lost."""

    def close(self, now):
        self.executor.shutdown(cancel_futures=now)


@pytest.mark.parametrize(
    ("size", "names", "sizes"),
    [(1, batches.NAMES, [3]), (3, batches.NAMES, [1, 1, 1]), (1, [f"s{i}" for i in range(20)], [16, 4])],
)
def test_tasks_are_cut_so_that_none_stands_idle_and_little_is_lost(tmp_path, monkeypatch, size, names, sizes):
    monkeypatch.setattr("sim.lab.cluster.begin_pool", lambda where, work: Elsewhere(size, work))
    plan = batches.design(names, worlds=1)
    assert run_batch(plan, Store(tmp_path), FakeEngine(), None, running=Running("mpi")).done == len(names)
    assert Elsewhere.begun[-1].tasks == sizes
    assert len(batches.kept(tmp_path, plan)) == len(names)


def settings(_=None):
    return os.environ.get("OMP_NUM_THREADS"), os.environ.get("NUMBA_NUM_THREADS")


@pytest.mark.parametrize(("jobs", "threads"), [(2, ("1", "1")), (1, ("3", None))])
def test_several_processes_have_one_thread_each_and_one_has_the_users_setting(monkeypatch, jobs, threads):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    with process_executor(jobs, settings, ()) as pool:
        assert pool.submit(settings).result() == threads
    assert settings() == ("3", None)


@pytest.mark.parametrize(
    ("quota", "jobs"), [("max 100000", 8), ("200000 100000", 2), ("50000 100000", 1), ("3200000 100000", 8)]
)
def test_a_container_uses_its_share_of_the_processors(monkeypatch, tmp_path, quota, jobs):
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(executors, "SHARE", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert executors.default_jobs() == jobs


def test_tidying_up_does_not_mind_ctrl_c_and_what_follows_does():
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, handler)
