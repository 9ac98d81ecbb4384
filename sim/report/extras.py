"""Tables of a comparison that not every results folder has: who gains, what the spread is made of, the frontier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.tables import read_stored

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.selection import Results

__all__ = ["extra"]


def extra(results: Results, name: str, window: str | None = None) -> pd.DataFrame | None:
    """One of the tables beside the effects, or None where the folder does not have it.

    Parameters
    ----------
    results
        The results of a comparison.
    name
        ``variance``, ``cost_effect``, ``frontier``, ``equity`` or ``who_gains``; ``docs/results.md`` describes them.
    window
        Only rows of this window, where the table has windows; none at all is None, too.
    """
    path = Path(results.folder) / f"{name}.parquet"
    if not path.is_file():
        return None
    table = read_stored(path.parent, name)
    if window is not None and "window" in table.columns:
        table = table[table["window"] == window]
    return None if table.empty else table
