"""Tables of a results folder as CSV or as one Parquet file each, run by run, so that size does not matter."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import ExistsError, NotFoundError, UsageError
from sim.lab.files import written_whole
from sim.lab.results import Results
from sim.lab.run_file import KEYS
from sim.lab.tables import no_formula, read_stored

if TYPE_CHECKING:
    import pandas as pd

Format = Literal["csv", "parquet"]

OF_RUNS = ("windows", "daily", "hours", "costs")
"""Tables with rows of every run."""
OF_THE_DESIGN = ("runs", "worlds", "parameters")
"""Tables of what was planned; beside them stand those that the comparison concluded, such as ``effects``."""
ALL = "all"
_MARK = b"\xef\xbb\xbf"
"""What tells a spreadsheet that a text is UTF-8."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: its place, the table in it, and how many rows."""

    path: Path
    table: str
    rows: int


def export(
    results: Results,
    to: Path,
    tables: Sequence[str] = (ALL,),
    form: Format | None = None,
    excel: bool = False,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Exported]:
    """Write tables of a results folder for other programs.

    Parameters
    ----------
    results
        What to export.
    to
        A folder, or a file ending in ``.csv`` or ``.parquet``. A Parquet file takes several tables of runs, told apart
        by the column ``table``, like the file of a run; else a file takes one table.
    tables
        Names of tables, or ``all``: every table there is (:func:`available`).
    form
        ``csv`` by default, or as the file's ending says.
    excel
        Begin CSV files with the mark by which Excel knows UTF-8.
    force
        Write over files that are there.
    progress
        Called as ``progress(runs_done, runs_in_all)``.

    Raises
    ------
    UsageError
        If a table is unknown, or does not go with the file.
    ExistsError
        If a file is in the way, or would be one of the results themselves; nothing was written.
    NotFoundError
        If a table is asked for that the results do not have.
    """
    ending = to.suffix.lower().removeprefix(".")
    whole_file = ending in ("csv", "parquet")
    if whole_file and form not in (None, ending):
        raise UsageError(f"{to}: ends in .{ending}, but the format is to be {form}; leave one of the two out")
    form = form or ("parquet" if ending == "parquet" else "csv")
    if excel and form != "csv":
        raise UsageError("the mark for Excel is for CSV only")
    chosen = _chosen(results, tables, whole_file)
    if whole_file and len(chosen) > 1 and (form == "csv" or set(chosen) - set(OF_RUNS)):
        raise UsageError(
            f"{to}: takes one table; name it with --table, or give a folder (a .parquet file takes all tables of runs)"
        )
    targets = {to: chosen} if whole_file else {to / f"{name}.{form}": [name] for name in chosen}
    _check(to, whole_file, [] if force else list(targets))
    _spare(results, targets)
    rows = dict.fromkeys(targets, 0)
    with _no_empty_folder(to), contextlib.ExitStack() as opened:
        writers = {path: opened.enter_context(_writer(path, form, excel)) for path in targets}
        for path, names in targets.items():
            if names[0] not in OF_RUNS:
                rows[path] += writers[path](_arrow(_whole(results, names[0])))
        of_runs = {path: names for path, names in targets.items() if names[0] in OF_RUNS}
        for run, tables_of_run in _runs(results, progress) if of_runs else ():
            for path, names in of_runs.items():
                rows[path] += writers[path](_of_run(run, tables_of_run, names))
    return [Exported(path, ", ".join(names), rows[path]) for path, names in targets.items()]


def available(results: Results) -> tuple[str, ...]:
    """Names of the tables that results have."""
    if not results.comparison:
        return (*OF_RUNS, "runs")
    concluded = sorted(path.stem for path in results.folder.glob("*.parquet"))
    there = [name for name in OF_THE_DESIGN if (results.folder / f"{name}.csv").is_file()]
    return (*OF_RUNS, *(name for name in concluded if name not in OF_RUNS), *there)


def _chosen(results: Results, tables: Sequence[str], whole_file: bool) -> list[str]:
    """The tables that are meant."""
    there = available(results)
    for name in tables:
        if name not in (*there, ALL):
            near = difflib.get_close_matches(name, there, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(
                f"{results.folder}: there is no table {name!r}; there are {', '.join(there)} and {ALL}{hint}"
            )
    if ALL in tables:
        return list(OF_RUNS if whole_file else there)
    return list(dict.fromkeys(tables))


def _whole(results: Results, name: str) -> pd.DataFrame:
    """A table that is of no single run."""
    if name in OF_THE_DESIGN:
        frame: pd.DataFrame = getattr(results, name)
        return frame
    return read_stored(results.folder, name)


def _check(to: Path, whole_file: bool, targets: Sequence[Path]) -> None:
    """Refuse to write where something is in the way."""
    if not whole_file and to.exists() and not to.is_dir():
        raise ExistsError(f"{to}: is a file; give a folder, or a file that ends in .csv or .parquet")
    there = [path for path in targets if path.exists()]
    if there:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise ExistsError(f"{there[0]}{more}: there already; --force writes over it, --to goes elsewhere")


def _spare(results: Results, targets: Iterable[Path]) -> None:
    """Refuse to write where results are read from, with ``--force`` too: an export is a copy, never the original."""
    folder = results.folder.resolve()
    for path in targets:
        place = path.resolve()
        design = place.name in {f"{name}.csv" for name in OF_THE_DESIGN}
        own = place.parent == folder and (place.suffix.lower() == ".parquet" or (results.comparison and design))
        if own or folder / "runs" in place.parents:
            raise ExistsError(f"{path}: that is where the results themselves are; --to another folder")


@contextlib.contextmanager
def _no_empty_folder(to: Path) -> Iterator[None]:
    """Leave no empty folder behind where nothing could be written."""
    there = to.exists()
    try:
        yield
    except BaseException:
        if not there:
            with contextlib.suppress(OSError):
                to.rmdir()
        raise


def _runs(
    results: Results, progress: Callable[[int, int], None] | None
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every finished run: what it is of, and its tables."""
    runs = results.runs[results.runs["status"] == "ok"].to_dict("records")
    if not runs:
        raise NotFoundError(f"{results.folder}: no finished run")
    for done, run in enumerate(runs, 1):
        yield run, results.run(run["id"])
        if progress is not None:
            progress(done, len(runs))


def _of_run(run: dict[str, Any], tables: dict[str, Any], names: Sequence[str]) -> Any:
    """Rows of one run as an Arrow table that begins with what says which run it is, and which table if several."""
    import pyarrow as pa

    parts = []
    for name in names:
        part = _arrow(tables[name])
        keys = {"table": name, **{key: run[key] for key in KEYS}}
        for key in reversed(keys if len(names) > 1 else KEYS):
            kind = pa.int64() if key == "seed" else pa.string()
            part = part.add_column(0, key, pa.array([keys[key]] * part.num_rows, kind))
        parts.append(part)
    return pa.concat_tables(parts, promote_options="permissive")


def _arrow(frame: Any) -> Any:
    """A frame as an Arrow table: text as text, days as whole numbers, dates as dates, however they were stored."""
    import pyarrow as pa
    from pyarrow import types

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    for i, field in enumerate(table.schema):
        wanted = None
        if field.name == "day":
            wanted = pa.int32()
        elif field.name == "date":
            wanted = pa.date32()
        elif types.is_dictionary(field.type) or types.is_large_string(field.type):
            wanted = pa.string()
        if wanted is not None:
            table = table.set_column(i, field.name, table.column(i).cast(wanted))
    return table


@contextlib.contextmanager
def _writer(path: Path, form: Format, excel: bool) -> Iterator[Callable[[Any], int]]:
    """What writes one part after another, and says how many rows it wrote; the file appears when all is well."""
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    opened: list[tuple[Any, Any]] = []

    def write(part: Any) -> int:
        if not opened:
            opened.append((part.schema, begin(part)))
        schema, writer = opened[0]
        # Runs of one folder have the same columns; a file can hold those of its first.
        part = part if part.schema == schema else _like(part, schema)
        writer.write_table(_no_formulas(part) if form == "csv" else part)
        return int(part.num_rows)

    def begin(part: Any) -> Any:
        if form == "parquet":
            return pq.ParquetWriter(file, part.schema, compression="zstd")
        # The header by hand: the library would put every name in quotes.
        file.write((_MARK if excel else b"") + (",".join(part.column_names) + "\n").encode())
        return pc.CSVWriter(file, part.schema, write_options=pc.WriteOptions(include_header=False))

    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as file:
        try:
            yield write
        finally:
            for _, writer in opened:
                writer.close()


def _no_formulas(part: Any) -> Any:
    """A table whose texts no spreadsheet runs as formulas."""
    import pyarrow as pa
    from pyarrow import types

    for i, field in enumerate(part.schema):
        if types.is_string(field.type):
            texts = part.column(i).combine_chunks().dictionary_encode()
            words = pa.array([no_formula(text) for text in texts.dictionary.to_pylist()], pa.string())
            if not words.equals(texts.dictionary):
                part = part.set_column(i, field, pa.DictionaryArray.from_arrays(texts.indices, words).cast(pa.string()))
    return part


def _like(part: Any, schema: Any) -> Any:
    """A table with the columns of a schema; those it lacks are empty."""
    import pyarrow as pa

    there = set(part.column_names)
    columns = [
        part.column(field.name).cast(field.type)
        if field.name in there
        else pa.nulls(part.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
