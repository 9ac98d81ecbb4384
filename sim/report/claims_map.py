"""The sign map in words: one line an outcome, one mark a setting."""

from __future__ import annotations

from typing import Any

from sim.report.claims import MARKS, label

__all__ = ["map_lines", "map_markdown"]


def map_rows(table: Any) -> tuple[list[str], list[list[str]]]:
    """Names of the settings, then for each outcome: claim, outcome, and a mark for each setting."""
    settings = list(dict.fromkeys(zip(table["axis"], table["at"].fillna(""), strict=True)))
    names = [f"{axis}: {at}" if at else axis for axis, at in settings]
    marks = {
        (row.claim, row.name, row.axis, "" if row.at != row.at else row.at): MARKS[row.result]
        for row in table.itertuples(index=False)
    }
    rows = []
    for row in table.drop_duplicates(["claim", "name"]).itertuples(index=False):
        own = [marks.get((row.claim, row.name, axis, at), "–") for axis, at in settings]
        rows.append([row.claim, label(row), *own])
    return names, rows


def map_lines(table: Any) -> list[str]:
    """The map for the terminal: outcomes whose mark is not the same under all settings."""
    names, rows = map_rows(table)
    wide = max((len(row[1]) for row in rows), default=0)
    found = [f"{row[0]:4} {row[1]:{wide}}  {'  '.join(row[2:])}" for row in rows if len(set(row[2:])) > 1]
    head = "Settings, from left to right: " + "; ".join(names) + "."
    legend = "▲ as claimed  ▽ against the claim  ≈ too small to matter  ? cannot be told from no change"
    same = len(rows) - len(found)
    return [head, legend, "", *found, "", f"{same} of {len(rows)} outcomes say the same under all settings."]


def map_markdown(table: Any) -> list[str]:
    """The map as a Markdown table, every outcome in it."""
    names, rows = map_rows(table)
    head = ["", "outcome", *names]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]
