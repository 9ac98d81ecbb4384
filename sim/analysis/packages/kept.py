"""A frontier that is there: what a page about it is written from, and a copy small enough for git."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import NotFoundError
from sim.lab.files import write_json
from sim.lab.folder import check_folder
from sim.lab.manifest import read_manifest
from sim.lab.tables import read_csv, write_table
from sim.scenario.in_short import in_short

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "frontier"
LAYOUT: Final = 1
DIGITS: Final = 6
"""Digits of numbers in its tables: as many as a reader can use."""
TABLES: Final = ("frontier", "failing", "search", "options", "by_world")


@in_short(
    lambda self: {
        "folder": self.folder,
        "tables": ", ".join(self.tables),
    }
)
@dataclass(frozen=True)
class Kept:
    """A frontier as it was written: its manifest, and its tables by name (``TABLES``)."""

    folder: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


def load_frontier(folder: Path) -> Kept:
    """Read a frontier back.

    Raises
    ------
    NotFoundError
        If the folder holds none, or one whose search has not ended.
    """
    manifest = read_manifest(folder)
    if manifest.get("kind") != KIND:
        raise NotFoundError(f"{folder}: holds a {manifest.get('kind')} and no frontier")
    if "found" not in manifest:
        raise NotFoundError(
            f"{folder}: the search has not ended, or is an earlier version's; the command that began it goes on from "
            "the runs that are there"
        )
    tables = {}
    for name in TABLES:
        tables[name] = read_csv(folder / "tables" / f"{name}.csv", again="cgsim frontier writes it again")
    return Kept(folder, manifest, tables)


def keep_frontier(kept: Kept, folder: Path) -> None:
    """Write the manifest and the tables of a frontier elsewhere, without its runs.

    Raises
    ------
    ExistsError
        If the folder holds something else.
    """
    check_folder(folder, KIND)
    for name, table in kept.tables.items():
        write_table(table, folder / "tables" / f"{name}.csv", DIGITS)
    write_json(folder / "manifest.json", dict(kept.manifest))
