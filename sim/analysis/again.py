"""Drawing the conclusions of stored runs once more, and comparing them with the stored ones, byte for byte."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.analysis.compare import conclude
from sim.lab.folder import MADE
from sim.lab.results import Results, load_results

if TYPE_CHECKING:
    import pandas as pd

Sameness = Literal["same bytes", "same values", "differs", "not stored"]
"""Files of the same values may differ in their bytes where another version of the Parquet library wrote them."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One table of conclusions: its place in the folder, and how the stored one compares with the recomputed one."""

    file: str
    sameness: Sameness


def conclude_again(results: Results, stored: Path) -> list[Conclusion]:
    """Compute effects and costs of a comparison's runs, and compare with those that lie in a folder.

    Parameters
    ----------
    results
        A comparison whose runs are all there; its folder is only read.
    stored
        The folder with the conclusions to compare with; the same one, or that of the runs which were repeated.

    Returns
    -------
    list of Conclusion
        One for every file that ``conclude`` writes.

    Raises
    ------
    RunError
        If a run cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="cgsim-conclusions-") as scratch:
        folder = Path(scratch)
        given = _shadow(results.folder, folder)
        conclude(load_results(folder))
        written = sorted(path.relative_to(folder) for path in _files(folder) if path not in given)
        return [Conclusion(name.as_posix(), _compare(stored / name, folder / name)) for name in written]


def _shadow(source: Path, target: Path) -> set[Path]:
    """Make a folder with the same runs and without conclusions; return the files in it."""
    for entry in source.iterdir():
        if entry.is_file() and entry.suffix in (".json", ".csv"):
            shutil.copyfile(entry, target / entry.name)
    for name in MADE:
        if name in ("runs", "failures") and (source / name).is_dir():
            try:
                (target / name).symlink_to((source / name).resolve(), target_is_directory=True)
            except OSError:  # Windows lets only some people make links
                shutil.copytree(source / name, target / name)
    return set(_files(target))


def _files(folder: Path) -> list[Path]:
    """All files in a folder, but for those of runs."""
    return [path for path in (*folder.glob("*"), *folder.glob("tables/*")) if path.is_file()]


def _compare(stored: Path, computed: Path) -> Sameness:
    """How a stored file compares with one that was computed now."""
    if not stored.is_file():
        return "not stored"
    if stored.read_bytes() == computed.read_bytes():
        return "same bytes"
    if stored.suffix == ".parquet" and _frame(stored).equals(_frame(computed)):
        return "same values"
    return "differs"


def _frame(path: Path) -> pd.DataFrame:
    """A Parquet file's table; one without columns where it cannot be read."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pd.read_parquet(path)
    except (OSError, pa.ArrowException):
        return pd.DataFrame()
