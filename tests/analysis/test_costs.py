"""What scenarios cost, against the same baseline."""

import pandas as pd
import pytest

from sim.analysis.costs import incremental_costs
from tests import fakes
from tests.fakes import windows

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


@pytest.fixture(scope="module")
def costs():
    parts = []
    for i in range(12):
        for scenario in fakes.scenarios(*NAMES):
            parts.append(
                fakes.fake_run(scenario, i + 1).costs.assign(
                    scenario=scenario.name, world=f"w{i}", seed=i + 1
                )
            )
    return incremental_costs(pd.concat(parts, ignore_index=True), windows(NAMES), "baseline")


def total(costs, scenario):
    return costs[(costs["scenario"] == scenario) & (costs["item"] == "total")].iloc[0]


def test_the_total_is_the_difference_in_cost_per_resident(costs):
    assert total(costs, "workforce")["incremental_per_resident"] == pytest.approx(40.0)
    assert total(costs, "online_channel")["incremental_per_resident"] == pytest.approx(5.0)
    assert total(costs, "baseline")["incremental_per_resident"] == 0.0


def test_items_add_up_to_the_total(costs):
    for scenario in NAMES:
        own = costs[(costs["scenario"] == scenario)]
        parts = own[own["item"] != "total"]
        for column in ("hours", "money", "incremental_per_resident", "incremental_hours"):
            assert parts[column].sum() == pytest.approx(total(costs, scenario)[column], abs=1e-9)
