"""Where the runs of a batch land: one Parquet file a run, whole or not at all.

Layout 1 of a comparison's folder::

    manifest.json            what was asked for, with what code, on what machine, and how it ended
    worlds.csv               one row a parameter world: its id, then the value of each varied parameter
    runs.csv                 one row a planned run: id, scenario, world, seed, status, error
    runs/ID.parquet          one finished run (and ID.sha256, by which damage is noticed)
    superseded/              finished runs that the comparison as it is now does not have, and damaged ones (ID.damaged)
    failures/ID.json         one run that failed or timed out: kind, error and traceback
    log.txt                  when batches began and ended, and every run that ended between
    scenarios.json           the resolved scenarios
    parameters.csv           the baseline's parameters, with range, source and grade
    effects.parquet, costs.parquet, tables/*.csv, figures/, brief.html       what it means
    files.sha256             every file that was written but those of runs, with its checksum

What is in a run's file, ``sim.lab.run_file`` says.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import RunError
from sim.lab.files import write_bytes, write_json, writing
from sim.lab.lock import locked
from sim.lab.log import note

if TYPE_CHECKING:
    from sim.lab.ended import Ended

SUPERSEDED = "superseded"
_RUN_ID = re.compile(r"[0-9a-f]{16,64}")



def is_run_id(name: str) -> bool:
    """Whether a file's name, up to its first dot, is that of a run: files of other names are not ours."""
    return _RUN_ID.fullmatch(name) is not None


class Store:
    """A results folder that runs are written to, from any process.

    Parameters
    ----------
    folder
        The results folder; it and its parents are made when the first thing is written.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._seen: dict[str, tuple[int, int]] = {}

    def run_file(self, run_id: str) -> Path:
        """Where a finished run is or will be."""
        return self.folder / "runs" / f"{run_id}.parquet"

    def failure_file(self, run_id: str) -> Path:
        """Where the record of a run that failed or timed out is or will be."""
        return self.folder / "failures" / f"{run_id}.json"

    # ---- writing

    def keep(self, ended: Ended) -> None:
        """Store how a run ended, whole, and say so in the log; a run that went well ends its older failures.

        Raises
        ------
        WriteError
            If the disk is full or may not be written to.
        """
        key = ended.key
        if ended.record is None:
            path = self.run_file(key.id)
            write_bytes(_sum_file(path), f"{hashlib.sha256(ended.content).hexdigest()}\n".encode())
            write_bytes(path, ended.content)
            self.failure_file(key.id).unlink(missing_ok=True)
        else:
            write_json(self.failure_file(key.id), ended.record)
        what = f"{ended.status:<9} {ended.seconds:8.2f} s  {key.scenario}, world {key.world}, seed {key.seed}"
        note(self.folder, what + ("" if ended.record is None else f": {ended.record['error']}"))

    # ---- reading

    def finished(self, ids: Collection[str], thorough: bool = False) -> set[str]:
        """Which of these runs are stored.

        Parameters
        ----------
        thorough
            Also read each file that has not been read since it was written, and check it; one that is cut short
            or damaged does not count, and is set aside.

        Raises
        ------
        RunError
            If a file is there and cannot be read (``thorough`` only): that is no damage, and nothing is done to it.
        """
        found = _names(self.folder / "runs", ".parquet").intersection(ids)
        if thorough:
            for run_id in sorted(found):
                if not self.is_whole(run_id):
                    self._set_aside_damaged(run_id)
                    found.discard(run_id)
        return found

    def failed(self, ids: Collection[str]) -> set[str]:
        """Which of these runs failed or timed out."""
        return _names(self.folder / "failures", ".json").intersection(ids)

    def failures(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """The records of those of these runs that failed or timed out, by id, in their order."""
        there = self.failed(ids)
        records = {}
        for run_id in ids if there else ():
            if run_id in there:
                with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                    records[run_id] = json.loads(self.failure_file(run_id).read_text(encoding="utf-8"))
        return records

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """Hold the folder for one batch (``sim.lab.lock``)."""
        return locked(self.folder)

    def is_whole(self, run_id: str) -> bool:
        """Whether a run's file is there as it was written; read again only if it was touched since the last time.

        Raises
        ------
        RunError
            If it is there and cannot be read.
        """
        path = self.run_file(run_id)
        try:
            status = path.stat()
            mark = (status.st_mtime_ns, status.st_size)
            if self._seen.get(run_id) != mark:
                if not intact(path):
                    return False
                self._seen[run_id] = mark
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RunError(
                f"{path}: cannot be read ({error.strerror or error}). The run is left as it is; when it can be read "
                "again, give the same command again"
            ) from error
        return True

    def _set_aside_damaged(self, run_id: str) -> None:
        """Take a damaged run's file out of the way of the one that will be made in its place."""
        path, place = self.run_file(run_id), self.folder / SUPERSEDED / f"{run_id}.damaged"
        with writing(place), contextlib.suppress(FileNotFoundError):
            place.parent.mkdir(exist_ok=True)
            os.replace(path, place)
        note(self.folder, f"damaged, set aside as {SUPERSEDED}/{place.name}: run {run_id}")


def _names(folder: Path, suffix: str) -> set[str]:
    """Names of the files of a folder that end so, without the ending; those still being written begin with a dot."""
    try:
        with os.scandir(folder) as entries:
            return {e.name.removesuffix(suffix) for e in entries if e.name.endswith(suffix) and e.name[0] != "."}
    except FileNotFoundError:
        return set()


def intact(path: Path) -> bool:
    """Whether a run's file has the content that was written.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    return _sum_file(path).is_file() and not damaged(path)


def damaged(path: Path) -> bool:
    """Whether a run's file has another content than its checksum says; one whose checksum is gone is not known to.

    A bit that flips in a compressed file often still reads as a number, only another one.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    content = path.read_bytes()
    try:
        wanted = _sum_file(path).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False
    except UnicodeDecodeError:
        return True
    return hashlib.sha256(content).hexdigest() != wanted


def _sum_file(path: Path) -> Path:
    """Where the checksum of a run's file is."""
    return path.with_suffix(".sha256")
