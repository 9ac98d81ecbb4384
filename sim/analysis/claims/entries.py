"""Measuring and judging claims: effects at three levels, what the mechanism carries, corrected p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.ablation import ablation_words
from sim.analysis.claims.effects import Effect, Readings, contrast
from sim.analysis.claims.verdict import Judged, Verdict, judge, shown_small
from sim.analysis.effects import CAMPUS, EVERYONE, RESIDENTS
from sim.stats import holm

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Entry:
    """One claim with what was found.

    Attributes
    ----------
    uncorrected
        The verdict (a key of ``VERDICTS``) that it would have without Holm's correction.
    """

    claim: Any
    verdict: Verdict
    judged: tuple[Judged, ...]
    shown: tuple[Judged, ...]
    uncorrected: str

    @property
    def shown_small(self) -> bool:
        """Of a claim that is not distinguishable: whether no effect that matters is left."""
        return shown_small(self.verdict, self.judged)

    @property
    def ablation(self) -> str:
        """What is left of the judged outcomes when the mechanism is cut, in words."""
        return ablation_words(self.judged, self.claim.cuts) if self.judged else ""


def entries(claims: Any, windows: pd.DataFrame, worlds: int) -> list[Entry]:
    """Measure and judge all claims.

    Parameters
    ----------
    claims
        From ``sim.scenario.claims``.
    windows
        Windowed outcomes of the runs (``Results.windows``).
    worlds
        Parameter worlds of the design.
    """
    readings = Readings(windows, worlds)
    measured = {
        name: (
            [_measure(claim, expected, readings) for expected in claim.judged],
            [_measure(claim, expected, readings) for expected in claim.shown],
        )
        for name, claim in claims.claims.items()
        if claim.effect is not None
    }
    corrected = _corrected(claims, {name: judged for name, (judged, _) in measured.items()})
    found = []
    for name, claim in claims.claims.items():
        judged, shown = measured.get(name, ([], []))
        judged = [replace(o, **corrected.get(_comparison(claim, o), {})) for o in judged]
        found.append(entry_of(claim, judged, shown, claims.rules))
    return found


def entry_of(claim: Any, judged: Sequence[Judged], shown: Sequence[Judged], rules: Any) -> Entry:
    """Judge a claim whose outcomes are measured, with and without the correction."""
    alone = judge(claim, [o.uncorrected() for o in judged], rules).key
    return Entry(claim, judge(claim, judged, rules), tuple(judged), tuple(shown), alone)


def _measure(claim: Any, expected: Any, readings: Readings) -> Judged:
    """The effects of one claim on one outcome."""

    def effect(weights: Mapping[str, int], level: tuple[str, str]) -> Effect:
        return readings.effect(
            weights, expected.window, level, expected.outcome, expected.direction, expected.smallest_change
        )

    own = expected.level or RESIDENTS
    effects = {expected_level(expected): effect(claim.effect.weights, own)}
    if expected.level is None:
        campus = effect(claim.effect.weights, CAMPUS)
        if (
            campus.known
        ):  # where there is no campus, everybody is a resident, and there is nothing to set beside
            effects |= {"campus": campus, "total": effect(claim.effect.weights, EVERYONE)}
    ablated = carried = beyond = None
    if claim.ablated is not None:
        ablated = effect(claim.ablated.weights, own)
        carried = effect(contrast(claim.effect, claim.ablated), own)
    if claim.beyond_sum is not None:
        beyond = effect(claim.beyond_sum.weights, own)
    tried = readings.differ(claim.effect.weights, expected.window, EVERYONE)
    return Judged(expected, effects, {}, ablated, carried, beyond, tried=tried)


def expected_level(expected: Any) -> str:
    """The name of the level that an outcome is judged at."""
    return "residents" if expected.level is None else "/".join(expected.level)


def _comparison(claim: Any, outcome: Judged) -> tuple[Any, ...]:
    """What makes two judged outcomes the same comparison, in whichever claims they stand."""
    expected = outcome.expected
    return (
        claim.nature,
        tuple(sorted(claim.effect.weights.items())),
        expected.outcome,
        expected.level,
        expected.window,
    )


def _corrected(claims: Any, judged: Mapping[str, list[Judged]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """``p_corrected`` and ``p_worlds``, corrected over the different comparisons of emergent claims."""
    family: dict[tuple[Any, ...], Judged] = {}
    for name, outcomes in judged.items():
        if claims.claims[name].nature == "emergent":
            for outcome in outcomes:
                family.setdefault(_comparison(claims.claims[name], outcome), outcome)
    luck = holm([outcome.main.p_worlds for outcome in family.values()])
    found: dict[tuple[Any, ...], dict[str, Any]] = {
        key: {"p_corrected": {}, "p_worlds": p} for key, p in zip(family, luck, strict=True)
    }
    for place in range(3):  # the judged level, campus, everybody: three views, each a family of its own
        chosen = [
            (key, list(o.effects)[place], list(o.effects.values())[place])
            for key, o in family.items()
            if len(o.effects) > place
        ]
        for (key, level, _), p in zip(chosen, holm([e.interval.p_value for _, _, e in chosen]), strict=True):
            found[key]["p_corrected"][level] = p
    return found


def family_size(claims: Any, found: list[Entry]) -> int:
    """How many different comparisons the p-values are corrected for."""
    return len(
        {
            _comparison(e.claim, o)
            for e in found
            if e.claim.nature == "emergent"
            for o in e.judged
            if o.main.known
        }
    )
