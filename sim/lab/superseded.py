"""Finished runs that a comparison as it is now does not have: of an experiment that was edited, or of other code.

They are kept, because the next command may want them again; but not in ``runs``, where whoever opens ``runs/*.parquet``
in DuckDB or Polars would take them for runs of this comparison: neither while a batch works nor after it was killed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection
from pathlib import Path

from sim.lab.files import writing
from sim.lab.store import SUPERSEDED, Store, is_run_id


def take_back(store: Store, ids: Collection[str]) -> None:
    """Put those of these runs that were set aside among the others again, where a batch looks for what it needs."""
    _move(store.folder / SUPERSEDED, store.folder / "runs", set(ids).__contains__)


def set_aside(store: Store, ids: Collection[str]) -> None:
    """Put all runs but these where no glob of ``runs`` meets them."""
    wanted = set(ids)
    _move(store.folder / "runs", store.folder / SUPERSEDED, lambda run_id: run_id not in wanted)


def waiting(store: Store, ids: Collection[str]) -> set[str]:
    """Which of these runs are set aside: they will not have to be done again."""
    return {path.stem for path in (store.folder / SUPERSEDED).glob("*.parquet")}.intersection(ids)


def _move(source: Path, target: Path, wanted: Callable[[str], bool]) -> None:
    """Move the files of runs from one folder to another; a run's checksum goes first, as when it is written."""
    try:
        names = [entry.name for entry in os.scandir(source)]
    except FileNotFoundError:
        return
    moved = [
        name
        for name in names
        if name.endswith((".parquet", ".sha256"))
        and is_run_id(run_id := name.partition(".")[0])
        and wanted(run_id)
    ]
    if moved:
        with writing(target):
            target.mkdir(exist_ok=True)
            for name in sorted(moved, key=lambda name: (name.endswith(".parquet"), name)):
                os.replace(source / name, target / name)
    with contextlib.suppress(OSError):  # it is not empty, then
        source.rmdir()
