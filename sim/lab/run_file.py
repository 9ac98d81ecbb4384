"""What is kept of a run, and how: one Parquet file with four tables in one schema.

The tables are told apart by the column ``table``: ``daily``, ``windows``, ``hours`` and ``costs``; each also carries
``scenario``, ``world`` and ``seed``, so that ``runs/*.parquet`` opens as one dataset in DuckDB, Polars or Arrow.
Columns that a table does not have are null.

Daily values of residents, campus and everybody are kept in full from the day the policies start. Of the other
levels (groups, quarters, ages) the headline outcomes are kept, every seventh day (a flow over the seven days up to it,
denominators as their sums): all of it would be some hundred times the size of everything else.

Nothing in the file depends on when or in how long it was made, so that a run has the same bytes whenever it is made.
What it was made with is in its metadata (``cgsim.made_with``). An edit of this module, or of what it imports, is
another version of the code: runs that keep something else have other ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as types

from sim.lab.moving import moving, with_numerators
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

LAYOUT = 1
TABLES = ("daily", "windows", "hours", "costs")
KEYS = ("scenario", "world", "seed")
THINNED_EVERY = 7
_TOLD = ("made_with", "burn_in_drift", "delivered_share")
"""What a run says about itself that is the same each time; seconds, driver and threads are for the log."""


@dataclass(frozen=True, slots=True)
class RunKey:
    """What one run is: its content-derived id, and its place in the design."""

    id: str
    scenario: str
    world: str
    seed: int


def pack_run(key: RunKey, run: Any) -> bytes:
    """The content of a finished run's file."""
    told = {f"cgsim.{name}": run.meta[name] for name in _TOLD if name in run.meta}
    metadata = {"cgsim.layout": LAYOUT, "cgsim.id": key.id, **told}
    return parquet_bytes(tidy(run), {name: getattr(key, name) for name in KEYS}, metadata)


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


def _plain_text(table: Any) -> Any:
    """Store text as text: categories differ from run to run, and a date needs no hours."""
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
    names = set(table.column_names)
    columns = [
        table.column(field.name).cast(field.type)
        if field.name in names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def made_with(path: Path) -> dict[str, Any]:
    """What a finished run was made with, as its file says; empty where it does not."""
    try:
        found = pq.read_schema(path).metadata or {}
        return dict(json.loads(found.get(b"cgsim.made_with", b"{}")))
    except (OSError, ValueError, pa.ArrowException):
        return {}
