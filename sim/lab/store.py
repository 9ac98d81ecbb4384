"""Where the runs of a batch land: one Parquet file a run, whole or not at all.

Layout 1 of a comparison's folder::

    manifest.json            what was asked for, with what code, on what machine, and how it ended
    worlds.csv               one row a parameter world: its id, then the value of each varied parameter
    runs.csv                 one row a planned run: id, scenario, world, seed, status, error
    runs/ID.parquet          one finished run (and ID.sha256, by which damage is noticed)
    failures/ID.json         one failed run: error and traceback
    scenarios.json           the resolved scenarios
    parameters.csv           the baseline's parameters, with range, source and grade
    effects.parquet, costs.parquet, tables/*.csv, figures/, brief.html       what it means

A run's file holds four tables in one schema, told apart by the column ``table``: ``daily``, ``windows``, ``hours``
and ``costs``; each also carries ``scenario``, ``world`` and ``seed``, so that ``runs/*.parquet`` opens as one
dataset in DuckDB, Polars or Arrow. Columns that a table does not have are null.

Daily values of residents, campus and everybody are kept in full from the day the policies start. Of the other
levels (groups, quarters, ages) the headline outcomes are kept, every seventh day (a flow as the mean of the seven days
up to it): all of it would be some hundred times the size of everything else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.lab.files import write_json, write_text, written_whole

if TYPE_CHECKING:
    import pandas as pd

LAYOUT = 1
TABLES = ("daily", "windows", "hours", "costs")
KEYS = ("scenario", "world", "seed")
THINNED_EVERY = 7


@dataclass(frozen=True, slots=True)
class RunKey:
    """What one run is: its content-derived id, and its place in the design."""

    id: str
    scenario: str
    world: str
    seed: int


class Store:
    """A results folder that runs are written to, from any process.

    Parameters
    ----------
    folder
        The results folder; it and its parents are made when the first thing is written.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def run_file(self, run_id: str) -> Path:
        """Where a finished run is or will be."""
        return self.folder / "runs" / f"{run_id}.parquet"

    def failure_file(self, run_id: str) -> Path:
        """Where the record of a failed run is or will be."""
        return self.folder / "failures" / f"{run_id}.json"

    # ---- writing

    def write_run(self, key: RunKey, run: Any, seconds: float) -> None:
        """Store a finished run, whole; an older failure of the same run is forgotten."""
        write_parquet(
            self.run_file(key.id),
            tidy(run),
            {name: getattr(key, name) for name in KEYS},
            {
                "cgsim.layout": LAYOUT,
                "cgsim.id": key.id,
                "cgsim.seconds": seconds,
                "cgsim.meta": dict(run.meta),
            },
        )
        self.failure_file(key.id).unlink(missing_ok=True)

    def write_failure(self, key: RunKey, error: BaseException) -> None:
        """Record a run that failed, with its traceback."""
        write_json(
            self.failure_file(key.id),
            {
                "id": key.id,
                "scenario": key.scenario,
                "world": key.world,
                "seed": key.seed,
                "error": f"{type(error).__name__}: {error}",
                "traceback": "".join(traceback.format_exception(error)),
            },
        )

    # ---- reading

    def finished(self, ids: Sequence[str], thorough: bool = False) -> set[str]:
        """Which of these runs are stored.

        Parameters
        ----------
        thorough
                Also read each file and check it; one that is cut short or damaged does not count, and is removed.
        """
        try:
            there = {entry.name.removesuffix(".parquet") for entry in os.scandir(self.folder / "runs")}
        except FileNotFoundError:
            return set()
        found = there.intersection(ids)
        if thorough:
            for run_id in sorted(found):
                if not intact(self.run_file(run_id)):
                    self.run_file(run_id).unlink(missing_ok=True)
                    found.discard(run_id)
        return found

    def failures(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The records of those of these runs that failed, by id."""
        records = {}
        for run_id in ids:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                records[run_id] = json.loads(self.failure_file(run_id).read_text(encoding="utf-8"))
        return records

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one batch; the lock ends with the process, however that ends.

        Raises
        ------
        UsageError
            If another batch is writing to the folder.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "w", encoding="utf-8") as file:
            try:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except ImportError:
                pass  # no such locks on this platform; the runs themselves are safe, two batches waste work
            except OSError:
                raise UsageError(
                    f"{self.folder}: another batch is writing to this folder; wait for it, or choose another --out"
                ) from None
            yield


def tidy(run: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of a run that a batch keeps, by name; ``daily_thin`` joins ``daily`` on reading."""
    # A run that branched off a shared burn-in has no days before; one that did not must not differ from it.
    daily = run.daily[run.daily["day"] >= 0]
    scope = daily["by"].isin(("all", "scope"))
    return {
        "daily": daily[scope],
        "daily_thin": _thinned(daily[~scope]),
        "windows": run.windows,
        "hours": run.hours,
        "costs": run.costs,
    }


def _thinned(daily: pd.DataFrame) -> pd.DataFrame:
    """Headline outcomes on every seventh day; a flow is averaged over the seven days, a stock is as on the day."""
    from sim.vocabulary.outcomes import BY_NAME, HEADLINE

    names = [name for name in HEADLINE if name in daily.columns]
    flows = [name for name in names if BY_NAME[name].kind == "flow"]
    daily = daily[["day", "date", "by", "level", *names]].sort_values(["by", "level", "day"], kind="stable")
    if flows and len(daily):
        means = daily.groupby(["by", "level"], sort=False, observed=True)[flows].rolling(
            THINNED_EVERY, min_periods=1
        )
        daily[flows] = means.mean().to_numpy()
    return daily[daily["day"] % THINNED_EVERY == 0]


def write_parquet(
    path: Path, tables: dict[str, pd.DataFrame], keys: dict[str, Any], metadata: dict[str, Any]
) -> None:
    """Write several tables into one file, one row group or more each, in one schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts: list[pa.Table] = []
    for name, frame in tables.items():
        part = pa.Table.from_pandas(
            frame.reset_index(drop=True), preserve_index=False
        ).replace_schema_metadata(None)
        for key, value in reversed({"table": name.removesuffix("_thin"), **keys}.items()):
            kind = pa.int64() if key == "seed" else pa.string()
            part = part.add_column(0, key, pa.array([value] * part.num_rows, kind))
        parts.append(_plain_text(part))
    schema = pa.unify_schemas([part.schema for part in parts], promote_options="permissive")
    schema = schema.with_metadata({k: json.dumps(v, default=str) for k, v in metadata.items()})
    buffer = pa.BufferOutputStream()
    with pq.ParquetWriter(buffer, schema, compression="zstd") as writer:
        for part in parts:
            if part.num_rows:
                writer.write_table(_fill(part, schema))
    content = buffer.getvalue().to_pybytes()
    write_text(_sum_file(path), hashlib.sha256(content).hexdigest() + "\n")
    with written_whole(path) as file:
        file.write(content)


def intact(path: Path) -> bool:
    """Whether a run's file has the content that was written."""
    try:
        wanted = _sum_file(path).read_text(encoding="ascii").strip()
        return hashlib.sha256(path.read_bytes()).hexdigest() == wanted
    except (OSError, UnicodeDecodeError):
        return False


def _sum_file(path: Path) -> Path:
    """Where the checksum of a run's file is."""
    return path.with_suffix(".sha256")


def _plain_text(table: Any) -> Any:
    """Store text as text: categories differ from run to run, and a date needs no hours."""
    import pyarrow as pa
    import pyarrow.types as types

    for i, field in enumerate(table.schema):
        wanted = None
        if types.is_dictionary(field.type) or types.is_large_string(field.type):
            wanted = pa.string()
        elif field.name == "date" and not types.is_date32(field.type):
            wanted = pa.date32()
        if wanted is not None:
            table = table.set_column(i, field.name, table.column(i).cast(wanted))
    return table


def _fill(table: Any, schema: Any) -> Any:
    """Give a table every column of a schema, null where it has none."""
    import pyarrow as pa

    names = set(table.column_names)
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
