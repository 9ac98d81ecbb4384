"""The paper can be contradicted: more demand without the capacity to meet it does harm (X1).

Capacity undoes some of the harm to trust, not all of it: training and technology take hours too, ten posts are too few
for what demand brings, and promises raise what is expected. The claim is about the mean over worlds that could be
Xicheng.
"""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest

import sim
from sim.lab.worlds import MATCHED_TABLE, matched_worlds, without_choices
from sim.model import burn_in_state
from sim.vocabulary.outcomes import BY_NAME

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.mark.slow
def test_demand_without_capacity_costs_trust_and_capacity_gives_part_of_it_back() -> None:
    """At full size, over a year, in eight of the history-matched worlds and under the same luck."""
    baseline = sim.load_scenario("baseline")
    effects: dict[str, list[float]] = {"demand_without_capacity": [], "demand_with_capacity": []}
    worlds = matched_worlds(SCENARIOS / MATCHED_TABLE, baseline.parameters.specs, 8, "paths/0")
    for world in without_choices(worlds):
        begun = burn_in_state(baseline.with_parameters(dict(world.values)), seed=1)

        def trust(name: str, world=world, begun=begun) -> float:
            scenario = sim.load_scenario(name).with_parameters(dict(world.values))
            return sim.simulate(scenario, seed=1, days=365, state=begun).value("trust")

        today = trust("baseline")
        for name, found in effects.items():
            found.append(trust(name) - today)
    matters = BY_NAME["trust"].smallest_change
    assert max(effects["demand_without_capacity"]) < 0.0, "in every world"
    assert mean(effects["demand_without_capacity"]) < -matters
    assert mean(effects["demand_with_capacity"]) > mean(effects["demand_without_capacity"])
