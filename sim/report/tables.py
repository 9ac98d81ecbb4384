"""The tables of a comparison: what the brief prints, the terminal shows, and spreadsheets read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report import frontier, words
from sim.report.finding import classify
from sim.report.pictures import GAPS, quarter_outcome
from sim.report.selection import CAMPUS, EVERYONE, Cost, Effect, Results, Selection, select
from sim.report.series import daily_table

if TYPE_CHECKING:
    import pandas as pd

    from sim.vocabulary.outcomes import Outcome

__all__ = [
    "Cell", "Table", "VerdictRow", "cost_table", "effect_table", "gap_table", "grade_counts", "parameter_table",
    "plain_words", "quarter_table", "time_table", "verdict_frame", "verdict_rows", "widest_parameters", "write_tables",
]

GRADES = {
    "measured": "read off the community or official statistics",
    "literature": "from published studies of other places",
    "expert": "judged by people who know the field",
    "assumed": "chosen so that the model behaves; nobody has measured it",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One effect as printed: mark, verdict in words, difference, interval and share of worlds with that sign."""

    verdict: str
    mark: str
    words: str
    difference: str
    interval: str
    share: str


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One scenario of the verdict table; ``cells`` follow the headline outcomes, None where there is no effect."""

    scenario: str
    title: str
    cells: tuple[Cell | None, ...]
    cost: str
    words: str


@dataclass(frozen=True, slots=True)
class Table:
    """A printed table; the first column names the row, and ``numeric`` columns (by position) are set right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def verdict_rows(selection: Selection) -> list[VerdictRow]:
    """The verdict table, most helpful first."""
    rows = []
    for name in selection.ranked:
        effects = (selection.effect(name, outcome.name) for outcome in selection.outcomes)
        rows.append(
            VerdictRow(
                scenario=name,
                title=selection.titles[name],
                cells=tuple(None if effect is None else _cell(effect) for effect in effects),
                cost=words.money(selection.costs.get(name, Cost()).money, signed=True),
                words=plain_words(selection, name),
            )
        )
    return rows


def plain_words(selection: Selection, scenario: str) -> str:
    """One scenario's verdict in a sentence; says so where it differs once the campus is counted (a condition)."""
    effects = selection.headline(scenario)
    kind = classify(selection, scenario)
    good = words.join([_moves(e) for e in effects if e.verdict == "better"])
    bad = words.join([_moves(e) for e in effects if e.verdict == "worse"])
    if kind == "helps":
        text = f"Helps: {good}."
    elif kind == "harms":
        text = f"Harms: {bad}."
    elif kind == "mixed":
        text = f"Mixed: {good}, but {bad}."
    elif {e.verdict for e in effects} == {"too_small"}:
        text = "Changes are too small to matter."
    else:
        text = "No difference that shows."
    other = []
    for effect in effects:
        everyone = selection.effect(scenario, effect.outcome.name, EVERYONE)
        if everyone is None or selection.level == EVERYONE or everyone.verdict == effect.verdict:
            continue
        # Between "too small" and "cannot be told" there is nothing to warn of.
        if {everyone.verdict, effect.verdict} & {"better", "worse"}:
            other.append(f"{words.subject(effect.outcome)} {words.MARKS[everyone.verdict]}")
    return f"{text} With the campus counted: {words.join(other)}." if other else text


def _moves(effect: Effect) -> str:
    return f"{words.subject(effect.outcome)} {words.verb(effect.outcome, effect.mean >= 0)}"


def _cell(effect: Effect) -> Cell:
    return Cell(
        verdict=effect.verdict,
        mark=words.MARKS[effect.verdict],
        words=words.VERDICT_WORDS[effect.verdict],
        difference=words.difference(effect.outcome, effect.mean, effect.smallest_change),
        interval=words.interval(effect.outcome, effect.low, effect.high, effect.smallest_change),
        share=words.percent(effect.share_sign),
    )


def effect_table(selection: Selection) -> Table:
    """All headline effects: for residents, and beside them the campus and everyone where they were computed."""
    scopes = [(selection.level, "residents" if selection.level != EVERYONE else "everyone"), (CAMPUS, "campus"), (EVERYONE, "everyone")]
    rows = []
    for name in selection.ranked:
        for outcome in selection.outcomes:
            for i, (level, who) in enumerate(scopes):
                effect = selection.effect(name, outcome.name, level)
                if effect is not None and (i == 0 or level != selection.level):
                    cell = _cell(effect)
                    rows.append((selection.titles[name], outcome.label, who, cell.difference, cell.interval, cell.share, f"{cell.mark} {cell.words}"))
    columns = ("Scenario", "Outcome", "People", "Difference", "95% interval", "Worlds with this sign", "Verdict")
    return Table("Differences from the baseline", columns, tuple(rows), frozenset({3, 4, 5}))


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
                rows.append((outcome.label, selection.titles[name], *(words.value(outcome, float(means.iloc[i])) for i in _five(len(means)))))
    days = _days(selection)
    return Table("Levels over time, mean over worlds", ("Outcome", "Scenario", *(f"Day {day}" for day in days)), tuple(rows), frozenset(range(2, 2 + len(days))))


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
            rows.append((selection.label(quarter), *(words.value(outcome, float(last.get(name, math.nan))) for name in selection.shown)))
    if not rows:
        return None
    columns = ("Quarter", *(selection.titles[name] for name in selection.shown))
    return Table(f"{outcome.label} by quarter, last day", columns, tuple(rows), frozenset(range(1, len(columns))))


def gap_table(selection: Selection) -> Table | None:
    """Changes in the gaps between groups, ages and quarters; None where none were computed."""
    rows = []
    for name in selection.ranked:
        for outcome in selection.outcomes:
            for gap, called in GAPS.items():
                effect = selection.effect(name, outcome.name, ("gap", gap))
                if effect is not None:
                    cell = _cell(effect)
                    side = {"better": "narrower", "worse": "wider"}.get(effect.verdict, cell.words)
                    rows.append((selection.titles[name], outcome.label, called, cell.difference, cell.interval, f"{cell.mark} {side}"))
    columns = ("Scenario", "Outcome", "Gap between", "Change", "95% interval", "Verdict")
    return Table("Changes in gaps", columns, tuple(rows), frozenset({3, 4})) if rows else None


def cost_table(selection: Selection) -> Table:
    """Money beyond the baseline, and the price of one unit of each outcome that gets better."""
    dominated = {o.name: {p.scenario for p in frontier.points(selection, o) if p.dominated} for o in selection.outcomes}
    rows = []
    for name in selection.ranked:
        cost = selection.costs.get(name, Cost()).money
        prices = []
        for outcome in selection.outcomes:
            effect = selection.effect(name, outcome.name)
            price = "–"
            if effect is not None and effect.verdict == "better" and cost > 0:
                price = words.money(cost / (abs(effect.mean) / _price_unit(outcome)))
                price += " (dominated)" if name in dominated[outcome.name] else ""
            prices.append(price)
        rows.append((selection.titles[name], words.money(cost, signed=True), *prices))
    columns = ("Scenario", "Yuan per resident a year", *(f"Yuan per {_price_words(outcome)}" for outcome in selection.outcomes))
    return Table("Cost beyond the baseline, and per unit of what gets better", columns, tuple(rows), frozenset(range(1, len(columns))))


def grade_counts(selection: Selection) -> Table:
    """How many parameters stand on what."""
    table = selection.results.parameters
    counts = table["grade"].value_counts()
    known = [grade for grade in GRADES if grade in counts] + sorted(set(counts.index) - set(GRADES))
    rows = tuple((grade, str(int(counts[grade])), words.percent(counts[grade] / len(table)), GRADES.get(grade, "")) for grade in known)
    return Table("Parameters by grade", ("Grade", "Parameters", "Share", "What it means"), rows, frozenset({1, 2}))


def widest_parameters(selection: Selection, count: int = 8) -> Table | None:
    """Assumed parameters with the widest ranges for their size: what a study of the community should measure first."""
    table = selection.results.parameters
    table = table[table["grade"] == "assumed"]
    found = []
    for row in table.to_dict("records"):
        value, low, high = (_number(row[key]) for key in ("value", "low", "high"))
        if min(value, low, high) > 0.0 and high > low:
            found.append((high / low, row))
    found.sort(key=lambda pair: (-round(pair[0], 9), str(pair[1]["name"])))
    if not found:
        return None
    rows = tuple((str(row["name"]), f"{_plain(row['low'])} to {_plain(row['high'])}", str(row["unit"]), str(row["description"])) for _, row in found[:count])
    return Table("Assumed parameters with the widest ranges", ("Parameter", "Range", "Unit", "What it is"), rows, frozenset({1}))


def parameter_table(selection: Selection) -> Table:
    """Every parameter with value, range, grade and source."""
    rows = []
    for row in selection.results.parameters.sort_values("name", kind="stable").to_dict("records"):
        low, high = _plain(row["low"]), _plain(row["high"])
        span = "–" if low == high == "–" else f"{low} to {high}"
        rows.append((str(row["name"]), _plain(row["value"]), span, str(row["unit"]), str(row["grade"]), str(row["mechanism"]), str(row["source"])))
    return Table("All parameters", ("Parameter", "Value", "Range", "Unit", "Grade", "Mechanism", "Source"), tuple(rows), frozenset({1, 2}))


def verdict_frame(selection: Selection) -> pd.DataFrame:
    """The verdict table with plain numbers, one row a scenario and outcome, most helpful first."""
    import pandas as pd

    rows = []
    for name in selection.ranked:
        cost = selection.costs.get(name, Cost()).money
        for effect in selection.headline(name):
            rows.append({
                "scenario": name, "title": selection.titles[name], "outcome": effect.outcome.name, "unit": effect.outcome.unit,
                "window": selection.window, "difference": effect.mean, "low": effect.low, "high": effect.high,
                "share_sign": effect.share_sign, "smallest_change": effect.smallest_change, "verdict": effect.verdict,
                "interval_holds": effect.holds, "n": effect.n, "cost_per_resident": cost,
            })
    return pd.DataFrame(rows)


def write_tables(results: Results, folder: Path) -> list[Path]:
    """Write ``verdicts.csv`` (the verdict table) and ``effects.csv`` (every effect) into ``folder``."""
    selection = select(results)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "verdicts.csv", folder / "effects.csv"]
    for path, table in zip(written, (verdict_frame(selection), results.effects), strict=True):
        table.to_csv(path, index=False, lineterminator="\n")
    return written


def _five(count: int) -> list[int]:
    return sorted({round(i * (count - 1) / 4) for i in range(5)})


def _days(selection: Selection) -> list[int]:
    table = next((t for o in selection.outcomes if (t := daily_table(selection, o, selection.shown, selection.level)) is not None), None)
    return [] if table is None else [int(table.index[i]) for i in _five(len(table))]


def _price_unit(outcome: Outcome) -> float:
    return 0.01 if outcome.unit in ("share", "0 to 1") else 1.0


def _price_words(outcome: Outcome) -> str:
    unit = {"share": "percentage point", "0 to 1": "0.01"}.get(outcome.unit, f"one {'less' if outcome.direction < 0 else 'more'} {outcome.unit}")
    return f"{unit} of {words.subject(outcome)}"


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _plain(value: object) -> str:
    """A number with at most four digits that count; a choice or switch as it is; a dash where there is none."""
    number = _number(value)
    if isinstance(value, bool) or (math.isnan(number) and value is not None and not isinstance(value, float)):
        return str(value)
    return "–" if math.isnan(number) else f"{number:.4g}".replace("-", words.MINUS)
