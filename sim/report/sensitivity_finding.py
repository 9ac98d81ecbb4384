"""What a sensitivity analysis found, in sentences made by rules that are stated here.

The finding is one sentence:

1. Where no parameter is told from luck for any quantity, and no verdict could turn with one, there is nothing to say
   about what to measure, and it says that.
2. Otherwise it names the assumed parameter of rank one, if it is told from luck or could turn a verdict: what it
   carries with its interval, and how many verdicts and claims could turn with it.
3. Where no assumed parameter is, it says that those which matter have a source already.

Then what qualifies it: which other assumed parameters cannot be told from it in what they carry (their intervals
overlap that of the first), how many parameters passed the screening, what luck carries, and what all parameters without
indices of their own carry together - at least and at most, and said to be more than any one where it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sim.analysis.sampling import LUCK, REST
from sim.report import words

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sensitivity_plan import Sensitivity

__all__ = ["finding", "plainly", "qualified", "turned", "turned_words"]


def finding(found: Sensitivity) -> str:
    """What to measure first, in one sentence (rules 1 to 3)."""
    table = found.tables["measure_next"]
    counted = table[[_counts(row) for row in table.to_dict("records")]] if len(table) else table
    if counted.empty:
        return (
            "Nothing here says what to measure first: no single parameter can be told from luck, and none could be "
            "shown to turn a verdict."
        )
    assumed = counted[counted["grade"] == "assumed"]
    if assumed.empty:
        return "No assumed parameter can be told from luck: those that matter here have a source already."
    first = assumed.iloc[0].to_dict()
    return (
        f"To be measured first: {plainly(first['description'])}. It carries at least {_share(first)} of the variance "
        f"of the conclusions, and it {turned_words(first, found.manifest)}."
    )


def qualified(found: Sensitivity) -> str:
    """What has to be known beside the finding, in a few sentences."""
    table, screened = found.tables["measure_next"], found.manifest["screened"]
    totals = found.tables["totals"].set_index("factor")
    said = []
    assumed = [row for row in table[table["grade"] == "assumed"].to_dict("records") if _counts(row)]
    close = [row for row in assumed[1:] if row["carried_high"] >= assumed[0]["carried_low"]]
    if close:
        names = [plainly(row["description"]) for row in close[:3]]
        names += [f"{words.count(len(close) - 3)} more"] if len(close) > 3 else []
        said.append(
            f"In what it carries it cannot be told from these, whose intervals overlap: {words.join(names)}"
        )
    said.append(
        f"Of {found.manifest['parameters']['varied']} uncertain parameters {screened['passed']} move participation, "
        f"trust or conflict, or what a scenario changes in them, by more than luck; {len(table)} were looked at one by "
        f"one. Luck carries {words.percent(totals.loc[LUCK, 'carried'])}"
    )
    if REST in totals.index:
        rest = totals.loc[REST]
        most = max(min(float(rest["at_most"]), 1.0), float(rest["carried"]))
        said.append(
            f"All other parameters together carry at least {words.percent(rest['carried'])} and at most "
            f"{words.percent(most)}" + _more_than_any(rest, table)
        )
    return ". ".join(said) + "."


def turned_words(row: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What a parameter could turn: "it could turn 2 of 12 verdicts on scenarios and 1 of 33 claims"."""
    verdicts, claims = turned(row)
    parts = (
        [f"{verdicts} of {manifest.get('verdicts', {}).get('count', 0)} verdicts on scenarios"]
        if verdicts
        else []
    )
    if claims:
        parts.append(f"{claims} of {int(row['claims_tried'])} claims")
    return f"could turn {words.join(parts)}" if parts else "could not be shown to turn any verdict"


def turned(row: dict[str, Any]) -> tuple[int, int]:
    """Verdicts on scenarios, and claims of a ledger, that a parameter could turn."""
    return int(row["verdicts_turned"]), int(row.get("claims_turned", 0) or 0)


def plainly(text: str) -> str:
    """A description inside a sentence."""
    return re.sub(r" \(\w+\)$", "", (text[:1].lower() + text[1:]).rstrip("."))


def _counts(row: dict[str, Any]) -> bool:
    """Whether there is anything to say about a parameter: told from luck for a quantity, or a verdict turns with it."""
    return row["told"] > 0 or any(turned(row))


def _share(row: dict[str, Any]) -> str:
    low, high = words.percent(row["carried_low"]), words.percent(row["carried_high"])
    return f"{words.percent(row['carried'])} ({low} to {high})"


def _more_than_any(rest: pd.Series, table: pd.DataFrame) -> str:
    if len(table) and float(rest["carried"]) > float(table["carried"].max()):
        return ", more than any single one: to know one number does not settle the conclusions"
    return ""
