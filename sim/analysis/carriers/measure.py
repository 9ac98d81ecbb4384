"""What a further cut takes off an effect: paired differences, shares with intervals, p-values corrected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.effects import Effect, Readings
from sim.analysis.claims.entries import expected_level
from sim.analysis.claims.verdict import within
from sim.analysis.effects import RESIDENTS
from sim.stats import Interval, holm, paired_interval
from sim.stats.ratio import fieller

if TYPE_CHECKING:
    import pandas as pd

STEPS: Final = {
    "whole": "nothing is cut",
    "named": "the mechanism that the claim names is cut",
    "each": "that, and one more mechanism",
    "several": "that, and all that carry something",
    "rest": "that, and every other mechanism without which the outcome does not stand still",
    "path": "that, and a single path",
    "alone": "one other mechanism is cut, and not the named one",
}
"""What is cut in the rows of a table, in their order."""
LEVEL: Final = 0.05
"""Highest corrected p-value of a mechanism that carries something."""
TELLING: Final = 0.2
"""Smallest share of what is left that a mechanism must carry to be named; less is not worth a planner's attention."""
STATES: Final[Mapping[str, str]] = {
    "trust": "M4",
    "trust_experienced": "M4",
    "expectation": "M4",
    "knowledge": "M2",
    "belonging": "M10",
    "efficacy": "M12",
    "skill": "M7",
    "burnout": "M6",
}
"""Outcomes that are the state of one mechanism: switched off, they move only with who is counted, which says nothing
about a path. Where other outcomes cannot move, they show it by being missing or zero everywhere."""


def measured(
    claim: str,
    expected: Any,
    place: str,
    readings: Readings,
    cuts: Mapping[tuple[str, str], Mapping[str, int]],
) -> list[dict[str, Any]]:
    """Rows of a table about one outcome of a claim in one place.

    Parameters
    ----------
    claim, expected
        Whose outcome it is, and which.
    place
        ``small`` or ``full``.
    readings
        Outcomes of all arms.
    cuts
        Step (a key of ``STEPS``) and what is cut (numbers with blanks between them), to weights of arms. ``whole`` and
        ``named`` are among them.

    Returns
    -------
    list of dict
        See :func:`carriers_table`.
    """
    found = {
        key: readings.effect(
            weights,
            expected.window,
            expected.level or RESIDENTS,
            expected.outcome,
            expected.direction,
            expected.smallest_change,
        )
        for key, weights in cuts.items()
    }
    rows = []
    for (step, cut), effect in found.items():
        base = found["whole", ""] if step in ("whole", "named", "alone") else found["named", ""]
        rows.append(
            {
                "claim": claim,
                "name": expected.name,
                "outcome": expected.outcome,
                "level": expected_level(expected),
                "smallest_change": expected.smallest_change,
                "place": place,
                "step": step,
                "cut": cut,
                "worlds": effect.interval.count,
                "control": effect.level_without,
                **_ends("left", effect.interval),
                **_share(effect, base),
                **_lost(effect, base),
                "small": effect.known and is_small(effect, expected.smallest_change),
                "still": stands_still(effect, expected.outcome, cut),
                "same": are_the_same(effect, base),
            }
        )
    return _judged(rows)


def carriers_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row an outcome in question, place and cut.

    ``left_`` is the effect that is left under the cut, in the outcome's unit; ``share`` that of what is left with the
    named mechanism cut (of steps ``named`` and ``alone``: of the whole effect), with its interval (Fieller; NaN where
    the effect it is a share of may be zero); ``lost_`` what the cut takes off that, with its p-value, corrected over
    the cuts of the same step (Holm); ``small`` whether what is left is within noise or too small to matter; ``still``
    whether there is nothing for any treatment to move; ``same`` whether treatment and control have the same outcome in
    every world; ``finding`` see :func:`finding`.
    """
    import pandas as pd

    return pd.DataFrame(list(rows))


def is_small(effect: Effect, smallest: float) -> bool:
    """Whether an effect cannot be told from none, or is shown to be smaller than what matters."""
    return effect.interval.holds_zero or within(effect, smallest)


def stands_still(effect: Effect, outcome: str, cut: str) -> bool:
    """Whether under a cut there is no outcome that anything could move: then the cut tells nothing about a path."""
    if not effect.known or STATES.get(outcome, "-") in cut.split():
        return True
    return effect.level_without == 0.0 and _nothing(effect)


def are_the_same(effect: Effect, base: Effect) -> bool:
    """Whether a cut makes treatment and control the same to the last bit in every world, and they were not before.

    With the same luck in both arms this is no matter of chance: no path is left.
    """
    return effect.interval.count > 1 and _nothing(effect) and not _nothing(base)


def _nothing(effect: Effect) -> bool:
    return not any(effect.by_unit.values())


def finding(row: Mapping[str, Any]) -> str:
    """What a cut says.

    ``still``: nothing can move without it. ``carries``: without it treatment and control are the same in every world;
    or what is lost is told from nothing after the correction, and is at least a fifth of what there was. ``against``:
    the same the other way, the mechanism held the effect back. ``little``: told, and less than that. ``nothing``: by
    its whole interval it carries less than a fifth. ``open``: not known.
    """
    if row["still"]:
        return "still"
    share = float(row["share"])
    if row["same"]:
        return "carries"
    if row["p_corrected"] < LEVEL:
        return "carries" if share <= 1.0 - TELLING else "against" if share >= 1.0 + TELLING else "little"
    if row["share_low"] > 1.0 - TELLING and row["share_high"] < 1.0 + TELLING:
        return "nothing"
    return "open"


def _judged(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with corrected p-values and findings."""
    for step in STEPS:
        own = [row for row in rows if row["step"] == step]
        for row, p in zip(own, holm([math.nan if r["still"] else r["p_value"] for r in own]), strict=True):
            row["p_corrected"] = p
            row["finding"] = "" if step in ("whole", "named") else finding(row)
    return rows


def _ends(prefix: str, found: Interval) -> dict[str, float]:
    return {f"{prefix}_{name}": getattr(found, name) for name in ("mean", "low", "high")}


def _share(effect: Effect, base: Effect) -> dict[str, float]:
    """The ratio of two effects in the same worlds."""
    import numpy as np

    shared = [world for world in base.by_unit if world in effect.by_unit]
    top, bottom = (np.array([e.by_unit[world] for world in shared], dtype=float) for e in (effect, base))
    if np.array_equal(top, bottom) and len(shared) and bottom.mean():
        return {"share": 1.0, "share_low": 1.0, "share_high": 1.0}
    if are_the_same(effect, base):
        return {"share": 0.0, "share_low": 0.0, "share_high": 0.0}
    share, low, high = fieller(top, bottom)
    return {"share": share, "share_low": low, "share_high": high}


def _lost(effect: Effect, base: Effect) -> dict[str, float]:
    """What is lost, over the worlds that both are known in."""
    found = paired_interval(
        [base.by_unit[world] - value for world, value in effect.by_unit.items() if world in base.by_unit]
    )
    return {**_ends("lost", found), "p_value": found.p_value}
