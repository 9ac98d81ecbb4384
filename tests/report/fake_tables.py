"""The tables beside the effects, made up to fit made-up results."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.report.frontier import points
from sim.report.selection import Results, Selection, select

LEVELS = {
    "group": ("registered", "floating", "students"),
    "age": ("18_29", "30_59", "70_plus"),
    "vulnerable": ("no", "yes"),
    "quarter": ("quarter_01", "quarter_02", "quarter_03"),
}
TURNED = {"floating", "70_plus", "yes", "quarter_03"}
"""Levels on which every effect is turned round, so that some lose what others gain."""


def write_extras(results: Results, folder: Path, share_of_luck: float = 0.25) -> None:
    """Write the tables of equity, gains, variance, the frontier, pairs and acceptability beside the results."""
    selection = select(results)
    equity, gains, variance, frontier = [], [], [], []
    versus, acceptability = _versus(selection), _acceptability(selection)
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
        ("equity", equity), ("who_gains", gains), ("variance", variance), ("frontier", frontier), ("versus", versus),
        ("acceptability", acceptability),
    ):  # fmt: skip
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet")


def _versus(selection: Selection) -> list[dict[str, object]]:
    """Every two scenarios, in the order listed; told apart where their intervals lie clear of each other."""
    rows: list[dict[str, object]] = []
    for i, name in enumerate(selection.scenarios):
        for other in selection.scenarios[i + 1 :]:
            for own in selection.headline(name):
                its = selection.effect(other, own.outcome.name)
                if its is None:
                    continue
                mean, low, high = own.mean - its.mean, own.low - its.high, own.high - its.low
                side = "better" if mean * own.outcome.direction > 0 else "worse"
                rows.append(
                    {
                        "scenario": name, "other": other, "outcome": own.outcome.name, "window": selection.window,
                        "mean": mean, "low": low, "high": high, "smallest_change": own.smallest_change,
                        "comparisons": 3 * len(selection.scenarios) * (len(selection.scenarios) - 1) // 2,
                        "verdict": side if low > 0 or high < 0 else "not_distinguishable",
                    }
                )  # fmt: skip
    return rows


def _acceptability(selection: Selection) -> list[dict[str, object]]:
    """By willingness to pay: of twenty worlds, in how many each scenario is the best, and better than nothing new."""
    rows: list[dict[str, object]] = []
    for outcome in selection.outcomes:
        found = points(selection, outcome)
        for pay in (0.0, 1.0, 10.0, 100.0):
            worth = {p.scenario: pay * p.effect / outcome.smallest_change - p.cost for p in found}
            best = max(worth, key=lambda name: (worth[name], name))
            rest = 0.25 / max(1, len(worth) - 1)
            for name, benefit in worth.items():
                rows.append(
                    {
                        "outcome": outcome.name, "willingness": pay, "scenario": name, "n": 20,
                        "share_best": 0.75 if name == best else rest,
                        "share_beats_baseline": 0.0 if name == selection.baseline else 0.9 if benefit > 0 else 0.15,
                    }
                )  # fmt: skip
    return rows
