"""Finished runs that a comparison as it is now does not have: of an experiment that was edited, or of other code.

They are kept, because the next command may want them again; but not in ``runs``, where whoever opens ``runs/*.parquet``
in DuckDB or Polars would take them for runs of this comparison.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from sim.lab.files import writing
from sim.lab.store import Store

NAME = "aside"


def take_back(store: Store) -> None:
    """Put all runs that were set aside among the others again, where a batch looks for what it needs."""
    _move(store.folder / NAME, store.folder / "runs", None)


def set_aside(store: Store, ids: Collection[str]) -> int:
    """Put all runs but these where no glob of ``runs`` meets them; returns how many they are."""
    return _move(store.folder / "runs", store.folder / NAME, set(ids))


def waiting(store: Store, ids: Collection[str]) -> set[str]:
    """Which of these runs are set aside: they will not have to be done again."""
    return {path.stem for path in (store.folder / NAME).glob("*.parquet")}.intersection(ids)


def _move(source: Path, target: Path, but: set[str] | None) -> int:
    """Move the files of runs from one folder to another; a run's checksum goes first, as when it is written."""
    try:
        names = sorted(entry.name for entry in os.scandir(source) if not entry.name.startswith("."))
    except FileNotFoundError:
        return 0
    moved = [name for name in names if but is None or name.partition(".")[0] not in but]
    if moved:
        with writing(target):
            target.mkdir(exist_ok=True)
            for name in sorted(moved, key=lambda name: name.endswith(".parquet")):
                os.replace(source / name, target / name)
    with contextlib.suppress(OSError):  # it is not empty, then
        source.rmdir()
    return sum(name.endswith(".parquet") for name in moved)
