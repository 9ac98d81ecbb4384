"""Choosing among ways to take part: the values of a logit, of a second channel, and of nesting.

Evidence section 5, case 9: V = -2 offline gives 0.11920; an online channel with V = -1 beside it 0.33476; with 60% of
people online 0.24854; and the second channel is worth 1.3133 in utility.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules import participation
from sim.rules.functions import logit
from sim.rules.participation import COUNCIL, MEETING, ONLINE, STAY
from tests.analytic.test_binomial_participation import ACTS, BARE
from tests.analytic.towns import counts, flows, live, town

GRID = (np.arange(100_000) + 0.5) / 100_000
"""Uniform draws spread evenly: shares of choices come out to 1e-5."""
PLAIN = participation.Parameters(*([0.0] * len(participation.Parameters._fields)))


def shares(common: float, open_ways: tuple[bool, bool, bool], **numbers: float) -> dict[int, float]:
    """Shares of STAY, MEETING, COUNCIL and ONLINE."""
    p = PLAIN._replace(**{"nesting": 1.0, **numbers})
    ways = [participation.choose(p, common, 1.0, *open_ways, float(u)) for u in GRID]
    return {way: float(np.mean(np.array(ways) == way)) for way in (STAY, MEETING, COUNCIL, ONLINE)}


def test_one_way_is_a_plain_logit() -> None:
    assert shares(-2.0, (True, False, False))[MEETING] == pytest.approx(0.11920, abs=2e-5)


def test_a_second_independent_way_adds_its_own_weight() -> None:
    found = shares(-2.0, (True, False, True), online_shift=1.0)
    assert 1.0 - found[STAY] == pytest.approx(0.33476, abs=2e-5)
    assert found[ONLINE] / found[MEETING] == pytest.approx(math.e, abs=2e-3)
    gain = logit(1.0 - found[STAY]) - logit(0.11920)
    assert gain == pytest.approx(1.3133, abs=3e-4)


def test_hours_count_by_the_value_of_time() -> None:
    hours = {"hours_meeting": 2.0, "hours_council": 3.0, "hours_online": 0.25}
    found = shares(0.0, (True, True, True), cost=0.8, depth=0.5, **hours)
    weights = {MEETING: math.exp(-1.6), COUNCIL: math.exp(-2.9), ONLINE: math.exp(-0.2)}
    for way, weight in weights.items():
        assert found[way] == pytest.approx(weight / (1.0 + sum(weights.values())), abs=2e-5)


@pytest.mark.parametrize("nesting", [0.3, 0.5, 0.8, 1.0])
def test_a_like_way_is_worth_the_less_the_closer_a_substitute_it_is(nesting: float) -> None:
    """Two ways of one utility V in a nest of dissimilarity m are worth V + m log 2."""
    found = shares(-1.0, (True, False, True), nesting=nesting)
    assert logit(1.0 - found[STAY]) == pytest.approx(-1.0 + nesting * math.log(2.0), abs=2e-4)
    assert found[MEETING] == pytest.approx(found[ONLINE], abs=2e-5)


def test_within_the_nest_utilities_count_more() -> None:
    found = shares(-1.0, (True, False, True), nesting=0.5, online_shift=0.4)
    assert math.log(found[ONLINE] / found[MEETING]) == pytest.approx(0.4 / 0.5, abs=1e-3)
    inclusive = 0.5 * math.log(math.exp(-1.0 / 0.5) + math.exp(-0.6 / 0.5))
    assert logit(1.0 - found[STAY]) == pytest.approx(inclusive, abs=2e-4)


def test_in_a_community_only_those_online_gain_from_the_online_way() -> None:
    n, days = 10_000, 100
    rules = {"participation": {**BARE, "base": -2.0, "online_shift": 1.0, "nesting": 1.0}}
    world = town(on=("M1",), people=n, rules=rules, meeting_supply=1.0, online_supply=1.0)
    world.residents.taste[:] = 0.0
    world.residents.online[:] = np.arange(n) % 10 < 6
    acts = counts(world, days, *ACTS).sum() / (n * days)
    # a million draws: standard error 0.0004, so 2% off would show as eleven of them
    assert abs(acts - 0.24854) < 4.5 * math.sqrt(0.24854 * 0.75146 / (n * days))
    offline = world.residents.acts[world.residents.online == 0].mean() / days
    assert abs(offline - 0.11920) < 4.5 * math.sqrt(0.1192 * 0.8808 / (0.4 * n * days))


def test_a_way_open_on_half_the_occasions_is_chosen_half_as_often() -> None:
    n, days = 10_000, 50
    rules = {"participation": {**BARE, "base": logit(0.3), "nesting": 1.0}}
    world = town(on=("M1",), people=n, rules=rules, meeting_supply=0.5)
    world.residents.taste[:] = 0.0
    share = counts(world, days, *ACTS).sum() / (n * days)
    assert abs(share - 0.15) < 4.5 * math.sqrt(0.15 * 0.85 / (n * days))


def test_hours_of_acts_are_booked_by_way() -> None:
    rules = {"participation": {**BARE, "base": 0.0, "nesting": 1.0, "hours_meeting": 1.5, "hours_council": 2.5,
                               "hours_online": 0.25}}
    everything = {"meeting_supply": 1.0, "council_supply": 1.0, "online_supply": 1.0}
    world = live(town(on=("M1",), people=5_000, rules=rules, **everything), 1)
    hours = {"acts_meeting": 1.5, "acts_council": 2.5, "acts_online": 0.25}
    expected = sum(each * flows(world, name) for name, each in hours.items())
    assert flows(world, "act_hours") == pytest.approx(expected)
