"""The one place where the model meets Numba: compiling, caching and running kernels over rows.

Kernels are compiled once and kept on disk, in a folder named after the sources they were made from, so that
an edited rule is never run in its old form. Nothing here uses Numba's own parallel loops: a kernel that
visits residents takes a range of rows ``(lo, hi)`` and releases Python's global lock, and :func:`run_blocks`
gives each thread a run of whole blocks of rows, so the number of threads changes no bit.
"""

import atexit
import contextlib
import inspect
import os
import platform
import shutil
import stat
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
from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.extending import register_jitable

from sim.model.sources import code_version

BLOCK_ROWS: Final = 4096
"""Rows in a block, which one thread visits whole."""

CACHE_VARIABLE: Final = "CGSIM_CACHE_DIR"
QUIET_VARIABLE: Final = "CGSIM_QUIET"
_KEEP_DAYS: Final = 30.0
F = TypeVar("F", bound=Callable[..., Any])


# --- the cache ----------------------------------------------------------------------------------------------


def user_cache_dir() -> Path:
    """Return where this user's caches live on this platform, or what ``CGSIM_CACHE_DIR`` says."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "cgsim"


def _usable(folder: Path) -> bool:
    """Make the folder and try to write into it; what is loaded from it is code, so it must be this user's."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid"):
            status = folder.stat()
            if status.st_uid != os.getuid() or status.st_mode & stat.S_IWOTH:
                return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _stamp() -> str:
    python = "".join(str(part) for part in sys.version_info[:2])
    versions = f"py{python}-numba{numba.__version__}-numpy{np.__version__}"
    return f"{code_version()[:16]}-{versions}-{platform.machine()}"


def _choose_cache() -> Path:
    stamp = _stamp()
    user = getattr(os, "getuid", lambda: 0)()
    for base in (user_cache_dir(), Path(tempfile.gettempdir()) / f"cgsim-{user}"):
        if _usable(base) and _usable(base / "kernels" / stamp):
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


class _PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code of a function on its way into the kernels that call it: neither optimised nor turned into machine code.

    Numba does both for every function, and again for every caller that the function is copied into. Here only the
    kernels that Python calls pay for it, each once, with everything they call inside.
    """

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> Any:
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing: only functions that make Python objects need their environment."""


class _PartCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's own steps, into a :class:`_PartLibrary`."""

    def define_pipelines(self) -> list[Any]:
        state = self.state
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        return [DefaultPassBuilder.define_nopython_pipeline(state)]


_PART: Final = {
    "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _PartCompiler,
}
_ALLOCATING: Final = frozenset({"arange", "copy", "empty", "full", "ones", "zeros"})
"""NumPy's functions that make arrays: what names one of them counts references to arrays, other kernels need not."""


_njit: Any = numba.njit  # takes more options than its types say


def _plain(kind: Any) -> Any:
    """The type that a part is compiled for: whole numbers are 64 bits wide and no constants, so once is enough."""
    kind = types.unliteral(kind)  # type: ignore[no-untyped-call,unused-ignore]
    return types.int64 if isinstance(kind, types.Integer) and cast(Any, kind).signed else kind


def kernel(function: F) -> F:
    """Compile a function with Numba at its first call: cached on disk, without the global lock, without
    fast-math.

    Called from another kernel, it becomes part of that one. Division by zero gives infinity as in NumPy, where Python
    raises; rules keep their divisors away from zero.
    """
    counts = not _ALLOCATING.isdisjoint(cast(Any, function).__code__.co_names)
    with _own_cache():
        called = _njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=counts)(function)
    part = _njit(**_PART, _nrt=counts)(function)
    called.get_overload = part.get_overload
    called.get_call_template = lambda args, named: part.get_call_template(
        tuple(map(_plain, args)), {name: _plain(kind) for name, kind in named.items()}
    )
    return cast(F, called)


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
            register_jitable(**_PART)(function)
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
