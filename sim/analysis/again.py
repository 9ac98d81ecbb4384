"""Drawing the conclusions of stored runs once more, and comparing them with the stored ones, byte for byte."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.analysis.compare import conclude
from sim.lab.results import Results

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
        conclude(results, folder)
        written = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return [Conclusion(name.as_posix(), _compare(stored / name, folder / name)) for name in written]


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
