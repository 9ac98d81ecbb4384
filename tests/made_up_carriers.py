"""A made-up model in which it is known what carries every effect, cut by cut, behind the interface of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.analysis.carriers.plan import Question
from sim.analysis.carriers.trial import FULL, Place, Work, run_carriers
from sim.analysis.claims.design import claims_design
from sim.scenario.arms import Arm
from sim.scenario.claims import Claims, Contrast
from sim.scenario.cutter import Cut, Pathway
from sim.scenario.experiment import WorldsChoice
from sim.scenario.frozen import FrozenMapping
from tests import fakes
from tests.made_up_claims import SIZES, MadeUpEngine, claim, expected, toy

NAMED = "M10"
"""The mechanism that every claim here names; it carries nothing but "named"."""
TAKES_PART, TRUST_MOVES = "M1", "M4"
"""Without the first nobody takes part; without the second trust never moves."""


def left(treatment: str, cut: frozenset[str], rare: bool = True) -> float:
    """The made-up truth: what is left of a treatment's effect under a cut, in smallest changes that matter.

    ``rare`` worlds are those in which "hours" does anything.
    """

    def on(name: str) -> float:
        return 0.0 if name in cut else 1.0

    return {
        "named": 5.0 * on(NAMED),
        "one": 5.0 * on("M16"),
        "most": 5.0 * (0.2 + 0.8 * on("M16")),
        "two": 2.5 * on("M5") + 2.5 * on("M7"),
        "chain": 5.0 * on("M5") * on("M16"),
        "direct": 5.0,
        "either": 5.0 * max(on("M5"), on("M7")),
        "held": 4.0 + 4.0 * (1.0 - on("M3")),
        "path": 5.0 * on("P1") * on("M7"),
        "faint": 0.02,
        "hours": (4.0 if rare else 0.0) * on("M16"),
    }.get(treatment, 0.0)


@cache
def outcomes(name: str, seed: int, gain: float, noise: float) -> dict[str, Any]:
    """Outcomes of an arm, "treatment | M10 M16": larger effects in worlds with a larger gain, and luck."""
    treatment, _, words = name.partition(" | ")
    cut = frozenset(words.split())
    row: dict[str, Any] = {"window": "horizon", "by": "scope", "level": "residents"}
    for outcome in ("participation_30d", "trust"):
        size, effect = SIZES[outcome], left(treatment, cut, gain > 0.09) * (0.75 + 5.0 * gain)
        row[outcome] = 1.0 + size * (10 * fakes.draw("shared", seed, outcome) + effect)
        if treatment not in ("hours", "baseline"):  # these differ by nothing but what hours do, with the same luck
            row[outcome] += size * noise * fakes.draw("own", seed, outcome, name)
    if TAKES_PART in cut:
        row["participation_30d"] = 0.0
    if TRUST_MOVES in cut:
        row["trust"] = 0.5
    return row


class CutEngine(MadeUpEngine):
    """The made-up model of this module."""

    def windows(self, arm: str, seed: int, gain: float) -> pd.DataFrame:
        """Windowed outcomes of a run."""
        return pd.DataFrame([outcomes(arm, seed, gain, self.noise)])


@dataclass
class FakeCutter:
    """What ``sim.scenario.cutter`` is to a file of claims."""

    claims: Claims
    community: str = "Toytown"
    paths: Mapping[str, Pathway] = field(
        default_factory=lambda: {
            "P1": Pathway("P1", "nobody is asked", frozenset({"M7"})),
            "P2": Pathway("P2", "nobody is told", frozenset({"M7"}), frozenset({"not_run_here"})),
        }
    )
    made: dict[str, Arm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._arm("baseline")

    def named(self, claim: str) -> tuple[str, ...]:
        return (NAMED,)

    def same_path(self, claim: str, path: str) -> bool:
        return claim == path

    def contrast(self, claim: str, cut: Cut) -> Contrast:
        words = sorted({*([NAMED] if cut.named else []), *cut.mechanisms, *([cut.path] if cut.path else [])})
        after = f" | {' '.join(words)}" if words else ""
        names = [f"{name}{after}" for name in self.claims.claims[claim].effect.arms]
        for name in names:
            self._arm(name)
        return Contrast(FrozenMapping(dict(zip(names, (1, -1), strict=True))))

    def arms(self) -> dict[str, Arm]:
        return self.made

    def _arm(self, name: str) -> None:
        if name not in self.made:
            scenario = fakes.FakeScenario(name)
            scenario.community.title, scenario.community.population = self.community, 1000
            self.made[name] = Arm(name, scenario)


def made_up_claims(*treatments: str, outcome: str = "participation_30d") -> Claims:
    """One claim a treatment, numbered A1 and on."""
    found = toy(*(claim(f"A{i}", name, expected(outcome, "higher")) for i, name in enumerate(treatments, 1)))
    arms = {"baseline": Arm("baseline", fakes.FakeScenario("baseline"))}
    choice = WorldsChoice("latin_hypercube", 12, ("trust.gain",))
    return replace(found, worlds=choice, seeds=1, arms=FrozenMapping(arms), path=Path("made_up.yaml"))


@dataclass(frozen=True)
class InMemory(Work):
    """Runs without a store: all else is as it is."""

    def run(
        self, place: Place, claims: Claims, arms: Mapping[str, Arm], fresh: bool, title: str
    ) -> tuple[Any, pd.DataFrame, Any]:
        design = claims_design(replace(claims, arms=FrozenMapping(arms)), place.worlds, 1, self.days)
        rows = [
            {**outcomes(name, seed, world.values["trust.gain"], self.noise), "scenario": name, "world": world.id}
            | {"seed": seed}
            for i, world in enumerate(design.worlds)
            for seed in [design.seed(i, 0)]
            for name in arms
        ]
        return design, pd.DataFrame(rows), SimpleNamespace(failures={})

    @property
    def noise(self) -> float:
        return self.engine.noise


def looked_for(
    folder: Path,
    *treatments: str,
    outcome: str = "participation_30d",
    full: bool = False,
    engine: Any = None,
    stored: bool = False,
    worlds: int | None = None,
) -> pd.DataFrame:
    """The table of what carries the effects of some treatments; ``stored`` goes through the runner and the store."""
    claims = made_up_claims(*treatments, outcome=outcome)
    asked = [Question(name, outcome) for name in claims.claims]
    small = Place("small", FakeCutter(claims), folder, worlds)
    large = Place("full", FakeCutter(claims, "Toy City"), folder / FULL, worlds or 8) if full else None
    work = (Work if stored else InMemory)(engine or CutEngine(), jobs=1)
    table, summaries = run_carriers(asked, small, large, work)
    assert not any(summary.failures for summary in summaries)
    return table
