"""Runs that another folder has already: the same id is the same run, bit for bit, so it need not be done again."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from sim.lab.files import write_bytes
from sim.lab.store import Store, intact


def borrow(store: Store, ids: Collection[str], folder: Path) -> int:
    """Copy whole runs of these ids from another results folder, where this one lacks them.

    Returns
    -------
    int
        How many were copied.
    """
    other, count = Store(folder), 0
    for run_id in sorted(other.finished(ids) - store.finished(ids)):
        path, mine = other.run_file(run_id), store.run_file(run_id)
        with contextlib.suppress(FileNotFoundError):  # a folder that is being cleared lends nothing
            if intact(path):
                write_bytes(mine.with_suffix(".sha256"), path.with_suffix(".sha256").read_bytes())
                write_bytes(mine, path.read_bytes())
                count += 1
    return count
