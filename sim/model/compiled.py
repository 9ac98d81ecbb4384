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
import warnings
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
from numba.core import event as numba_event
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.extending import register_jitable

from sim.errors import UsageError
from sim.model.sources import CACHE_VARIABLE, COMPILED, usable, user_cache_dir, version_of

BLOCK_ROWS: Final = 4096
"""Rows in a block, which one thread visits whole."""

QUIET_VARIABLE: Final = "CGSIM_QUIET"
_KEEP_DAYS: Final = 30.0
_STILL_EVERY: Final = 30.0
"""Seconds between two lines that say that compiling goes on."""
_SETTINGS: Final[Any] = numba_config
F = TypeVar("F", bound=Callable[..., Any])


# --- the cache ----------------------------------------------------------------------------------------------


def _stamp() -> str:
    python = "".join(str(part) for part in sys.version_info[:2])
    versions = f"py{python}-numba{numba.__version__}-numpy{np.__version__}"
    return f"{version_of(COMPILED)[:16]}-{versions}-{platform.machine()}"


def _temporary_cache_dir() -> Path:
    user = getattr(os, "getuid", lambda: 0)()
    return Path(tempfile.gettempdir()) / f"cgsim-{user}"


def _choose_cache() -> Path | None:
    """Return the first folder that can hold compiled kernels, or None: each process then compiles for itself."""
    stamp = _stamp()
    for place in (user_cache_dir, _temporary_cache_dir):
        with contextlib.suppress(OSError, RuntimeError):  # no temporary folder; no home
            base = place()
            if all(usable(folder) for folder in (base, base / "kernels", base / "kernels" / stamp)):
                _forget_old(base / "kernels", stamp)
                return base / "kernels" / stamp
    with contextlib.suppress(OSError):
        return Path(tempfile.mkdtemp(prefix="cgsim-"))
    return None


def _forget_old(kernels: Path, stamp: str) -> None:
    """Mark this stamp as used and delete those that nobody has used for a month."""
    with contextlib.suppress(OSError):
        os.utime(kernels / stamp)
        for other in kernels.iterdir():
            if other.name != stamp and time.time() - other.stat().st_mtime > _KEEP_DAYS * 86_400:
                shutil.rmtree(other, ignore_errors=True)


CACHE_DIR: Final[Path | None] = _choose_cache()
"""Where this process finds and keeps compiled kernels."""


class _Cache(FunctionCache):  # type: ignore[misc]
    """Numba's cache of one kernel, which a full disk or a folder that is gone empties but does not break."""

    def load_overload(self, *args: Any) -> Any:
        try:
            return super().load_overload(*args)
        except (OSError, EOFError):
            return None

    def save_overload(self, *args: Any) -> None:
        try:
            super().save_overload(*args)
        except OSError as error:
            _tell_once(f"cgsim: compiled code cannot be kept in {CACHE_DIR} ({error.strerror or error}), so every "
                       f"process compiles it again; set {CACHE_VARIABLE} to a folder with some space")


_told: set[str] = set()


def _tell_once(text: str) -> None:
    """Print a line on stderr once; nothing happens where there is no stderr, or where CGSIM_QUIET is set."""
    if text and text not in _told and not os.environ.get(QUIET_VARIABLE) and sys.stderr is not None:
        _told.add(text)
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)


class _FirstCompile(numba_event.Listener):  # type: ignore[misc]
    """Say on stderr that kernels are being compiled, at the first that is not in the cache, and then now and then.

    Numba itself tells when it compiles. What lies in the cache folder would say less: kernels may be there from an
    interrupted compile, another installation or another level of optimisation, and not be this process's.
    """

    def __init__(self) -> None:
        self.compiled = 0
        self.next_line = 0.0

    def on_start(self, event: Any) -> None:
        function = getattr(event.data["dispatcher"], "py_func", None)
        if not (getattr(function, "__module__", None) or "").startswith("sim."):  # None where it was made by exec
            return
        if not self.compiled:
            _tell_once(_elsewhere())
            _tell_once("cgsim: compiling the model for this machine (about a minute; kept for later runs) ...")
            self.next_line = time.monotonic() + _STILL_EVERY
        elif time.monotonic() >= self.next_line:
            _tell_once(f"cgsim: still compiling ({self.compiled} functions so far) ...")
            self.next_line = time.monotonic() + _STILL_EVERY
        self.compiled += 1

    def on_end(self, event: Any) -> None:
        """Nothing is said at the end of a function."""


def _elsewhere() -> str:
    """Return why compiled code is not kept where this user's caches are, or nothing where it is."""
    try:
        wanted = user_cache_dir()
    except RuntimeError:
        return f"cgsim: there is no home folder; compiled code is kept in {CACHE_DIR}; {CACHE_VARIABLE} sets another"
    if CACHE_DIR is not None and wanted in CACHE_DIR.parents:
        return ""
    return (
        f"cgsim: {wanted} is not used for compiled code: it cannot be written to, or others than you may write to it "
        f"(then chmod go-w helps). Using {CACHE_DIR or 'none'}"
    )


numba_event.register("numba:compile", _FirstCompile())


def require_compiler() -> None:
    """Refuse the compiled driver where Numba's compiler is switched off.

    Raises
    ------
    UsageError
        Where ``NUMBA_DISABLE_JIT`` is set.
    """
    if _SETTINGS.DISABLE_JIT:
        raise UsageError(
            "NUMBA_DISABLE_JIT is set, and the compiled driver needs Numba's compiler; unset it, or take the driver "
            "`agents`, which gives the same numbers slowly (--driver agents)"
        )


if _SETTINGS.DISABLE_JIT:  # kernels count modulo 2**64 on purpose; in plain Python NumPy remarks on it
    warnings.filterwarnings("ignore", "overflow encountered in scalar", RuntimeWarning, r"sim\.")


# --- compiling ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _own_cache() -> Iterator[None]:
    """Point Numba at our cache while a kernel is declared, and leave other people's kernels to their own."""
    before = _SETTINGS.CACHE_DIR
    _SETTINGS.CACHE_DIR = str(CACHE_DIR)
    try:
        yield
    finally:
        _SETTINGS.CACHE_DIR = before


def kernel(function: F) -> F:
    """Compile a function with Numba at its first call: cached on disk, without the global lock, without
    fast-math.

    Division by zero gives infinity as in NumPy, where Python raises; rules keep their divisors away from
    zero.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    if CACHE_DIR is not None and not _SETTINGS.DISABLE_JIT:
        with _own_cache():
            dispatcher._cache = _Cache(function)
        if function.__module__.startswith("sim."):
            # Numba's own stamp is that of the file, and would compile it anew for a comment in it; our folder says
            # what a kernel was made from, wherever its line is.
            name = f"{function.__module__}.{function.__qualname__}"
            dispatcher._cache._cache_file = IndexDataCacheFile(dispatcher._cache._cache_path, name, CACHE_DIR.name)
    return cast(F, dispatcher)


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
