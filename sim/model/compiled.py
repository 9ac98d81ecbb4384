"""The one place where the model meets Numba: compiling, caching and running kernels over rows.

Kernels are compiled once and kept on disk, in a folder named after the meaning of the sources they were made from
(:mod:`sim.model.sources`): an edited rule is never run in its old form, and an edited comment compiles nothing.
Nothing here uses Numba's own parallel loops: a kernel that visits residents takes a range of rows ``(lo, hi)`` and
releases Python's global lock, and :func:`run_blocks` gives each thread a run of whole blocks of rows, so the number
of threads changes no bit.
"""

import atexit
import contextlib
import inspect
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final, TypeVar, cast

# Intel's vector library, where it is installed, rounds exp and log differently from Python's own; the promise
# that both drivers give the same bits comes first. It can only be declined before Numba is imported.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba
import numpy as np
from numba.core import config as numba_config
from numba.core.caching import IndexDataCacheFile
from numba.extending import register_jitable

from sim.model.sources import COMPILED, usable, user_cache_dir, version_of

BLOCK_ROWS: Final = 4096
"""Rows in a block, which one thread visits whole."""

QUIET_VARIABLE: Final = "CGSIM_QUIET"
_KEEP_DAYS: Final = 30.0
F = TypeVar("F", bound=Callable[..., Any])


# --- the cache ----------------------------------------------------------------------------------------------


def _stamp() -> str:
    python = "".join(str(part) for part in sys.version_info[:2])
    versions = f"py{python}-numba{numba.__version__}-numpy{np.__version__}"
    return f"{version_of(COMPILED)[:16]}-{versions}-{platform.machine()}"


def _choose_cache() -> Path:
    stamp = _stamp()
    user = getattr(os, "getuid", lambda: 0)()
    for base in (user_cache_dir(), Path(tempfile.gettempdir()) / f"cgsim-{user}"):
        if all(usable(folder) for folder in (base, base / "kernels", base / "kernels" / stamp)):
            _forget_old(base / "kernels", stamp)
            return base / "kernels" / stamp
    return Path(tempfile.mkdtemp(prefix="cgsim-"))


def _forget_old(kernels: Path, stamp: str) -> None:
    """Mark this stamp as used and delete those that nobody has used for a month."""
    with contextlib.suppress(OSError):
        os.utime(kernels / stamp)
        for other in kernels.iterdir():
            if other.name != stamp and time.time() - other.stat().st_mtime > _KEEP_DAYS * 86_400:
                shutil.rmtree(other, ignore_errors=True)


CACHE_DIR: Final[Path] = _choose_cache()
"""Where this process finds and keeps compiled kernels."""


def cache_is_cold() -> bool:
    """Whether nothing has yet been compiled from the sources as they are now."""
    return next(CACHE_DIR.rglob("*.nbi"), None) is None


_announced = False


def announce_first_compile(quiet: bool = False) -> None:
    """Say once, on stderr, that the first compile takes a while; say nothing when kernels are cached already.

    Parameters
    ----------
    quiet : bool
        Say nothing. The environment variable ``CGSIM_QUIET`` does the same for workers and scripts.
    """
    global _announced
    if _announced or quiet or os.environ.get(QUIET_VARIABLE):
        return
    _announced = True
    if user_cache_dir() not in CACHE_DIR.parents:
        print(f"cgsim: {user_cache_dir()} is not used for compiled code: it cannot be written to, or others than you "
              f"may write to it (then chmod go-w helps). Using {CACHE_DIR}", file=sys.stderr, flush=True)
    if cache_is_cold():
        print("cgsim: compiling the model for this machine (once; under a minute, kept for later runs) ...",
              file=sys.stderr, flush=True)


# --- compiling ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _own_cache() -> Iterator[None]:
    """Point Numba at our cache while a kernel is declared, and leave other people's kernels to their own."""
    config: Any = numba_config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE_DIR)
    try:
        yield
    finally:
        config.CACHE_DIR = before


def kernel(function: F) -> F:
    """Compile a function with Numba at its first call: cached on disk, without the global lock, without
    fast-math.

    Division by zero gives infinity as in NumPy, where Python raises; rules keep their divisors away from
    zero.
    """
    with _own_cache():
        dispatcher = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    if function.__module__.startswith("sim."):
        _cached_by_meaning(dispatcher)
    return cast(F, dispatcher)


def _cached_by_meaning(dispatcher: Any) -> None:
    """Have Numba find a kernel of the package again wherever its line is, and whatever the bytes of its file.

    The folder says what it was made from; Numba's own stamp would compile a file anew for a comment in it.
    """
    cached, function = dispatcher._cache, dispatcher.py_func
    if hasattr(cached, "_cache_file"):  # not where compiling is switched off
        name = f"{function.__module__}.{function.__qualname__}"
        cached._cache_file = IndexDataCacheFile(cached._cache_path, name, CACHE_DIR.name)


_registered: set[FunctionType] = set()


def register_rules(module: ModuleType) -> None:
    """Let kernels call every function of a module of rules, which stay plain Python when called from Python.

    Parameters
    ----------
    module : module
        A module of ``sim.rules``. Functions that it imports from elsewhere are left alone; registering twice
        does no harm.
    """
    for function in vars(module).values():
        ours = inspect.isfunction(function) and function.__module__ == module.__name__
        if ours and function not in _registered:
            register_jitable(error_model="numpy")(function)
            _registered.add(function)


# --- running over rows --------------------------------------------------------------------------------------

_pool: ThreadPoolExecutor | None = None
_pool_size = 0
_pool_lock = threading.Lock()


def _executor(helpers: int) -> ThreadPoolExecutor:
    global _pool, _pool_size
    with _pool_lock:
        if _pool is None or _pool_size < helpers:
            if _pool is not None:
                _pool.shutdown(wait=False)
            _pool = ThreadPoolExecutor(max_workers=helpers, thread_name_prefix="cgsim")
            _pool_size = helpers
        return _pool


def _forget_pool() -> None:
    """Drop the pool in a forked child: its threads did not come along."""
    global _pool, _pool_lock
    _pool, _pool_lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)
atexit.register(lambda: _pool.shutdown(wait=False) if _pool is not None else None)


def block_count(n: int) -> int:
    """Return the number of blocks that ``n`` rows make."""
    return -(-n // BLOCK_ROWS)


def thread_ranges(n: int, threads: int) -> list[tuple[int, int]]:
    """Cut ``n`` rows into at most ``threads`` runs of whole blocks, as even as whole blocks allow."""
    blocks = block_count(n)
    parts = max(1, min(threads, blocks))
    edges = [min(n, (blocks * part // parts) * BLOCK_ROWS) for part in range(parts + 1)]
    return list(zip(edges[:-1], edges[1:], strict=True))


def run_blocks(function: Callable[..., Any], n: int, threads: int, *args: Any) -> None:
    """Run ``function(lo, hi, *args)`` over rows 0 to ``n``, on one or more threads, with the same bits either
    way.

    Parameters
    ----------
    function : callable
        A :func:`kernel` that reads anything but writes only to rows ``lo`` to ``hi``. Both ends are multiples
        of ``BLOCK_ROWS`` (or ``n``), so no block is ever split between threads.
    n : int
        Number of rows.
    threads : int
        Threads to use, the calling one included.
    *args
        Passed on.

    Raises
    ------
    Exception
        Whatever the function raised first, in the order of the rows, once every thread has finished.
    """
    run_ranges(function, thread_ranges(n, threads), *args)


def run_ranges(function: Callable[..., Any], ranges: list[tuple[int, int]], *args: Any) -> None:
    """Run ``function(lo, hi, *args)`` over given ranges of rows, each on its own thread, the first on this one.

    Raises
    ------
    Exception
        Whatever the function raised first, in the order of the ranges, once every thread has finished.
    """
    if len(ranges) == 1:
        function(*ranges[0], *args)
        return
    pool = _executor(len(ranges) - 1)
    pending = [pool.submit(function, lo, hi, *args) for lo, hi in ranges[1:]]
    try:
        function(*ranges[0], *args)
    finally:
        for future in pending:
            future.exception()
    for future in pending:
        future.result()
