"""What a planner asks last: is the one better than the other for sure, and which is worth its money?

Both are read out of tables of the comparison (``versus`` and ``acceptability``, see ``docs/results.md``); nothing is
judged here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sim.report import words
from sim.report.extras import extra
from sim.report.selection import Selection
from sim.report.table import Table

if TYPE_CHECKING:
    from sim.vocabulary.outcomes import Outcome

__all__ = ["best_buys", "versus_said", "versus_table", "worth_table"]

ALL_PAIRS_UP_TO: Final = 6
"""Scenarios up to which every two of them have rows; beyond it only the first against each other one."""
CLEAR: Final = 0.5
"""Share of the worlds from which a best buy is called one."""
_TURNED: Final = {"better": "worse", "worse": "better"}


def versus_said(selection: Selection) -> str | None:
    """Against how many others the most helpful scenario is better for sure; None where the results do not say."""
    rows = _versus(selection)
    if len(selection.scenarios) < 2 or not rows:
        return None
    first = selection.ranked[0]
    said = []
    for outcome in selection.outcomes:
        own = [rows[key]["verdict"] for key in rows if key[0] == first and key[2] == outcome.name]
        counts = {name: own.count(name) for name in ("better", "worse")}
        parts = [
            f"{name} than {'all' if number == len(own) > 1 else words.count(number)} of the others"
            for name, number in counts.items()
            if number
        ]
        if own:
            said.append((words.subject(outcome), words.join(parts)))
    sure = [f"on {subject} it is {text}" for subject, text in said if text]
    name = f"“{selection.titles[first]}”"
    if not sure:
        things = words.join([subject for subject, _ in said], "or")
        return f"{name} stands first in the table, but cannot be told from any of the others on {things}."
    unsure = [subject for subject, text in said if not text]
    rest = f"; on {words.join(unsure, 'or')} it cannot be told from any of them" if unsure else ""
    return f"{name} stands first in the table: {words.join(sure)} for sure{rest}."


def versus_table(selection: Selection) -> Table | None:
    """Differences between scenarios: of a few all, of many the first against each other one."""
    rows = _versus(selection)
    if len(selection.scenarios) < 2 or not rows:
        return None
    names = selection.ranked
    few = len(names) <= ALL_PAIRS_UP_TO
    pairs = [(own, other) for i, own in enumerate(names) for other in names[i + 1 :] if few or i == 0]
    found = []
    for own, other in pairs:
        for outcome in selection.outcomes:
            row = rows.get((own, other, outcome.name))
            if row is not None:
                small = float(row["smallest_change"])
                found.append(
                    (
                        f"{selection.titles[own]} less {selection.titles[other]}",
                        outcome.label,
                        words.difference(outcome, float(row["mean"]), small),
                        words.interval(outcome, float(row["low"]), float(row["high"]), small),
                        _judged(selection, own, other, str(row["verdict"])),
                    )
                )
    which = "every two scenarios" if few else f"“{selection.titles[names[0]]}” against each other scenario"
    number = int(next(iter(rows.values()))["comparisons"])
    return Table(
        f"{which[:1].upper()}{which[1:]}; verdicts allow for {number} such comparisons",
        ("Scenarios", "Outcome", "Difference", "95% interval", "In words"),
        tuple(found),
        frozenset({2, 3}),
    )


def best_buys(selection: Selection) -> list[str]:
    """For each headline outcome what is the best buy in the most worlds, by what a change that matters is worth."""
    found = []
    for outcome in selection.outcomes:
        shares = _shares(selection, outcome)
        if not shares:
            continue
        parts, steps = [], _steps(shares)
        for i, (best, pay, held) in enumerate(steps):
            low, high = words.percent(min(held)), words.percent(max(held))
            if not best:
                said = f"no clear best (none in more than {high} of {selection.units})"
            else:
                name = "nothing new" if best == selection.baseline else f"“{selection.titles[best]}”"
                said = f"{name} ({low if low == high else f'{low} to {high}'} of {selection.units})"
            if i > 0:
                price = f"from {pay:g} yuan on"
            else:
                price = f"below {steps[1][1]:g} yuan" if len(steps) > 1 else f"at any price up to {max(shares):g} yuan"
            parts.append(f"{price} {said}")
        found.append(f"{_change(selection, outcome)}: {'; '.join(parts)}.")
    return found


def _steps(shares: dict[float, dict[str, Mapping[str, Any]]]) -> list[tuple[str, float, list[float]]]:
    """Prices from which on something else is the best buy: its name, empty where none is clear; price; its shares."""
    steps: list[tuple[str, float, list[float]]] = []
    for pay, by_scenario in shares.items():
        best = max(by_scenario, key=lambda name: by_scenario[name]["share_best"])
        share = float(by_scenario[best]["share_best"])
        clear = best if share >= CLEAR else ""
        if steps and steps[-1][0] == clear:
            steps[-1][2].append(share)
        else:
            steps.append((clear, pay, [share]))
    return steps


def worth_table(selection: Selection) -> Table | None:
    """In what share of worlds each scenario is worth more than it costs, by what a change that matters is worth."""
    rows: list[tuple[str, ...]] = []
    pays: list[float] = []
    for outcome in selection.outcomes:
        shares = _shares(selection, outcome)
        pays = pays or [pay for pay in shares if pay > 0.0]
        for name in selection.ranked if shares else ():
            if all(name in shares[pay] for pay in pays):
                cells = (words.percent(float(shares[pay][name]["share_beats_baseline"])) for pay in pays)
                rows.append((selection.titles[name], outcome.label, *cells))
    if not rows:
        return None
    return Table(
        f"Worth more than it costs in this share of {selection.units}, if a change that matters is worth so many yuan "
        "per resident a year",
        ("Scenario", "Outcome", *(f"{pay:g}" for pay in pays)),
        tuple(rows),
        frozenset(range(2, 2 + len(pays))),
    )


def _versus(selection: Selection) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Rows by scenario, other and outcome, each in both directions."""
    table = extra(selection.results, "versus", selection.window)
    found: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for row in () if table is None else table.to_dict("records"):
        found[row["scenario"], row["other"], row["outcome"]] = row
        verdict = _TURNED.get(row["verdict"], row["verdict"])
        turned = {"mean": 0.0 - row["mean"], "low": 0.0 - row["high"], "high": 0.0 - row["low"], "verdict": verdict}
        found[row["other"], row["scenario"], row["outcome"]] = {**row, **turned}
    return found


def _judged(selection: Selection, own: str, other: str, verdict: str) -> str:
    """Who is the better one, in words."""
    if verdict in _TURNED:
        return f"{words.MARKS[verdict]} {selection.titles[own if verdict == 'better' else other]} is better for sure"
    said = {
        "too_small": "no difference that would matter",
        "small": "a small difference, which perhaps would not matter",
        "not_distinguishable": "cannot be told which is better",
        "not_delivered": "the same in every run",
    }
    return f"{words.MARKS[verdict]} {said.get(verdict, verdict)}"


def _shares(selection: Selection, outcome: Outcome) -> dict[float, dict[str, Mapping[str, Any]]]:
    """Rows of ``acceptability`` by willingness to pay and scenario; none where the results do not say."""
    table = extra(selection.results, "acceptability")
    asked = str(selection.results.experiment.get("window") or "horizon")
    if table is None or selection.window != asked:  # it is of the experiment's own window
        return {}
    found: dict[float, dict[str, Mapping[str, Any]]] = {}
    own = table[(table["outcome"] == outcome.name) & (table["n"] > 0)]
    for row in own.sort_values("willingness", kind="stable").to_dict("records"):
        if row["scenario"] in selection.titles:
            found.setdefault(float(row["willingness"]), {})[str(row["scenario"])] = row
    return found


def _change(selection: Selection, outcome: Outcome) -> str:
    """ "1.0 points more participation", at the smallest change that matters."""
    effects = (selection.effect(name, outcome.name) for name in selection.scenarios)
    small = next((e.smallest_change for e in effects if e is not None), outcome.smallest_change)
    size = words.difference(outcome, small, small).lstrip("+")
    unit = " points" if outcome.unit == "share" else ""
    per = "" if outcome.unit in ("share", "0 to 1") else f" {outcome.unit}"
    less = "fewer" if words.verb(outcome, up=True) == "rise" else "less"
    return f"{size}{unit} {less if outcome.direction < 0 else 'more'} {words.subject(outcome)}{per}"
