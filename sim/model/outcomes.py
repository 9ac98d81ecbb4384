"""From recorded measures to outcomes: daily values and windows, by level, as tidy tables."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.recorder import Recorder
from sim.model.world import World
from sim.vocabulary.measures import DELIVERED, INDEX, INSTITUTION_INDEX
from sim.vocabulary.outcomes import DENOMINATORS, OUTCOMES, Outcome

Floats = NDArray[np.float64]
SMALL: Final = 30
"""Levels with fewer residents are left out of gaps: their outcomes are mostly chance."""


def windows(burn_in: int, days: int) -> dict[str, tuple[int, int]]:
    """Windows of a run, as half-open ranges of days counted from the start of the burn-in.

    Parameters
    ----------
    burn_in : int
        Days of burn-in; 0 where none was run.
    days : int
        Days after the burn-in.
    """
    end = burn_in + days
    found = {"year_1": (burn_in, burn_in + 365), "year_2": (burn_in + 365, burn_in + 730)}
    found = {name: edges for name, edges in found.items() if edges[1] <= end}
    found["last_90"] = (max(burn_in, end - 90), end)
    found["horizon"] = (burn_in, end)
    return {name: edges for name, edges in found.items() if edges[1] > edges[0]}


def ratio(top: Floats, bottom: Floats, scale: float) -> Floats:
    """``scale * top / bottom``, missing (NaN) where the denominator is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom > 0.0, scale * top / np.where(bottom > 0.0, bottom, 1.0), np.nan)


def _value(outcome: Outcome, measures: Floats, institution: Floats, days: float) -> Floats:
    """An outcome from measures summed over ``days``, shape (..., levels, measures); shape (..., levels)."""
    if outcome.name == "wellbeing":
        met = measures[..., INDEX["resolved"]] + measures[..., INDEX["self_resolved"]]
        lost = sum(measures[..., INDEX[name]] for name in ("failed", "lapsed_silent", "lapsed_waiting"))
        n = measures[..., INDEX["n"]]
        belonging = ratio(measures[..., INDEX["belonging"]], n, 1.0)
        grievance = ratio(measures[..., INDEX["grievance"]], n, 1.0)
        return (belonging + 1.0 - grievance + ratio(met, met + lost, 1.0)) / 3.0
    if outcome.kind == "institution":
        top = sum(institution[..., INSTITUTION_INDEX[name]] for name in outcome.top)
        bottom: Any = np.full(institution.shape[:-1], days)
        if outcome.bottom == ("residents",):
            bottom = measures[..., 0, INDEX["n"]]
        elif outcome.bottom:
            bottom = sum(institution[..., INSTITUTION_INDEX[name]] for name in outcome.bottom)
        return _of_community(ratio(np.asarray(top), np.asarray(bottom), outcome.scale), measures.shape[-2])
    top = sum(measures[..., INDEX[name]] for name in outcome.top)
    bottom = sum(measures[..., INDEX[name]] for name in outcome.bottom)
    return ratio(np.asarray(top), np.asarray(bottom), outcome.scale)


def _of_community(values: Floats, levels: int) -> Floats:
    """What is of the community as a whole, by level: of all and of headline residents, missing (NaN) elsewhere."""
    result = np.full((*np.shape(values), levels), np.nan)
    result[..., 0] = result[..., 1] = values
    return result


_FROM_RECORDS: Final = ("wait_median_days", "wait_p90_days", "participation_gini")


def daily_table(recorder: Recorder, start: dt.date, burn_in: int) -> pd.DataFrame:
    """One row per day and level: day (0 is the first after the burn-in), date, by, level, outcomes, denominators.

    A denominator of the whole community, such as the workers in post, stands beside those levels that have the outcome.
    """
    days, levels = recorder.days, recorder.levels.names
    measures, institution = recorder.series[:days], recorder.institution[:days]
    day = np.arange(recorder.first, recorder.first + days)
    dates = np.datetime64(start) + day.astype("timedelta64[D]")
    table: dict[str, Any] = {
        "day": np.repeat((day - burn_in).astype(np.int32), len(levels)),
        "date": np.repeat(dates.astype("datetime64[s]"), len(levels)),
        "by": pd.Categorical([by for by, _ in levels] * days),
        "level": pd.Categorical([level for _, level in levels] * days),
    }
    for outcome in OUTCOMES:
        if outcome.name not in _FROM_RECORDS:
            table[outcome.name] = _value(outcome, measures, institution, 1.0).ravel()
    for name in DENOMINATORS:
        if name in INDEX:
            table[name] = measures[..., INDEX[name]].ravel()
        else:
            of_all = measures[:, 0, INDEX["n"]] if name == "residents" else institution[:, INSTITUTION_INDEX[name]]
            table[name] = _of_community(of_all, len(levels)).ravel()
    return pd.DataFrame(table)


def window_table(recorder: Recorder, world: World, edges: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """One row per window and level, then one per window and gap: window, by, level, one column per outcome.

    Parameters
    ----------
    edges : dict of window to (first, last + 1)
        In days since the start of the burn-in; a window that was not fully recorded is left out.
    """
    parts = []
    for window, (first, last) in edges.items():
        lo, hi = first - recorder.first, last - recorder.first
        if lo < 0 or hi > recorder.days:
            continue
        measures = recorder.series[lo:hi].sum(axis=0)
        institution = recorder.institution[lo:hi].sum(axis=0)
        part = pd.DataFrame(recorder.levels.names, columns=["by", "level"])
        part.insert(0, "window", window)
        counted = [outcome for outcome in OUTCOMES if outcome.name not in _FROM_RECORDS]
        values = {outcome.name: _value(outcome, measures, institution, float(hi - lo)) for outcome in counted}
        values |= wait_quantiles(recorder, world, first, last)
        values["participation_gini"] = participation_gini(recorder, first, last)
        part = pd.concat([part, pd.DataFrame({o.name: values[o.name] for o in OUTCOMES})], axis=1)
        people = measures[:, INDEX["n"]] / (hi - lo)
        parts.append(pd.concat([part, _gaps(part, people)], ignore_index=True))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def wait_quantiles(recorder: Recorder, world: World, first: int, last: int) -> dict[str, Floats]:
    """Median and 90th percentile of waits of demands on which work began from day ``first`` to before ``last``."""
    log = world.waits
    chosen = [k for k, day in enumerate(log.day) if first <= day < last]
    levels = len(recorder.levels.names)
    result = {"wait_median_days": np.full(levels, np.nan), "wait_p90_days": np.full(levels, np.nan)}
    if not chosen:
        return result
    waits = np.concatenate([log.wait[k] for k in chosen])
    cells = np.concatenate([log.cell[k] for k in chosen])
    of_wait = recorder.levels.of_cell[cells]
    for level in range(levels):
        mine = waits[(of_wait == level).any(axis=1)]
        if len(mine):
            result["wait_median_days"][level], result["wait_p90_days"][level] = np.quantile(mine, [0.5, 0.9])
    return result


def participation_gini(recorder: Recorder, first: int, last: int) -> Floats:
    """Gini index of acts per adult within a window, by level; who moved in counts from the day of arrival."""
    levels = len(recorder.levels.names)
    result = np.full(levels, np.nan)
    if first not in recorder.acts or last not in recorder.acts:
        return result
    before, after = recorder.acts[first], recorder.acts[last]
    acts = after.acts - np.where(before.generation == after.generation, before.acts, 0)
    acts, of_cell = acts[after.adult], recorder.levels.of_cell[after.cell[after.adult]]
    for level in range(levels):
        result[level] = gini(acts[(of_cell == level).any(axis=1)])
    return result


def gini(values: NDArray[Any]) -> float:
    """Gini index of non-negative values: 0 where all are equal; NaN where there are none or all are 0."""
    if len(values) == 0 or values.sum() == 0:
        return float("nan")
    ordered = np.sort(values).astype(np.float64)
    rank = np.arange(1, len(ordered) + 1)
    return float(2.0 * (rank * ordered).sum() / (len(ordered) * ordered.sum()) - (len(ordered) + 1) / len(ordered))


def _gaps(part: pd.DataFrame, people: Floats) -> pd.DataFrame:
    """Largest less smallest value over the levels of each cut that have enough people."""
    rows = []
    for by in ("group", "quarter", "age", "vulnerable"):
        mine = part[(part["by"] == by) & (people >= SMALL)]
        spread = mine.drop(columns=["window", "by", "level"]).agg(["max", "min"])
        values = (spread.loc["max"] - spread.loc["min"]).to_dict()
        rows.append({"window": part["window"].iloc[0], "by": "gap", "level": by, **values})
    return pd.DataFrame(rows, columns=part.columns)


def hours_table(recorder: Recorder, names: Sequence[str], edges: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Worker-hours of own agencies: window, use, hours."""
    rows = []
    for window, (first, last) in edges.items():
        lo, hi = first - recorder.first, last - recorder.first
        if lo < 0 or hi > recorder.days:
            continue
        for use, hours in zip(names, recorder.hours[lo:hi].sum(axis=0), strict=True):
            rows.append({"window": window, "use": use, "hours": float(hours)})
    return pd.DataFrame(rows, columns=["window", "use", "hours"])


def cost_table(recorder: Recorder, edges: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Hours and yuan by policy block, and wages; what of each block was delivered.

    Money of a block is what it spends beyond wages; wages of all workers are one item of their own. ``days_at_work`` is
    the number of days on which the block was at work, ``dose_given`` the mean over the window of the dose delivered
    (strength times the share of programme hours there), ``residents_covered`` and ``quarters_covered`` whom it
    covers and where they live, ``posts_filled`` how many posts it added that were filled, in the mean; NaN of wages.
    """
    rows: list[dict[str, Any]] = []
    for window, (first, last) in edges.items():
        lo, hi = first - recorder.first, last - recorder.first
        if lo < 0 or hi > recorder.days:
            continue
        wages = recorder.institution[lo:hi, INSTITUTION_INDEX["money_wages"]].sum()
        paid = recorder.institution[lo:hi, INSTITUTION_INDEX["hours_available"]].sum()
        rows.append({"window": window, "item": "wages", "hours": float(paid), "money": float(wages)})
        for k, name in enumerate(recorder.blocks):
            residents, quarters = recorder.block_reach[k]
            rows.append(
                {
                    "window": window,
                    "item": name,
                    "hours": float(recorder.block_hours[lo:hi, k].sum()),
                    "money": float(recorder.block_money[lo:hi, k].sum()),
                    "days_at_work": float(recorder.block_work[lo:hi, k].sum()),
                    "dose_given": float(recorder.block_dose[lo:hi, k].mean()),
                    "residents_covered": residents,
                    "quarters_covered": quarters,
                    "posts_filled": float(recorder.block_posts[lo:hi, k].mean()),
                }
            )
    return pd.DataFrame(rows, columns=["window", "item", "hours", "money", *DELIVERED]).astype(
        dict.fromkeys(DELIVERED, float)
    )
