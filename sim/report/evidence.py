"""What a comparison rests on: its parameters, by how well each is known."""

from __future__ import annotations

import json
import math
from typing import Final

from sim.lab.checksums import read_checked
from sim.report import words
from sim.report.selection import Selection
from sim.report.tables import Table

__all__ = ["GRADES", "grade_counts", "parameter_table", "widest_parameters"]

GRADES: Final = {
    "measured": "read off the community or official statistics",
    "literature": "from published studies of other places",
    "expert": "judged by people who know the field",
    "assumed": "chosen so that the model behaves; nobody has measured it",
}


def grade_counts(selection: Selection) -> Table:
    """How many parameters stand on what."""
    table = selection.results.parameters
    counts = table["grade"].value_counts()
    known = [grade for grade in GRADES if grade in counts] + sorted(set(counts.index) - set(GRADES))
    rows = tuple(
        (grade, str(int(counts[grade])), words.percent(counts[grade] / len(table), 1), GRADES.get(grade, ""))
        for grade in known
    )
    return Table(
        "Parameters by grade", ("Grade", "Parameters", "Share", "What it means"), rows, frozenset({1, 2})
    )


def grades_said(selection: Selection) -> str:
    """How many parameters nobody has measured, in a sentence."""
    grades = selection.results.parameters["grade"]
    return f"{int((grades == 'assumed').sum())} of {len(grades)} parameters are assumptions."


def widest_parameters(selection: Selection, count: int = 8) -> Table | None:
    """Assumed parameters with the widest ranges for their size: what a study of the community should measure first."""
    table = selection.results.parameters
    table = table[table["grade"] == "assumed"]
    unused = _unused_policies(selection)
    found = []
    for row in table.to_dict("records"):
        value, low, high = (_number(row[key]) for key in ("value", "low", "high"))
        if str(row["name"]).startswith(unused):
            continue
        if min(value, low, high) > 0.0 and high > low:
            found.append((high / low, row))
    found.sort(key=lambda pair: (-round(pair[0], 9), str(pair[1]["name"])))
    if not found:
        return None
    rows = tuple(
        (
            str(row["name"]),
            f"{_plain(row['low'])} to {_plain(row['high'])}",
            _said(row["unit"]),
            _said(row["description"]),
        )
        for _, row in found[:count]
    )
    return Table(
        "Assumed parameters with the widest ranges",
        ("Parameter", "Range", "Unit", "What it is"),
        rows,
        frozenset({1}),
    )


def parameter_table(selection: Selection) -> Table:
    """Every parameter with value, range, grade and source."""
    rows = []
    for row in selection.results.parameters.sort_values("name", kind="stable").to_dict("records"):
        low, high = _plain(row["low"]), _plain(row["high"])
        span = "–" if low == high == "–" else f"{low} to {high}"
        rows.append(
            (
                str(row["name"]),
                _plain(row["value"]),
                span,
                *(_said(row[key]) for key in ("unit", "grade", "mechanism", "source")),
            )
        )
    return Table(
        "All parameters",
        ("Parameter", "Value", "Range", "Unit", "Grade", "Mechanism", "Source"),
        tuple(rows),
        frozenset({1, 2}),
    )


def _unused_policies(selection: Selection) -> tuple[str, ...]:
    """How the names of parameters begin that belong to policies which no scenario compared here has."""
    try:
        resolved = json.loads(read_checked(selection.results.folder / "scenarios.json"))
        used = {
            str(block["policy"])
            for scenario in resolved.values()
            for block in scenario["scenario"]["policies"].values()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()  # made-up results, or scenarios without blocks: nothing is known to be unused
    named = {
        str(name).split(".")[1]
        for name in selection.results.parameters["name"]
        if str(name).startswith("policy.")
    }
    return tuple(f"policy.{name}." for name in sorted(named - used))


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan


def _said(value: object) -> str:
    """A text; a dash where the table has none."""
    return "–" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)


def _plain(value: object) -> str:
    """A number with at most four digits that count; a choice or switch as it is; a dash where there is none."""
    number = _number(value)
    if isinstance(value, bool) or (math.isnan(number) and value is not None and not isinstance(value, float)):
        return str(value)
    if math.isnan(number):
        return "–"
    # Tens of thousands are read more easily than powers of ten; so are all but the smallest fractions.
    text = f"{number:,.0f}" if abs(number) >= 1e4 else f"{number:,.4g}"
    return text.replace("-", words.MINUS)
