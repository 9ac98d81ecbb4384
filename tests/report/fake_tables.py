"""The tables beside the effects, made up to fit made-up results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.report.frontier import points
from sim.report.selection import Results, select

LEVELS = {
    "group": ("registered", "floating", "students"),
    "age": ("18_29", "30_59", "70_plus"),
    "vulnerable": ("no", "yes"),
    "quarter": ("quarter_01", "quarter_02", "quarter_03"),
}
TURNED = {"floating", "70_plus", "yes", "quarter_03"}
"""Levels on which every effect is turned round, so that some lose what others gain."""


def write_extras(results: Results, folder: Path, share_of_luck: float = 0.25) -> None:
    """Write ``equity``, ``who_gains``, ``variance`` and ``frontier`` beside the results."""
    selection = select(results)
    equity, gains, variance, frontier = [], [], [], []
    for scenario in selection.scenarios:
        for effect in selection.headline(scenario):
            own = {"scenario": scenario, "outcome": effect.outcome.name, "window": selection.window}
            variance.append(
                {**own, "by": "scope", "level": "residents", "share_seeds": share_of_luck, "split": "split"}
            )
            for by, levels in LEVELS.items():
                found: dict[str, list[str]] = {"better": [], "worse": []}
                for level in levels:
                    turn = -1.0 if level in TURNED else 1.0
                    low, high = sorted((turn * effect.low, turn * effect.high))
                    verdict = effect.verdict
                    if turn < 0.0:
                        verdict = {"better": "worse", "worse": "better"}.get(verdict, verdict)
                    found.setdefault(verdict, []).append(level)
                    equity.append(
                        {
                            **own, "kind": "level", "by": by, "level": level, "n": effect.n,
                            "mean": turn * effect.mean, "low": low, "high": high, "share_sign": effect.share_sign,
                            "smallest_change": effect.smallest_change, "direction": effect.outcome.direction,
                            "verdict": verdict,
                        }
                    )  # fmt: skip
                gains.append(
                    {
                        **own, "by": by, "levels": len(levels), "gains": ", ".join(found["better"]),
                        "loses": ", ".join(found["worse"]), "small": len(found.get("too_small", [])),
                        "open": len(found.get("not_distinguishable", [])),
                    }
                )  # fmt: skip
    for outcome in selection.outcomes:
        for point in points(selection, outcome):
            status = "dominated" if point.dominated else "frontier"
            share = 0.25 if point.dominated else 0.75
            frontier.append(
                {
                    "scenario": point.scenario,
                    "outcome": outcome.name,
                    "status": status,
                    "share_frontier": share,
                }
            )
    for name, rows in (
        ("equity", equity), ("who_gains", gains), ("variance", variance), ("frontier", frontier)
    ):  # fmt: skip
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet")
