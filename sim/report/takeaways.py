"""One sentence above each figure that says what it shows, made from the verdicts and never beyond them.

An effect that is too small or cannot be told from no change is not called a rise or a fall; where nothing can be said
the sentence says that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sim.report import words
from sim.report.selection import Effect, Selection
from sim.report.series import daily_table

if TYPE_CHECKING:
    from sim.vocabulary.outcomes import Outcome

__all__ = ["effects_said", "gaps_said", "over_time_said", "quarters_said"]

FEW: Final = 3
"""Names that are listed; of more the first two and how many others."""
LAST: Final = 28
"""Days at the end that stand for where a difference has got to."""
TOLD: Final = ("better", "worse")


def effects_said(selection: Selection) -> str:
    """Which scenarios are better or worse on each outcome."""
    parts, open_ = [], []
    for outcome in selection.outcomes:
        said = _sides(
            selection, {name: selection.effect(name, outcome.name) for name in selection.ranked}, TOLD
        )
        if said:
            parts.append(f"{words.subject(outcome)}: {said}")
        else:
            open_.append(words.subject(outcome))
    if not parts:
        return f"Nothing shows for sure on {words.join(open_, 'or')}."
    rest = f"; nothing shows for sure on {words.join(open_, 'or')}" if open_ else ""
    return _sentence("; ".join(parts) + rest)


def over_time_said(selection: Selection) -> str:
    """When what the scenarios shown change for sure is half there."""
    said = []
    for name in selection.shown:
        for outcome in selection.outcomes:
            effect = selection.effect(name, outcome.name)
            if effect is None or effect.verdict not in TOLD or outcome.kind != "stock":
                continue
            day = _half_there(selection, effect)
            if day is not None:
                said.append(f"“{selection.titles[name]}” on {words.subject(outcome)} by day {day}")
    if said:
        return f"Half of the final difference is reached under {words.join(said[:FEW])}."
    return "No difference here is sure enough to say when it comes."


def quarters_said(selection: Selection, outcome: Outcome | None) -> str | None:
    """In how many quarters the scenarios shown are better or worse; None where quarters were not judged."""
    quarters = selection.levels("quarter")
    if outcome is None or not selection.equity or not quarters:
        return None
    said = []
    for name in selection.shown:
        if name not in selection.scenarios:
            continue
        found = [selection.effect(name, outcome.name, ("quarter", quarter)) for quarter in quarters]
        verdicts = [effect.verdict for effect in found if effect is not None]
        every = {len(verdicts): f"all {len(verdicts)}"} if len(verdicts) > 1 else {}
        numbers = {side: verdicts.count(side) for side in TOLD if side in verdicts}
        counts = [f"{side} in {every.get(number, number)}" for side, number in numbers.items()]
        text = f"it is {words.join(counts)}" if counts else "there is no clear effect in any"
        said.append(f"under “{selection.titles[name]}” {text}")
    if not said:
        return None
    head = f"{words.subject(outcome)} in {len(quarters)} quarters: "
    return _sentence(head + "; ".join(said))


def gaps_said(selection: Selection, gaps: Sequence[str]) -> str:
    """Which gaps get narrower or wider, and under what."""
    found: dict[str, list[str]] = {"narrow": [], "widen": []}
    number = 0
    for name in selection.ranked:
        for gap in gaps:
            for outcome in selection.outcomes:
                effect = selection.effect(name, outcome.name, ("gap", gap))
                number += effect is not None
                side = {"better": "narrow", "worse": "widen"}.get("" if effect is None else effect.verdict)
                if side:
                    found[side].append(f"{words.subject(outcome)} by {gap} under “{selection.titles[name]}”")
    parts = [
        f"{len(names)} clearly {verb}{'s' if len(names) == 1 else ''} ({_few(names, '; ')})"
        for verb, names in found.items()
        if names
    ]
    if not parts:
        return f"None of the {number} gaps clearly narrows or widens."
    return f"Of {number} gaps, {words.join(parts)}."


def _sides(selection: Selection, effects: dict[str, Effect | None], sides: Sequence[str]) -> str:
    """ "better under A and B, worse under C"; empty where nothing is told."""
    parts = []
    for side in sides:
        names = [name for name, effect in effects.items() if effect is not None and effect.verdict == side]
        if names:
            titles = [f"“{selection.titles[name]}”" for name in names]
            everybody = len(names) == len(effects) > FEW
            parts.append(f"{side} under {f'all {len(names)}' if everybody else _few(titles)}")
    return ", ".join(parts)


def _half_there(selection: Selection, effect: Effect) -> int | None:
    """The first day on which the mean difference has gone half of its way; None where it ends the other way round."""
    names = (selection.baseline, effect.scenario)
    table = daily_table(selection, effect.outcome, names, selection.level)
    if table is None or not set(names) <= set(table.columns.get_level_values(0)):
        return None
    difference = (table[effect.scenario] - table[selection.baseline]).mean(axis=1)
    end = float(difference.iloc[-LAST:].mean())
    if len(difference) < 2 * LAST or not end * effect.mean > 0.0:
        return None
    there = difference / end >= 0.5
    return int(there.index[int(there.to_numpy().argmax())]) if bool(there.any()) else None


def _few(names: Sequence[str], between: str = ", ") -> str:
    """All of a few names, or the first two and how many others."""
    if len(names) > FEW:
        return f"{between.join(names[:2])} and {words.count(len(names) - 2)} more"
    return words.join(list(names)) if between == ", " else between.join(names)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
