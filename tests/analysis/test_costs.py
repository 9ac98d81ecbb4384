"""Costs stand beside effects, against the same baseline."""

import pandas as pd
import pytest

from sim.analysis.costs import cost_per_effect, incremental_costs
from sim.analysis.effects import paired_effects
from tests import fakes
from tests.fakes import windows

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


@pytest.fixture(scope="module")
def tables():
    parts = []
    for i in range(12):
        for scenario in fakes.scenarios(*NAMES):
            parts.append(
                fakes.fake_run(scenario, i + 1).costs.assign(
                    scenario=scenario.name, world=f"w{i}", seed=i + 1
                )
            )
    costs = pd.concat(parts, ignore_index=True)
    data = windows(NAMES)
    return incremental_costs(costs, data, "baseline"), paired_effects(data, "baseline")


def total(costs, scenario):
    return costs[(costs["scenario"] == scenario) & (costs["item"] == "total")].iloc[0]


def test_the_total_is_the_difference_in_cost_per_resident(tables):
    assert total(tables[0], "workforce")["incremental_per_resident"] == pytest.approx(40.0)
    assert total(tables[0], "online_channel")["incremental_per_resident"] == pytest.approx(5.0)
    assert total(tables[0], "baseline")["incremental_per_resident"] == 0.0


def test_items_add_up_to_the_total(tables):
    for scenario in NAMES:
        own = tables[0][(tables[0]["scenario"] == scenario)]
        parts = own[own["item"] != "total"]
        for column in ("hours", "money", "incremental_per_resident", "incremental_hours"):
            assert parts[column].sum() == pytest.approx(total(tables[0], scenario)[column], abs=1e-9)


def test_a_unit_of_effect_has_a_price_only_where_there_is_a_gain(tables):
    table = cost_per_effect(tables[1], tables[0]).set_index(["scenario", "outcome"])
    assert table.loc[("workforce", "trust"), "cost_per_unit"] == pytest.approx(40.0 / 0.03, rel=0.1)
    assert pd.isna(table.loc[("workforce", "participation_30d"), "cost_per_unit"])
    assert pd.isna(table.loc[("demand_without_capacity", "trust"), "cost_per_unit"])


def test_what_is_worse_and_dearer_is_dominated(tables):
    table = cost_per_effect(tables[1], tables[0]).set_index(["scenario", "outcome"])["dominated"]
    assert table[("demand_without_capacity", "trust")] and table[("workforce", "participation_30d")]
    assert not table[("workforce", "trust")] and not table[("online_channel", "participation_30d")]
