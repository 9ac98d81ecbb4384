"""The ledger as tables: one row a claim; a claim, outcome and level; a claim, outcome and world."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.ablation import turned_worlds
from sim.analysis.claims.effects import Effect
from sim.analysis.claims.entries import Entry
from sim.analysis.claims.verdict import Judged

if TYPE_CHECKING:
    import pandas as pd


def claims_table(found: Sequence[Entry]) -> pd.DataFrame:
    """One row a claim: its verdict and why."""
    import pandas as pd

    return pd.DataFrame(
        {
            "claim": entry.claim.id,
            "section": entry.claim.section,
            "text": entry.claim.text,
            "nature": entry.claim.nature,
            "mechanisms": " ".join(entry.claim.mechanisms),
            "treatment": arms_of(entry.claim, 1),
            "control": arms_of(entry.claim, -1),
            "verdict": entry.verdict.key,
            "words": entry.verdict.words,
            "shown_small": entry.shown_small,
            "uncorrected": entry.uncorrected,
            "alarm": entry.verdict.alarm,
            "why": "; ".join(entry.verdict.reasons),
            "ablation": entry.ablation,
            "cuts": entry.claim.cuts,
            "reason": entry.claim.reason,
            "note": entry.claim.note,
            "because": entry.claim.because,
        }
        for entry in found
    )


def arms_of(claim: Any, sign: int) -> str:
    """The arms that count for or against, in words."""
    if claim.effect is None:
        return ""
    return "; ".join(name for name, weight in claim.effect.weights.items() if weight * sign > 0)


def outcomes_table(found: Sequence[Entry]) -> pd.DataFrame:
    """One row a claim, outcome and level, with the ablated effect beside the level that is judged."""
    import pandas as pd

    return pd.DataFrame(
        row
        for entry in found
        for role, outcomes in (("judged", entry.judged), ("shown", entry.shown))
        for outcome in outcomes
        for row in _outcome_rows(entry.claim.id, role, outcome)
    )


def _outcome_rows(claim: str, role: str, outcome: Judged) -> Iterator[dict[str, Any]]:
    expected = outcome.expected
    for place, (level, effect) in enumerate(outcome.effects.items()):
        if not effect.known:
            continue
        first = place == 0
        yield {
            "claim": claim,
            "role": role,
            "name": expected.name,
            "outcome": expected.outcome,
            "level": level,
            "judged_level": first,
            "window": expected.window,
            "expected": "higher" if expected.direction > 0 else "lower",
            "smallest_change": expected.smallest_change,
            "control": effect.level_without,
            **_interval(effect, ""),
            "n": effect.interval.count,
            "p_value": effect.interval.p_value,
            "p_corrected": outcome.p_corrected.get(level, math.nan),
            "share_holds": effect.share_holds,
            "share_exceeds": effect.share_exceeds,
            "share_against": effect.share_against,
            "variance_worlds": effect.variance_worlds,
            "variance_seeds": effect.variance_seeds,
            "p_worlds": effect.p_worlds,
            "p_worlds_corrected": outcome.p_worlds if first else math.nan,
            "result": outcome.result(level),
            "result_uncorrected": outcome.uncorrected().result(level),
            **_interval(outcome.ablated if first else None, "ablated_"),
            **_interval(outcome.carried if first else None, "carried_"),
            **_interval(outcome.beyond_sum if first else None, "beyond_sum_"),
            "turned_worlds": " ".join(turned_worlds(outcome)) if first else "",
        }


def _interval(effect: Effect | None, prefix: str) -> dict[str, float]:
    found = None if effect is None or not effect.known else effect.interval
    return {
        f"{prefix}{name}": math.nan if found is None else getattr(found, name)
        for name in ("mean", "low", "high")
    }


def worlds_table(found: Sequence[Entry]) -> pd.DataFrame:
    """One row a claim, judged outcome and world: the effect there, and what is left of it without the mechanism."""
    import pandas as pd

    rows = []
    for entry in found:
        for outcome in entry.judged:
            ablated = outcome.ablated.by_unit if outcome.ablated is not None else {}
            for world, value in outcome.main.by_unit.items():
                rows.append(
                    {
                        "claim": entry.claim.id,
                        "name": outcome.expected.name,
                        "world": world,
                        "effect": value,
                        "ablated": ablated.get(world, math.nan),
                        "claimed": value * outcome.expected.direction,
                    }
                )
    return pd.DataFrame(rows, columns=["claim", "name", "world", "effect", "ablated", "claimed"])
