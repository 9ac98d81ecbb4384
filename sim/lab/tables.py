"""Reading the tables of a results folder, with a plain word where a file is gone or damaged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import NotFoundError, RunError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["first_line", "read_csv", "read_parquet"]

AGAIN = "the comparison's command writes it again"


def read_csv(path: Path, columns: Sequence[str], **how: Any) -> pd.DataFrame:
    """Read a table of a comparison's design.

    Parameters
    ----------
    columns
        Columns that it has if it is whole.
    how
        Further words for pandas.

    Raises
    ------
    NotFoundError
        If it is not there.
    RunError
        If it is damaged.
    """
    import pandas as pd

    if not path.is_file():
        raise NotFoundError(f"{path}: not there; {AGAIN}")
    try:
        frame = pd.read_csv(path, **how)
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {AGAIN}") from error
    if lacks := [column for column in columns if column not in frame.columns]:
        raise RunError(f"{path}: damaged, it has no column {lacks[0]!r}; {AGAIN}")
    return frame


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table of conclusions.

    Raises
    ------
    RunError
        If it is damaged.
    """
    import pandas as pd
    import pyarrow as pa

    try:
        return pd.read_parquet(path)
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {AGAIN}") from error


def first_line(error: Exception) -> str:
    """What a library says is wrong with a file, without what it says beside."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return next(iter(said.splitlines()), type(error).__name__)
