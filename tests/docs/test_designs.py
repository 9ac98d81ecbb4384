"""The examples of "Designs" load as they stand, and do what the page says."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

import sim
from sim.scenario import load_experiment

PAGE = (Path(__file__).parents[2] / "docs" / "designs.md").read_text(encoding="utf-8")
EXAMPLES = {yaml.safe_load(text)["name"]: text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)}


@pytest.fixture
def example(tmp_path):
    def loaded(name):
        path = tmp_path / f"{name}.yaml"
        path.write_text(EXAMPLES[name], encoding="utf-8")
        return load_experiment(path) if "kind: experiment" in EXAMPLES[name] else sim.load_scenario(str(path))

    return loaded


def test_a_parameter_that_changes_on_a_day(example):
    scenario = example("busy_july")
    july = scenario.calendar.day(dt.date(2025, 7, 1))
    assert scenario.dated == {"needs.rate": ((july, 0.33), (july + 31, 0.11))}
    assert [dict(values) for _, values in scenario.changes] == [
        {"needs.rate": pytest.approx(rate / 365)} for rate in (0.33, 0.11)
    ]


def test_a_crisis(example):
    scenario = example("heat_wave")
    (shock,) = scenario.shocks
    assert (shock.start, shock.end) == (dt.date(2025, 7, 1), dt.date(2025, 7, 31))
    assert shock.values["needs"] == 3.0 and shock.values["categories"] == ("health",)
    assert [day for day, _ in scenario.changes] == [shock.start_day, shock.start_day + 31]


def test_a_cut(example):
    (shock,) = example("half_the_staff").shocks
    assert shock.kind == "cut" and shock.start == dt.date(2025, 7, 1) and shock.end is None
    assert dict(shock.values) == {"posts": 0.5, "agencies": ("residents_committee",)}


def test_an_influx(example):
    scenario = example("six_hundred_arrive")
    group, like = scenario.community.group("evacuees"), scenario.community.group("tenants")
    assert (group.size, group.label, group.elector, group.trust_shift) == (600, "Evacuees", False, -0.1)
    assert (group.ages, group.turnover, group.household_size) == (like.ages, like.turnover, like.household_size)
    shares = {block.name: block.weights["evacuees"] for block in scenario.community.blocks}
    assert shares == {"garden": 0.0, "tower": 0.5, "terrace": 0.5}
    scenario = scenario.with_sets(["shocks.evacuees.quarters=null", "shocks.evacuees.new_quarter=River Quarter"])
    block = scenario.community.blocks[-1]
    assert (block.label, dict(block.weights)) == (
        "River Quarter", {"owners": 0.0, "tenants": 0.0, "live_in": 0.0, "evacuees": 1.0},
    )  # fmt: skip
    assert group.arrives and scenario.shocks[0].start == dt.date(2025, 7, 1)


def test_a_programme_that_waits_for_an_outcome(example):
    block = example("staff_when_needed").policies[-1]
    assert block.policy == "workforce" and block.settings["posts"] == 2
    assert block.when is not None
    assert block.when.written() == {"outcome": "load", "above": 0.9, "for": 28, "off_below": 0.7}


def test_a_factorial_of_anything(example):
    found = example("staff_by_needs")
    assert len(found.scenarios) == len(found.factorial) == 18
    assert dict(found.factorial["harbour_today"]) == {
        "online_channel": 0.0, "residents_committee.staff": 4.0, "needs.rate": 0.11,
    }  # fmt: skip
    scenario = found.scenarios["online_channel+residents_committee.staff@8+needs.rate@0.15"]
    assert scenario.community.agency("residents_committee").staff == 8
    assert scenario.parameters.raw("needs.rate") == 0.15 and scenario.policies[-1].policy == "online_channel"


def test_a_start_given_as_a_day(example):
    scenarios = example("when_to_begin").scenarios
    blocks = {name: scenarios[name].policies[-1] for name in ("at_once", "later", "trial")}
    assert {block.name for block in blocks.values()} == {"online_channel"}
    assert [block.start_day for block in blocks.values()] == [0, 90, 90]
    assert blocks["later"].start == scenarios["later"].calendar.first_day + dt.timedelta(days=90)
    assert blocks["trial"].end_day - blocks["trial"].start_day == 90
