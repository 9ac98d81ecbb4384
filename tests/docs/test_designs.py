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
