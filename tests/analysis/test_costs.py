"""What scenarios cost, against the same baseline."""

import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

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


def test_by_hand_and_by_statsmodels_where_communities_differ_in_size_from_world_to_world():
    people = {"w0": 1000.0, "w1": 2000.0, "w2": 500.0, "w3": 4000.0}
    money = {"baseline": (100.0, 210.0, 55.0, 390.0), "more": (160.0, 250.0, 95.0, 430.0)}  # in thousands, a year
    runs, values = [], []
    for name, paid in money.items():
        for seed, (world, amount) in enumerate(zip(people, paid, strict=True)):
            run = {"scenario": name, "world": world, "seed": seed, "window": "horizon"}
            runs.append({**run, "item": "wages", "hours": 10.0, "money": 800.0 * amount})
            runs.append({**run, "item": "programme", "hours": 1.0, "money": 200.0 * amount})
            per_resident = 1000.0 * amount / people[world]
            values.append({**run, "by": "all", "level": "total", "cost_per_resident": per_resident})
    found = total(incremental_costs(pd.DataFrame(runs), pd.DataFrame(values), "baseline"), "more")
    more = [60.0, 20.0, 80.0, 10.0]  # yuan a resident, world by world
    assert found["incremental_per_resident"] == pytest.approx(42.5)
    interval = DescrStatsW(more).tconfint_mean()
    assert (found["incremental_low"], found["incremental_high"]) == pytest.approx(interval, rel=1e-9)
    assert found["money"] == pytest.approx(1000.0 * sum(money["more"]) / 4)
