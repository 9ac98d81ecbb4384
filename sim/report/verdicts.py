"""The verdict table: each scenario against the baseline on the headline outcomes, in marks, numbers and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.analysis.verdicts import only_small
from sim.report import words
from sim.report.finding import classify
from sim.report.selection import EVERYONE, Cost, Effect, Selection

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Cell", "VerdictRow", "cell_of", "plain_words", "verdict_frame", "verdict_rows"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One effect as printed: mark, verdict in words, difference, interval, and share of worlds with that sign.

    ``one_of_many``: it would be told from no change alone, but not among so many comparisons.
    """

    verdict: str
    mark: str
    words: str
    difference: str
    interval: str
    share: str
    one_of_many: bool = False


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One scenario of the verdict table; ``cells`` follow the headline outcomes, None where there is no effect."""

    scenario: str
    title: str
    cells: tuple[Cell | None, ...]
    cost: str
    words: str


def verdict_rows(selection: Selection) -> list[VerdictRow]:
    """The verdict table, most helpful first."""
    rows = []
    for name in selection.ranked:
        effects = (selection.effect(name, outcome.name) for outcome in selection.outcomes)
        rows.append(
            VerdictRow(
                scenario=name,
                title=selection.titles[name],
                cells=tuple(None if effect is None else cell_of(effect) for effect in effects),
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
    reason = next((effect.reason for effect in effects if effect.reason), "")
    if kind == "untried":
        return f"No verdict. {reason}"
    if kind == "helps":
        text = f"Helps: {good}."
    elif kind == "harms":
        text = f"Harms: {bad}."
    elif kind == "mixed":
        text = f"Mixed: {good}, but {bad}."
    elif {e.verdict for e in effects} == {"too_small"}:
        text = "Changes are too small to matter."
    elif only_small({e.verdict for e in effects}):
        text = f"Changes are {words.VERDICT_WORDS['small']}."
    else:
        text = "No difference that shows."
        close = [words.subject(effect.outcome) for effect in effects if effect.one_of_many]
        if close:
            text = f"Not sure: {words.join(close)} may differ."
    text = f"{text} {reason}" if reason else text
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


def cell_of(effect: Effect) -> Cell:
    """One effect as it is printed; of what was never delivered there are no numbers."""
    never = effect.verdict == "not_delivered"
    return Cell(
        verdict=effect.verdict,
        mark=words.MARKS[effect.verdict],
        words=words.VERDICT_WORDS[effect.verdict],
        difference="–" if never else words.difference(effect.outcome, effect.mean, effect.smallest_change),
        interval="–" if never else words.interval(effect.outcome, effect.low, effect.high, effect.smallest_change),
        share="–" if never else words.percent(effect.share_sign),
        one_of_many=effect.one_of_many,
    )


def verdict_frame(selection: Selection) -> pd.DataFrame:
    """The verdict table with plain numbers, one row a scenario and outcome, most helpful first."""
    import pandas as pd

    rows = []
    for name in selection.ranked:
        cost = selection.costs.get(name, Cost()).money
        for effect in selection.headline(name):
            rows.append(
                {
                    "scenario": name,
                    "title": selection.titles[name],
                    "outcome": effect.outcome.name,
                    "unit": effect.outcome.unit,
                    "window": selection.window,
                    "difference": effect.mean,
                    "low": effect.low,
                    "high": effect.high,
                    "share_sign": effect.share_sign,
                    "smallest_change": effect.smallest_change,
                    "verdict": effect.verdict,
                    "delivered": effect.delivered,
                    "reason": effect.reason,
                    "interval_holds": effect.holds,
                    "n": effect.n,
                    "cost_per_resident": cost,
                }
            )
    return pd.DataFrame(rows)
