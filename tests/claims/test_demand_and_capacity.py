"""The paper can be contradicted: more demand without the capacity to meet it does harm (X1)."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.lab.worlds import MATCHED_TABLE, matched_worlds
from sim.model import burn_in_state

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.mark.slow
def test_demand_without_capacity_costs_trust_and_capacity_gives_most_of_it_back() -> None:
    """At full size, over a year, in four of the history-matched worlds and under the same luck."""
    baseline = sim.load_scenario("baseline")
    worlds = matched_worlds(SCENARIOS / MATCHED_TABLE, baseline.parameters.specs, 4, "paths/0")
    for world in worlds:
        begun = burn_in_state(baseline.with_parameters(dict(world.values)), seed=1)
        trust = {}
        for name in ("baseline", "demand_without_capacity", "demand_with_capacity"):
            scenario = sim.load_scenario(name).with_parameters(dict(world.values))
            trust[name] = sim.simulate(scenario, seed=1, days=365, state=begun).value("trust")
        assert trust["demand_without_capacity"] < trust["baseline"]
        assert trust["demand_with_capacity"] > trust["demand_without_capacity"]
