"""What a claim's experiment says, by rules that are stated here and nowhere else.

Each judged outcome first, among residents who are not students, by the rules of ``sim.analysis.verdicts`` with the
direction that the claim gives it: ``as_claimed``, ``against``, ``too_small``, ``small`` or ``open``. ``too_small`` is
*shown*: the whole 95% interval lies inside the smallest change that matters, on either side of zero. An effect that is
told from zero, smaller on average than what matters, but whose interval reaches beyond it, is ``small``: it may matter.
P-values are corrected for the number of different comparisons over all emergent claims (Holm). Then the claim:

1. *not testable* where the file says why; *not tried* where every run is the same as the one that it is compared with,
   so that what the claim is about was never at work.
2. A wired claim is *true by construction* where the whole interval of every judged outcome lies on its side, however
   small; it is never a finding. Where one does not, the ledger says so loudly.
3. *contradicted* where an outcome goes against it and none goes as claimed.
4. *supported* where every outcome goes as claimed, campus and everybody do not tell another story (against the claim,
   too small to matter, or an interval that leaves the residents' mean out), the direction holds in at least nine worlds
   in ten, and at most half of the effect is left when its mechanism is cut.
5. *supported with conditions* where some of that holds and not all; also where the mean tells nothing because worlds
   differ by more than luck (corrected in the same way), and a fifth of them or more lie well on either side: the claim
   turns.
6. *not distinguishable* otherwise, which is two answers: *shown to be too small to matter* where every outcome is
   ``too_small`` (:func:`shown_small`), and *cannot be told* where at least one is not known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sim.analysis.claims.effects import Effect
from sim.analysis.verdicts import SMALL, WORDS

VERDICTS: Final = {
    "supported": "supported",
    "conditions": "supported with conditions",
    "open": "not distinguishable",
    "contradicted": "contradicted",
    "wired": "true by construction",
    "untestable": "not testable",
    "not_run": "not run",
    "not_tried": "not tried",
}
"""Verdicts in words."""

RESULTS: Final = {
    "as_claimed": "as claimed",
    "against": "against the claim",
    "too_small": WORDS["too_small"],
    "small": WORDS["small"],
    "open": "cannot be told from no change",
    "missing": "no figures",
}
"""Results of single outcomes in words."""

ENOUGH: Final = 5
"""Worlds below which how often a direction holds says nothing."""


@dataclass(frozen=True)
class Judged:
    """One outcome of a claim: what is expected, and what was found at each level.

    Attributes
    ----------
    expected
        From the file.
    effects
        By level name: the expected level first (``residents`` where the file says none), then ``campus`` and ``total``.
    p_corrected
        By level name; NaN where an effect is not one of those that are corrected.
    ablated, carried
        The effect with the mechanism cut, and what is lost by that; None where nothing is cut.
    beyond_sum
        Of a joint claim: the effect beyond the sum of each policy alone.
    p_worlds
        p-value of worlds differing by luck alone, corrected; NaN where the effect is not one of those that are.
    tried
        Whether any run of its arms differs from the others in anything.
    """

    expected: Any
    effects: Mapping[str, Effect]
    p_corrected: Mapping[str, float]
    ablated: Effect | None = None
    carried: Effect | None = None
    beyond_sum: Effect | None = None
    p_worlds: float = math.nan
    tried: bool = True

    @property
    def main(self) -> Effect:
        """The effect that is judged."""
        return next(iter(self.effects.values()))

    def uncorrected(self) -> Judged:
        """The same as if it were the only comparison."""
        return replace(self, p_corrected={}, p_worlds=math.nan)

    def result(self, level: str | None = None) -> str:
        """What was found at a level; at the one that is judged by default."""
        name = next(iter(self.effects)) if level is None else level
        return outcome_result(
            self.effects[name],
            self.expected.direction,
            self.expected.smallest_change,
            self.p_corrected.get(name, math.nan),
        )


def outcome_result(effect: Effect, direction: int, smallest: float, p_corrected: float = math.nan) -> str:
    """Name one effect: ``as_claimed``, ``against``, ``too_small``, ``small``, ``open`` or ``missing``."""
    import numpy as np

    from sim.analysis.verdicts import verdicts

    if not effect.known:
        return "missing"
    found = effect.interval
    numbers = (found.mean, found.low, found.high, smallest, direction, p_corrected)
    mean, low, high, least, sense, corrected = (np.array([number], dtype=float) for number in numbers)
    word = str(verdicts(mean, low, high, least, sense, corrected)[0])
    return {"better": "as_claimed", "worse": "against", "not_distinguishable": "open"}.get(word, word)


def within(effect: Effect, smallest: float) -> bool:
    """Whether the whole interval lies inside the smallest change that matters: no effect that matters is left."""
    return -smallest < effect.interval.low and effect.interval.high < smallest


def shown_small(verdict: Verdict, outcomes: Sequence[Judged]) -> bool:
    """Of a claim that is not distinguishable: whether all its outcomes are shown to be too small to matter."""
    results = [outcome.result() for outcome in outcomes if outcome.main.known]
    return verdict.key == "open" and bool(results) and set(results) == {"too_small"}


@dataclass(frozen=True)
class Verdict:
    """A claim's verdict: a key of ``VERDICTS``, why in words, and whether it must not be overlooked."""

    key: str
    reasons: tuple[str, ...] = ()
    alarm: bool = False

    @property
    def words(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.key]


def judge(claim: Any, outcomes: Sequence[Judged], rules: Any) -> Verdict:
    """Judge a claim by the rules above.

    Parameters
    ----------
    claim
        From ``sim.scenario.claims``.
    outcomes
        Its judged outcomes, measured.
    rules
        Where the lines are drawn.
    """
    if claim.nature == "untestable":
        return Verdict("untestable", (claim.reason,))
    measured = [outcome for outcome in outcomes if outcome.main.known]
    if not measured:
        return Verdict("not_run", ("no pair of runs is finished",))
    if not any(outcome.tried for outcome in measured):
        return Verdict("not_tried", ("what it is about was never at work: its arms are the same in every run",))
    if claim.nature == "wired":
        return _wired(measured, rules)
    return _emergent(measured, rules)


def _wired(outcomes: Sequence[Judged], rules: Any) -> Verdict:
    """Whether what is wired does come out."""
    against: list[Judged] = []
    doubtful: list[Judged] = []
    unsure: list[Judged] = []
    for outcome in outcomes:
        found, direction = outcome.main.interval, outcome.expected.direction
        if (found.low if direction > 0 else -found.high) > 0.0:
            continue
        often = outcome.main.share_holds >= rules.share_of_worlds or found.count < ENOUGH
        wrong = (found.high if direction > 0 else -found.low) < 0.0
        (against if wrong else unsure if often else doubtful).append(outcome)
    reasons = [f"wired, and yet {names([o.expected.name])} goes the other way" for o in against]
    reasons += [
        f"wired, and yet {names([o.expected.name])} goes the claimed way in only "
        f"{100 * o.main.share_holds:.0f}% of worlds"
        for o in doubtful
    ]
    reasons += [
        f"wired, but {names([o.expected.name])} cannot be told from no change in so few worlds" for o in unsure
    ]
    if reasons:
        return Verdict("contradicted" if against else "open", tuple(reasons), alarm=bool(against or doubtful))
    small = [outcome.expected.name for outcome in outcomes if outcome.result() in SMALL]
    return Verdict("wired", (f"though too small to matter in {names(small)}",) if small else ())


def _emergent(outcomes: Sequence[Judged], rules: Any) -> Verdict:
    results = {outcome.expected.name: outcome.result() for outcome in outcomes}
    agreeing = [name for name, result in results.items() if result == "as_claimed"]
    against = [name for name, result in results.items() if result == "against"]
    rest = {name: result for name, result in results.items() if result in (*SMALL, "open")}
    turning = [o.expected.name for o in outcomes if turns(o, rules)]
    if agreeing:
        reasons = []
        if against or rest:
            reasons.append(f"holds for {names(agreeing)}")
        if against:
            reasons.append(f"goes against the claim for {names(against)}")
        reasons += _by_result(rest)
        for outcome in outcomes:
            if outcome.expected.name in agreeing:
                reasons += _limits(outcome, rules)
        return Verdict("conditions" if reasons else "supported", tuple(reasons))
    if against:
        return Verdict("contradicted", tuple(_against_reasons(outcomes, against, rules)))
    if turning:
        return Verdict(
            "conditions",
            tuple(f"turns for {names([name])}: well on either side in different worlds" for name in turning),
        )
    return Verdict("open", tuple(_by_result(rest)))


def _by_result(results: Mapping[str, str]) -> list[str]:
    """Outcomes that say the same, together: "too small to matter: trust and new conflicts"."""
    said = dict.fromkeys(results.values())
    return [f"{RESULTS[word]}: {names([n for n in results if results[n] == word])}" for word in said]


def _limits(outcome: Judged, rules: Any) -> list[str]:
    """What keeps an outcome that goes as claimed from supporting the claim without conditions."""
    found, name, main = [], names([outcome.expected.name]), outcome.main
    for level in list(outcome.effects)[1:]:
        result = outcome.result(level)
        if _differs(result, outcome.effects[level], main):
            people = {"campus": "on campus", "total": "among everybody"}[level]
            found.append(f"{name} {people}: {RESULTS[result]}")
    if main.share_holds < rules.share_of_worlds:
        found.append(f"{name} goes the claimed way in only {100 * main.share_holds:.0f}% of worlds")
    left = share_left(outcome)
    if left > rules.share_left:
        found.append(
            f"{100 * left:.0f}% of the effect on {name} is left when the mechanism that the claim names is cut"
        )
    elif outcome.carried is not None and outcome.carried.known and not _carries(outcome):
        found.append(f"{name} cannot be told to move through the mechanism that the claim names")
    return found


def _carries(outcome: Judged) -> bool:
    """Whether what is lost when the mechanism is cut lies on the claim's side with its whole interval."""
    assert outcome.carried is not None
    lost = outcome.carried.interval
    return (lost.low if outcome.expected.direction > 0 else -lost.high) > 0.0


def _differs(result: str, there: Effect, here: Effect) -> bool:
    """Whether a level tells another story than the judged one; not knowing there what is known here is no story."""
    if result == "open":
        return not there.interval.low <= here.interval.mean <= there.interval.high
    return result == "against" or result in SMALL


def _against_reasons(outcomes: Sequence[Judged], against: Sequence[str], rules: Any) -> list[str]:
    found = [f"goes the other way for {names(against)}"]
    for outcome in outcomes:
        if outcome.expected.name in against and outcome.main.share_exceeds >= rules.share_against:
            share = 100 * outcome.main.share_exceeds
            found.append(f"{names([outcome.expected.name])} goes as claimed in {share:.0f}% of worlds")
    return found


def turns(outcome: Judged, rules: Any) -> bool:
    """Whether worlds differ by more than luck, and enough of them lie well on either side."""
    effect = outcome.main
    p = effect.p_worlds if math.isnan(outcome.p_worlds) else outcome.p_worlds
    return p < rules.level and min(effect.share_exceeds, effect.share_against) >= rules.share_against


def share_left(outcome: Judged) -> float:
    """Share of an effect that is left when the mechanism is cut; 0 where that is within noise, NaN where nothing is."""
    if outcome.ablated is None or not outcome.ablated.known or not outcome.main.interval.mean:
        return math.nan
    left = outcome.ablated.interval
    return 0.0 if left.holds_zero else left.mean / outcome.main.interval.mean


def names(names: Sequence[str]) -> str:
    """Names of outcomes as people read them in a sentence: "trust (with experience)"."""
    from sim.vocabulary.outcomes import BY_NAME

    shown = [spoken_label(BY_NAME[name].label) if name in BY_NAME else name.replace("_", " ") for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nothing"


def spoken_label(label: str) -> str:
    """A label in a sentence, where a comma would look like the next item of a list."""
    first, comma, rest = label.lower().partition(", ")
    return f"{first} ({rest})" if comma else first
