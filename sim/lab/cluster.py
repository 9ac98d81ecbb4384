"""Processes on other machines: the workers of a Dask cluster, or MPI ranks.

They need no folder in common with this machine. Runs come back packed and are written here, so that one process
owns the results folder; what has not come back when a worker dies is done again by another.
"""

from __future__ import annotations

import contextlib
import logging
import time
from concurrent.futures import CancelledError, Future
from typing import Any

from sim.errors import RunError, UsageError
from sim.lab.design import Task
from sim.lab.ended import Ended
from sim.lab.executors import Pool, Where
from sim.lab.interrupts import undisturbed
from sim.lab.work import Work, do, hold, packed, take

ANSWER_WITHIN = 10.0
"""Seconds in which a scheduler has to answer."""
WORKERS_WITHIN = 120.0
"""Seconds in which the first worker has to be there: a queue of jobs may let it wait."""
WORKERLESS = 600.0
"""Seconds a batch waits for workers after all of them were lost: they may be begun again elsewhere."""
COUNT_EVERY = 5.0
"""Seconds between two questions whether there are workers."""


def begin_pool(where: Where, work: Work) -> Pool:
    """Begin the pool of another executor than this machine's own processes."""
    return DaskPool(where, work) if where.kind == "dask" else MpiPool(where, work)


def check_cluster(where: Where) -> int | None:
    """Whether a cluster is there at all, before anything is written; the number of its processes, if it is known.

    Raises
    ------
    UsageError
        If what it needs is not installed, or nothing answers at its address.
    """
    if where.kind == "mpi":
        _mpi()
        return _ranks(where)
    with contextlib.closing(_client(where)) as client:
        return len(client.nthreads()) or None


class DaskPool:
    """The workers of a Dask cluster; they may come and go."""

    def __init__(self, where: Where, work: Work) -> None:
        from distributed.scheduler import KilledWorker

        self.gone: tuple[type[BaseException], ...] = (KilledWorker,)
        self.where = where
        self.client = _client(where)
        self.next_count = time.monotonic()
        self.worker_seen = time.monotonic()
        try:
            _wait_for_a_worker(self.client, where)
            self.size = len(self.client.nthreads())
            self.executor = self.client.get_executor(pure=False)
            # A piece of work of its own rather than scattered data: if every worker that has it dies, the scheduler
            # can make it again.
            self.parcel = self.client.submit(_same, packed(work), pure=False)
            self._check_workers()
        except BaseException:
            self.close(now=True)
            raise

    def submit(self, task: Task) -> Future[list[Ended]]:
        """Have a task done."""
        future: Future[list[Ended]] = self.executor.submit(do, self.parcel, task)
        return future

    def heed(self) -> None:
        """End the wait for workers when there have been none for long; Dask itself would wait for ever."""
        if time.monotonic() < self.next_count:
            return
        try:
            workers = len(self.client.nthreads(callback_timeout=ANSWER_WITHIN))
        except Exception:  # of the scheduler; that it is lost is told by the tasks it had
            workers = None
        self.next_count = time.monotonic() + COUNT_EVERY
        if workers != 0:
            self.worker_seen = time.monotonic()
        elif time.monotonic() - self.worker_seen > WORKERLESS:
            raise workerless(self.where, WORKERLESS)

    def close(self, now: bool) -> None:
        """Leave the cluster; what it has not sent back is forgotten there."""
        with undisturbed(), contextlib.suppress(Exception):
            self.client.close(timeout=5)

    def _check_workers(self) -> None:
        """Refuse workers with other sources, or with several threads; workers yet to come check their sources."""
        if crowded := [worker for worker, threads in self.client.nthreads().items() if threads > 1]:
            raise UsageError(
                f"dask://{self.where.address}: a run needs a process of its own, and {crowded[0]} has several threads. "
                "Start the workers with --nthreads 1, and --nworkers for as many as there are cores"
            )
        try:
            parcel = self.parcel.result(WORKERS_WITHIN)
        except TimeoutError:
            raise RunError(
                f"{self.where}: its workers have done nothing for {WORKERS_WITHIN:.0f} s. Look whether they are alive; "
                "finished runs are kept, and the same command goes on from there"
            ) from None
        answers = self.client.run(_probe, parcel, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, UsageError):
                raise UsageError(f"dask://{self.where.address}: {answer}")
            if isinstance(answer, BaseException):
                raise UsageError(
                    f"dask://{self.where.address}: {worker} cannot do runs ({type(answer).__name__}: {answer}). "
                    "Install the same version of cgsim there"
                )


class MpiPool:
    """MPI processes by ``mpi4py.futures``; if one dies, MPI ends them all, and the same command goes on."""

    gone: tuple[type[BaseException], ...] = ()

    def __init__(self, where: Where, work: Work) -> None:
        self.size = _ranks(where) or 1
        self.executor = _mpi()(max_workers=where.jobs, initializer=take, initargs=(packed(work),))

    def submit(self, task: Task) -> Future[list[Ended]]:
        """Have a task done."""
        future: Future[list[Ended]] = self.executor.submit(do, None, task)
        return future

    def heed(self) -> None:
        """Nothing: if a process is lost, MPI ends this one, too."""

    def close(self, now: bool) -> None:
        """End the processes; MPI lets them finish what they are at."""
        self.executor.shutdown(wait=not now, cancel_futures=now)


def lost_cluster(error: BaseException, where: Where) -> RunError | None:
    """What to say if an error means that the scheduler itself is no more, else None."""
    if isinstance(error, CancelledError) or type(error).__name__ == "FutureCancelledError":
        return RunError(
            f"the connection to {where} was lost. Finished runs are kept; the same command goes on from there"
        )
    return None


def workerless(where: Where, seconds: float) -> RunError:
    """What to say of a cluster without workers."""
    return RunError(
        f"{where} has had no worker for {seconds:.0f} s. Finished runs are kept. Start workers (dask worker "
        f"tcp://{where.address} --nthreads 1); the same command goes on from there"
    )


def _client(where: Where) -> Any:
    """Connect to a Dask scheduler."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "executor dask needs the extra `cluster`: pip install 'community-governance-sim[cluster]'"
        ) from None
    # It reports on its own, at length, what is told here in one line.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(f"tcp://{where.address}", timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"dask://{where.address}: no Dask scheduler answers there ({said})") from None


def _wait_for_a_worker(client: Any, where: Where) -> None:
    """Wait until the cluster has a worker."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_WITHIN)
    except TimeoutError:
        raise workerless(where, WORKERS_WITHIN) from None


def _mpi() -> Any:
    """The pool of mpi4py."""
    try:
        from mpi4py.futures import MPIPoolExecutor
    except (ImportError, RuntimeError) as error:
        raise UsageError(
            f"executor mpi needs mpi4py and an MPI library ({error}): pip install mpi4py, and see docs/cluster.md"
        ) from None
    return MPIPoolExecutor


def _ranks(where: Where) -> int | None:
    """MPI processes beside this one, or None where they are only begun with the pool."""
    from mpi4py import MPI

    return where.jobs or (MPI.COMM_WORLD.Get_size() - 1) or None


def _same(parcel: bytes) -> bytes:
    """Hand a parcel on; done on the cluster, which then has it."""
    return parcel


def _probe(parcel: bytes) -> None:
    """Whether this process can do the work."""
    hold(parcel)
