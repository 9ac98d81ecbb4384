"""The tables of a sensitivity analysis, as its page prints them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.forms import forms_of_unit
from sim.analysis.sampling import LUCK
from sim.report import words
from sim.report.tables import Table
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity_plan import Sensitivity

_SIGNS: Final = {"+": "↑", "-": "↓", "+-": "↕", "": "·"}


def ranking_table(found: Sensitivity, most: int | None = None) -> Table:
    """Parameters by what they carry and could turn: rank among the assumed ones, shares, and what they are."""
    count = found.manifest.get("verdicts", {}).get("count", 0)
    rows = []
    table = found.tables["measure_next"]
    joined = "claims_turned" in table
    for row in (table if most is None else table.head(most)).to_dict("records"):
        rank = row["rank"]
        signs = [_SIGNS.get(_text(row.get(f"moves_{name}")), "·") for name in _outcomes(found)]
        rows.append(
            (
                "–" if _missing(rank) else str(int(rank)),
                f"{words.percent(row['carried'])} ({words.percent(row['carried_low'])} to "
                f"{words.percent(row['carried_high'])})",
                words.percent(row["alone"]),
                f"{int(row['verdicts_turned'])} of {count}",
                *((_claims(row),) if joined else ()),
                str(row["factor"]),
                str(row["description"]),
                span(row),
                str(row["grade"]),
                " ".join(signs),
            )
        )
    return Table(
        "Parameters by how much of the conclusions' variance they carry, and how many verdicts they could turn",
        (
            "Measure", "Carries (95% interval)",
            "Alone", "Verdicts turned", *(("Claims it could turn",) if joined else ()),
            "Parameter", "What it is", "Range", "Grade",
            "Moves " + ", ".join(words.subject(BY_NAME[name]) for name in _outcomes(found)),
        ),
        tuple(rows),
        frozenset({0, 1, 2, 3, 4} if joined else {0, 1, 2, 3}),
    )  # fmt: skip


def _claims(row: dict[str, Any]) -> str:
    """How many of the claims that were tried with a parameter it could turn; a dash where none was."""
    return f"{int(row['claims_turned'])} of {int(row['claims_tried'])}" if row["claims_tried"] else "–"


def span(row: dict[str, Any]) -> str:
    """A parameter's range with its unit, in words."""
    low, high = (_number(row[key]) for key in ("low", "high"))
    unit = _text(row["unit"])
    if names := forms_of_unit(unit):
        return words.join(list(names.values()), "or")
    unit = "" if unit in ("1", "", "0 to 1") else f" {unit}"
    if math.isnan(low):
        return "its choices"
    return f"{low:.3g} to {high:.3g}{unit}".replace("-", words.MINUS)


def quantity_words(found: Sensitivity, scenario: Any, outcome: str) -> str:
    """A quantity as people say it: "participation today", "what Full package changes in trust"."""
    subject = words.subject(BY_NAME[outcome])
    if not _text(scenario):
        return f"{subject}, as it is today"
    return f"{subject}, change by {found.manifest['scenarios'].get(scenario, scenario)}"


def luck_table(found: Sensitivity) -> Table:
    """What luck carries of each quantity, beside the sum of first-order indices of all parameters."""
    rows = []
    for (scenario, outcome), part in _by_quantity(found.tables["indices"]):
        luck = part[part["factor"] == LUCK].iloc[0]
        own = part[part["factor"] != LUCK]
        first, floor = float(own["first"].sum()), float(own["floor"].max())
        verdict = (
            "does not vary" if _missing(luck["total"]) else
            "nearly all is luck" if luck["total"] >= 0.9 else
            "luck weighs as much as any parameter" if luck["total"] >= own["total"].max() else ""
        )  # fmt: skip
        rows.append(
            (
                quantity_words(found, scenario, outcome),
                words.percent(luck["total"]),
                f"{words.percent(luck['total_low'])} to {words.percent(luck['total_high'])}",
                words.percent(first + 0.0 if abs(first) >= 0.005 else 0.0),
                words.percent(floor),
                verdict,
            )
        )
    return Table(
        "Luck, and what parameters do one by one",
        (
            "Quantity",
            "Luck",
            "95% interval",
            "Parameters by themselves",
            "Taken off every total index",
            "In words",
        ),
        tuple(rows),
        frozenset({1, 2, 3, 4}),
    )


def turned_table(found: Sensitivity) -> Table:
    """Verdicts that turn between the halves of a parameter's range."""
    what = found.tables["measure_next"].set_index("factor")["description"]
    rows = tuple(
        (
            str(what.get(row["factor"], row["factor"])),
            quantity_words(found, row["scenario"], row["outcome"]),
            words.VERDICT_WORDS.get(row["low_half"], str(row["low_half"])),
            words.VERDICT_WORDS.get(row["high_half"], str(row["high_half"])),
        )
        for row in found.tables["turned"].to_dict("records")
    )
    columns = ("Parameter", "Verdict on", "Lower half of its range", "Upper half of its range")
    return Table("Verdicts that turn with a parameter", columns, rows)


def agreement_table(found: Sensitivity) -> Table | None:
    """How the leading parameters' full-range effects compare with those at full size."""
    if "agreement" not in found.tables:
        return None
    rows = tuple(
        (
            quantity_words(found, row["scenario"], row["outcome"]),
            str(int(row["compared"])),
            str(int(row["both"])),
            words.percent(_number(row["same_sign"])),
            "–"
            if _missing(row["rank_correlation"])
            else f"{row['rank_correlation']:.2f}".replace("-", words.MINUS),
        )
        for row in found.tables["agreement"].to_dict("records")
    )
    columns = (
        "Quantity",
        "Parameters",
        "Beyond luck in both",
        "of these the same way",
        "Rank correlation of sizes",
    )
    return Table(
        "Full-range effects, small community against full size", columns, rows, frozenset({1, 2, 3, 4})
    )


def confirm_table(found: Sensitivity) -> Table | None:
    """What the leading parameters do one at a time in both places, where that is beyond luck in one of them."""
    if "confirm" not in found.tables:
        return None
    what = found.tables["measure_next"].set_index("factor")["description"]
    rows = []
    for (factor, scenario, outcome), part in found.tables["confirm"].groupby(
        ["factor", "scenario", "outcome"], sort=False
    ):
        if part["beyond_luck"].astype(bool).any():
            place = {row["place"]: row for row in part.to_dict("records")}
            moved = [_moved(outcome, place.get(name)) for name in ("small", "large")]
            rows.append((str(what.get(factor, factor)), quantity_words(found, scenario, outcome), *moved))
    columns = ("Parameter, from low to high", "Quantity", "Small community", "Full size")
    return Table("One parameter at a time through its whole range", columns, tuple(rows), frozenset({2, 3}))


def _moved(outcome: str, row: dict[str, Any] | None) -> str:
    """A full-range effect in the outcome's unit; in brackets where it is within luck."""
    if row is None or _missing(row["effect"]):
        return "–"
    text = words.difference(BY_NAME[outcome], _number(row["effect"]), unit=True)
    return text if row["beyond_luck"] else f"({text})"


def index_table(found: Sensitivity) -> Table:
    """Every index with its interval."""
    rows = tuple(
        (
            quantity_words(found, row["scenario"], row["outcome"]),
            str(row["factor"]),
            *(
                f"{row[name]:.2f} ({row[f'{name}_low']:.2f} to {row[f'{name}_high']:.2f})".replace(
                    "-", words.MINUS
                )
                for name in ("first", "total")
            ),
            f"{row['at_least']:.2f}",
        )
        for row in found.tables["indices"].to_dict("records")
        if not _missing(row["total"])
    )
    columns = ("Quantity", "Factor", "First-order index", "Total index", "At least")
    return Table("All Sobol indices with 95% intervals", columns, rows, frozenset({2, 3, 4}))


def screening_table(found: Sensitivity) -> Table:
    """Parameters that passed the screening, with what they passed for."""
    table = found.tables["screening"]
    passing = table[table["passes"].astype(bool)].sort_values("share", ascending=False, kind="stable")
    rows = []
    for factor, part in passing.groupby("factor", sort=False):
        said = [
            f"{quantity_words(found, r.scenario, r.outcome)} ({words.percent(r.share)})"
            for r in part.itertuples()
        ]
        rows.append((str(factor), str(len(part)), "; ".join(said[:3]) + ("; …" if len(said) > 3 else "")))
    columns = ("Parameter", "Quantities", "Largest shares of the strongest parameter's effect")
    return Table("Parameters that passed the screening", columns, tuple(rows), frozenset({1}))


def _by_quantity(table: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    yield from table.groupby(["scenario", "outcome"], sort=False)


def _outcomes(found: Sensitivity) -> list[str]:
    return list(dict.fromkeys(found.tables["indices"]["outcome"]))


def _missing(value: Any) -> bool:
    return value is None or value == "" or value != value or str(value) == "<NA>"


def _text(value: Any) -> str:
    return "" if _missing(value) else str(value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
