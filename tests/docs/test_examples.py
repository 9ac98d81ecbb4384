"""The examples in the documents work as the documents say."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import sim
import sim.errors
from sim import policies
from sim.scenario import Scenario
from sim.scenario.validate import validate

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def cafes() -> str:
    """The example policy, loaded as ``--policy-module`` loads it."""
    (name,) = policies.load_module(EXAMPLES / "street_cafes.py")
    return name


def module(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{Path(file).stem}", EXAMPLES / file)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def small(*sets: str) -> Scenario:
    """Riverside with the example policy in one quarter, for two months."""
    block = "policies.street_cafes"
    return sim.load_scenario(
        EXAMPLES / "riverside_today.yaml",
        sets=["burn_in=30", "horizon=60", f"{block}.policy=street_cafes", f"{block}.coverage.quarters=[market]", *sets],
    )


def test_a_policy_outside_the_package_is_used_by_its_scenario(cafes: str) -> None:
    scenario = sim.load_scenario(EXAMPLES / "street_cafes.yaml")
    (block,) = [block for block in scenario.policies if block.policy == cafes]
    assert block.settings["hours"] == 3.0, "the scenario's own setting"
    assert block.settings["visitors"] == 0.03, "the policy's default"
    assert len(block.quarters) == 6


def test_its_settings_have_a_source_and_a_range_like_any_parameter(cafes: str) -> None:
    spec = sim.load_scenario(EXAMPLES / "street_cafes.yaml").parameters.specs["policy.street_cafes.found"]
    assert spec.source == "invented for this example"
    assert (spec.low, spec.high) == (0.0, 0.2)


def test_a_setting_beyond_its_range_is_refused(cafes: str) -> None:
    with pytest.raises(sim.errors.CgsimError, match=r"street_cafes.*found"):
        small("policies.street_cafes.settings.found=3")


def test_at_dose_zero_it_changes_not_one_bit_and_at_dose_one_it_does(cafes: str) -> None:
    without = sim.simulate(small("policies.street_cafes.off=true"), seed=5)
    asleep = sim.simulate(small("policies.street_cafes.dose=0"), seed=5)
    awake = sim.simulate(small(), seed=5)
    assert asleep.daily.equals(without.daily)
    assert awake.value("contacts_week", by="quarter", level="market") > without.value(
        "contacts_week", by="quarter", level="market"
    )
    assert awake.value("case_hours_share") < without.value("case_hours_share"), "its hours come off cases"


def test_the_observers_of_the_example_become_columns_of_the_results() -> None:
    watch = module("watch.py")
    run = sim.simulate(
        small("policies.street_cafes.off=true"), seed=5,
        observers={"lonely_share": watch.lonely_share, "longest_queue": watch.longest_queue},
    )
    assert run.daily["lonely_share"].between(0.0, 1.0).all()
    assert (run.daily["longest_queue"] >= 0.0).all()
    assert 0.0 < run.value("lonely_share") < 1.0


def test_the_example_community_and_its_scenario_are_valid() -> None:
    for name in ("communities/riverside.yaml", "riverside_today.yaml"):
        validate(EXAMPLES / name)
    scenario = sim.load_scenario(EXAMPLES / "riverside_today.yaml")
    assert scenario.community.population == 2600
    assert [block.label for block in scenario.community.blocks][1] == "市场街"
