"""A made-up factorial of three policies, with the table of its interactions as the analysis makes it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

from sim.analysis.interactions import interactions
from tests.report import fake_results as fake

POLICIES = {
    "cross_sector_cooperation": "Cross-sector cooperation",
    "participatory_decisions": "Participatory decisions",
    "representative_elections": "Elections of representatives",
}
DOSES = ((0.0, 0.5, 1.0), (0.0, 0.5, 1.0), (0.0, 1.0))
Effect = Callable[[float, float, float], tuple[float, float, float]]


def needing(a: float, b: float, c: float) -> tuple[float, float, float]:
    """The second does far more for participation with the first; nothing else goes beyond adding up."""
    return 2.0 * b + 6.0 * a * b, 1.0 * a, -2.0 * c


def adding(a: float, b: float, c: float) -> tuple[float, float, float]:
    """Effects add up."""
    return 2.0 * b + 2.0 * a, 1.0 * a, -2.0 * c


def factorial(
    folder: Path, effect: Effect = needing, doses: tuple[tuple[float, ...], ...] = DOSES, worlds: int = 5
) -> fake.FakeResults:
    """The results, with ``interactions.parquet`` in the folder; effects are in smallest changes that matter."""
    policies = dict(list(POLICIES.items())[: len(doses)])
    cells, true = {}, {}
    for combination in itertools.product(*doses):
        at = dict(zip(policies, combination, strict=True))
        work = {name: dose for name, dose in at.items() if dose > 0}
        name = "+".join(p if d == 1 else f"{p}@{d:g}" for p, d in work.items()) or "baseline"
        cells[name] = at
        if work:
            title = " + ".join(policies[p] if d == 1 else f"{policies[p]} (dose {d:g})" for p, d in work.items())
            true[name] = (title, effect(*combination, *[0.0] * (3 - len(combination))), 3.0 * sum(combination))
    results = fake.fake_results(folder, true=true, worlds=worlds, days=8, noise=0.2)
    results.experiment["factorial"] = {"policies": policies, "cells": cells}
    interactions(results.windows, cells).to_parquet(folder / "interactions.parquet")
    return results
