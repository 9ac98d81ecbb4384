"""A community may be written as its figures are published; what is made of them is said."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import Scenario, from_resolved, load_scenario
from sim.scenario.community import Community
from sim.scenario.explain import explain
from sim.scenario.published import OLDEST
from sim.scenario.validate import validate
from sim.vocabulary.categories import AGE_BANDS

Write = Callable[[str, str], Path]

DISTRICTS = """schema: 1
kind: community
name: districts
title: Three districts
blocks:
  old: {kind: quarter, label: Old}
  new: {kind: quarter, label: New}
  hill: {kind: quarter, label: Hill}
each_group:
  lives_in: [quarter]
  headline: true
  elector: true
  turnover: {value: 0.08, source: guess, grade: assumed}
  vulnerable: {value: 0.15, source: guess, grade: assumed}
  need_ratio: {value: 1, source: guess, grade: assumed}
  participation_shift: {value: 0, source: guess, grade: assumed}
  trust_shift: {value: 0, source: guess, grade: assumed}
  household_size: {value: {1: 40.0, 2: 40.0, 3: 10.0, 4+: 10.0}, source: census, grade: measured}
  ages: {value: AGES, source: census, grade: measured}
groups:
  old: {label: Old, lives_in: [old], size: {value: 400, source: city, grade: measured}}
  new:
    label: New
    lives_in: [new, hill]
    size: {value: 600, source: city, grade: measured}
    ages: {value: {18_29: 1}, source: guess, grade: assumed}
  both: {label: Both, size: {value: 90, source: city, grade: measured}}
agencies:
  office:
    kind: government_department
    label: Office
    staff: {value: 1.5, source: budget, grade: measured}
    workers_per_pool: {value: 1, source: budget, grade: measured}
elections: {dates: [2027-11-02, "2025-11-04"], source: law, grade: measured}
"""
OURS = "{0_17: 0.2, 18_29: 0.1, 30_49: 0.3, 50_59: 0.1, 60_69: 0.1, 70_plus: 0.2}"


def scenario_of(write: Write, ages: str = OURS, old: str = "", new: str = "") -> Scenario:
    text = DISTRICTS.replace("AGES", ages)
    assert not old or old in text
    write("scenarios/communities/districts.yaml", text.replace(old, new) if old else text)
    write("scenarios/case.yaml", "schema: 1\nkind: scenario\ncommunity: districts\n")
    return load_scenario("case")


def town_of(write: Write, ages: str = OURS, old: str = "", new: str = "") -> Community:
    return scenario_of(write, ages, old, new).community


def ages_of(write: Write, ages: str) -> dict[str, float]:
    found = dict(zip(AGE_BANDS, town_of(write, ages).group("old").ages, strict=True))
    assert math.fsum(found.values()) == pytest.approx(1.0, abs=1e-12)
    return found


def message(write: Write, ages: str = OURS, old: str = "", new: str = "") -> str:
    with pytest.raises(ScenarioError) as error:
        town_of(write, ages, old, new)
    return str(error.value)


def test_what_all_groups_share_stands_once(write: Write) -> None:
    town = town_of(write)
    assert [group.turnover for group in town.groups] == [0.08, 0.08, 0.08]
    assert town.group("old").ages[0] == 0.2 and town.group("new").ages == (0, 1, 0, 0, 0, 0)
    changed = load_scenario("case", ["community.groups.old.turnover=0.2"]).community
    assert [group.turnover for group in changed.groups] == [0.2, 0.08, 0.08]
    said = message(write, old="turnover: {value: 0.08", new="turnover: {value: -1")
    assert said.count("out of range") == 1 and "districts.yaml:13:21" in said
    assert "each_group" in message_of_set(["community.each_group.headline=false"], write)


def message_of_set(sets: list[str], write: Write) -> str:
    scenario_of(write)
    with pytest.raises(ScenarioError) as error:
        load_scenario("case", sets)
    return str(error.value)


def test_a_group_lives_in_blocks_by_name_or_by_kind(write: Write) -> None:
    town = town_of(write)
    assert {block.name: dict(block.weights) for block in town.blocks} == {
        "old": {"old": 1.0, "both": pytest.approx(1 / 3)},
        "new": {"new": 0.5, "both": pytest.approx(1 / 3)},
        "hill": {"new": 0.5, "both": pytest.approx(1 / 3)},
    }
    assert "(got 'hil'); allowed: quarter, old, new, hill; did you mean 'hill'?" in message(
        write, old="[new, hill]", new="[new, hil]"
    )


@pytest.mark.parametrize(
    "ages",
    [
        "{0_17: 0.197, 18_29: 0.110, 30_49: 0.200, 50_59: 0.160, 60_69: 0.170, 70_plus: 0.162}",  # 0.999
        "{0_17: 19.7, 18_29: 11.0, 30_49: 20.0, 50_59: 16.0, 60_69: 17.0, 70_plus: 16.2}",  # 99.9
        "{0_17: 197, 18_29: 110, 30_49: 200, 50_59: 160, 60_69: 170, 70_plus: 162}",  # counts
    ],
)
def test_rounded_shares_per_cent_and_counts_are_shares(write: Write, ages: str) -> None:
    found = ages_of(write, ages)
    assert found["0_17"] == pytest.approx(0.197 / 0.999) and found["70_plus"] == pytest.approx(0.162 / 0.999)
    said = validate("scenarios/communities/districts.yaml")
    assert "groups.old.ages.value: the" in said and said.count("groups.") == said.count("household_size") + 1
    rows = {row.key: row for row in explain(load_scenario("case"))}
    assert rows["community.groups.old.ages.0_17"].why


@pytest.mark.parametrize(
    ("ages", "got"),
    [
        ("{0_17: 0.197, 18_29: 0.110, 30_49: 0.200, 50_59: 0.160, 60_69: 0.170, 70_plus: 0.155}", "0.992"),
        ("{0_17: 0.20, 18_29: 0.10, 30_49: 0.26, 50_59: 0.16, 60_69: 0.19, 70_plus: 0.15}", "1.06"),
        ("{0_17: 1, 18_29: 1}", "2"),
        ("{0_17: 20.0, 18_29: 31.0}", "51"),
        ("{0_17: 0, 18_29: 0}", "0"),
    ],
)
def test_what_rounding_does_not_explain_is_refused(write: Write, ages: str, got: str) -> None:
    assert f"the shares do not add up to 1 (got {got})" in message(write, ages)


def test_shares_that_add_up_are_left_as_they_are(write: Write) -> None:
    assert town_of(write).group("old").ages == (0.2, 0.1, 0.3, 0.1, 0.1, 0.2)
    assert "ages" not in validate("scenarios/communities/districts.yaml")


def test_published_bands_become_the_models(write: Write) -> None:
    fine = {f"{low}_{low + 4}": 5 for low in range(0, 100, 5)}
    found = ages_of(write, "{" + ", ".join(f"{band}: {share}" for band, share in fine.items()) + "}")
    assert found == pytest.approx(
        {"0_17": 0.18, "18_29": 0.12, "30_49": 0.2, "50_59": 0.1, "60_69": 0.1, "70_plus": 0.3}
    )
    found = ages_of(write, "{0-14: 0.15, 15–59: 0.60, 60+: 0.25}")
    assert found["0_17"] == pytest.approx(0.15 + 0.60 * 3 / 45) and found["30_49"] == pytest.approx(0.60 * 20 / 45)
    left = [OLDEST - age for age in range(60, OLDEST)]
    assert found["70_plus"] == pytest.approx(0.25 * sum(left[10:]) / sum(left))
    assert found == pytest.approx(ages_of(write, "{under_15: 15, 15_59: 60, 60_plus: 25}"))
    assert "are taken as 0_17 0.19" in validate("scenarios/communities/districts.yaml")


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        ("{0-14: 0.5, 10-64: 0.5}", "10-64: overlaps with 0-14"),
        ("{0-14: 0.5, 20-64: 0.5}", "20-64: leaves out the ages from 15 to 19 after 0-14"),
        ("{0-14: 0.5, 65+: 0.3, 70+: 0.2}", "overlaps with 65+"),
        ("{children: 0.5, 18_29: 0.5}", "children: not an age band (got 'children')"),
        ("{0-14: 0.5, 64-15: 0.5}", "64-15: not an age band"),
    ],
)
def test_bands_that_do_not_go_together_are_told(write: Write, ages: str, told: str) -> None:
    said = message(write, ages)
    assert told in said and "do not add up" not in said


def test_households_may_be_given_by_size(write: Write) -> None:
    assert town_of(write).group("old").household_size == pytest.approx(0.4 + 0.8 + 0.3 + 0.4)
    assert "households of 4+ are counted with 4" in validate("scenarios/communities/districts.yaml")
    assert load_scenario("case", ["community.groups.old.household_size=2.5"]).community.group(
        "old"
    ).household_size == 2.5
    assert "not a number of persons (got 'few')" in message(write, old="1: 40.0", new="few: 40.0")


def test_part_of_a_post_is_taken_as_a_whole_one_and_told(write: Write) -> None:
    assert town_of(write).agency("office").staff == 2
    assert "1.5 posts are taken as 2 whole ones, 0.5 more" in validate("scenarios/communities/districts.yaml")
    assert town_of(write, old="staff: {value: 1.5", new="staff: {value: 0.25").agency("office").staff == 1


def test_there_may_be_no_council_and_elections_on_other_days(write: Write) -> None:
    town = town_of(write)
    assert town.councils.block_kinds == () and town.elections is not None
    assert town.elections.dates == (dt.date(2025, 11, 4), dt.date(2027, 11, 2))
    said = message(write, old="{dates:", new="{years: [2025], dates:")
    assert "elections: are given twice (got dates, years)" in said
    assert "elections: lack a day" in message(write, old='dates: [2027-11-02, "2025-11-04"]', new="years: [2027]")


def test_a_resolved_scenario_says_what_was_made_of_the_figures(write: Write) -> None:
    scenario = scenario_of(write, "{0-14: 0.15, 15-59: 0.60, 60+: 0.249}")
    assert from_resolved(scenario.resolved()).hash == scenario.hash
