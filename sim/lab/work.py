"""What a process does with a task: its runs one after another, each ending as ok, failed or timed out.

A run that takes too long meets a check after every simulated day. One that hangs within a day is beyond any check
of ours (a compiled kernel does not give way to Python), so a watchdog below Python ends the process; the marker
file it leaves says which run that was and where it hung.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import pickle
import platform
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from sim.errors import UsageError, out_of_memory
from sim.lab.design import Design, Task
from sim.lab.ended import Ended, ended_badly, ended_well
from sim.lab.engine import Engine
from sim.lab.files import writing
from sim.lab.run_file import RunKey
from sim.lab.store import Store
from sim.model.sources import version_of

MARKER = ".hung"
WARM_DAYS = 31
WARM_SECONDS = 600.0
"""The first of them load the compiled code; a process that has not done them by then never will."""


class TimedOut(Exception):
    """A run took longer than it may."""


@dataclass(frozen=True)
class Work:
    """What a process has to know to do the tasks of a batch; it gets it once.

    Attributes
    ----------
    design, engine
        What is run, and with what.
    sources
        What :func:`sources` said where the batch was started.
    store
        The folder the runs are written to, or None if they are sent back.
    timeout
        Seconds a run may take, or None. A shared burn-in may take as long again.
    kill
        Whether this process may be ended when a run hangs.
    stop
        Leave the rest of a task when one of its runs does not end well.
    token
        Tells this batch from all others.
    """

    design: Design
    engine: Engine
    sources: str
    store: Store | None = None
    timeout: float | None = None
    kill: bool = False
    stop: bool = False
    token: str = field(default_factory=lambda: uuid.uuid4().hex)


def execute(work: Work, task: Task, again: bool = False) -> Iterator[Ended]:
    """Do the runs of a task; whatever happens in one of them, the others are done.

    A shared burn-in that fails or takes too long is what became of each of its runs.

    Raises
    ------
    MemoryError
        If there is not enough memory, and what is left of the task will be done ``again`` with fewer processes.
    """
    design, engine, limit = work.design, work.engine, work.timeout
    state: Any = None
    shared: Exception | None = None
    spent = 0.0
    for ended in (hung_before := _hung_before(work, task)):
        yield ended
    left = [key for key in task.runs if key not in {ended.key for ended in hung_before}]
    if len(left) > 1:
        began = time.monotonic()
        try:
            with _ended_if_hung(work, left):
                scenario = design.in_world(left[0].scenario, task.world)
                state = engine.burn_in(scenario, task.seed, design.driver)
            if limit is not None and time.monotonic() - began > limit:
                raise TimedOut(too_long(limit))
        except Exception as error:
            _raise_if_again(error, again)
            shared, spent = error, time.monotonic() - began
    for key in left:
        began = time.monotonic() - spent
        try:
            if shared is not None:
                raise shared
            with _ended_if_hung(work, [key]):
                scenario = design.in_world(key.scenario, task.world)
                run = engine.simulate(
                    scenario, task.seed, design.days, design.driver, state, progress=_clock(began, limit)
                )
                ended = ended_well(key, run, time.monotonic() - began)
        except TimedOut as error:
            ended = ended_badly(key, error, time.monotonic() - began, "timed_out")
        except Exception as error:
            _raise_if_again(error, again)
            ended = ended_badly(key, error, time.monotonic() - began)
        yield ended
        if work.stop and ended.record is not None:
            return


def _raise_if_again(error: Exception, again: bool) -> None:
    if again and out_of_memory(error):
        raise MemoryError(str(error)) from error


def too_long(limit: float) -> str:
    """What is recorded of a run that took too long; the same words each time, so that tables are the same."""
    return f"took longer than {limit:g} s"


def _clock(began: float, limit: float | None) -> Any:
    """A progress hook that ends a run which takes too long."""
    if limit is None:
        return None

    def look(*_: Any) -> None:
        if time.monotonic() - began > limit:
            raise TimedOut(too_long(limit))

    return look


def warm_up(work: Work) -> None:
    """Load what every run needs, where there is a time-out: that is about runs, not about starting a process."""
    if work.timeout is None:
        return

    def enough(*_: Any) -> None:
        seen.append(None)
        if len(seen) >= WARM_DAYS:
            raise TimedOut

    seen: list[None] = []
    design = work.design
    if work.kill:
        faulthandler.dump_traceback_later(WARM_SECONDS, exit=True)
    with contextlib.suppress(Exception):  # what is wrong with a run is found out when it is done
        scenario = design.scenarios[design.baseline]
        work.engine.simulate(scenario, design.first_seed, None, design.driver, progress=enough)
    if work.kill:
        faulthandler.cancel_dump_traceback_later()


# ---- runs that hang


def patience(limit: float) -> float:
    """Seconds beyond its time after which a run that does not look at the clock has its process ended."""
    return min(5.0, max(1.0, limit))


@contextlib.contextmanager
def _ended_if_hung(work: Work, keys: Sequence[RunKey]) -> Iterator[None]:
    """End this process, with a note of where it hangs, if the block does not end in time."""
    if work.timeout is None or not work.kill:
        yield
        return
    with _marker(work, keys) as file:
        faulthandler.dump_traceback_later(work.timeout + patience(work.timeout), exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def _marker(work: Work, keys: Sequence[RunKey]) -> Iterator[IO[str]]:
    """The file a watchdog writes to; it begins with the runs that are lost if it bites."""
    path = _marker_file(work, keys[0])
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="utf-8")
        file.write(",".join(key.id for key in keys) + "\n")
        file.flush()
    try:
        with file:
            yield file
    finally:
        path.unlink(missing_ok=True)


def _marker_file(work: Work, key: RunKey) -> Path:
    """Where the marker of a run is: in the results folder, or on this machine where there is none."""
    if work.store is not None:
        return work.store.folder / "failures" / f".{key.id}{MARKER}"
    return Path(tempfile.gettempdir()) / f"cgsim-{work.token}-{key.id}{MARKER}"


def hung(store: Store, runs: Mapping[str, RunKey], limit: float) -> list[Ended]:
    """What the watchdogs of ended processes say, once; markers of processes that ended otherwise are removed."""
    found = []
    for path in sorted((store.folder / "failures").glob(f".*{MARKER}")):
        found += _read_marker(path, runs, limit)
    return found


def _hung_before(work: Work, task: Task) -> list[Ended]:
    """Runs of a task that another worker of this machine, now no more, has hung in."""
    if work.timeout is None or not work.kill or work.store is not None:
        return []
    runs = {key.id: key for key in task.runs}
    return [ended for key in task.runs for ended in _read_marker(_marker_file(work, key), runs, work.timeout)]


def _read_marker(path: Path, runs: Mapping[str, RunKey], limit: float) -> list[Ended]:
    """The runs that a marker declares to have hung, if its watchdog has bitten; the marker goes."""
    try:
        ids, _, trace = path.read_text(encoding="utf-8", errors="replace").partition("\n")
    except FileNotFoundError:
        return []
    path.unlink(missing_ok=True)
    spent = limit + patience(limit)
    keys = [runs[name] for name in ids.split(",") if name in runs] if trace else []
    return [ended_badly(key, too_long(limit), spent, "timed_out", trace) for key in keys]


# ---- in other processes


def sources(engine: Engine) -> str:
    """Hash of the sources that decide what a worker does: those of the numbers, and those of the lab."""
    return hashlib.sha256(f"{engine.code_version()}\n{version_of(('sim.lab',))}".encode()).hexdigest()


def packed(work: Work) -> bytes:
    """Work as it travels; the engine first, because scenarios may need the user's policies that it loads."""
    return pickle.dumps((pickle.dumps(work.engine), pickle.dumps(work)))


_given: list[bytes] = []
_held: list[tuple[bytes, Work]] = []
_warm: list[str] = []
_over: list[Ended] = []
"""What went wrong in this process, if that is to end its batch: it begins no other run."""
_one_at_a_time = threading.Lock()


def take(parcel: bytes) -> None:
    """Take what later tasks need, where a process is begun for one batch."""
    _given[:] = [parcel]


def hold(parcel: bytes) -> Work:
    """Unpack what this process has to know, unless it has it already.

    Raises
    ------
    UsageError
        If this process has other sources than the one that started the batch.
    """
    if _held and _held[0][0] == parcel:
        return _held[0][1]
    inner, outer = pickle.loads(parcel)
    pickle.loads(inner).prepare()
    work: Work = pickle.loads(outer)
    if sources(work.engine) != work.sources:
        import sim

        raise UsageError(
            f"the worker on {platform.node()} has other sources of cgsim ({Path(sim.__file__).parent}, version "
            f"{sim.__version__}) than the command that was given. Install the same version there, and restart it"
        )
    _held[:] = [(parcel, work)]
    return work


def do(parcel: bytes | None, task: Task, again: bool = False) -> list[Ended]:
    """Do a task in a worker; returns how its runs ended, or of those it wrote to the folder itself the bad ones.

    ``again`` is as in :func:`execute`.
    """
    with _one_at_a_time:
        work = hold(_given[0] if parcel is None else parcel)
        if work.token not in _warm:
            warm_up(work)
            _warm[:] = [work.token]
        if work.store is None:
            return list(execute(work, task))
        bad = []
        for ended in () if _over else execute(work, task, again):
            work.store.keep(ended)
            if ended.record is not None:
                bad.append(ended)
        _over.extend(bad if work.stop else ())
        return bad
