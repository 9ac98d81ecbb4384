"""Doing the runs of a design: in this process or several, each stored the moment it is finished.

The store is the only truth about what is done. Progress is read from it, a batch that is started again does what
it lacks, and no run waits for another to be kept.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from sim.errors import RunError, UsageError
from sim.lab.design import Design, Task
from sim.lab.engine import Engine
from sim.lab.executors import process_executor, stop
from sim.lab.store import RunKey, Store

LOOK_EVERY = 0.5
"""Seconds between two looks at what is finished."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: runs done well, failed, and in all; seconds so far, and about to come (or None)."""

    done: int
    failed: int
    total: int
    seconds: float
    left: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How a batch ended.

    ``kept`` runs were there already; ``failures`` are the records of those that failed, by id.
    """

    total: int
    done: int
    kept: int
    seconds: float
    failures: dict[str, dict[str, Any]]


ProgressHook = Callable[[Progress], None]


def run_batch(
    design: Design,
    store: Store,
    engine: Engine,
    jobs: int = 1,
    progress: ProgressHook | None = None,
    expected: float | None = None,
) -> Summary:
    """Do the runs of a design that the store lacks.

    Parameters
    ----------
    design, store, engine
        What to run, where it lands, and with what.
    jobs
        Processes; with 1 everything happens in this one.
    progress
        Told about every half second how far it is.
    expected
        Seconds the batch should take, for the time left until runs have been finished.

    Returns
    -------
    Summary
        Failed runs are in it; they do not raise, and lose no others.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C, with all processes ended and every finished run in the store.
    """
    if jobs < 1:
        raise UsageError(f"jobs: at least 1, not {jobs}")
    batch = _Batch(design, store, engine, progress, expected)
    batch.report()
    if jobs == 1:
        for task in batch.tasks(1):
            for _ in execute(design, store, engine, task):
                batch.report()
    else:
        _in_processes(batch, jobs)
    batch.report()
    failures = store.failures(batch.ids)
    done = len(store.finished(batch.ids))
    return Summary(len(batch.ids), done, batch.kept, time.monotonic() - batch.began, failures)


def execute(design: Design, store: Store, engine: Engine, task: Task) -> Iterator[RunKey]:
    """Do the runs of one task, storing each; yields after every run, whether it went well or failed."""
    state: Any = None
    shared: BaseException | None = None
    if len(task.runs) > 1:
        try:
            scenario = design.in_world(task.runs[0].scenario, task.world)
            state = engine.burn_in(scenario, task.seed, design.driver)
        except Exception as error:
            shared = error
    for key in task.runs:
        began = time.monotonic()
        try:
            if shared is not None:
                raise shared
            scenario = design.in_world(key.scenario, task.world)
            run = engine.simulate(scenario, task.seed, design.days, design.driver, state)
        except Exception as error:
            store.write_failure(key, error)
        else:
            # Not guarded: a full disk is not this run's fault, and the next run would meet it too.
            store.write_run(key, run, time.monotonic() - began)
        yield key


class _Batch:
    """What is planned, what was there before, and how to say how far it is."""

    def __init__(
        self,
        design: Design,
        store: Store,
        engine: Engine,
        progress: ProgressHook | None,
        expected: float | None,
    ) -> None:
        self.design, self.store, self.engine = design, store, engine
        self.version = engine.code_version()
        self.ids = [key.id for key in design.keys(self.version)]
        self.kept = len(store.finished(self.ids, thorough=True))
        for run_id in self.ids:
            store.failure_file(run_id).unlink(missing_ok=True)
        self.began = time.monotonic()
        self.progress, self.expected = progress, expected

    def settled(self) -> set[str]:
        """Runs that are finished or have failed in this batch."""
        return self.store.finished(self.ids) | set(self.store.failures(self.ids))

    def tasks(self, jobs: int) -> list[Task]:
        """What is left to do."""
        return self.design.tasks(self.version, self.engine.branch_key, self.settled(), jobs)

    def report(self) -> None:
        """Tell the progress hook how far it is."""
        if self.progress is None:
            return
        done, failed = len(self.store.finished(self.ids)), len(self.store.failures(self.ids))
        seconds = time.monotonic() - self.began
        new = done + failed - self.kept
        left: float | None = None
        if new > 0:
            left = seconds / new * (len(self.ids) - done - failed)
        elif self.expected is not None:
            left = max(0.0, self.expected - seconds)
        self.progress(Progress(done, failed, len(self.ids), seconds, left))


def _in_processes(batch: _Batch, jobs: int) -> None:
    """Do what is left in processes; start new ones where one was killed.

    If a set of processes dies without having finished anything, the next works alone, so that it is known which
    run ends its process; that run is recorded as failed, and the others go on.
    """
    alone = False
    while tasks := batch.tasks(1 if alone else jobs):
        before = len(batch.settled())
        if alone:
            tasks = [Task(tasks[0].world, tasks[0].seed, tasks[0].runs[:1])]
        if _one_pool(batch, tasks, min(jobs, len(tasks))):
            alone = False
            continue
        if len(batch.settled()) > before:
            alone = False
        elif alone:
            batch.store.write_failure(
                tasks[0].runs[0],
                RunError("the process that did this run ended without a word (killed, or out of memory)"),
            )
            alone = False
        else:
            alone = True


def _one_pool(batch: _Batch, tasks: list[Task], jobs: int) -> bool:
    """Do tasks in one set of processes; False if a process was killed on the way."""
    try:
        pool = process_executor(jobs, _hold, (batch.design, batch.store, batch.engine))
    except BrokenProcessPool:
        raise RunError(
            "worker processes could not be started. In a script of your own, put the call under "
            '`if __name__ == "__main__":`; or use one process (jobs=1)'
        ) from None
    try:
        waiting: set[Future[None]] = {pool.submit(_work, task) for task in tasks}
        while waiting:
            ended, waiting = wait(waiting, LOOK_EVERY, FIRST_COMPLETED)
            batch.report()
            for future in ended:
                future.result()
    except BrokenProcessPool:
        stop(pool)
        return False
    except BaseException:
        stop(pool)
        raise
    pool.shutdown()
    return True


# What a worker process holds from its beginning to its end; scenarios need not travel with each task.
_HELD: list[tuple[Design, Store, Engine]] = []


def _hold(design: Design, store: Store, engine: Engine) -> None:
    """Take what a worker needs, once."""
    engine.prepare()
    _HELD[:] = [(design, store, engine)]


def _work(task: Task) -> None:
    """Do one task in a worker."""
    for _ in execute(*_HELD[0], task):
        pass


def default_jobs() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
