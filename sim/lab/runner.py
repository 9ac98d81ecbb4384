"""Doing the runs of a design: in this process, in several, or on a cluster, each stored the moment it is there.

The store is the only truth about what is done. A batch that is started again does what it lacks, and no run waits
for another to be kept.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait

from sim.errors import FEWER, CgsimWarning, NotFoundError, RunError
from sim.lab.batch import Batch, Progress, ProgressHook, Stop, Summary
from sim.lab.checksums import staged
from sim.lab.design import Design, Task
from sim.lab.ended import Ended, ended_badly
from sim.lab.engine import Engine
from sim.lab.executors import LocalPool, Pool, ShortOfMemory, Where, chosen, default_jobs
from sim.lab.files import write_json
from sim.lab.interrupts import heeding_signals, name_of
from sim.lab.log import note
from sim.lab.manifest import read_manifest
from sim.lab.origins import unlike_here
from sim.lab.provenance import surroundings
from sim.lab.run_file import made_with
from sim.lab.running import Running
from sim.lab.store import Store
from sim.lab.windows_only import WindowsOnly
from sim.lab.work import Work, execute, hung, sources

LOOK_EVERY = 0.5
"""Seconds between two looks at what is finished."""
LOOKING = 0.05
"""Share of the time that may go into looking: a folder of a million files takes a while to list."""
AHEAD = 2000
"""Tasks handed out at once; the rest waits here rather than in a scheduler's memory."""
MOST_RUNS = 16
"""Runs in a task that goes to another machine: what is lost with it, and sent back at once, stays small."""


def run_batch(
    design: Design,
    store: Store,
    engine: Engine,
    jobs: int | None = 1,
    progress: ProgressHook | None = None,
    expected: float | None = None,
    running: Running | None = None,
) -> Summary:
    """Do the runs of a design that the store lacks.

    Parameters
    ----------
    design, store, engine
        What to run, where it lands, and with what.
    jobs
        Processes; with 1 everything happens in this one (with a time-out, in one that can be ended).
    progress
        Told about every half second how far it is.
    expected
        Seconds the batch should take, for the time left until runs have been finished.
    running
        Executor, time-out, and whether a run that fails ends the batch.

    Returns
    -------
    Summary
        Failed runs are in it; they do not raise, and lose no others.

    Raises
    ------
    UsageError
        If the executor cannot be had.
    WriteError
        If the disk is full, with every finished run in the store.
    KeyboardInterrupt
        On Ctrl-C, SIGTERM or SIGHUP, with all processes ended and every finished run in the store.
    """
    running = running or Running()
    engine = WindowsOnly(engine) if design.windows_only else engine
    where = chosen(running.executor, jobs)
    work = Work(
        design,
        engine,
        sources(engine),
        store if where.here else None,
        running.timeout,
        kill=where.kind != "mpi",  # which would end all processes with one
        stop=running.on_error == "stop",
    )
    batch = Batch(work, store, progress, expected)
    note(store.folder, f"begun: {len(batch.ids)} runs, {batch.kept} of them there already; by {where}")
    _tell_mixture(batch)
    stopped = False
    try:
        with heeding_signals():
            _do_what_is_left(batch, where)
    except Stop:
        stopped = True
    except BaseException as error:
        said = name_of(error) if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        note(store.folder, f"broken off: {said}")
        raise
    batch.look(heed=False)
    done = len(batch.done)
    note(store.folder, f"{'stopped at a failure' if stopped else 'ended'}: {done} of {len(batch.ids)} runs are there")
    failures = store.failures(batch.ids)
    return Summary(len(batch.ids), done, batch.kept, time.monotonic() - batch.began, failures, stopped)


def _do_what_is_left(batch: Batch, where: Where) -> None:
    """Do the runs that are not there, where it was asked for."""
    batch.report()
    if not where.here:
        _on_cluster(batch, where)
    elif where.jobs == 1 and batch.work.timeout is None:
        for task in batch.tasks(1):
            for ended in execute(batch.work, task):
                batch.keep(ended)
    else:
        _in_processes(batch, where.jobs or 1)


def _tell_mixture(batch: Batch) -> None:
    """Say where runs that are there already were made with other libraries, or on another platform, than those to come.

    Their numbers may differ in the last bit. It is said on the terminal, in the log, and in the manifest for the page.
    """
    here = {**surroundings(), "code_version": batch.version}
    lines = unlike_here((made_with(batch.store.run_file(run_id)) for run_id in sorted(batch.done)), here)
    if not lines:
        return
    for line in lines:
        note(batch.store.folder, line)
    if not os.environ.get("CGSIM_QUIET"):
        told = "; ".join(lines)
        print(f"cgsim: {told}. They are kept; --fresh makes all of them anew.", file=sys.stderr, flush=True)
    with contextlib.suppress(NotFoundError):
        manifest = read_manifest(batch.store.folder)
        with staged(batch.store.folder, manifest["kind"]) as place:
            write_json(place / "manifest.json", {**manifest, "runs_made_otherwise": lines})


def _in_processes(batch: Batch, jobs: int) -> None:
    """Do what is left in local processes; start new ones where one was killed.

    Where memory runs out, half as many go on. If a set of processes dies without having finished anything, the next
    works alone, so that it is known which run ends its process; that run is recorded as failed, and the others go on.
    """
    alone = False
    while tasks := batch.tasks(1 if alone else jobs):
        before = len(batch.settled())
        was_alone, alone = alone, False
        if was_alone:
            tasks = _cut(tasks[:1], 1)[:1]
        number = min(jobs, len(tasks))
        pool: LocalPool | None = None
        try:
            pool = LocalPool(number, batch.work)
            if _drain(batch, tasks, pool):
                raise ShortOfMemory(f"there is not enough memory for a worker process; {FEWER}")
        except ShortOfMemory:
            if number == 1:
                raise
            jobs = _fewer(batch, number)
        except BrokenExecutor:
            for ended in hung(batch.store, batch.runs, batch.work.timeout or 0.0):
                batch.store.keep(ended)
            batch.look()
            if pool is not None and pool.killed and number > 1:
                jobs = _fewer(batch, number)
            if len(batch.settled()) == before:
                if was_alone:
                    batch.keep(_without_a_word(tasks[0]))
                else:
                    alone = True


def _fewer(batch: Batch, number: int) -> int:
    """Say that memory ran out, and return with how many processes the batch goes on."""
    fewer = max(1, number // 2)
    text = (
        f"{number} processes ran out of memory, or one of them was killed; the runs in flight are done again with "
        f"{fewer}. To begin with fewer: --jobs {fewer}"
    )
    note(batch.store.folder, text)
    warnings.warn(text, CgsimWarning, stacklevel=2)
    return fewer


def _on_cluster(batch: Batch, where: Where) -> None:
    """Do what is left on other machines.

    A scheduler gives up a task after several of its workers have died, but others that waited there are blamed with
    it. So tasks that were given up are done again run by run, and those given up then one at a time; a run that ends
    its workers even so has failed.
    """
    from sim.lab.cluster import begin_pool, lost_cluster

    tasks = batch.tasks(1)
    for most, ahead in ((MOST_RUNS, AHEAD), (1, AHEAD), (1, 1)):
        if not tasks:
            return
        try:
            pool = begin_pool(where, batch.work)
            if most > 1:
                tasks = batch.tasks(pool.size)
            tasks = _drain(batch, _cut(tasks, most), pool, ahead)
        except BrokenExecutor:
            raise RunError(f"{where} ended. Finished runs are kept; the same command goes on from there") from None
        except BaseException as error:
            if said := lost_cluster(error, where):
                raise said from error
            raise
    for task in tasks:
        batch.keep(_without_a_word(task))


def _drain(batch: Batch, tasks: Sequence[Task], pool: Pool, ahead: int = AHEAD) -> list[Task]:
    """Have tasks done in a pool, which is ended; returns those that were lost with the processes that did them."""
    coming, waiting, gone = iter(tasks), dict[Future[list[Ended]], Task](), list[Task]()
    local = batch.work.store is not None
    next_look = time.monotonic()
    now = True
    try:
        while True:
            while len(waiting) < ahead and (task := next(coming, None)) is not None:
                waiting[pool.submit(task)] = task
            if not waiting:
                break
            ready, _ = wait(waiting, LOOK_EVERY, FIRST_COMPLETED)
            ended: list[Ended] = []
            trouble: Exception | None = None
            for future in ready:
                task = waiting.pop(future)
                try:
                    ended += future.result()
                except pool.gone:
                    gone.append(task)
                except Exception as error:
                    trouble = error  # of the pool, not of a run; what came with it is kept first
            if ended and local:
                batch.look()  # it is written already, and it went badly
            elif ended:
                batch.keep(*ended)
            if trouble is not None:
                raise trouble
            if time.monotonic() >= next_look:
                pool.heed()
                began = time.monotonic()
                batch.look() if local else batch.report()
                next_look = time.monotonic() + max(LOOK_EVERY, (time.monotonic() - began) / LOOKING)
        now = False
    finally:
        pool.close(now)
    if local:
        batch.look()
    return gone


def _cut(tasks: Sequence[Task], most: int) -> list[Task]:
    """Tasks of no more runs than so many, in the same order."""
    return [
        Task(task.world, task.seed, task.runs[i : i + most])
        for task in tasks
        for i in range(0, len(task.runs), most)
    ]


def _without_a_word(task: Task) -> Ended:
    """The record of a run whose process ended."""
    error = RunError("the process that did this run ended without a word (killed, or out of memory)")
    return ended_badly(task.runs[0], error, 0.0)


__all__ = ["Progress", "ProgressHook", "Summary", "default_jobs", "run_batch"]
