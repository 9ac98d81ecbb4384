"""Blocks that cover a part of a community each add up to one that covers all of it, whatever the policy."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sim
from sim import policies
from sim.model.levers import Board
from sim.policies import BUILT_IN
from sim.vocabulary.levers import BY_NAME, LEVERS

QUARTERS, GROUPS = ("garden", "tower", "terrace"), ("owners", "tenants", "live_in")
HEADS = np.array([[2340.0, 450.0, 129.0], [780.0, 1350.0, 43.0], [780.0, 0.0, 128.0]])
"""Residents by quarter and group; no tenants live in the terrace houses."""
FILLED = np.array([3.0, 1.0, 2.0, 1.0])
STAFF = np.array([4, 2, 2, 1])
POOLS = np.array([0, 0, 1, 2, 3])
"""The agency of each pool: two pools for everybody, one for the garden, one for the rest, and a partner."""
OWN = np.array([True, True, True, False])
FIRST_DAY = dt.date(2024, 12, 31)

each_policy = pytest.mark.parametrize("name", BUILT_IN)


@pytest.fixture(scope="module")
def scenario() -> Any:
    return sim.load_scenario("harbour_today")


def pool_heads() -> np.ndarray:
    """Residents whom each pool serves: the first agency's line is cut in the tower."""
    heads = np.zeros((len(POOLS), *HEADS.shape))
    heads[0, 0], heads[0, 1] = HEADS[0], np.round(HEADS[1] / 3)
    heads[1] = HEADS - heads[0]
    heads[2, 0], heads[3, 1:] = HEADS[0], HEADS[1:]
    heads[4] = HEADS
    return heads


def block(scenario: Any, policy: str, name: str, **changes: Any) -> Any:
    """A block of a policy that covers everybody from the first day to the last, unless changed."""
    made = scenario.policies[0]
    settings = {key: float(value) for key, value in scenario.parameters.settings(policy).items()}
    full = {
        "name": name, "policy": policy, "dose": 1.0, "fidelity": 0.8, "ramp": 0, "start": FIRST_DAY, "start_day": 0,
        "from_start": False, "end": None, "quarters": QUARTERS, "groups": GROUPS, "settings": settings,
    }  # fmt: skip
    return replace(made, **{**full, **changes})


def board(scenario: Any, blocks: Sequence[Any], day: int) -> Board:
    """What these blocks plan on a day after the burn-in."""
    made = Board(replace(scenario, policies=tuple(blocks)), HEADS, OWN, pool_heads(), POOLS)
    tick = scenario.burn_in + day
    made.plan(tick - tick % 7, scenario.start + dt.timedelta(days=tick - tick % 7), FILLED)
    made.plan(tick, scenario.start + dt.timedelta(days=tick), FILLED)
    return made


def same(parts: Board, whole: Board, but: tuple[str, ...] = ()) -> None:
    """Assert that two boards plan the same levers (hours and posts are two of them) and money."""
    for lever in LEVERS:
        if lever.name not in but:
            got, wanted = getattr(parts.planned, lever.name), getattr(whole.planned, lever.name)
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12, err_msg=lever.name)
    assert sum(parts.hours_by_block.values()) == pytest.approx(sum(whole.hours_by_block.values()), rel=1e-9)
    assert sum(parts.money_by_block.values()) == pytest.approx(sum(whole.money_by_block.values()), rel=1e-9)
    assert sum(whole.money_by_block.values()) > 0.0 or but


def partitions(name: str) -> Iterator[list[dict[str, Any]]]:
    """Ways to cut a programme into parts."""
    yield [{"quarters": (q,)} for q in QUARTERS]
    yield [{"quarters": QUARTERS[:2]}, {"quarters": QUARTERS[2:]}]
    yield [{"dose": 0.5}, {"dose": 0.5}]
    yield [{"quarters": (q,), "dose": dose} for q in QUARTERS for dose in (0.25, 0.75)]
    if any(BY_NAME[lever].axis == "quarter_group" for lever in policies.get(name).touches):
        yield [{"groups": (g,)} for g in GROUPS]
        yield [{"quarters": (q,), "groups": (g,)} for q, g in itertools.product(QUARTERS, GROUPS)]


@each_policy
def test_parts_of_a_community_add_up_to_the_whole(name: str, scenario: Any) -> None:
    whole = board(scenario, [block(scenario, name, "all")], 1385)  # 2028-10-16, the day after an election
    cuts = list(partitions(name))
    assert len(cuts) >= 4
    for parts in cuts:
        blocks = [block(scenario, name, f"part{k}", **changes) for k, changes in enumerate(parts)]
        same(board(scenario, blocks, 1385), whole)
        assert board(scenario, blocks, 1385).extra_posts(STAFF) == whole.extra_posts(STAFF)


@each_policy
def test_levers_of_an_election_day_add_up_too(name: str, scenario: Any) -> None:
    day = (dt.date(2025, 10, 15) - FIRST_DAY).days
    parts = [block(scenario, name, f"part{q}", quarters=(q,)) for q in QUARTERS]
    whole = board(scenario, [block(scenario, name, "all")], day)
    assert (whole.planned.election[0] > 0.0) == (name == "representative_elections")
    same(board(scenario, parts, day), whole)


@each_policy
def test_a_staged_start_is_the_whole_once_the_last_step_is_taken(name: str, scenario: Any) -> None:
    starts = dict(zip(QUARTERS, (0, 30, 60), strict=True))
    steps = [block(scenario, name, f"step_{q}", quarters=(q,), start_day=starts[q]) for q in QUARTERS]
    whole, anew = board(scenario, [block(scenario, name, "all")], 1000), policies.get(name).begins_anew
    assert bool(anew) == (name in ("smart_platform", "representative_elections"))
    same(board(scenario, steps, 1000), whole)
    so_far = [sum(board(scenario, steps, day).money_by_block.values()) for day in (5, 35, 65)]
    assert 0.0 < so_far[0] < so_far[1] < so_far[2]


@each_policy
def test_parts_in_time_add_up_to_the_whole_but_for_what_begins_anew(name: str, scenario: Any) -> None:
    halves = [block(scenario, name, "early", end=FIRST_DAY + dt.timedelta(days=99), end_day=100),
              block(scenario, name, "late", start=FIRST_DAY + dt.timedelta(days=100), start_day=100)]
    whole = [block(scenario, name, "all")]
    for day in (0, 50, 99):
        same(board(scenario, halves, day), board(scenario, whole, day))
    for day in (100, 150):
        parts, one = board(scenario, halves, day), board(scenario, whole, day)
        if name == "smart_platform":
            assert sum(parts.hours_by_block.values()) > sum(one.hours_by_block.values())
            free = {**halves[0].settings, "adoption_hours": 0.0}
            halves_free = [replace(half, settings=free) for half in halves]
            same(board(scenario, halves_free, day), board(scenario, [replace(whole[0], settings=free)], day))
        else:
            same(parts, one, but=("election",) if name == "representative_elections" else ())


def test_posts_go_to_the_agencies_and_pools_that_serve_whom_a_block_covers(scenario: Any) -> None:
    def posts(*quarters: str) -> tuple[list[float], list[list[int]]]:
        made = board(scenario, [block(scenario, "workforce", "some", quarters=quarters, fidelity=1.0)], 10)
        return made.planned.extra_staff.tolist(), made.extra_posts(STAFF)

    each = 10.0 / 3.0
    amounts, pools = posts("garden")
    assert amounts[1] == pytest.approx(each) and amounts[2] == amounts[3] == 0.0, "the second serves the garden alone"
    assert amounts[0] == pytest.approx(each / 2 * 2919 / (2919 + 724), rel=1e-6) and set(pools[0]) == {0}
    amounts, pools = posts("terrace")
    assert amounts[1] == 0.0 and set(pools[0]) == {1} and pools[1] == [] == pools[3]
    amounts, pools = posts(*QUARTERS)
    assert amounts == [each, each, each, 0.0] and pools == [[0, 1, 0, 1], [0] * 4, [0] * 4, []]


def test_posts_of_a_step_open_in_the_pools_of_its_quarters(scenario: Any) -> None:
    steps = [block(scenario, "workforce", "b", quarters=("terrace",), fidelity=1.0, dose=2.0),
             block(scenario, "workforce", "a", quarters=("garden",), fidelity=1.0, dose=2.0, start_day=50)]
    pools = board(scenario, steps, 60).extra_posts(STAFF)[0]
    assert pools[0] == 1 and set(pools) == {0, 1} and pools[-1] == 0


def test_a_policy_of_staff_alone_pulls_each_agency_by_whom_it_serves(scenario: Any) -> None:
    made = board(scenario, [block(scenario, "worker_training", "some", quarters=("garden",), fidelity=1.0)], 10)
    hours = float(scenario.parameters["policy.worker_training.hours"])
    assert made.planned.training[1] == hours and made.planned.training[2] == made.planned.training[3] == 0.0
    price = sum(made.hours_by_block.values())
    assert price == pytest.approx(float((made.planned.training * np.where(OWN, FILLED, 0.0)).sum()))


def test_posts_that_open_later_change_nothing_before(scenario: Any) -> None:
    """Also where workers share visits: a post that is closed takes no share of them."""
    sets = ["burn_in=7", "horizon=30", "policies.close_ties.dose=1"]
    without = sim.simulate(sim.load_scenario("harbour_today", sets=sets), seed=3).daily
    sets += ["policies.workforce.dose=1", "policies.workforce.start=2024-01-30"]
    late = sim.simulate(sim.load_scenario("harbour_today", sets=sets), seed=3).daily
    before, after = late["day"] < 22, late["day"] >= 22
    assert before.sum() > 100 and late[before].equals(without[before])
    assert late.loc[after, "vacancy_share"].max() > without.loc[after, "vacancy_share"].max()
