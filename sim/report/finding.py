"""The one-sentence finding, made from the numbers by rules that are stated and tested.

The rules
---------
1. Only the headline outcomes count (participation, trust, conflict), for residents, over the selected window. Each
   scenario *helps* (better somewhere, worse nowhere), is *mixed* (better and worse), *harms* (worse somewhere, better
   nowhere), is *unsure* (a difference somewhere that would be told from none alone, but not among so many comparisons)
   or shows *nothing*, by the verdicts of the effects table.
2. Where no scenario is better or worse on anything, the finding says so, and whether changes are too small to matter
   or cannot be told from no change; and where some are unsure, how many and on what.
3. Where some scenario helps, the first of the ranking (``Selection.ranked``) that does is named, with every outcome on
   which it is better, the intervals, and its cost; then how the others did, and of those that harm, the worst. Where
   another helps as much, and is only dearer, the sentence does not say that the first helps most.
4. Where none helps but some are mixed, the finding says that none helps without harm, and names the first mixed one.
5. Where nothing helps and something harms, it names the most harmful.
6. Where there is one parameter set, so that the intervals hold seed noise only, the sentence says so first.
7. Where the first that helps costs money, and another that helps on the first of its outcomes gains a unit of it for
   less than half as much, a sentence of its own names the one that does so at the lowest cost.
8. Where another that helps gains more on that outcome, by at least the smallest change that matters, a sentence of
   its own names the one that gains most, and says why it does not stand first.

The sentence never goes beyond the verdicts: an effect that is too small or not distinguishable is never called a
rise or a fall.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final, Literal

from sim.analysis.verdicts import only_small
from sim.report import words
from sim.report.selection import Cost, Effect, Results, Selection, select

__all__ = ["CAVEAT", "RULES", "Class", "Finding", "classify", "find", "finding", "helps_or_harms"]

Class = Literal["helps", "mixed", "harms", "unsure", "nothing", "untried"]

CAVEAT: Final = "A comparison of assumptions, not a forecast."

RULES: Final = (
    "Only participation, trust and conflicts among residents count. A scenario helps when it is better on at least "
    "one of them and worse on none, harms when it is the other way round, and is mixed when it is both. It may "
    "differ, but not for sure, where a difference would be told from none alone and not among so many comparisons. "
    "The scenario named first is the one that is better, less worse, on most outcomes; among equals the one that is "
    "worse on fewer, then the one with the larger differences (in whole units of the smallest change that matters), "
    "then the cheaper. Where another that helps on the same outcome gains a unit of it for less than half the "
    "money, a sentence names the one that does so for the least; where another gains more of it on average, by what "
    "matters, a sentence names the one that gains most and why it is not first. Changes that are too small to "
    "matter or cannot be told from no change are never called a rise or a fall. A scenario that was never at work, so "
    "that all its runs are the same as the baseline's, has no verdict and is not counted."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding and what it was made from.

    ``kind`` says which rule spoke: ``gain``, ``mixed``, ``harm`` or ``null``. ``scenario`` is the one it names.
    ``beside`` are sentences on others that gain more of the same, for the money or at all (rules 7 and 8), and on those
    that were never at work.
    """

    text: str
    kind: Literal["gain", "mixed", "harm", "null"]
    scenario: str | None
    classes: dict[str, Class]
    beside: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """What is read aloud: the finding, what gains more of the same if there is such, and the caveat."""
        return [self.text, *self.beside, CAVEAT]


def finding(results: Results) -> Finding:
    """The one-sentence finding of an experiment."""
    return find(select(results))


def classify(selection: Selection, scenario: str) -> Class:
    """Whether ``scenario`` helps, harms, is mixed, unsure or shows nothing on the headline outcomes (rule 1)."""
    effects = selection.headline(scenario)
    if effects and all(effect.verdict == "not_delivered" for effect in effects):
        return "untried"
    found = helps_or_harms({effect.verdict for effect in effects})
    return "unsure" if found == "nothing" and any(effect.one_of_many for effect in effects) else found


def helps_or_harms(verdicts: Collection[str]) -> Class:
    """Whether verdicts on the headline outcomes say that something helps, harms, does both, or nothing for sure."""
    if "better" in verdicts:
        return "mixed" if "worse" in verdicts else "helps"
    return "harms" if "worse" in verdicts else "nothing"


def find(selection: Selection) -> Finding:
    """The one-sentence finding of a selection, and a sentence on each scenario that was never at work."""
    classes = {scenario: classify(selection, scenario) for scenario in selection.scenarios}
    untried = tuple(
        f"{_name(selection, name)} has no verdict. {selection.headline(name)[0].reason}"
        for name, kind in classes.items()
        if kind == "untried"
    )
    if not untried:
        return _find(selection, classes)
    tried: dict[str, Class] = {name: kind for name, kind in classes.items() if kind != "untried"}
    if not tried:
        return Finding(untried[0], "null", None, classes, untried[1:])
    found = _find(replace(selection, scenarios=tuple(tried)), tried)
    return replace(found, classes=classes, beside=(*found.beside, *untried))


def _find(selection: Selection, classes: dict[str, Class]) -> Finding:
    """The finding on scenarios that were at work; see the rules at the top of this module."""
    first = {
        kind: next((n for n in selection.ranked if classes[n] == kind), None) for kind in ("helps", "mixed")
    }
    harmful = [name for name in reversed(selection.ranked) if classes[name] == "harms"]
    if (leader := first["helps"]) is not None:
        text = _leading(selection, leader, classes) + _others(selection, classes, leader, harmful)
        return Finding(_sentence(selection, text), "gain", leader, classes, _beside(selection, leader, classes))
    if (leader := first["mixed"]) is not None:
        text = _torn(selection, leader) + _others(selection, classes, leader, harmful)
        return Finding(_sentence(selection, text), "mixed", leader, classes)
    if harmful:
        text = _harming(selection, harmful[0]) + _others(selection, classes, harmful[0], harmful[1:])
        return Finding(_sentence(selection, text), "harm", harmful[0], classes)
    return Finding(_sentence(selection, _nothing(selection)), "null", None, classes)


def _sentence(selection: Selection, text: str) -> str:
    """Rule 6, a capital letter and a full stop."""
    if selection.worlds <= 1:
        text = f"With one set of parameter values, ignoring how uncertain they are: {text}"
    return f"{text[:1].upper()}{text[1:]}."


def _leading(selection: Selection, leader: str, classes: dict[str, Class]) -> str:
    """Rule 3: name what helps most, what it changes and what it costs."""
    count, name = len(selection.scenarios), _name(selection, leader)
    others = [other for other in classes if other != leader]
    alone = not any(classes[other] in ("helps", "mixed") for other in others)
    equals = [other for other in others if selection.help(other) == selection.help(leader)]
    cheapest = all(_cost(selection, leader) < _cost(selection, other) for other in equals)
    most = "helps most" if not equals else f"helps as much as any{' and costs least' if cheapest else ''}"
    helps = f"only {name} helps" if alone else f"{name} {most}"
    start = f"{name} helps" if count == 1 else f"of {words.count(count)} scenarios, {helps}"
    return f"{start}: {_changes(selection, leader, 'better')}{_price(selection, leader)}"


def _torn(selection: Selection, leader: str) -> str:
    """Rule 4: nothing helps without harm."""
    count, name = len(selection.scenarios), _name(selection, leader)
    start = (
        f"{name} helps and harms"
        if count == 1
        else f"{words.none_of(count, 'scenario')} helps without also doing harm; {name} comes nearest"
    )
    good, bad = (_changes(selection, leader, verdict) for verdict in ("better", "worse"))
    return f"{start}: {good}, but {bad}{_price(selection, leader)}"


def _harming(selection: Selection, worst: str) -> str:
    """Rule 5: nothing helps, and what does the most harm."""
    count, name = len(selection.scenarios), _name(selection, worst)
    start = (
        f"{name} does harm"
        if count == 1
        else f"{words.none_of(count, 'scenario')} helps, and {name} harms most"
    )
    return f"{start}: {_changes(selection, worst, 'worse')}{_price(selection, worst)}"


def _cost(selection: Selection, scenario: str) -> float:
    return selection.costs.get(scenario, Cost()).money


def _price(selection: Selection, scenario: str) -> str:
    cost = _cost(selection, scenario)
    if math.isnan(cost):
        return ""
    if round(cost, 1) == 0.0:
        return ", at no extra cost"
    return f", at {words.money(abs(cost))} yuan {'more' if cost > 0 else 'less'} per resident a year"


def _beside(selection: Selection, leader: str, classes: dict[str, Class]) -> tuple[str, ...]:
    """Rules 7 and 8: others that gain more than the leader on the first outcome on which it is better."""
    outcome = next(e.outcome for e in selection.headline(leader) if e.verdict == "better")
    gains = {
        name: effect
        for name in selection.ranked
        if classes[name] == "helps"
        and (effect := selection.effect(name, outcome.name)) is not None
        and effect.verdict == "better"
    }
    price = {name: _cost(selection, name) / abs(effect.mean) for name, effect in gains.items()}
    cheapest = min(price, key=lambda name: price[name] if math.isfinite(price[name]) else math.inf)
    largest = max(gains, key=lambda name: gains[name].size)
    found = {}
    if gains[largest].size >= gains[leader].size + 1.0:
        found[largest] = ("gains most", _but(selection, largest, leader))
    if price[leader] > 0.0 and price[cheapest] < 0.5 * price[leader]:
        found[cheapest] = ("gains most for its money", "")
    return tuple(
        f"Of those that help on {words.subject(outcome)}, {_name(selection, name)} {how}: "
        f"{_change(gains[name])}{_price(selection, name)}{but}."
        for name, (how, but) in found.items()
    )


def _but(selection: Selection, largest: str, leader: str) -> str:
    """Rule 8: why the one that gains most on an outcome does not stand first."""
    own, first = ({e.outcome: e for e in selection.headline(name)} for name in (largest, leader))
    if sum(e.verdict == "better" for e in own.values()) < sum(e.verdict == "better" for e in first.values()):
        return "; it helps on fewer outcomes"
    behind = [words.subject(on) for on, e in first.items() if on in own and own[on].size < e.size]
    return f"; what it may do to {words.join(behind)} counts against it" if behind else ""


def _others(selection: Selection, classes: dict[str, Class], named: str, harmful: list[str]) -> str:
    """How the scenarios that have not been named did, ``harmful`` ones from the worst on."""
    rest = [name for name in classes if name != named]
    count: dict[str, int] = {
        kind: sum(classes[name] == kind for name in rest)
        for kind in ("helps", "mixed", "harms", "unsure", "nothing")
    }
    worst, unsure = _worst(selection, harmful), "may differ but not for sure"
    parts = [
        (count["helps"], "helps", "help"),
        (count["mixed"], "is mixed", "are mixed"),
        (count["harms"], f"does harm{worst}", f"do harm{worst}"),
        (count["unsure"], unsure, unsure),
        (count["nothing"], "shows no clear effect", "show no clear effect"),
    ]
    said = [(number, one if number == 1 else many) for number, one, many in parts if number]
    if not said:
        return ""
    if len(said) == 1:
        number, does = said[0]
        return f"; the other {does}" if number == 1 else f"; the other {words.count(number)} {does}"
    told = words.join([f"{words.count(number)} {does}" for number, does in said])
    return f"; of the {words.count(len(rest))} others, {told}"


def _worst(selection: Selection, harmful: list[str]) -> str:
    """Which of the harmful scenarios is the worst, and on what."""
    if not harmful:
        return ""
    worse = [effect for effect in selection.headline(harmful[0]) if effect.verdict == "worse"]
    effect = max(worse, key=lambda effect: abs(effect.size))
    lead = "" if len(harmful) == 1 else "above all "
    return f" ({lead}{_name(selection, harmful[0])}, on {words.subject(effect.outcome)})"


def _changes(selection: Selection, scenario: str, verdict: str) -> str:
    """What changes for the better, or the worse; the first interval says that it is one."""
    effects = [effect for effect in selection.headline(scenario) if effect.verdict == verdict]
    return words.join([_change(effect, first=i == 0) for i, effect in enumerate(effects)])


def _change(effect: Effect, first: bool = True) -> str:
    e = effect
    return words.change_sentence(e.outcome, e.mean, e.low, e.high, e.smallest_change, first=first)


def _nothing(selection: Selection) -> str:
    """Rule 2, the null result: which kind of nothing it is matters."""
    verdicts = {e.verdict for name in selection.scenarios for e in selection.headline(name)}
    count = len(selection.scenarios)
    lead = _name(selection, selection.scenarios[0]) if count == 1 else words.none_of(count, "scenario")
    things = words.join([words.subject(outcome) for outcome in selection.outcomes], "or")
    if only_small(verdicts):
        text = f"{lead} {'does not change' if count == 1 else 'changes'} {things} by as much as would matter"
        return f"{text} on average; that it does is not ruled out" if "small" in verdicts else text
    text = f"{lead} shows {'no' if count == 1 else 'a'} clear effect on {things}"
    small = next((verdict for verdict in ("small", "too_small") if verdict in verdicts), None)
    if small:
        text = f"{text}, or only one that is {words.VERDICT_WORDS[small]}"
    maybe = [name for name in selection.scenarios if classify(selection, name) == "unsure"]
    if maybe:
        close = [
            words.subject(outcome)
            for outcome in selection.outcomes
            if any(e.one_of_many for name in maybe for e in selection.headline(name) if e.outcome == outcome)
        ]
        both = "both" if len(maybe) == count else f"{words.count(len(maybe))} of them"
        return f"{text}; {'it' if count == 1 else both} may change {words.join(close)}, but the evidence is weak"
    return text if small else f"{text}; that is not the same as no effect"


def _name(selection: Selection, scenario: str) -> str:
    return f"“{selection.titles[scenario]}”"
