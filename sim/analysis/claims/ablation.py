"""What is left of a claim's effects when the mechanism that it names is cut, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sim.analysis.claims.verdict import Judged, names, within

ELSEWHERE: Final = "something else carries it"
"""What is said of an effect that is left."""


def ablation_words(outcomes: Sequence[Judged], cuts: str) -> str:
    """What is left of a claim's effects when its mechanism is cut, in words: of those that there are."""
    said = [(o, text) for o in _told(outcomes) if (text := _left(o))]
    if not said:
        return ""
    if len(outcomes) == 1:
        return f"Cut: {cuts}. {said[0][1]}"
    return f"Cut: {cuts}. " + " ".join(f"{_name(o)}: {text[:1].lower()}{text[1:]}" for o, text in said)


def _told(outcomes: Sequence[Judged]) -> list[Judged]:
    """Outcomes with an effect; the first where none has one."""
    return [o for o in outcomes if o.result() in ("as_claimed", "against")] or list(outcomes[:1])


def _name(outcome: Judged) -> str:
    text = names([outcome.expected.name])
    return f"{text[:1].upper()}{text[1:]}"


def _left(outcome: Judged) -> str:
    """The same for one outcome."""
    if outcome.ablated is None or outcome.carried is None or not outcome.ablated.known:
        return ""
    left, mean = outcome.ablated.interval, outcome.main.interval.mean
    if left.mean == left.low == left.high == 0.0:
        return "Nothing is left."
    nothing = left.holds_zero or within(outcome.ablated, outcome.expected.smallest_change)
    if outcome.main.interval.holds_zero or not mean:
        return (
            "No effect can be told, with it or without it."
            if nothing
            else "Without it there is an effect; with it, none can be told."
        )
    share = left.mean / mean
    if nothing:
        return "What is left is within noise or too small to matter."
    if share < 0.0:
        return "The effect goes the other way."
    held = " (what is cut holds it back)" if _held_back(outcome) else ""
    return f"{100 * share:.0f}% of the effect is left{held}: {ELSEWHERE}."


def _held_back(outcome: Judged) -> bool:
    """Whether an effect is larger without the mechanism, whose own part lies against it by its whole interval."""
    lost, effect = outcome.carried, outcome.main.interval.mean
    return lost is not None and not lost.interval.holds_zero and lost.interval.mean * effect < 0.0


def turned_worlds(outcome: Judged) -> tuple[str, ...]:
    """Worlds in which the effect goes against the claim by at least the smallest change that matters."""
    sign, smallest = outcome.expected.direction, outcome.expected.smallest_change
    return tuple(world for world, value in outcome.main.by_unit.items() if value * sign <= -smallest)
