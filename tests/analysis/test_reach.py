"""The reach of levers: what is forced, and that a lever without effect would be seen."""

from pathlib import Path

import pytest

import sim
from sim.analysis.reach import Change, Reach, lever_reach, reach_values
from sim.scenario import Scenario
from sim.vocabulary.levers import LEVERS
from sim.vocabulary.outcomes import BY_NAME

RIVERSIDE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "riverside_today.yaml"


@pytest.fixture(scope="module")
def town() -> Scenario:
    return sim.load_scenario(RIVERSIDE, sets=["burn_in=30"])


def test_every_lever_is_set_by_some_policy(town: Scenario) -> None:
    assert [name for name, value in reach_values(town).items() if value <= 0.0] == []


def test_shares_stay_shares_at_the_greatest_dose(town: Scenario) -> None:
    values = reach_values(town)
    assert all(values[lever.name] <= 1.0 for lever in LEVERS if lever.combine == "union")


def test_a_forced_lever_moves_what_it_is_for(town: Scenario) -> None:
    activity, price = lever_reach(town, levers=("activity", "hours"), seeds=(1, 2), days=60)
    assert activity.changes["belonging"].difference > 0.0
    assert activity.changes["case_hours_share"].difference == 0.0, "hours are free"
    assert price.changes["case_hours_share"].difference < 0.0, "but for the lever that is the price"
    assert not activity.idle and not price.idle
    assert "contacts_week" in activity.moves


def test_a_lever_that_moves_no_bit_is_idle() -> None:
    still = Reach("promise", 0.5, {"trust": Change(0.0, steady=False), "load": Change(0.0, steady=False)})
    assert still.idle and still.moves == ()


def test_what_the_seeds_disagree_about_is_not_called_moved() -> None:
    large = 10.0 * BY_NAME["trust"].smallest_change
    assert Reach("promise", 0.5, {"trust": Change(large, steady=False)}).moves == ()
    assert Reach("promise", 0.5, {"trust": Change(large, steady=True)}).moves == ("trust",)
