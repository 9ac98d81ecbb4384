"""Comparing a run with its repetition, outcome by outcome, bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.lab.rows import ROWS

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["identical", "tiny", "drift"]

TINY = 1e-9
"""Largest relative difference that is still called tiny: rounding, summed up over a run."""
NOTHING = 1e-12
"""Largest difference that is called tiny whatever the value: 0 has no relative differences."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How one outcome of repeated runs compares with the stored one.

    Attributes
    ----------
    outcome
        Its name; of hours and costs the table and the column (``hours: hours``, ``costs: money``).
    status
        ``identical`` to the last bit, ``tiny`` (within 1e-9 of the value), or ``drift``.
    values, runs
        How many were compared.
    values_differing, runs_differing
        How many of them differ in any bit.
    largest, largest_relative
        Largest difference, and largest as a share of the value; infinite where one of the two has no value.
    """

    outcome: str
    status: Status
    values: int
    runs: int
    values_differing: int
    runs_differing: int
    largest: float
    largest_relative: float


def compare_tables(stored: Mapping[str, pd.DataFrame], again: Mapping[str, pd.DataFrame]) -> list[Drift]:
    """Compare the tables of one run with those of its repetition (``Results.run``).

    Rows are matched by what they are about. A row or an outcome that only one of the two has counts as a difference
    without a size.
    """
    found = [
        _column(_name(table, column), one[column], two[column])
        for table in ROWS
        for one, two in [_aligned(table, stored[table], again[table])]
        for column in one.columns
    ]
    return together([[drift] for drift in found], runs=1)


def together(parts: Iterable[list[Drift]], runs: int | None = None) -> list[Drift]:
    """Sum up drifts by outcome, over runs (or, with ``runs=1``, over the tables of one run)."""
    by_outcome: dict[str, list[Drift]] = {}
    for part in parts:
        for drift in part:
            by_outcome.setdefault(drift.outcome, []).append(drift)
    return [
        Drift(
            outcome,
            max((d.status for d in drifts), key=_ORDER.index),
            sum(d.values for d in drifts),
            sum(d.runs for d in drifts) if runs is None else runs,
            sum(d.values_differing for d in drifts),
            sum(d.runs_differing for d in drifts)
            if runs is None
            else min(runs, sum(d.runs_differing for d in drifts)),
            max(d.largest for d in drifts),
            max(d.largest_relative for d in drifts),
        )
        for outcome, drifts in by_outcome.items()
    ]


_ORDER: tuple[Status, ...] = ("identical", "tiny", "drift")


def worst(drifts: Iterable[Drift]) -> Status:
    """The worst status of several."""
    return max((drift.status for drift in drifts), key=_ORDER.index, default="identical")


def _aligned(table: str, one: pd.DataFrame, two: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the same rows and columns, in the same order; what one lacks has no value there."""
    keys = [name for name in ROWS[table] if name not in ("hours", "money")]
    one, two = (
        frame.set_index([frame[k].astype(str) for k in keys]).drop(columns=keys) for frame in (one, two)
    )
    rows = one.index if one.index.equals(two.index) else one.index.union(two.index)
    columns = [*one.columns, *(name for name in two.columns if name not in one.columns)]
    return one.reindex(index=rows, columns=columns), two.reindex(index=rows, columns=columns)


def _column(outcome: str, one: Any, two: Any) -> Drift:
    """Compare two columns of numbers."""
    import numpy as np

    a, b = (np.ascontiguousarray(column.to_numpy(), dtype=np.float64) for column in (one, two))
    empty_a, empty_b = np.isnan(a), np.isnan(b)
    differs = (a.view(np.int64) != b.view(np.int64)) & ~(empty_a & empty_b)
    count = int(differs.sum())
    if not count:
        return Drift(outcome, "identical", len(a), 1, 0, 0, 0.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(a - b)[differs]
        share = np.where(size > 0.0, size / np.maximum(np.abs(a), np.abs(b))[differs], 0.0)
    one_sided = (empty_a != empty_b)[differs]
    size, share = np.where(one_sided, np.inf, size), np.where(one_sided, np.inf, share)
    tiny = ((share <= TINY) | (size <= NOTHING)).all()
    return Drift(
        outcome, "tiny" if tiny else "drift", len(a), 1, count, 1, float(size.max()), float(share.max())
    )


def _name(table: str, column: str) -> str:
    """Outcomes are called by their names; hours and money are of their table."""
    return f"{table}: {column}" if table in ("hours", "costs") else column
