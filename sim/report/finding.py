"""The one-sentence finding, made from the numbers by rules that are stated and tested.

The rules
---------
1. Only the headline outcomes count (participation, trust, conflict), for residents, over the selected window. Each
   scenario *helps* (better somewhere, worse nowhere), is *mixed* (better and worse), *harms* (worse somewhere, better
   nowhere) or shows *nothing*, by the verdicts of the effects table.
2. Where no scenario is better or worse on anything, the finding says so, and whether changes are too small to matter
   or cannot be told from no change.
3. Otherwise it names the first scenario of the ranking (``Selection.ranked``) that is better somewhere, with every
   outcome on which it is better or worse, the intervals, and its cost; then how many others help, are mixed, harm and
   show nothing; and of those that harm, the worst.
4. Where nothing helps and something harms, it names the most harmful.

The sentence never goes beyond the verdicts: an effect that is too small or not distinguishable is never called a
rise or a fall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from sim.report import words
from sim.report.selection import Cost, Results, Selection, select

__all__ = ["CAVEAT", "RULES", "Class", "Finding", "classify", "find", "finding"]

Class = Literal["helps", "mixed", "harms", "nothing"]

CAVEAT: Final = "A comparison of assumptions, not a forecast."

RULES: Final = (
    "Only participation, trust and conflicts among residents count. A scenario helps when it is better on at least "
    "one of them and worse on none, harms when it is the other way round, and is mixed when it is both. The "
    "scenario named first is the one that is better, less worse, on most outcomes; among equals the one with the "
    "larger differences (in whole units of the smallest change that matters), then the cheaper. Changes that are "
    "too small to matter or cannot be told from no change are never called a rise or a fall."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding and what it was made from.

    ``kind`` says which rule spoke: ``gain``, ``mixed``, ``harm`` or ``null``. ``scenario`` is the one it names.
    """

    text: str
    kind: Literal["gain", "mixed", "harm", "null"]
    scenario: str | None
    classes: dict[str, Class]


def finding(results: Results) -> Finding:
    """The one-sentence finding of an experiment."""
    return find(select(results))


def classify(selection: Selection, scenario: str) -> Class:
    """Whether ``scenario`` helps, harms, is mixed or shows nothing on the headline outcomes (rule 1)."""
    verdicts = {effect.verdict for effect in selection.headline(scenario)}
    if "better" in verdicts:
        return "mixed" if "worse" in verdicts else "helps"
    return "harms" if "worse" in verdicts else "nothing"


def find(selection: Selection) -> Finding:
    """The one-sentence finding of a selection; see the rules at the top of this module."""
    classes = {scenario: classify(selection, scenario) for scenario in selection.scenarios}
    leader = next((name for name in selection.ranked if classes[name] in ("helps", "mixed")), None)
    harmful = [name for name in reversed(selection.ranked) if classes[name] == "harms"]
    if leader is not None:
        text = f"{_opening(selection, leader)}{_others(selection, classes, leader, harmful)}."
        return Finding(text, "gain" if classes[leader] == "helps" else "mixed", leader, classes)
    if harmful:
        worst, count = harmful[0], len(selection.scenarios)
        lead = "The scenario does not help" if count == 1 else f"None of the {count} scenarios helps"
        text = f"{lead}: with {_name(selection, worst)} {_changes(selection, worst, 'worse')}"
        if len(harmful) > 1:
            text += f", and {len(harmful) - 1} more {_plural(len(harmful) - 1, 'does', 'do')} harm"
        return Finding(text + ".", "harm", worst, classes)
    return Finding(_nothing(selection), "null", None, classes)


def _opening(selection: Selection, leader: str) -> str:
    """Name the leader, what it changes and what it costs."""
    good, bad = _changes(selection, leader, "better"), _changes(selection, leader, "worse")
    count = len(selection.scenarios)
    start = (
        f"{_name(selection, leader)}:"
        if count == 1
        else f"Of {count} scenarios, {_name(selection, leader)} helps most:"
    )
    cost = selection.costs.get(leader, Cost()).money
    price = ""
    if not math.isnan(cost) and round(cost, 1) != 0.0:
        side = "more" if cost > 0 else "less"
        price = f", for {words.money(abs(cost))} yuan {side} per resident a year"
    return f"{start} {good}{', but ' + bad if bad else ''}{price}"


def _others(selection: Selection, classes: dict[str, Class], leader: str, harmful: list[str]) -> str:
    """How the other scenarios did."""
    rest = [name for name in classes if name != leader]
    if not rest:
        return ""
    count = {kind: sum(classes[name] == kind for name in rest) for kind in ("helps", "mixed", "nothing")}
    parts = []
    if count["helps"]:
        parts.append(f"{count['helps']} {_plural(count['helps'], 'other helps', 'others help')}")
    if count["mixed"]:
        parts.append(f"{count['mixed']} {_plural(count['mixed'], 'is', 'are')} mixed")
    if harmful:
        effect = max(
            (e for e in selection.headline(harmful[0]) if e.verdict == "worse"), key=lambda e: abs(e.size)
        )
        which = "" if len(harmful) == 1 else "above all "
        verb = "harms" if len(harmful) == 1 else "harm"
        parts.append(
            f"{len(harmful)} {verb} ({which}{_name(selection, harmful[0])}, on {words.subject(effect.outcome)})"
        )
    if count["nothing"]:
        parts.append(
            f"{count['nothing']} {_plural(count['nothing'], 'makes', 'make')} no difference that shows"
        )
    return f"; of the rest, {words.join(parts)}" if parts else ""


def _changes(selection: Selection, scenario: str, verdict: str) -> str:
    effects = [effect for effect in selection.headline(scenario) if effect.verdict == verdict]
    return words.join(
        [words.change_sentence(e.outcome, e.mean, e.low, e.high, e.smallest_change) for e in effects]
    )


def _nothing(selection: Selection) -> str:
    """The null result: which kind of nothing it is matters."""
    verdicts = {e.verdict for name in selection.scenarios for e in selection.headline(name)}
    count = len(selection.scenarios)
    lead = "The scenario" if count == 1 else f"None of the {count} scenarios"
    things = words.join([words.subject(outcome) for outcome in selection.outcomes], "or")
    runs = f"{selection.worlds} parameter {_plural(selection.worlds, 'world', 'worlds')}"
    if verdicts == {"too_small"}:
        return f"{lead} {'does not change' if count == 1 else 'changes'} {things} by an amount that matters."
    told = "cannot be told" if count == 1 else "can be told"
    text = f"{lead} {told} from the baseline on {things} in {runs}"
    if "too_small" in verdicts:
        return f"{text}, or the change is too small to matter."
    return f"{text}; that is not the same as no effect."


def _name(selection: Selection, scenario: str) -> str:
    return f"“{selection.titles[scenario]}”"


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
