"""Where work is done: here, in long-lived local processes with one thread each, or on a cluster.

Everything the lab asks of parallelism is the interface of ``concurrent.futures.Executor``; what differs is how one
is begun and ended (``cluster`` has those for other machines).
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sim.errors import RunError, UsageError
from sim.lab.design import Task
from sim.lab.ended import Ended
from sim.lab.work import Work, do, packed, take

_THREAD_SETTINGS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SHARE = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux tells a container its share of the processors."""


@dataclass(frozen=True, slots=True)
class Where:
    """An executor that was asked for: ``kind`` is serial, local, dask or mpi; ``jobs`` its processes, if it is told."""

    kind: str
    address: str = ""
    jobs: int | None = None

    @property
    def here(self) -> bool:
        """Whether runs are done on this machine, and written where they are done."""
        return self.kind in ("serial", "local")

    def __str__(self) -> str:
        if self.kind == "dask":
            return f"the cluster at dask://{self.address}"
        if self.kind == "mpi":
            return "MPI processes"
        return "this process" if self.jobs == 1 else f"{self.jobs} processes"


def chosen(executor: str = "local", jobs: int | None = None) -> Where:
    """The executor that is asked for, by its name or address and a number of processes.

    Raises
    ------
    UsageError
        If there is no such executor, or a number of processes is not its to choose.
    """
    from sim.scenario.schema.experiment import EXECUTORS, is_executor

    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs: at least 1, not {jobs}")
    if not is_executor(executor):
        from sim.scenario.problems import did_you_mean

        hint = did_you_mean(executor, ("serial", "local", "mpi", "dask://"))
        raise UsageError(
            f"executor: unknown (got {executor!r}); allowed: {EXECUTORS}" + (f"; {hint}" if hint else "")
        )
    kind, _, address = executor.partition("://")
    if kind == "serial" and jobs not in (None, 1):
        raise UsageError(f"executor serial does one run after another in this process; jobs cannot be {jobs}")
    if kind == "dask" and jobs is not None:
        raise UsageError("a Dask cluster has as many processes as it has workers; leave jobs out")
    if kind == "local" and jobs is None:
        jobs = default_jobs()
    return Where(kind, address, 1 if kind == "serial" else jobs)


class Pool(Protocol):
    """Processes that do tasks, as the runner sees them."""

    size: int
    """Processes there are when it is begun."""
    gone: tuple[type[BaseException], ...]
    """What a future raises when the process that did its task is no more, and the pool lives on."""

    def submit(self, task: Task) -> Future[list[Ended]]:
        """Have a task done."""

    def heed(self) -> None:
        """Raise ``RunError`` if nothing will come of waiting; asked again and again."""

    def close(self, now: bool) -> None:
        """End it: at once, losing what is in flight, or when all is done."""


class LocalPool:
    """Processes on this machine; when one of them dies the others are ended (``BrokenExecutor``)."""

    gone: tuple[type[BaseException], ...] = ()

    def __init__(self, jobs: int, work: Work) -> None:
        self.size = jobs
        try:
            self.executor = process_executor(jobs, take, (packed(work),))
        except BrokenProcessPool:
            raise RunError(
                "worker processes could not be started. In a script of your own, put the call under "
                '`if __name__ == "__main__":`; or use one process without a time-out (jobs=1)'
            ) from None

    def submit(self, task: Task) -> Future[list[Ended]]:
        """Have a task done."""
        return self.executor.submit(do, None, task)

    def heed(self) -> None:
        """Nothing: a process that is lost breaks the executor."""

    def close(self, now: bool) -> None:
        """End the processes."""
        stop(self.executor) if now else self.executor.shutdown()


def process_executor(
    jobs: int, initialiser: Callable[..., None], arguments: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Local processes, begun afresh (a fork after a parallel kernel would die), which stay until the batch ends.

    Parameters
    ----------
    jobs
        Number of processes; of several, each computes with one thread. One alone has the user's own setting.
    initialiser, arguments
        Called once in each process, before any work.
    """
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin_worker, (initialiser, arguments))
    with _as_workers_begin(threads=None if jobs == 1 else "1"):
        # One empty piece of work a process: all of them are started here.
        begun = [pool.submit(_nothing) for _ in range(jobs)]
    try:
        for future in begun:
            future.result()
    except BaseException:
        stop(pool)
        raise
    return pool


@contextlib.contextmanager
def _as_workers_begin(threads: str | None) -> Iterator[None]:
    """Hold the environment that new processes inherit.

    They read the thread counts when they import Numba and BLAS, before any code of ours could tell them. They
    leave Ctrl-C to their parent from the first moment; only a main thread may set that, and only it gets Ctrl-C.
    """
    before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    if threads is not None:
        os.environ.update(dict.fromkeys(_THREAD_SETTINGS, threads))
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, handler if handler is not None else signal.default_int_handler)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def stop(pool: ProcessPoolExecutor) -> None:
    """End a pool's processes now; runs in flight are lost, finished ones are stored already."""
    with undisturbed():
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join(5.0)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Tidy up without minding further Ctrl-C: what is done here is short, and half of it would leave a mess."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler if handler is not None else signal.default_int_handler)


def _begin_worker(initialiser: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Make a worker end when its parent ends, however that happens, and leave Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    initialiser(*arguments)


def _end_with_parent() -> None:
    """Wait for the parent's end, then end; without it, a killed batch would leave workers computing."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """Work that is only there to have a process begin."""


def default_jobs() -> int:
    """Processors that this process may use; a container may have a share of fewer than it sees."""
    try:
        seen = len(os.sched_getaffinity(0))
    except AttributeError:
        seen = os.cpu_count() or 1
    return max(1, min(seen, round(_share() or seen)))


def _share() -> float | None:
    """Processors' worth of time that Linux grants this container, or None where it does not say."""
    try:
        quota, period = SHARE.read_text(encoding="ascii").split()
        return int(quota) / int(period)
    except (OSError, ValueError):
        return None
