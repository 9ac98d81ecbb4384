"""Writing and reading the tables of a results folder, with a plain word where a file is gone or damaged."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import NotFoundError, RunError
from sim.lab.checksums import AGAIN, read_checked, read_list
from sim.lab.files import written_whole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["first_line", "read_csv", "read_json", "read_parquet", "read_stored", "write_table"]


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

    try:
        frame = pd.read_csv(io.BytesIO(read_checked(path)), **how)
    except FileNotFoundError:
        raise NotFoundError(f"{path}: not there; {AGAIN}") from None
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {AGAIN}") from error
    if lacks := [column for column in columns if column not in frame.columns]:
        raise RunError(f"{path}: damaged, it has no column {lacks[0]!r}; {AGAIN}")
    return frame


def read_stored(folder: Path, name: str) -> pd.DataFrame:
    """Read a table that a results folder holds as Parquet; a folder of an earlier version has no list of its files.

    Raises
    ------
    RunError
        If it is damaged, or not on the folder's list.
    """
    return read_parquet(folder / f"{name}.parquet", listed=read_list(folder) is not None)


def read_parquet(path: Path, listed: bool = True) -> pd.DataFrame:
    """Read a table of conclusions.

    Parameters
    ----------
    listed
        Whether it is refused where it is on no list of files, by which damage would be noticed.

    Raises
    ------
    RunError
        If it is damaged or refused.
    """
    import pandas as pd
    import pyarrow as pa

    try:
        return pd.read_parquet(io.BytesIO(read_checked(path, listed)))
    except (OSError, pa.ArrowException) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {AGAIN}") from error


def read_json(path: Path) -> Any:
    """Read a file of facts about a study.

    Raises
    ------
    NotFoundError
        If it is not there.
    RunError
        If it is damaged.
    """
    try:
        return json.loads(read_checked(path))
    except FileNotFoundError:
        raise NotFoundError(f"{path}: not there; {AGAIN}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {AGAIN}") from error


def write_table(table: pd.DataFrame, path: Path, digits: int | None = None) -> None:
    """Write a table whole, as CSV or Parquet as its name ends.

    Parameters
    ----------
    digits
        Significant digits of numbers in CSV; all of them by default.
    """
    with written_whole(path) as file:
        if path.suffix == ".csv":
            form = None if digits is None else f"%.{digits}g"
            file.write(table.to_csv(index=False, lineterminator="\n", float_format=form).encode())
        else:
            table.to_parquet(file, index=False, compression="zstd")


def first_line(error: Exception) -> str:
    """What a library says is wrong with a file, without what it says beside."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return next(iter(said.splitlines()), type(error).__name__)
