"""Who gains and who loses: effects by group, age, vulnerability and quarter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.report import words
from sim.report.extras import extra
from sim.report.finding import Finding
from sim.report.selection import Effect, Selection
from sim.report.table import Table
from sim.report.verdicts import cell_of
from sim.vocabulary.outcomes import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["followed", "gains_table", "level_label", "level_rows", "level_table", "level_words", "parted"]

LONGEST = 12
"""Rows of the table that is always in sight; the whole is under ``gains_table``."""
DRAWN = ("group", "age", "vulnerable")
"""Levels that have a row in the pictures; quarters have pictures of their own."""
_ALL = {"group": "groups", "age": "ages", "quarter": "quarters"}
_HEADS = {"group": "Group", "age": "Age", "vulnerable": "Vulnerability", "quarter": "Quarter"}


def level_label(selection: Selection, by: str, level: str) -> str:
    """What people call a level: "aged 18 to 24", "vulnerable", the name of a quarter."""
    return level_words(selection.results.manifest.get("labels", {}), by, level)


def level_words(labels: Mapping[str, str], by: str, level: str) -> str:
    """The same, with the names that people know groups and quarters by."""
    if by == "age":
        low, _, high = level.partition("_")
        return f"Aged {low} and over" if high == "plus" else f"Aged {low} to {high}"
    if by == "vulnerable":
        return {"yes": "Vulnerable", "no": "Not vulnerable"}.get(level, level)
    return str(labels.get(level, level))


def followed(selection: Selection, found: Finding) -> list[str]:
    """The scenarios, at most two, whose effects by people are drawn: the one the finding names, and those shown."""
    named = [found.scenario] if found.scenario else []
    others = [name for name in (*selection.shown, *selection.ranked) if name in selection.scenarios]
    return list(dict.fromkeys([*named, *others]))[:2]


def level_rows(selection: Selection, scenario: str, outcome: Outcome) -> list[tuple[str, Effect | None]]:
    """Label and effect of everybody the headline is about, then of each level, as an effect plot takes them.

    The same rows for every outcome: one that children have no part in leaves theirs empty.
    """
    rows: list[tuple[str, Effect | None]] = [("All residents", selection.effect(scenario, outcome.name))]
    for by in DRAWN:
        for level in selection.levels(by):
            effects = {o.name: selection.effect(scenario, o.name, (by, level)) for o in selection.outcomes}
            if any(effects.values()):
                rows.append((level_label(selection, by, level), effects[outcome.name]))
    return rows if any(effect is not None for _, effect in rows[1:]) else []


def parted(selection: Selection) -> Table | None:
    """Where people fare differently: who loses; where nobody does, who gains while others do not.

    One row a scenario and outcome. None without the table that says so; no rows where all fare alike.
    """
    table = extra(selection.results, "who_gains", selection.window)
    if table is None:
        return None
    for side, mark, caption in (
        ("loses", "▽", "Where some lose"),
        ("gains", "▲", "Where some gain and not all"),
    ):
        said: dict[tuple[str, str], list[str]] = {}
        for row in _in_order(selection, table):
            names = _names(selection, row["by"], row[side])
            if names and (side == "loses" or len(names) < int(row["levels"])):
                said.setdefault((row["scenario"], row["outcome"]), []).append(_whole(row, names))
        if said:
            labels = {outcome.name: outcome.label for outcome in selection.outcomes}
            rows = tuple(
                (selection.titles[scenario], labels[outcome], f"{mark} {'; '.join(parts)}")
                for (scenario, outcome), parts in said.items()
            )
            head = "Worse for" if side == "loses" else "Better for"
            if len(rows) > LONGEST:
                caption, rows = f"{caption}: the first {LONGEST} of {len(rows)}", rows[:LONGEST]
            return Table(caption, ("Scenario", "Outcome", head), rows)
    return Table("Where some gain and not all", ("Scenario", "Outcome", "Better for"), ())


def gains_table(selection: Selection) -> Table | None:
    """Every scenario and outcome: for whom it is better, for whom worse; None without the table."""
    table = extra(selection.results, "who_gains", selection.window)
    if table is None:
        return None
    labels = {outcome.name: outcome.label for outcome in selection.outcomes}
    rows = []
    for row in _in_order(selection, table):
        gains, loses = (_names(selection, row["by"], row[key]) for key in ("gains", "loses"))
        rows.append(
            (
                selection.titles[row["scenario"]],
                labels[row["outcome"]],
                _HEADS.get(row["by"], row["by"]),
                f"▲ {_whole(row, gains)}" if gains else "–",
                f"▽ {_whole(row, loses)}" if loses else "–",
                str(int(row["small"])),
                str(int(row["open"])),
            )
        )
    columns = ("Scenario", "Outcome", "By", "Better for", "Worse for", "Too small", "Cannot be told")
    return Table("Who gains and who loses, in all cases", columns, tuple(rows), frozenset({5, 6}))


def level_table(selection: Selection, scenarios: list[str]) -> Table | None:
    """The effects on every level, quarters among them, of some scenarios."""
    rows = []
    for name in scenarios:
        for outcome in selection.outcomes:
            for by in (*DRAWN, "quarter"):
                for level in selection.levels(by):
                    effect = selection.effect(name, outcome.name, (by, level))
                    if effect is not None:
                        cell = cell_of(effect)
                        who = level_label(selection, by, level)
                        said = f"{cell.mark} {cell.words}"
                        rows.append(
                            (selection.titles[name], outcome.label, who, cell.difference, cell.interval, said)
                        )
    caption = (
        f"Effects by group, age, vulnerability and quarter; 95% intervals hold {selection.interval_holds}"
    )
    columns = ("Scenario", "Outcome", "People", "Difference", "95% interval", "Verdict")
    return Table(caption, columns, tuple(rows), frozenset({3, 4})) if rows else None


def _in_order(selection: Selection, table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of scenarios and outcomes that the page is about, the most helpful scenario first."""
    place = {name: i for i, name in enumerate(selection.ranked)}
    outcomes = {outcome.name: i for i, outcome in enumerate(selection.outcomes)}
    rows = [
        row for row in table.to_dict("records") if row["scenario"] in place and row["outcome"] in outcomes
    ]
    return sorted(rows, key=lambda row: (place[row["scenario"]], outcomes[row["outcome"]], _order(row["by"])))


def _order(by: object) -> int:
    """Groups, ages, vulnerability and quarters, in this order; anything else after them."""
    known = list(_HEADS)
    return known.index(str(by)) if by in known else len(known)


def _names(selection: Selection, by: str, joined: object) -> list[str]:
    """The names in "a, b" as people call them; none where nothing is written."""
    parts = str(joined).split(", ") if isinstance(joined, str) and joined else []
    return [level_label(selection, by, part) for part in parts]


def _whole(row: dict[str, Any], names: list[str]) -> str:
    """Names, or "all groups" where it is all of them."""
    if len(names) == int(row["levels"]):
        return "vulnerable or not" if row["by"] == "vulnerable" else f"all {_ALL.get(row['by'], 'of them')}"
    return _few(names)


def _few(names: list[str]) -> str:
    """All of a few names; of many the first and how many more."""
    return words.join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
