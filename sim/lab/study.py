"""One protocol for every command that writes a results folder.

A study is checked (nothing else is in the way, the name is a folder's), locked, and checked again; its plan is written,
runs that are missing are done, and what they mean is written beside them. Files land together or not at all, each with
its checksum on the folder's list (``sim.lab.checksums``); nothing but what we wrote is ever removed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ExistsError, RunError
from sim.lab.checksums import LIST, DamagedError, read_list, staged
from sim.lab.design import Design
from sim.lab.engine import Engine
from sim.lab.executors import undisturbed
from sim.lab.folder import begin, check_folder, write_runs
from sim.lab.results import Results, load_results
from sim.lab.runner import ProgressHook, Summary, run_batch
from sim.lab.running import Running
from sim.lab.store import Store

__all__ = ["Study", "first_error", "open_study", "refuse_unless_listed", "refuse_without_runs", "rewriting"]


@dataclass(frozen=True)
class Study:
    """A results folder in the hands of one command.

    Attributes
    ----------
    store, kind
        Its runs, and what it holds, as its manifest says.
    before
        The manifest of what was there, or None.
    """

    store: Store
    kind: str
    before: dict[str, Any] | None

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.store.folder

    def staged(
        self, stale: Callable[[str], bool] = lambda name: False
    ) -> contextlib.AbstractContextManager[Path]:
        """Give a folder whose files land in this one together (``sim.lab.checksums.staged``)."""
        return staged(self.folder, self.kind, stale)

    def do_runs(
        self,
        design: Design,
        engine: Engine,
        jobs: int | None = None,
        *,
        fresh: bool = False,
        announce: Callable[[], float | None] | None = None,
        progress: ProgressHook | None = None,
        part: Design | None = None,
    ) -> Summary:
        """Write the plan of a design and do the runs of it that are missing.

        Parameters
        ----------
        fresh
            Forget the runs that are there.
        announce
            Says what will be done, once it is known which runs are there; returns the seconds it should take.
        part
            The runs that are to be done now; all by default.
        """
        begin(design, self.store, engine.code_version(), fresh)
        expected = None if announce is None else announce()
        return self.run(design, engine, jobs, progress, expected, part=part)

    def run(
        self,
        design: Design,
        engine: Engine,
        jobs: int | None = None,
        progress: ProgressHook | None = None,
        expected: float | None = None,
        running: Running | None = None,
        part: Design | None = None,
    ) -> Summary:
        """Do the runs of a planned design, or of a part of it, and write how all of its runs ended."""
        try:
            return run_batch(part or design, self.store, engine, jobs, progress, expected, running)
        finally:
            with undisturbed():
                write_runs(design, self.store, engine.code_version())

    def load(self) -> Results:
        """Open the runs for reading."""
        return load_results(self.folder)


@contextlib.contextmanager
def open_study(folder: Path, kind: str) -> Iterator[Study]:
    """Check a folder and hold it until the block ends.

    Raises
    ------
    CgsimError
        If something else is there, nothing may be written, or another command is writing to it.
    """
    check_folder(folder, kind)  # before anything is written, the lock included
    store = Store(folder)
    with store.lock():
        yield Study(store, kind, check_folder(folder, kind))


@contextlib.contextmanager
def rewriting(folder: Path, kind: str, stale: Callable[[str], bool] = lambda name: False) -> Iterator[Path]:
    """Give a folder to which files of a study that is there are written, such as its page; they land together.

    A folder without a list of its files is given as it is: one of an earlier version, or a copy in version control.
    """
    about = folder / ("about.json" if kind == "ledger" else "manifest.json")
    if about.is_file() and read_list(folder) is None:
        yield folder
        return
    with Store(folder).lock(), staged(folder, kind, stale) as place:
        yield place


def refuse_unless_listed(study: Study) -> None:
    """Refuse to replace what a folder holds where it is not known which of its files are to go with it.

    Raises
    ------
    ExistsError
        If there is something, and the list of its files is gone or damaged.
    """
    try:
        listed = study.before is None or read_list(study.folder) is not None
    except DamagedError:
        listed = False
    if not listed:
        raise ExistsError(
            f"{study.folder}: its list of files ({LIST}) is gone or damaged, so it is not known what belongs to the "
            f"{study.kind} that is there; choose another --out, or remove the folder"
        )


def first_error(summary: Summary) -> str:
    """The first error of a batch, in one line."""
    return next(
        (str(record["error"]).splitlines()[0] for record in summary.failures.values()), "no error is recorded"
    )


def refuse_without_runs(summary: Summary) -> None:
    """Say so where there is nothing to conclude from.

    Raises
    ------
    RunError
        If no run went well.
    """
    if summary.done == 0:
        raise RunError(f"none of {summary.total} runs went well: {first_error(summary)}")
