"""Runs that another folder has already: the same id is the same run, bit for bit, so it need not be done again."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

from sim.lab.files import write_bytes
from sim.lab.store import SUPERSEDED, Store, intact
from sim.lab.superseded import waiting


def borrow(store: Store, ids: Collection[str], folder: Path) -> int:
    """Copy whole runs of these ids from another results folder, where this one lacks them.

    Returns
    -------
    int
        How many were copied.
    """
    other, count = Store(folder), 0
    set_aside = waiting(other, ids)
    for run_id in sorted((other.finished(ids) | set_aside) - store.finished(ids)):
        path, mine = other.run_file(run_id), store.run_file(run_id)
        if run_id in set_aside:
            path = other.folder / SUPERSEDED / path.name
        with contextlib.suppress(OSError):  # a folder that is being cleared, or cannot be read, lends nothing
            if intact(path):
                write_bytes(mine.with_suffix(".sha256"), path.with_suffix(".sha256").read_bytes())
                write_bytes(mine, path.read_bytes())
                count += 1
    return count
