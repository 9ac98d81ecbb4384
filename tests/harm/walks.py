"""Walking a policy's path to harm: a stated condition, the policy beside its absence, the same luck in both.

A condition is a small community and settings that are extreme but within their declared ranges (the scenario language
refuses others). Both runs branch off one burn-in, so that they differ only through the policy. Harm is claimed where
every pair of runs is worse, by more than the smallest change that matters on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from sim.model.run import Run, burn_in_state, simulate
from sim.scenario import load_scenario
from sim.vocabulary.outcomes import BY_NAME

HALL = Path(__file__).resolve().parents[1] / "data" / "scenarios" / "hall.yaml"
COURT = ("community=harbour_court", "burn_in=30", "horizon=180")
"""Harbour Court, 6,000 people and 4 workers, with the programmes that Xicheng has today."""
OVERLOADED = (*COURT, "parameters.needs.rate=0.35")
"""Work arrives about as fast as it can be done."""
AT_EASE = (*COURT, "parameters.needs.rate=0.08")
"""Work takes a fifth of the hours there are for it."""


@dataclass(frozen=True)
class Walk:
    """One policy under one condition.

    Attributes
    ----------
    policy : name, run at dose 1 from the end of the burn-in
    condition : ``key=value`` texts of both runs
    settings : values of the policy's own settings
    parameters : values of other parameters, of both runs
    """

    policy: str
    condition: Sequence[str]
    settings: dict[str, float]
    parameters: dict[str, float]
    scenario: str | Path = "baseline"
    seeds: int = 3

    @cached_property
    def pairs(self) -> list[tuple[Run, Run]]:
        """Runs without and with the policy, a pair for each seed."""
        sets = [*self.condition, *(f"parameters.{name}={value}" for name, value in self.parameters.items())]
        sets += [f"parameters.policy.{self.policy}.{name}={value}" for name, value in self.settings.items()]
        without = load_scenario(self.scenario, sets=sets)
        with_it = load_scenario(self.scenario, sets=[*sets, f"policies.{self.policy}.dose=1.0"])
        found = []
        for seed in range(self.seeds):
            state = burn_in_state(without, seed)
            found.append((simulate(without, seed, state=state), simulate(with_it, seed, state=state)))
        return found

    def change(self, outcome: str, by: str = "all", level: str = "total", window: str = "horizon") -> np.ndarray:
        """What the policy adds to an outcome, by seed."""
        return np.array([
            b.value(outcome, window, by, level) - a.value(outcome, window, by, level) for a, b in self.pairs
        ])

    def hurts(self, outcome: str, by: str = "all", level: str = "total", at_all: bool = False) -> bool:
        """Whether an outcome is worse in every pair, and on average by more than the smallest change that matters.

        Parameters
        ----------
        at_all
            Ask only for the direction: for outcomes that a short run can only begin to move.
        """
        about = BY_NAME[outcome]
        worse = -about.direction * self.change(outcome, by, level)
        return bool((worse > 0.0).all() and (at_all or worse.mean() > about.smallest_change))

    def hurts_gap(self, outcome: str, by: str) -> bool:
        """Whether the gap between the levels of a cut widens in every pair, by more than the smallest change."""
        wider = self.change(outcome, "gap", by)
        return bool((wider > 0.0).all() and wider.mean() > BY_NAME[outcome].smallest_change)
