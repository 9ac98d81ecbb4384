"""A made-up frontier: packages whose effects, costs and failures are known, as ``cgsim frontier`` keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.decisions import Aims, decide
from sim.analysis.packages.failing import failing_table, tried
from sim.analysis.packages.kept import Kept
from sim.lab.worlds import World
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

LEVERS = ("online_channel", "workforce", "smart_platform", "welfare_services")
LABELS = {"quarter_01": "航空新城", "registered": "Registered residents"}
# Levers with doses; effects in smallest changes that matter, positive for the better; cost; what is on top where the
# made-up parameter is above 0.5.
PACKAGES: dict[str, tuple[tuple[float, ...], tuple[float, float, float], float, float]] = {
    "package_1000": ((0.25, 0.0, 0.0, 0.0), (1.4, 0.1, 0.0), 1.9, 0.0),
    "package_1020": ((0.5, 0.0, 0.5, 0.0), (2.2, 0.6, -0.2), 6.4, -2.5),
    "package_1300": ((1.0, 0.75, 0.0, 0.25), (2.3, 3.1, 1.2), 31.0, -0.4),
    "package_4444": ((1.0, 1.0, 1.0, 1.0), (3.0, 3.4, -3.1), 88.0, 0.0),
}


def row(
    name: str, verdicts: str, cost: float, effects: tuple[float, ...] = (0.0, 0.0, 0.0), **more: Any
) -> dict[str, Any]:
    """One row of ``tables/frontier.csv``: ``verdicts`` is one letter an outcome (b, w, t or n)."""
    words = {"b": "better", "w": "worse", "t": "too_small", "n": "not_distinguishable"}
    found: dict[str, Any] = {"package": name, "cost": cost, "affordable": True, "satisfied": 0.5}
    found |= dict.fromkeys(LEVERS, 0.0) | {"online_channel": 0.5}
    for outcome, verdict, effect in zip(HEADLINE, verdicts, effects, strict=True):
        own = BY_NAME[outcome]
        value = effect * own.smallest_change * own.direction
        half = 0.3 * own.smallest_change
        found |= {outcome: value, f"{outcome}_low": value - half, f"{outcome}_high": value + half}
        found |= {f"{outcome}_verdict": words[verdict], f"{outcome}_promised": 1.4 * value}
    return found | more


def windows(worlds: int, packages: dict[str, Any] = PACKAGES) -> tuple[pd.DataFrame, tuple[World, ...]]:
    """Outcomes of the baseline and the packages, and worlds with one parameter that matters and one that does not."""
    generator = np.random.default_rng(7)
    made = tuple(
        World(f"w{i:04d}", {"made.up": float(generator.random()), "idle.one": float(generator.random())})
        for i in range(worlds)
    )
    rows = []
    for seed, world in enumerate(made):
        for name in ("baseline", *packages):
            _, effects, cost, turned = packages.get(name, ((), (0.0, 0.0, 0.0), 0.0, 0.0))
            bad = turned if world.values["made.up"] > 0.5 else 0.0
            for by, level, extra in (
                ("scope", "residents", 0.0),
                ("all", "total", 0.0),
                ("group", "registered", 0.1),
                ("quarter", "quarter_01", -0.6),
            ):
                entry = {
                    "scenario": name,
                    "world": world.id,
                    "seed": seed,
                    "window": "horizon",
                    "by": by,
                    "level": level,
                }
                entry["cost_per_resident"] = 90.0 + cost
                for start, outcome, effect in zip((0.2, 0.5, 9.0), HEADLINE, effects, strict=True):
                    own = BY_NAME[outcome]
                    gain = effect + (bad + extra if name != "baseline" else 0.0)
                    entry[outcome] = start + gain * own.smallest_change * own.direction
                rows.append(entry)
    return pd.DataFrame(rows), made


def fake_frontier(folder: Path, worlds: int = 60, budget: float | None = 60.0) -> Kept:
    """A frontier whose second package fails where a made-up parameter is above a half."""
    table, made = windows(worlds)
    aims = Aims(budget=budget)
    decision = decide(table, "baseline", aims)
    options = decision.options.set_index("scenario")
    rows = []
    for name, (doses, effects, cost, _) in PACKAGES.items():
        verdicts = "".join("b" if e >= 1.0 else "w" if e <= -1.0 else "t" for e in effects)
        option = options.loc[name]
        rows.append(
            row(name, verdicts, cost, effects)
            | dict(zip(LEVERS, doses, strict=True))
            | {key: option[key] for key in ("affordable", "satisfied", "harms", "regret_max", "best_share")}
            | {key: option[key] for key in option.index if key.startswith("worst_")}
            | {"hours": 10.0 * cost, "delivered": 0.97, "still_on_frontier": name != "package_1020"}
            | {"robust_choice": name == decision.robust}
        )
    search = pd.DataFrame(
        {"package": list(PACKAGES), "within_limits": [True, True, True, False], "on_frontier": True}
    )
    tables = {
        "frontier": pd.DataFrame(rows),
        "failing": failing_table(list(PACKAGES), tried(decision, table, "baseline", made, aims)),
        "search": search,
        "options": decision.options,
        "by_world": decision.by_world,
    }
    manifest = {
        "layout": 1, "kind": "frontier", "title": "Packages on top of “As it is today”", "base_title": "As it is today",
        "community": "Made-up Court 虚构", "residents": 6000, "burn_in": 365, "days": 365, "labels": LABELS,
        "levers": list(LEVERS), "doses": [0.0, 0.25, 0.5, 0.75, 1.0], "budget": budget, "targets": {},
        "delivered": 0.9, "method": "nsga2", "seed": 1, "search_seed": 1, "stress_community": None,
        "worlds": {"draw": "matched", "searched": ["a", "b"], "held_out": [world.id for world in made], "stress": 0},
        "command": "cgsim frontier --budget 60 --jobs 2",
        "found": {
            "evaluated": 120, "on_frontier": 31, "runs": 900, "failed_runs": 0, "worlds": worlds, "worlds_left_out": 0,
            "interval_holds": "seed noise and parameter uncertainty", "robust": decision.robust,
            "expected": decision.expected, "maximin": decision.maximin, "satisficing": decision.satisficing,
            "gives_up": dict(decision.gives_up),
        },
    }  # fmt: skip
    return Kept(folder, manifest, tables)
