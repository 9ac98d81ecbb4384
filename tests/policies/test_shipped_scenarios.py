"""The shipped scenarios load, each does what its name says, and the baseline leaves half of hours for cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sim import policies
from sim.policies import BUILT_IN, Context
from sim.scenario import load_scenario

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
EXISTING = {
    "existing_residents_councils", "existing_participatory_decisions", "existing_cultural_activities",
    "existing_community_education", "existing_worker_training",
}


def load(name: str) -> Any:
    return load_scenario(FOLDER / f"{name}.yaml")


def blocks(scenario: Any) -> dict[str, Any]:
    return {block.name: block for block in scenario.policies}


def own_staff(scenario: Any) -> int:
    return sum(int(agency.staff) for agency in scenario.community.agencies if not agency.outside)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda f: f.stem)
def test_every_scenario_has_a_name_a_title_and_a_question(file: Path) -> None:
    if file.stem == "parameters":
        return
    scenario = load_scenario(file)
    assert scenario.name == file.stem and scenario.title and scenario.question.endswith("?")


def test_what_xicheng_has_runs_from_the_beginning_at_low_dose_and_not_online() -> None:
    baseline = blocks(load("baseline"))
    assert set(baseline) == EXISTING
    assert all(block.from_start and 0.0 < block.dose <= 0.5 for block in baseline.values())
    assert "online_channel" not in {block.policy for block in baseline.values()}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_policy_scenario_adds_one_programme_of_dose_one_to_the_baseline(name: str) -> None:
    found = blocks(load(name))
    assert set(found) == EXISTING | {name}
    assert found[name].policy == name and found[name].dose == 1.0 and not found[name].from_start


def test_the_packages_hold_what_they_say() -> None:
    demand = {"online_channel", "feedback_mechanism", "community_education", "opinion_monitoring"}
    assert set(blocks(load("full_package"))) == EXISTING | set(BUILT_IN)
    assert set(blocks(load("demand_without_capacity"))) == EXISTING | demand
    capacity = {"workforce", "worker_training", "smart_platform"}
    assert set(blocks(load("demand_with_capacity"))) == EXISTING | demand | capacity


@pytest.mark.parametrize("staff", [3, 30, 82, 104])
def test_staffing_is_what_the_name_says(staff: int) -> None:
    assert own_staff(load(f"staffing_{staff}")) == staff


def test_agencies_are_compared_at_equal_staff() -> None:
    for name, number in (("agencies_none", 0), ("agencies_one", 1), ("agencies_two", 2)):
        scenario = load(name)
        kinds = [agency.kind for agency in scenario.community.agencies]
        assert own_staff(scenario) == own_staff(load("baseline"))
        assert kinds.count("social_organisation") == number


def test_the_baseline_leaves_about_half_of_hours_for_cases() -> None:
    """The arithmetic in the comments of ``baseline.yaml``, done again."""
    scenario = load("baseline")
    people, workers, blocks_ = 58_731.0, 30.0, 20.0
    context = Context(people, people, blocks_, workers, workers, 1.0, 100, dt.date(2024, 6, 3))
    hours, reached = 0.0, 0.0
    for block in scenario.policies:
        policy = policies.get(block.policy)
        hours += sum(policy.weekly_hours(block.dose, block.settings, context).values())
        levers = policy.levers(block.dose, block.settings, context)
        reached += levers.get("activity", 0.0) + levers.get("session", 0.0)
    p = scenario.parameters
    hours += reached * people * p["hours.attendance_minutes"] / 60.0
    hours += (0.060 * 19_800 + 0.050 * 35_000) * p["hours.act_minutes"] / 60.0
    hours += p["needs.enquiries"] * 7.0 * people * p["hours.enquiry_minutes"] / 60.0
    left = 1.0 - p["hours.administration"] - hours / (workers * p["hours.week"])
    assert left == pytest.approx(0.52, abs=0.01)
