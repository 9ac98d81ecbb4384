"""What holds for each of the paper's fourteen policies."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sim import policies
from sim.policies import BUILT_IN, Context, share
from sim.vocabulary.categories import HOUR_USES
from sim.vocabulary.levers import BY_NAME, LEVERS

FOLDER = Path(policies.__file__).parent
SECTIONS = {"1", "2", "3.1", "3.2", "3.3", "4.1", "4.2.1", "4.2.2", "4.2.3", "4.2.4", "5.1", "5.2", "5.3", "6"}
STRENGTHS = (0.25, 0.5, 1.0, 1.5, 3.0)
Of = Callable[[str], Mapping[str, float]]

each_policy = pytest.mark.parametrize("name", BUILT_IN)


def test_there_are_fourteen_and_each_is_a_file_of_its_name() -> None:
    files = {file.stem for file in FOLDER.glob("*.py")} - {"__init__", "base"}
    assert len(BUILT_IN) == 14 and files == set(BUILT_IN)
    assert all(policies.get(name).name == name for name in BUILT_IN)


@each_policy
def test_strength_zero_is_exactly_nothing(name: str, settings: Of, context: Context) -> None:
    policy, s = policies.get(name), settings(name)
    assert all(value == BY_NAME[lever].neutral for lever, value in policy.levers(0.0, s, context).items())
    assert all(hours == 0.0 for hours in policy.weekly_hours(0.0, s, context).values())
    assert policy.yearly_money(0.0, s, context) == 0.0


@each_policy
def test_it_sets_the_levers_that_it_names_and_no_other(name: str, settings: Of, context: Context) -> None:
    policy = policies.get(name)
    levers = policy.levers(1.0, settings(name), context)
    assert set(levers) == set(policy.touches)
    assert all(value > 0.0 for value in levers.values()), "at dose 1 every lever is pulled"


@each_policy
def test_more_of_it_never_pulls_less_and_always_costs_more(name: str, settings: Of, context: Context) -> None:
    policy, s = policies.get(name), settings(name)
    for less, more in zip((0.0, *STRENGTHS), STRENGTHS, strict=False):
        weak, strong = policy.levers(less, s, context), policy.levers(more, s, context)
        assert all(strong[lever] > weak[lever] for lever in strong)
        assert sum(policy.weekly_hours(more, s, context).values()) > sum(policy.weekly_hours(less, s, context).values())
        assert policy.yearly_money(more, s, context) > policy.yearly_money(less, s, context)


@each_policy
def test_shares_and_chances_stay_within_bounds_at_any_dose(name: str, settings: Of, context: Context) -> None:
    policy = policies.get(name)
    for strength in (*STRENGTHS, 50.0):
        for lever, value in policy.levers(strength, settings(name), context).items():
            if BY_NAME[lever].combine == "union":
                assert 0.0 <= value <= 1.0, (lever, strength)


@each_policy
def test_hours_go_to_uses_that_the_ledger_knows_and_fit_into_a_week(name: str, settings: Of, context: Context) -> None:
    hours = policies.get(name).weekly_hours(1.0, settings(name), context)
    assert set(hours) <= set(HOUR_USES) - {"casework", "mediation", "administration", "unused"}
    assert 0.0 < sum(hours.values()) < 0.10 * 30 * 40, "an ordinary programme takes less than a tenth of all hours"


@each_policy
def test_the_first_half_year_is_no_cheaper_than_later(name: str, settings: Of, context: Context) -> None:
    policy, s = policies.get(name), settings(name)
    first = sum(policy.weekly_hours(1.0, s, dataclasses.replace(context, days_since_start=0)).values())
    later = sum(policy.weekly_hours(1.0, s, dataclasses.replace(context, days_since_start=700)).values())
    assert first > later if name == "smart_platform" else first == later


@each_policy
def test_where_nobody_is_covered_it_takes_no_hours_and_no_money(name: str, settings: Of, context: Context) -> None:
    nobody = dataclasses.replace(
        context, residents_covered=0.0, blocks_covered=0.0, workers_covered=0.0, service_covered=0.0
    )
    policy, s = policies.get(name), settings(name)
    assert sum(policy.weekly_hours(1.0, s, nobody).values()) == policy.yearly_money(1.0, s, nobody) == 0.0


@each_policy
def test_it_says_where_it_comes_from_and_how_it_can_do_harm(name: str) -> None:
    policy = policies.get(name)
    sections = [section.strip() for section in policy.section.split(",")]
    assert sections and set(sections) <= SECTIONS
    assert any(f"ection {s}" in policy.summary or s in policy.summary for s in sections)
    assert policy.claims and all(c[0] == "C" and 1 <= int(c[1:]) <= 39 for c in policy.claims)
    assert len(policy.harm) > 100 and len(policy.summary) > 100
    assert policy.title and len(policy.title) <= 30, "titles stand in tables"


def test_every_lever_is_pulled_by_some_policy_or_is_hours() -> None:
    pulled = {lever for name in BUILT_IN for lever in policies.get(name).touches}
    assert pulled == {lever.name for lever in LEVERS} - {"hours"}


def test_every_claim_of_the_paper_about_its_paths_runs_through_some_policy() -> None:
    claimed = {claim for name in BUILT_IN for claim in policies.get(name).claims}
    # C9 is about mediation, which is casework; C39 is about all paths together.
    assert {f"C{i}" for i in range(1, 39)} - claimed == {"C9"}


def test_an_election_is_held_on_election_days_only(settings: Of, context: Context) -> None:
    policy, s = policies.get("representative_elections"), settings("representative_elections")
    ordinary = dataclasses.replace(context, election_day=False)
    assert policy.levers(1.0, s, context)["election"] > 0.0
    assert policy.levers(1.0, s, ordinary)["election"] == 0.0


def test_two_programmes_reach_as_far_as_one_of_twice_the_dose() -> None:
    once = share(0.3, 1.0)
    assert once == 0.3
    assert share(0.3, 2.0) == pytest.approx(1 - (1 - once) ** 2, abs=1e-15)
    assert share(0.3, 0.0) == share(0.0, 2.0) == 0.0
    assert share(1.0, 0.5) == 1.0
