"""What is left of a claim's effects when the mechanism that it names is cut, in words."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.claims.verdict import Judged, names


def ablation_words(outcomes: Sequence[Judged], cuts: str) -> str:
    """What is left of a claim's effects when its mechanism is cut, in words: of those that there are."""
    found = [outcome for outcome in outcomes if outcome.result() in ("as_claimed", "against")] or list(
        outcomes[:1]
    )
    if len(outcomes) == 1:
        return _left(found[0], cuts)
    return " ".join(
        f"{names([o.expected.name]).capitalize()}: {text[:1].lower()}{text[1:]}"
        for o in found
        if (text := _left(o, cuts))
    )


def _left(outcome: Judged, cuts: str) -> str:
    """The same for one outcome."""
    if outcome.ablated is None or outcome.carried is None or not outcome.ablated.known:
        return ""
    left, mean = outcome.ablated.interval, outcome.main.interval.mean
    smallest = outcome.expected.smallest_change
    if left.mean == left.low == left.high == 0.0:
        return f"Nothing is left when {cuts}."
    within = left.holds_zero or (abs(left.low) < smallest and abs(left.high) < smallest)
    if not outcome.main.interval.holds_zero and mean:
        share = left.mean / mean
        share = 0.0 if abs(share) < 0.005 else share  # no "-0%"
        if within:
            return (
                f"What is left when {cuts} is within noise or too small to matter ({100 * share:.0f}% of it)."
            )
        if share < 0.0:
            return f"It goes the other way when {cuts}."
        return f"{100 * share:.0f}% of it is left when {cuts}: something else carries that."
    if within:
        return f"There is no effect to speak of when {cuts}, either."
    return f"There is an effect when {cuts} that the mechanism takes away."


def turned_worlds(outcome: Judged) -> tuple[str, ...]:
    """Worlds in which the effect goes against the claim by at least the smallest change that matters."""
    sign, smallest = outcome.expected.direction, outcome.expected.smallest_change
    return tuple(world for world, value in outcome.main.by_unit.items() if value * sign <= -smallest)
