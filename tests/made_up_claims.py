"""A made-up model with known effects, and claims about it: what the analysis of claims must find."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.analysis.claims.design import ClaimsDesign
from sim.analysis.claims.entries import entries
from sim.analysis.claims.trial import run_claims
from sim.lab.worlds import World
from sim.scenario.claims import Claim, Claims, Contrast, Expected, Rules
from sim.scenario.experiment import WorldsChoice
from sim.scenario.frozen import FrozenMapping
from tests import fakes

WORLDS = tuple(World(f"w{i:02d}", {"trust.gain": 0.01 + 0.09 * i / 19}) for i in range(20))
"""Twenty worlds; the gain runs from 0.01 to 0.10."""

# What each arm does to each outcome, as a function of the world's gain. The mechanism of every effect here is a factor
# that the arms whose name ends in "cut" set to nothing, but for "carried elsewhere", where half of it stays.
SIZES = {
    "participation_30d": 0.01,
    "trust": 0.005,
    "trust_experienced": 0.01,
    "conflicts_per_1000": 0.5,
    "load": 0.02,
}


def true_effect(arm: str, outcome: str, level: str, gain: float) -> float:
    """The made-up truth, in the outcome's unit."""
    name, _, cut = arm.partition(" cut")
    cut = arm.endswith(" cut")
    size = SIZES[outcome]
    effects: dict[str, dict[str, float]] = {
        "plain": {"participation_30d": 5 * size},
        "campus only": {"participation_30d": -4 * size if level == "campus" else 5 * size},
        "backwards": {"trust": -4 * size},
        "tiny": {"trust": 0.05 * size},
        "uneven": {"trust": 0.05 * size, "conflicts_per_1000": (3 if gain < 0.012 else 0) * size},
        "nothing": {},
        "turning": {"conflicts_per_1000": (4 if gain > 0.055 else -4) * size},
        "elsewhere": {"participation_30d": 5 * size},
        "half": {"trust": 4 * size, "trust_experienced": 0.0},
        "wired": {"load": 0.3 * size},
        "broken": {"load": -0.3 * size},
        "together": {"participation_30d": 5 * size},
        "one": {"participation_30d": 5 * size},
        "two": {"participation_30d": 5 * size},
    }
    value = effects.get(name, {}).get(outcome, 0.0)
    return value * (1.0 if not cut or name == "elsewhere" else 0.0)


def made_up(arm: str, seed: int, gain: float, noise: float) -> pd.DataFrame:
    """Windowed outcomes of a run: the level of its seed, the true effect, and a little luck of its own."""
    rows = []
    for by, level in (("scope", "residents"), ("scope", "campus"), ("all", "total")):
        row: dict[str, Any] = {"window": "horizon", "by": by, "level": level}
        for outcome, size in SIZES.items():
            shared = 10 * size * fakes.draw("shared", seed, level, outcome)
            own = noise * size * fakes.draw("own", seed, level, outcome, arm)
            row[outcome] = 1.0 + shared + own + true_effect(arm, outcome, level, gain)
        rows.append(row)
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class MadeUpEngine(fakes.FakeEngine):
    """A made-up model as a simulator."""

    noise: float = 0.05

    def windows(self, arm: str, seed: int, gain: float) -> pd.DataFrame:
        """Windowed outcomes of a run."""
        raise NotImplementedError

    def simulate(
        self,
        scenario: Any,
        seed: int,
        days: Any,
        driver: Any,
        state: Any = None,
        progress: Any = None,
        threads: int = 1,
    ) -> Any:
        if self.log is not None:
            self.log.append((scenario.name, seed))
        windows = self.windows(scenario.name, seed, float(scenario.parameters["trust.gain"]))
        costs = pd.DataFrame({"window": ["horizon"], "item": ["wages"], "hours": [1.0], "money": [1.0]})
        return SimpleNamespace(windows=windows, costs=costs, meta={})


class TrueEngine(MadeUpEngine):
    """The made-up model of this module."""

    def windows(self, arm: str, seed: int, gain: float) -> pd.DataFrame:
        """Windowed outcomes of a run."""
        return made_up(arm, seed, gain, self.noise)


def expected(outcome: str, change: str) -> Expected:
    return Expected(outcome, outcome, 1 if change == "higher" else -1, None, "horizon", SIZES[outcome])


def claim(name: str, arm: str, *outcomes: Expected, nature: str = "emergent", beyond: Any = None) -> Claim:
    weights = {arm: 1, "baseline": -1}
    cut = {f"{arm} cut": 1, "baseline cut": -1}
    untestable = nature == "untestable"
    return Claim(
        id=name,
        section="1",
        text=f"{arm} does it.",
        nature=nature,
        mechanisms=("M1",),
        effect=None if untestable else Contrast(FrozenMapping(weights)),
        ablated=None if untestable else Contrast(FrozenMapping(cut)),
        beyond_sum=beyond,
        judged=outcomes,
        shown=(),
        cuts="the mechanism is cut",
        reason="it stands outside" if untestable else "",
        note="",
    )


def toy(*claims: Claim) -> Claims:
    """Made-up claims as if they had been read from a file."""
    return Claims(
        name="made_up", title="Made up", question="", description="", path=Path("made_up.yaml"),
        arms=FrozenMapping({}), claims=FrozenMapping({c.id: c for c in claims}), worlds=WorldsChoice("matched"),
        table=None, kept=None, seeds=2, first_seed=1, horizon=30, rules=Rules(), quick=False, has_quick=False,
        settings=FrozenMapping({}),
    )  # fmt: skip


def arms(*claims: Claim) -> list[str]:
    return ["baseline", *dict.fromkeys(arm for c in claims for arm in c.arms if arm != "baseline")]


def judged(*claims: Claim, noise: float = 0.05) -> dict[str, Any]:
    """The ledger's entries by claim, of two seeds in each of twenty worlds."""
    parts = []
    for i, world in enumerate(WORLDS):
        for seed in (2 * i + 1, 2 * i + 2):
            for arm in arms(*claims):
                frame = made_up(arm, seed, world.values["trust.gain"], noise)
                parts.append(frame.assign(scenario=arm, world=world.id, seed=seed))
    found = entries(toy(*claims), pd.concat(parts, ignore_index=True), len(WORLDS))
    return {entry.claim.id: entry for entry in found}


def on_trial(folder: Path, *claims: Claim, engine: Any) -> Any:
    """The same through the runner and the store, in three worlds."""
    scenarios = {name: fakes.FakeScenario(name) for name in arms(*claims)}
    for scenario in scenarios.values():
        scenario.community.title, scenario.community.population = "Toy", 1000
    design = ClaimsDesign(
        name="made_up", scenarios=scenarios, worlds=WORLDS[:3], replications=2, draw="matched"
    )
    ledger, _, summary = run_claims(toy(*claims), design, folder, engine, jobs=1)
    assert not summary.failures
    return ledger
