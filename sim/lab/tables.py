"""The one way to write and to read the tables of a folder: text stays text, whatever it looks like.

A scenario may be called 2024, 007, true or NA, and a title may begin with ``=``. So the columns that hold text are
declared once (:data:`TEXTS`) and never guessed at, and a text that a spreadsheet would run as a formula is written
with an apostrophe before it, which :func:`read_csv` takes away again.
"""

from __future__ import annotations

import csv
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

__all__ = [
    "TEXTS",
    "as_it_was",
    "csv_text",
    "first_line",
    "no_formula",
    "no_formulas",
    "read_csv",
    "read_json",
    "read_parquet",
    "read_stored",
    "write_table",
]

TEXTS = frozenset(
    {
        *("id", "scenario", "world", "baseline", "name", "title", "label", "package", "contents", "worst_world"),
        *("by", "level", "quarter", "group", "use", "item", "window", "outcome", "date", "worst_by", "worst_level"),
        *("worst_outcome", "unit", "source", "grade", "mechanism", "description", "parameter", "factor", "policy"),
        *("status", "error", "verdict", "interval_holds", "result", "result_uncorrected", "words", "because"),
        *("reason", "note", "claim", "section", "text", "nature", "mechanisms", "treatment", "why", "ablation"),
        *("cuts", "role", "turned_worlds", "uncorrected", "axis", "at", "place", "step", "cut", "finding", "rule"),
        *("block", "looked_in", "failed_worlds", "distribution", "side_low", "side_high", "low_half", "high_half"),
    }
)
"""Columns that hold text in whichever table they stand; all others hold numbers, or yes and no."""

_FORMULA = tuple("=+-@\t\r\n")
_MISSING = ["", "NaN", "nan"]
"""What stands for a missing number; a text is never missing, only empty."""


def no_formula(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe is put before one that begins like a formula; numbers stay."""
    return f"'{text}" if _like_formula(text.lstrip("'")) else text


def as_it_was(text: str) -> str:
    """Undo :func:`no_formula`."""
    return text[1:] if text.startswith("'") and _like_formula(text.lstrip("'")) else text


def _names_text(column: str) -> bool:
    """Whether a column whose name is made of an outcome's holds text: its verdict, or the sign in which it moves."""
    return column.endswith("_verdict") or column.startswith("moves_")


def _like_formula(text: str) -> bool:
    """Whether a text begins like a formula and is no number."""
    if not text.startswith(_FORMULA) or text in ("+", "-"):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def no_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose texts no spreadsheet runs; the same frame where there is nothing to change."""
    import pandas as pd

    changed = {}
    for name, dtype in frame.dtypes.items():
        values: Any = ()
        if str(dtype) == "category":
            values = frame[name].cat.categories
        elif not pd.api.types.is_numeric_dtype(dtype):
            values = frame[name]
        if any(isinstance(value, str) and no_formula(value) != value for value in values):
            changed[name] = [no_formula(v) if isinstance(v, str) else v for v in frame[name].astype(object)]
    return frame.assign(**changed) if changed else frame


def csv_text(frame: pd.DataFrame, digits: int | None = None) -> str:
    """A table as CSV, for spreadsheets and for :func:`read_csv`; numbers with ``digits`` digits, or all of them."""
    form = None if digits is None else f"%.{digits}g"
    return no_formulas(frame).to_csv(index=False, lineterminator="\n", float_format=form)


def read_csv(
    path: Path, columns: Sequence[str] = (), again: str = AGAIN, texts: Sequence[str] = ()
) -> pd.DataFrame:
    """Read a table that :func:`csv_text` wrote, or one of a comparison's design.

    Columns named in :data:`TEXTS` are text, cell for cell as written; an empty one is an empty text.

    Parameters
    ----------
    columns
        Columns that it has if it is whole.
    again
        How to get it anew, for messages.
    texts
        Columns that hold text in this table and numbers in others.

    Raises
    ------
    NotFoundError
        If it is not there.
    RunError
        If it is damaged.
    """
    import pandas as pd

    try:
        content = read_checked(path)
        head = next(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")), [])
        written = {name for name in head if name in TEXTS or name in texts or _names_text(name)}
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype=dict.fromkeys(written, str),
            keep_default_na=False,
            na_values={name: _MISSING for name in head if name not in written},
        )
    except FileNotFoundError:
        raise NotFoundError(f"{path}: not there; {again}") from None
    except pd.errors.EmptyDataError:
        frame, written = pd.DataFrame(), set()
    except (OSError, ValueError, csv.Error) as error:
        raise RunError(f"{path}: cannot be read ({first_line(error)}); {again}") from error
    if lacks := [column for column in columns if column not in frame.columns]:
        raise RunError(f"{path}: damaged, it has no column {lacks[0]!r}; {again}")
    for name in written:
        frame[name] = frame[name].map(as_it_was)
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
            file.write(csv_text(table, digits).encode())
        else:
            table.to_parquet(file, index=False, compression="zstd")


def first_line(error: Exception) -> str:
    """What a library says is wrong with a file, without what it says beside."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return next(iter(said.splitlines()), type(error).__name__)
