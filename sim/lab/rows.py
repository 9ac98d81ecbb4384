"""The rows and columns of a run's tables: which say what a row is, and which of a file are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import UsageError
from sim.lab.run_file import KEYS
from sim.scenario.problems import did_you_mean
from sim.vocabulary.measures import DELIVERED
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["ROWS", "check_outcomes", "may_hold", "no_outcomes", "only"]

ROWS = {
    "daily": ("day", "date", "by", "level"),
    "windows": ("window", "by", "level"),
    "hours": ("window", "use", "hours"),
    "costs": ("window", "item", "hours", "money", *DELIVERED),
}
"""Columns of each table that are no outcomes; those that are texts or dates say what a row is about."""

_KNOWN = {*BY_NAME, *(part for each in BY_NAME.values() for part in (*each.top, *each.bottom))}


def check_outcomes(outcomes: Sequence[str] | None, there: Sequence[str], place: Path) -> None:
    """Refuse an outcome that nobody knows; one that these runs do not have, as in older results, is left out."""
    for name in outcomes or ():
        if name not in there and name not in _KNOWN:
            hint = did_you_mean(str(name), [*BY_NAME, *there])
            raise UsageError(f"{place}: there is no outcome {name!r}{f'; {hint}' if hint else ''}")


def only(table: pa.Table, levels: list[tuple[str, str]] | None) -> pa.Table:
    """The rows of an Arrow table that belong to some levels."""
    import pyarrow.compute as pc

    if levels is None:
        return table
    keep = None
    for by, level in levels:
        this = pc.and_(pc.equal(table["by"], by), pc.equal(table["level"], level))
        keep = this if keep is None else pc.or_(keep, this)
    return table.slice(0, 0) if keep is None else table.filter(keep)


def no_outcomes() -> set[str]:
    """Columns that say what a row is or hold hours and money, in any table: everything but outcomes."""
    return {*KEYS, "table", *(name for names in ROWS.values() for name in names)}


def may_hold(file: pq.ParquetFile, group: int, table: str) -> bool:
    """Whether a row group may hold rows of a table, from the file's statistics alone."""
    statistics = file.metadata.row_group(group).column(0).statistics
    return statistics is None or not statistics.has_min_max or statistics.min <= table <= statistics.max
