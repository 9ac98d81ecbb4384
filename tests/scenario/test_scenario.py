"""A loaded scenario is immutable, travels between processes, and knows exactly what it is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError, TooLargeError
from sim.scenario import from_resolved, load_scenario, memory
from sim.scenario.parameters import daily
from sim.vocabulary.mechanisms import MECHANISMS

Write = Callable[[str, str], Path]
HEAD = "schema: 1\nkind: scenario\nextends: plain\n"


def test_the_calendar_counts_from_the_end_of_the_burn_in(home: Path) -> None:
    scenario = load_scenario("plain", ["policies.online_channel.end=2024-02-29"])
    (block,) = scenario.policies
    assert scenario.calendar.first_day == dt.date(2024, 1, 31)
    assert scenario.calendar.last_day == dt.date(2024, 3, 30)
    assert (block.start_day, block.end_day) == (0, 30)
    (whole,) = load_scenario("plain", ["policies.online_channel.from_start=true"]).policies
    assert (whole.start_day, whole.end_day) == (-30, 60)


def test_a_day_of_the_run_stands_for_its_date(home: Path) -> None:
    by_day = ["policies.online_channel.start=10", "policies.online_channel.end=29"]
    by_date = ["policies.online_channel.start=2024-02-10", "policies.online_channel.end=2024-02-29"]
    scenario = load_scenario("plain", by_day)
    assert scenario == load_scenario("plain", by_date)
    (block,) = scenario.policies
    assert (block.start_day, block.end_day) == (10, 30)
    (moved,) = load_scenario("plain", [*by_day, "burn_in=40"]).policies
    assert moved.start_day == 10, "a day counts from the end of the burn-in, however long that is"
    with pytest.raises(ScenarioError, match=r"start: after the horizon \(got 60\); allowed: 0 to 59"):
        load_scenario("plain", ["policies.online_channel.start=60"])
    with pytest.raises(ScenarioError, match=r"not a date \(got -1\); allowed: a date such as .*, or a day of the run"):
        load_scenario("plain", ["policies.online_channel.end=-1"])


def test_rates_are_converted_once_by_their_kind(home: Path) -> None:
    scenario = load_scenario("plain")
    assert scenario.parameters.raw("toy.weekly") == 0.3
    assert scenario.parameters["toy.weekly"] == pytest.approx(1 - 0.7 ** (1 / 7))
    assert scenario.parameters["group.farmers.turnover"] == pytest.approx(1 - math.exp(-0.1 / 365))
    assert scenario.community.group("farmers").turnover == 0.1
    assert scenario.parameters["toy.form"] == "plain" and scenario.parameters["toy.on"] is True


@given(st.floats(0.0, 1.0))
def test_seven_daily_shares_make_the_weekly_one(x: float) -> None:
    assert 1 - (1 - daily(x, "weekly_share")) ** 7 == pytest.approx(x, abs=1e-12)


@given(st.floats(1e-6, 50.0))
def test_hazards_and_rates_add_up_over_their_own_time(x: float) -> None:
    assert -7 * math.log1p(-daily(x, "weekly_hazard")) == pytest.approx(x, rel=1e-9)
    assert -365 * math.log1p(-daily(x, "yearly_hazard")) == pytest.approx(x, rel=1e-9)
    assert 365 * daily(x, "yearly_rate") == pytest.approx(x)
    assert daily(x, "per_event") == x


@given(st.floats(0.1, 5000.0))
def test_half_is_left_after_a_half_life(x: float) -> None:
    assert (1 - daily(x, "half_life_days")) ** x == pytest.approx(0.5)


def test_the_hash_is_about_what_happens_not_about_names(write: Write) -> None:
    plain = load_scenario("plain")
    write("scenarios/named.yaml", HEAD + "title: Another title\nquestion: Why?\n")
    assert load_scenario("named").hash == plain.hash and load_scenario("named") == plain
    for change in ("horizon=61", "parameters.toy.plain=0.4", "mechanisms.M3=off", "policies.online_channel.dose=0.6",
                   "community.groups.farmers.size=301", "community.agencies.committee.staff=5"):  # fmt: skip
        assert load_scenario("plain", [change]).hash != plain.hash, change
    assert len(plain.hash) == 64


def test_a_scenario_survives_the_trip_to_another_process(home: Path) -> None:
    scenario = load_scenario("plain", ["parameters.toy.plain=0.4"])
    back = pickle.loads(pickle.dumps(scenario))
    assert back == scenario and back.hash == scenario.hash
    assert back.with_parameters({"toy.plain": 0.5}).parameters["toy.plain"] == 0.5


def test_a_scenario_comes_back_from_its_manifest(write: Write) -> None:
    write("scenarios/rich.yaml", HEAD + "mechanisms: {M3: off}\nparameters: {group.pupils.need_ratio: 0.5}\n"
          "policies: {online_channel: {end: 2024-03-01, settings: {supply: 0.31}}}\n"
          "community_overrides: {agencies: {committee: {staff: 6}}}\n")  # fmt: skip
    scenario = load_scenario("rich")
    text = json.dumps(scenario.resolved())
    again = from_resolved(json.loads(text))
    assert again.hash == scenario.hash
    assert json.dumps(again.resolved()) == text
    with pytest.raises(ScenarioError):
        from_resolved({"scenario": {}})


def test_nothing_in_a_scenario_can_be_changed(home: Path) -> None:
    scenario = load_scenario("plain")
    with pytest.raises(dataclasses.FrozenInstanceError):
        scenario.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        scenario.parameters["toy.plain"] = 1.0  # type: ignore[index]
    with pytest.raises(TypeError):
        scenario.mechanisms["M3"] = False  # type: ignore[index]
    with pytest.raises(TypeError):
        scenario.community.blocks[0].weights["farmers"] = 1.0  # type: ignore[index]


def test_worlds_change_parameters_and_nothing_else(home: Path) -> None:
    scenario = load_scenario("plain")
    world = scenario.with_parameters({"toy.weekly": 0.1, "group.pupils.need_ratio": 0.7})
    assert world.parameters["toy.weekly"] == pytest.approx(1 - 0.9 ** (1 / 7))
    assert world.community.group("pupils").need_ratio == 0.7
    assert scenario.parameters.raw("toy.weekly") == 0.3
    assert world.with_parameters({"toy.weekly": 0.3, "group.pupils.need_ratio": 0.2}) == scenario
    with pytest.raises(ScenarioError) as error:
        scenario.with_parameters({"toy.weekly": 2.0, "toy.wekly": 0.1})
    assert len(error.value.problems) == 2


def test_sets_on_a_loaded_scenario_are_those_of_the_command_line(home: Path) -> None:
    sets = ["parameters.toy.plain=0.25", "policies.online_channel.coverage.quarters=[north]", "mechanisms.M4=off"]
    assert load_scenario("plain").with_sets(sets) == load_scenario("plain", sets)


def test_a_mechanism_that_is_off_sets_its_parameters_to_nothing(home: Path) -> None:
    scenario = load_scenario("plain", ["mechanisms.M4=off"])
    off = next(m.off for m in MECHANISMS if m.id == "M4")
    assert scenario.mechanisms["M4"] is False and scenario.mechanisms["M3"] is True
    assert {name: scenario.parameters[name] for name in off} == dict(off)


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.id)
def test_every_parameter_a_mechanism_switches_off_exists(mechanism) -> None:
    known = load_scenario("baseline").parameters
    assert not [name for name in mechanism.off if name not in known]


def test_settings_of_a_block_are_the_policys_unless_it_says_otherwise(home: Path) -> None:
    plain = load_scenario("plain")
    own = load_scenario("plain", ["policies.online_channel.settings.supply=0.31"])
    assert plain.policies[0].settings["supply"] == plain.parameters["policy.online_channel.supply"]
    assert own.policies[0].settings["supply"] == 0.31
    assert own.parameters == plain.parameters


def test_a_community_can_be_changed_by_a_scenario(write: Write) -> None:
    write("scenarios/other.yaml", HEAD + """community_overrides:
  groups: {farmers: {size: 120}}
  agencies:
    committee: {off: true}
    helpers: {kind: social_organisation, label: Helpers, staff: 2, workers_per_pool: 1, serves: [south]}
""")
    town = load_scenario("other").community
    assert town.group("farmers").size == 120 and town.population == 170
    assert town.agency_names == ("helpers",) and town.agency("helpers").serves == ("south",)


def test_a_community_too_large_for_the_memory_is_refused_with_the_estimate(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = ["community.groups.pupils.size=900000000"]
    monkeypatch.setattr(memory, "available_bytes", lambda: 8_000_000_000)
    with pytest.raises(TooLargeError) as error:
        load_scenario("plain", sets)
    assert "900,000,300 residents would take about 540.7 GB" in str(error.value)
    assert "up to about 12,166,666 residents in the 8.0 GB available" in str(error.value)
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    assert load_scenario("plain", sets).community.population == 900_000_300


def test_the_memory_of_this_machine_is_known() -> None:
    have = memory.available_bytes()
    assert have is None or have > 0
