"""The tables of a comparison: what the brief prints, the terminal shows, and spreadsheets read."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.files import write_text
from sim.lab.tables import csv_text
from sim.report import frontier, words
from sim.report.extras import extra
from sim.report.pictures import GAPS, quarter_outcome
from sim.report.selection import CAMPUS, EVERYONE, Cost, Results, Selection, select
from sim.report.series import daily_table
from sim.report.table import Table
from sim.report.verdicts import cell_of, verdict_frame

if TYPE_CHECKING:
    import pandas as pd

    from sim.vocabulary.outcomes import Outcome

__all__ = [
    "Table",
    "cost_table",
    "effect_table",
    "frontier_table",
    "gap_table",
    "over_time_frame",
    "quarter_table",
    "time_table",
    "write_tables",
]


def effect_table(selection: Selection) -> Table:
    """All headline effects: for residents, and beside them the campus and everyone where they were computed."""
    scopes = [
        (selection.level, "residents" if selection.level != EVERYONE else "everyone"),
        (CAMPUS, "campus"),
        (EVERYONE, "everyone"),
    ]
    rows = []
    for name in selection.ranked:
        for outcome in selection.outcomes:
            for i, (level, who) in enumerate(scopes):
                effect = selection.effect(name, outcome.name, level)
                if effect is not None and (i == 0 or level != selection.level):
                    cell = cell_of(effect)
                    rows.append(
                        (
                            selection.titles[name],
                            outcome.label,
                            who,
                            cell.difference,
                            cell.interval,
                            cell.share,
                            f"{cell.mark} {cell.words}",
                        )
                    )
    columns = (
        "Scenario",
        "Outcome",
        "People",
        "Difference",
        "95% interval",
        f"{selection.units.capitalize()} with this sign",
        "Verdict",
    )
    caption = f"Differences from the baseline; 95% intervals hold {selection.interval_holds}"
    return Table(caption, columns, tuple(rows), frozenset({3, 4, 5}))


def time_table(selection: Selection) -> Table:
    """Mean level of the scenarios shown at five days of the horizon."""
    rows = []
    for outcome in selection.outcomes:
        table = daily_table(selection, outcome, selection.shown, selection.level)
        if table is None:
            continue
        for name in selection.shown:
            if name in table.columns.get_level_values(0):
                means = table[name].mean(axis=1)
                rows.append(
                    (
                        outcome.label,
                        selection.titles[name],
                        *(words.value(outcome, float(means.iloc[i])) for i in _five(len(means))),
                    )
                )
    days = _days(selection)
    return Table(
        "Levels over time, mean over worlds",
        ("Outcome", "Scenario", *(f"Day {day}" for day in days)),
        tuple(rows),
        frozenset(range(2, 2 + len(days))),
    )


def quarter_table(selection: Selection) -> Table | None:
    """The last day's level in each quarter, for the scenarios shown; None without daily values by quarter."""
    outcome, daily = quarter_outcome(selection), selection.daily
    if outcome is None or daily is None or daily.empty:
        return None
    rows = []
    for quarter in sorted(daily.loc[daily["by"] == "quarter", "level"].unique()):
        table = daily_table(selection, outcome, selection.shown, ("quarter", quarter))
        if table is not None:
            last = table.iloc[-1].groupby(level=0).mean()
            rows.append(
                (
                    selection.label(quarter),
                    *(words.value(outcome, float(last.get(name, math.nan))) for name in selection.shown),
                )
            )
    if not rows:
        return None
    columns = ("Quarter", *(selection.titles[name] for name in selection.shown))
    return Table(
        f"{outcome.label} by quarter, last day", columns, tuple(rows), frozenset(range(1, len(columns)))
    )


def gap_table(selection: Selection) -> Table | None:
    """Changes in the gaps between groups, ages and quarters; None where none were computed."""
    rows = []
    for name in selection.ranked:
        for outcome in selection.outcomes:
            for gap, called in GAPS.items():
                effect = selection.effect(name, outcome.name, ("gap", gap))
                if effect is not None:
                    cell = cell_of(effect)
                    side = {"better": "narrower", "worse": "wider"}.get(effect.verdict, cell.words)
                    rows.append(
                        (
                            selection.titles[name],
                            outcome.label,
                            called,
                            cell.difference,
                            cell.interval,
                            f"{cell.mark} {side}",
                        )
                    )
    columns = ("Scenario", "Outcome", "Gap between", "Change", "95% interval", "Verdict")
    caption = f"Changes in gaps; 95% intervals hold {selection.interval_holds}"
    return Table(caption, columns, tuple(rows), frozenset({3, 4})) if rows else None


def cost_table(selection: Selection) -> Table:
    """Money beyond the baseline, and the price of one unit of each outcome that gets better."""
    dominated = {
        o.name: {p.scenario for p in frontier.points(selection, o) if p.dominated} for o in selection.outcomes
    }
    ends_of = _price_ends(selection)
    rows = []
    for name in selection.ranked:
        spent = selection.costs.get(name, Cost())
        cost, prices = spent.money, []
        for outcome in selection.outcomes:
            effect = selection.effect(name, outcome.name)
            price = "–"
            if effect is not None and effect.verdict == "better" and cost > 0:
                price = words.money(cost / (abs(effect.mean) / _price_unit(outcome)))
                if (name, outcome.name) in ends_of:
                    low, high = (end * _price_unit(outcome) for end in ends_of[name, outcome.name])
                    price += f" ({words.money(low)} to {words.money(high)})"
                price += ", dominated" if name in dominated[outcome.name] else ""
            prices.append(price)
        sure = math.isfinite(spent.low) and math.isfinite(spent.high)
        ends = (
            f"{words.money(spent.low, signed=True)} to {words.money(spent.high, signed=True)}"
            if sure
            else "–"
        )
        hours = "–" if math.isnan(spent.hours) else f"{spent.hours:+,.0f}".replace("-", words.MINUS)
        rows.append((selection.titles[name], words.money(cost, signed=True), ends, hours, *prices))
    columns = (
        "Scenario",
        "Yuan per resident a year",
        "95% interval",
        "Worker-hours",
        *(f"Yuan per {_price_words(outcome)}" for outcome in selection.outcomes),
    )
    return Table(
        f"Cost beyond the baseline, and per unit of what gets better; 95% intervals hold {selection.interval_holds}",
        columns,
        tuple(rows),
        frozenset(range(1, len(columns))),
    )


def frontier_table(selection: Selection) -> Table | None:
    """In what share of worlds each scenario is worth its money; None where the results do not say."""
    table = extra(selection.results, "frontier")
    if table is None or selection.window != _headline(selection):
        return None
    found = {(row["scenario"], row["outcome"]): row for row in table.to_dict("records")}
    rows = []
    for name in (selection.baseline, *selection.ranked):
        cells = []
        for outcome in selection.outcomes:
            row = found.get((name, outcome.name))
            share = "–" if row is None else words.percent(float(row["share_frontier"]))
            cells.append(f"{share}{' ●' if row is not None and row['status'] == 'frontier' else ''}")
        rows.append((selection.titles[name], *cells))
    return Table(
        f"On the frontier in this share of {selection.units}; ● by the means",
        ("Scenario", *(outcome.label for outcome in selection.outcomes)),
        tuple(rows),
        frozenset(range(1, 1 + len(selection.outcomes))),
    )


def write_tables(results: Results, folder: Path, window: str | None = None) -> list[Path]:
    """Write ``verdicts.csv`` (the verdict table), ``effects.csv`` (every effect) and ``over_time.csv``."""
    selection = select(results, window)
    made = {
        "verdicts": verdict_frame(selection),
        "effects": results.effects,
        "over_time": over_time_frame(selection),
    }
    written = []
    for name, table in made.items():
        written.append(Path(folder) / f"{name}.csv")
        write_text(written[-1], csv_text(table))
    return written


def over_time_frame(selection: Selection) -> pd.DataFrame:
    """What the brief draws over time, in numbers: levels of the scenarios shown, and of each quarter, on five days."""
    import pandas as pd

    quarters = [("quarter", level) for level in selection.levels("quarter")]
    rows = []
    for outcome in selection.outcomes:
        for by, level in (selection.level, *quarters):
            table = daily_table(selection, outcome, selection.shown, (by, level))
            if table is None:
                continue
            for name in selection.shown:
                if name in table.columns.get_level_values(0):
                    means = table[name].mean(axis=1)
                    rows += [
                        (name, outcome.name, by, level, int(means.index[i]), float(means.iloc[i]))
                        for i in _five(len(means))
                    ]
    return pd.DataFrame(rows, columns=["scenario", "outcome", "by", "level", "day", "mean"])


def _five(count: int) -> list[int]:
    return sorted({round(i * (count - 1) / 4) for i in range(5)})


def _days(selection: Selection) -> list[int]:
    table = next(
        (
            t
            for o in selection.outcomes
            if (t := daily_table(selection, o, selection.shown, selection.level)) is not None
        ),
        None,
    )
    return [] if table is None else [int(table.index[i]) for i in _five(len(table))]


def _price_ends(selection: Selection) -> dict[tuple[str, str], tuple[float, float]]:
    """The 95% interval of the price of a unit by scenario and outcome, where the results say."""
    table = extra(selection.results, "cost_effect", selection.window)
    if table is None or "cost_per_unit_low" not in table.columns or selection.window != _headline(selection):
        return {}
    found = {
        (str(row["scenario"]), str(row["outcome"])): (row["cost_per_unit_low"], row["cost_per_unit_high"])
        for row in table.to_dict("records")
    }
    return {key: ends for key, ends in found.items() if all(math.isfinite(end) for end in ends)}


def _headline(selection: Selection) -> str:
    """The window of those tables that hold one only."""
    return str(selection.results.experiment.get("window") or "horizon")


def _price_unit(outcome: Outcome) -> float:
    return 0.01 if outcome.unit in ("share", "0 to 1") else 1.0


def _price_words(outcome: Outcome) -> str:
    unit = {"share": "percentage point", "0 to 1": "0.01"}.get(
        outcome.unit, f"one {'less' if outcome.direction < 0 else 'more'} {outcome.unit}"
    )
    return f"{unit} of {words.subject(outcome)}"
