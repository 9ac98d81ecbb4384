"""Where work is done: in long-lived local processes with one thread each.

Everything the lab asks of parallelism is the interface of ``concurrent.futures.Executor``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

_THREAD_SETTINGS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def process_executor(
    jobs: int, initialiser: Callable[..., None], arguments: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Local processes, begun afresh (a fork after a parallel kernel would die), which stay until the batch ends.

    Parameters
    ----------
    jobs
        Number of processes; each computes with one thread.
    initialiser, arguments
        Called once in each process, before any work.
    """
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin_worker, (initialiser, arguments))
    with _as_workers_begin():
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
def _as_workers_begin() -> Iterator[None]:
    """Hold the environment that new processes inherit.

    They read the thread counts when they import Numba and BLAS, before any code of ours could tell them. They
    leave Ctrl-C to their parent from the first moment; only a main thread may set that, and only it gets Ctrl-C.
    """
    before = {name: os.environ.get(name) for name in _THREAD_SETTINGS}
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    os.environ.update(dict.fromkeys(_THREAD_SETTINGS, "1"))
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
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
    for process in processes:
        process.join(5.0)


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
