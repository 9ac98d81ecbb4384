"""What a sensitivity analysis is asked, and what it leaves: sizes, plans, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.indices import FEWEST
from sim.errors import UsageError
from sim.lab.engine import Driver
from sim.lab.files import write_json
from sim.lab.manifest import read_manifest
from sim.lab.tables import read_csv, write_table
from sim.scenario.in_short import in_short

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "sensitivity"
PAGE: Final = "sensitivity.html"
TABLES: Final = ("screening", "indices", "measure_next", "turned", "totals", "confirm", "agreement", "claims_turned")


@dataclass(frozen=True, slots=True)
class Size:
    """How large an analysis is.

    Attributes
    ----------
    trajectories
        Of the screening.
    keep
        Parameters that get Sobol indices of their own, at most.
    blocks
        Base points of the Sobol sample, a power of two.
    days, burn_in
        Of every run.
    confirm
        Leading parameters that are also looked at one at a time, here and at full size.
    """

    trajectories: int
    keep: int
    blocks: int
    days: int
    burn_in: int
    confirm: int


SIZES: Final[Mapping[str, Size]] = {
    "quick": Size(trajectories=2, keep=6, blocks=16, days=90, burn_in=90, confirm=6),
    "small": Size(trajectories=3, keep=10, blocks=32, days=120, burn_in=120, confirm=10),
    "default": Size(trajectories=4, keep=12, blocks=64, days=180, burn_in=180, confirm=10),
    "large": Size(trajectories=10, keep=20, blocks=256, days=365, burn_in=365, confirm=10),
}


@dataclass(frozen=True)
class Plan:
    """What is asked: scenarios (the baseline first), how large, and for the last stage the same at full size."""

    name: str
    scenarios: Mapping[str, Any]
    size: Size
    first_seed: int = 1
    driver: Driver = "compiled"
    window: str = "horizon"
    large: Mapping[str, Any] = field(default_factory=dict)
    large_days: int | None = None

    def __post_init__(self) -> None:
        size = self.size
        if size.trajectories < FEWEST["trajectories"] or size.keep < 1:
            raise UsageError("sensitivity: at least 2 trajectories, and at least 1 parameter to keep")
        if size.blocks < FEWEST["base points"] or size.blocks & (size.blocks - 1):
            raise UsageError(
                f"base points: a power of two from 8 on, such as 16, 64 or 256, not {size.blocks}"
            )

    @property
    def baseline(self) -> str:
        """The scenario that levels are about and that the others are compared with."""
        return next(iter(self.scenarios))


@in_short(
    lambda self: {
        "folder": self.folder,
        "tables": ", ".join(self.tables),
    }
)
@dataclass(frozen=True)
class Sensitivity:
    """A finished analysis: its tables by name (see ``docs/sensitivity.md``), its manifest, and where it is."""

    folder: Path
    manifest: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    failures: dict[str, dict[str, Any]] = field(default_factory=dict)


def load_sensitivity(folder: Path) -> Sensitivity:
    """Open a folder that ``cgsim sensitivity`` wrote, or the tables kept of one."""
    manifest = read_manifest(folder)
    if manifest.get("kind") != KIND:
        raise UsageError(
            f"{folder}: holds the results of a {manifest.get('kind')}, not of a sensitivity analysis"
        )
    paths = {name: folder / "tables" / f"{name}.csv" for name in TABLES}
    again = "cgsim sensitivity writes it again"
    tables = {name: read_csv(path, again=again) for name, path in paths.items() if path.is_file()}
    return Sensitivity(folder, manifest, tables)


def write_tables(found: Sensitivity, folder: Path) -> None:
    """Write manifest and tables of an analysis, as :func:`load_sensitivity` opens them.

    Numbers in CSV have six digits: more would be luck of the machine.
    """
    for name, table in found.tables.items():
        write_table(table, folder / "tables" / f"{name}.csv", digits=6)
        write_table(table, folder / "tables" / f"{name}.parquet")
    write_json(folder / "manifest.json", found.manifest)


def keep_tables(found: Sensitivity, folder: Path) -> None:
    """Copy the tables and the manifest, small enough for version control, and nothing of the runs."""
    for name, table in found.tables.items():
        write_table(table, folder / "tables" / f"{name}.csv", digits=4)
    write_json(folder / "manifest.json", found.manifest)
