"""Where the runs of a batch land: one Parquet file a run, whole or not at all.

Layout 1 of a comparison's folder::

    manifest.json            what was asked for, with what code, on what machine, and how it ended
    worlds.csv               one row a parameter world: its id, then the value of each varied parameter
    runs.csv                 one row a planned run: id, scenario, world, seed, status, error
    runs/ID.parquet          one finished run (and ID.sha256, by which damage is noticed)
    superseded/              finished runs that the comparison as it is now does not have, and damaged ones (ID.damaged)
    failures/ID.json         one run that failed or timed out: kind, error and traceback
    log.txt                  when batches began and ended, and every run that ended between
    scenarios.json           the resolved scenarios
    parameters.csv           the baseline's parameters, with range, source and grade
    effects.parquet, costs.parquet, tables/*.csv, figures/, brief.html       what it means
    files.sha256             every file that was written but those of runs, with its checksum

A run's file holds four tables in one schema, told apart by the column ``table``: ``daily``, ``windows``, ``hours``
and ``costs``; each also carries ``scenario``, ``world`` and ``seed``, so that ``runs/*.parquet`` opens as one
dataset in DuckDB, Polars or Arrow. Columns that a table does not have are null.

Daily values of residents, campus and everybody are kept in full from the day the policies start. Of the other
levels (groups, quarters, ages) the headline outcomes are kept, every seventh day (a flow over the seven days up to it,
denominators as their sums): all of it would be some hundred times the size of everything else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import RunError
from sim.lab.files import write_bytes, write_json, writing
from sim.lab.lock import locked
from sim.lab.log import note
from sim.lab.moving import moving, with_numerators

if TYPE_CHECKING:
    import pandas as pd

    from sim.lab.ended import Ended

LAYOUT = 1
TABLES = ("daily", "windows", "hours", "costs")
KEYS = ("scenario", "world", "seed")
THINNED_EVERY = 7
SUPERSEDED = "superseded"
_RUN_ID = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class RunKey:
    """What one run is: its content-derived id, and its place in the design."""

    id: str
    scenario: str
    world: str
    seed: int


def is_run_id(name: str) -> bool:
    """Whether a file's name, up to its first dot, is that of a run: files of other names are not ours."""
    return _RUN_ID.fullmatch(name) is not None


class Store:
    """A results folder that runs are written to, from any process.

    Parameters
    ----------
    folder
        The results folder; it and its parents are made when the first thing is written.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._seen: dict[str, tuple[int, int]] = {}

    def run_file(self, run_id: str) -> Path:
        """Where a finished run is or will be."""
        return self.folder / "runs" / f"{run_id}.parquet"

    def failure_file(self, run_id: str) -> Path:
        """Where the record of a run that failed or timed out is or will be."""
        return self.folder / "failures" / f"{run_id}.json"

    # ---- writing

    def keep(self, ended: Ended) -> None:
        """Store how a run ended, whole, and say so in the log; a run that went well ends its older failures.

        Raises
        ------
        WriteError
            If the disk is full or may not be written to.
        """
        key = ended.key
        if ended.record is None:
            path = self.run_file(key.id)
            write_bytes(_sum_file(path), f"{hashlib.sha256(ended.content).hexdigest()}\n".encode())
            write_bytes(path, ended.content)
            self.failure_file(key.id).unlink(missing_ok=True)
        else:
            write_json(self.failure_file(key.id), ended.record)
        what = f"{ended.status:<9} {ended.seconds:8.2f} s  {key.scenario}, world {key.world}, seed {key.seed}"
        note(self.folder, what + ("" if ended.record is None else f": {ended.record['error']}"))

    # ---- reading

    def finished(self, ids: Collection[str], thorough: bool = False) -> set[str]:
        """Which of these runs are stored.

        Parameters
        ----------
        thorough
            Also read each file that has not been read since it was written, and check it; one that is cut short
            or damaged does not count, and is set aside.

        Raises
        ------
        RunError
            If a file is there and cannot be read (``thorough`` only): that is no damage, and nothing is done to it.
        """
        found = _names(self.folder / "runs", ".parquet").intersection(ids)
        if thorough:
            for run_id in sorted(found):
                if not self.is_whole(run_id):
                    self._set_aside_damaged(run_id)
                    found.discard(run_id)
        return found

    def failed(self, ids: Collection[str]) -> set[str]:
        """Which of these runs failed or timed out."""
        return _names(self.folder / "failures", ".json").intersection(ids)

    def failures(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """The records of those of these runs that failed or timed out, by id, in their order."""
        there = self.failed(ids)
        records = {}
        for run_id in ids if there else ():
            if run_id in there:
                with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                    records[run_id] = json.loads(self.failure_file(run_id).read_text(encoding="utf-8"))
        return records

    def lock(self) -> contextlib.AbstractContextManager[None]:
        """Hold the folder for one batch (``sim.lab.lock``)."""
        return locked(self.folder)

    def is_whole(self, run_id: str) -> bool:
        """Whether a run's file is there as it was written; read again only if it was touched since the last time.

        Raises
        ------
        RunError
            If it is there and cannot be read.
        """
        path = self.run_file(run_id)
        try:
            status = path.stat()
            mark = (status.st_mtime_ns, status.st_size)
            if self._seen.get(run_id) != mark:
                if not intact(path):
                    return False
                self._seen[run_id] = mark
        except FileNotFoundError:
            return False
        except OSError as error:
            raise RunError(
                f"{path}: cannot be read ({error.strerror or error}). The run is left as it is; when it can be read "
                "again, give the same command again"
            ) from error
        return True

    def _set_aside_damaged(self, run_id: str) -> None:
        """Take a damaged run's file out of the way of the one that will be made in its place."""
        path, place = self.run_file(run_id), self.folder / SUPERSEDED / f"{run_id}.damaged"
        with writing(place), contextlib.suppress(FileNotFoundError):
            place.parent.mkdir(exist_ok=True)
            os.replace(path, place)
        note(self.folder, f"damaged, set aside as {SUPERSEDED}/{place.name}: run {run_id}")


def _names(folder: Path, suffix: str) -> set[str]:
    """Names of the files of a folder that end so, without the ending; those still being written begin with a dot."""
    try:
        with os.scandir(folder) as entries:
            return {e.name.removesuffix(suffix) for e in entries if e.name.endswith(suffix) and e.name[0] != "."}
    except FileNotFoundError:
        return set()


def tidy(run: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of a run that a batch keeps, by name; ``daily_thin`` joins ``daily`` on reading."""
    # A run that branched off a shared burn-in has no days before; one that did not must not differ from it.
    daily = with_numerators(run)
    daily = daily[daily["day"] >= 0]
    scope = daily["by"].isin(("all", "scope"))
    return {
        "daily": daily[scope],
        "daily_thin": _thinned(daily[~scope]),
        "windows": run.windows,
        "hours": run.hours,
        "costs": run.costs,
    }


def _thinned(daily: pd.DataFrame) -> pd.DataFrame:
    """Headline outcomes on every seventh day; a flow is over the seven days up to it, a stock is as on the day.

    The denominators of flows are sums of the seven days, so that longer means can be made of these too.
    """
    from sim.vocabulary.outcomes import BY_NAME, HEADLINE

    names = [name for name in HEADLINE if name in daily.columns]
    flows = [BY_NAME[name] for name in names if BY_NAME[name].kind == "flow"]
    bottoms = [
        name for name in dict.fromkeys(n for flow in flows for n in flow.bottom) if name in daily.columns
    ]
    key = ["by", "level"]
    daily = daily[["day", "date", *key, *names, *bottoms]].sort_values([*key, "day"], ignore_index=True)
    over = {flow.name: moving(daily, flow, THINNED_EVERY, key) for flow in flows}
    if bottoms:
        sums = (
            daily.groupby(key, sort=False, observed=True)[bottoms].rolling(THINNED_EVERY, min_periods=1).sum()
        )
        over |= dict(sums.droplevel([0, 1]))
    daily = daily.assign(**over)
    return daily[daily["day"] % THINNED_EVERY == 0]


def parquet_bytes(tables: dict[str, pd.DataFrame], keys: dict[str, Any], metadata: dict[str, Any]) -> bytes:
    """Several tables as one Parquet file, one row group or more each, in one schema."""
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
    content: bytes = buffer.getvalue().to_pybytes()
    return content


def intact(path: Path) -> bool:
    """Whether a run's file has the content that was written.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    return _sum_file(path).is_file() and not damaged(path)


def damaged(path: Path) -> bool:
    """Whether a run's file has another content than its checksum says; one whose checksum is gone is not known to.

    A bit that flips in a compressed file often still reads as a number, only another one.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    content = path.read_bytes()
    try:
        wanted = _sum_file(path).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return False
    except UnicodeDecodeError:
        return True
    return hashlib.sha256(content).hexdigest() != wanted


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
