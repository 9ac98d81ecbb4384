"""Where work is done: here, in long-lived local processes with one thread each, or on a cluster.

Everything the lab asks of parallelism is the interface of ``concurrent.futures.Executor``; what differs is how one
is begun and ended (``cluster`` has those for other machines).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sim.errors import RunError, UsageError, out_of_memory, refusal
from sim.lab.design import Task
from sim.lab.ended import Ended
from sim.lab.interrupts import undisturbed
from sim.lab.work import Work, do, packed, take

_THREAD_SETTINGS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
GUARD = (
    'In a script of your own, put the call under `if __name__ == "__main__":`, because worker processes import the '
    "script; or use one process without a time-out (jobs=1, --jobs 1)"
)
_QUIET = "CGSIM_QUIET"
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
    if getattr(multiprocessing.current_process(), "_inheriting", False):  # a worker that is importing the script
        raise UsageError(f"this is a worker process, which may not begin processes of its own. {GUARD}")
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


class ShortOfMemory(RunError):
    """Processes could not be started, or were ended, where fewer of them may have enough memory."""


class LocalPool:
    """Processes on this machine; when one of them dies the others are ended (``BrokenExecutor``)."""

    gone: tuple[type[BaseException], ...] = (MemoryError,)

    def __init__(self, jobs: int, work: Work) -> None:
        self.size = jobs
        self.killed = False
        """Whether the pool broke because a process was killed, as the system does when memory runs out."""
        self.executor = process_executor(jobs, take, (packed(work),))

    def submit(self, task: Task) -> Future[list[Ended]]:
        """Have a task done; one that runs out of memory is lost where fewer processes may have enough."""
        return self.executor.submit(do, None, task, self.size > 1)

    def heed(self) -> None:
        """Nothing: a process that is lost breaks the executor."""

    def close(self, now: bool) -> None:
        """End the processes."""
        self.killed = -signal.SIGKILL in self.executor.ends() if now else False
        stop(self.executor) if now else self.executor.shutdown()


class Workers(ProcessPoolExecutor):
    """Local processes that get what they need to begin from a file.

    The pipe through which Python starts a process holds 64 kB; more than that would have to be read by the new
    process before its start is over, and one that dies first would hold its parent for ever.
    """

    def __init__(self, jobs: int, initialiser: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        handle, name = tempfile.mkstemp(prefix="cgsim-", suffix=".start")
        self.start_file = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                pickle.dump((initialiser, arguments), file)
            super().__init__(jobs, multiprocessing.get_context("spawn"), _begin_worker, (name,))
        except BaseException:
            self.start_file.unlink(missing_ok=True)
            raise
        self.begun: list[multiprocessing.process.BaseProcess] = []

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, and remove their file."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        self.start_file.unlink(missing_ok=True)

    def ends(self) -> set[int]:
        """Return the exit codes of the processes of a pool that broke; nothing of one that did not."""
        if self._broken:
            for process in self.begun:
                process.join(2.0)
        return {code for process in self.begun if (code := process.exitcode) is not None} if self._broken else set()


def process_executor(jobs: int, initialiser: Callable[..., None], arguments: tuple[Any, ...]) -> Workers:
    """Local processes, begun afresh (a fork after a parallel kernel would die), which stay until the batch ends.

    Parameters
    ----------
    jobs
        Number of processes; of several, each computes with one thread. One alone has the user's own setting.
    initialiser, arguments
        Called once in each process, before any work.

    Raises
    ------
    RunError
        If they cannot be started: a script without the main guard, or the system refuses what they need
        (``ShortOfMemory`` where fewer may do).
    """
    try:
        pool = Workers(jobs, initialiser, arguments)
    except (OSError, ImportError, NotImplementedError) as error:
        raise RunError(_no_pool(error)) from error
    try:
        try:
            with _as_workers_begin(jobs):
                # One empty piece of work a process: all of them are started here.
                begun = [_submit_first(pool, number) for number in range(jobs)]
            for future in begun:
                future.result()
        except BrokenProcessPool:
            raise _not_begun(pool, jobs) from None
        except Exception as error:
            said = refusal(error)
            if said is None:
                raise
            # of what a process or thread needs there is too little for so many
            too_many = out_of_memory(error) or isinstance(error, BlockingIOError | RuntimeError)
            kind = ShortOfMemory if too_many else RunError
            raise kind(f"{jobs} worker processes could not be started: {said}") from error
    except BaseException:
        stop(pool)
        raise
    return pool


def _submit_first(pool: Workers, number: int) -> Future[None]:
    """Have a process start; all but one leave it to that one to say that it compiles."""
    if number == 1:
        os.environ[_QUIET] = "1"
    future = pool.submit(_report)
    pool.begun = list(pool._processes.values())
    return future


def _no_pool(error: Exception) -> str:
    """What to say where there can be no pool at all."""
    one = "or use one process without a time-out (jobs=1, --jobs 1)"
    if isinstance(error, OSError) and "temporary directory" in str(error):
        return f"{refusal(error)}, {one}"
    reason = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
    return (
        f"several processes need a temporary folder, and shared memory (/dev/shm) for their locks, and the system "
        f"refuses ({reason}). Give it more (docker run --shm-size 64m), {one}"
    )


def _not_begun(pool: Workers, jobs: int) -> RunError:
    """What to say of processes that died while they began."""
    ends = pool.ends()
    if -signal.SIGKILL in ends:
        return ShortOfMemory(
            f"of {jobs} worker processes one was killed while it was started, as the system does when memory runs "
            "out; use fewer processes (--jobs), or a smaller community"
        )
    main = getattr(sys.modules["__main__"], "__file__", None)
    how = f" ({', '.join(f'exit code {code}' for code in sorted(ends - {-signal.SIGTERM}))})" if ends else ""
    of = f" that imported {main}" if main else ""
    return RunError(f"worker processes{of} could not be started; they died while they began{how}. {GUARD}")


@contextlib.contextmanager
def _as_workers_begin(jobs: int) -> Iterator[None]:
    """Hold the environment that new processes inherit.

    They read the thread counts when they import Numba and BLAS, before any code of ours could tell them. They
    leave Ctrl-C to their parent from the first moment: it is held back here until they are on their way, and not
    lost. A script from standard input (``python - < script.py``) has no file that they could import.
    """
    before = {name: os.environ.get(name) for name in (*_THREAD_SETTINGS, _QUIET)}
    main = sys.modules["__main__"].__dict__
    nowhere = "__file__" in main and not os.path.exists(main["__file__"])
    file = main.pop("__file__") if nowhere else None
    if jobs > 1:
        os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
    try:
        with _ctrl_c_held_back():
            yield
    finally:
        if nowhere:
            main["__file__"] = file
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let a Ctrl-C wait for the end of this block; processes begun in it never get one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop(pool: Workers) -> None:
    """End a pool's processes now; runs in flight are lost, finished ones are stored already."""
    with undisturbed():
        processes = list(pool.begun)
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join(5.0)


_refused: list[Exception] = []
"""What kept this process from beginning; its parent learns it with the first piece of work."""


def _begin_worker(start_file: str) -> None:
    """Make a worker end when its parent ends, however that happens, leave Ctrl-C to it, and take what it needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        threading.Thread(target=_end_with_parent, daemon=True).start()
        initialiser, arguments = pickle.loads(Path(start_file).read_bytes())
        initialiser(*arguments)
    except Exception as error:
        _refused.append(error)


def _report() -> None:
    """Say how a process began: its first piece of work."""
    if _refused:
        raise _refused[0]


def _end_with_parent() -> None:
    """Wait for the parent's end, then end; without it, a killed batch would leave workers computing."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
