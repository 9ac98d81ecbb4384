"""Where trust ends, how fast it gets there, in its three forms (evidence section 5, case 10).

The experience comes from the model itself: everybody asks a question a day, and it is answered in the share of cases
for which there are hours, so that a performance of 1 has chance p and one of 0 has chance 1 - p.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.world import World
from sim.rules.trust import ASYMMETRIC, BETA, DISCONFIRMATION
from tests.analytic.test_binomial_participation import BARE
from tests.analytic.towns import SURE, HandSet, flows, live, measure, set_groups, town

PEOPLE = 3_000
ASK = {"enquiry_weight": 1.0, "start_sd": 0.0, "loss_ratio": 3.0, "gain": 0.05, "hearsay": 0.0, "expectation_rate": 0.0}


def asking(p: float, start: float, people: int = PEOPLE, seed: int = 1, **trust: float) -> World:
    """Everybody asks daily; an answer comes with chance ``p`` and is then met perfectly."""
    rules = {
        "trust": {**ASK, **trust}, "skill": {"treatment": 1.0}, "diffusion": {"susceptibility": 0.0},
        "hours": {"enquiry_minutes": 0.0, "programme_cap": 0.5},
    }  # fmt: skip
    world = town(on=("M4", "M16"), people=people, rules=rules, seed=seed)
    set_groups(world, enquiry=1.0)
    world.residents.trust[:] = start
    world.residents.anchor[:] = start
    answer(world, p)
    return world


def answer(world: World, p: float) -> None:
    """From now on have hours for a share ``p`` of answers: half of all hours go to programmes at most."""
    paid = 4 * world.rules.hours.week
    world.board = HandSet(world, hours={"education": 0.5 * paid / p if p > 0.0 else 1e30})


def fixed_point(p: float, gain: float = 0.05, ratio: float = 3.0) -> float:
    """``a+ p / (a+ p + a- (1 - p))``."""
    return gain * p / (gain * p + gain * ratio * (1.0 - p))


def test_the_share_of_answers_is_the_share_of_hours() -> None:
    world = asking(0.8, 0.5)
    live(world, 1)
    assert measure(world, "delivered") == pytest.approx(0.8)
    assert flows(world, "enquiries") == PEOPLE
    assert abs(flows(world, "enquiries_answered") / PEOPLE - 0.8) < 4.5 * math.sqrt(0.16 / PEOPLE)


@pytest.mark.parametrize(
    ("p", "expected", "spread"), [(0.8, 0.57143, 0.1173), (0.97, 0.9151, None), (0.53, 0.2732, None)]
)
def test_trust_ends_where_gains_and_losses_balance(p: float, expected: float, spread: float | None) -> None:
    assert fixed_point(p) == pytest.approx(expected, abs=5e-5)
    world = asking(p, 0.3, form=ASYMMETRIC)
    live(world, 220)  # the expected factor a day is 0.93 (0.954 for p = 0.97): what is left of the start is below 1e-4
    trust = world.residents.trust
    # standard deviation below 0.12, 3,000 people: standard error 0.0022, 0.4% of 0.57
    assert abs(trust.mean() - expected) < 4.5 * trust.std() / math.sqrt(PEOPLE) + 1e-4
    if spread is not None:
        assert abs(trust.std() / spread - 1.0) < 4.5 / math.sqrt(2.0 * PEOPLE)


def test_ten_experiences_go_the_way_that_the_relaxation_factor_says() -> None:
    world = asking(0.8, 0.3, form=ASYMMETRIC)
    live(world, 10)
    assert fixed_point(0.8) + (0.3 - fixed_point(0.8)) * 0.93**10 == pytest.approx(0.44, abs=1e-4)
    error = world.residents.trust.std() / math.sqrt(PEOPLE)
    assert abs(world.residents.trust.mean() - 0.44) < 4.5 * error


def test_trust_that_is_never_met_well_halves_in_its_half_life() -> None:
    """``T' = T (1 - a-)``: with a- = 0.0483 half is left after 14 failures, and a quarter after 28."""
    loss = 1.0 - 0.5 ** (1.0 / 14.0)
    world = asking(0.0, 0.8, people=50, form=ASYMMETRIC, gain=loss / 3.0)
    live(world, 14)
    assert world.residents.trust == pytest.approx(0.4, abs=1e-12)
    live(world, 14)
    assert world.residents.trust == pytest.approx(0.2, abs=1e-12)


@pytest.mark.parametrize("psi", [0.0, 0.5, 1.0])
def test_disconfirmation_ends_where_what_is_met_and_what_is_expected_balance(psi: float) -> None:
    """With c = psi p + (1 - psi) E0: ``T* = a+ p (1 - c) / (a+ p (1 - c) + a- (1 - p) c)``.

    Expectation moves with experience, and so with trust; but where a+ p = a- (1 - p), as for p = 0.75 and a ratio of 3,
    the covariance of the two drops out and ``T* = 1 - c`` is exact.
    """
    p, e0 = 0.75, 0.3
    world = asking(
        p, 0.5, form=DISCONFIRMATION, adaptation=psi, expectation_start=e0, expectation_rate=0.05, gain=0.1
    )
    world.residents.expectation[:] = p
    live(world, 400)  # the slowest factor a day is 1 - 0.075: nothing is left of the start
    trust = world.residents.trust
    expected = 1.0 - (psi * p + (1.0 - psi) * e0)
    assert abs(trust.mean() - expected) < 4.5 * trust.std() / math.sqrt(PEOPLE)


@pytest.mark.parametrize("p", [0.3, 0.9])
def test_expectation_that_adapts_fully_makes_trust_blind_to_the_service(p: float) -> None:
    """With psi = 1 trust ends at a+ / (a+ + a-) = 0.25 however good the service, up to the covariance of T and E.

    That is below sd(E) sd(T) |a+ p - a- (1 - p)| / (p (1 - p)(a+ + a-)), about 0.06 x 0.1 x 2 = 0.012.
    """
    world = asking(p, 0.6, people=2_000, form=DISCONFIRMATION, adaptation=1.0, expectation_rate=0.02)
    world.residents.expectation[:] = p
    live(world, 300)  # the slowest factor a day is 1 - 0.05 x 0.09 x 4: e^-5 of the start is left, 0.002
    assert world.residents.trust.mean() == pytest.approx(0.25, abs=0.015)


def test_anchored_expectation_tells_good_service_from_bad() -> None:
    ends = []
    for p in (0.3, 0.9):
        world = asking(p, 0.6, people=500, form=DISCONFIRMATION, adaptation=0.0, expectation_start=0.3)
        live(world, 300)
        ends.append(world.residents.trust.mean())
    assert ends[0] < 0.3 < 0.8 < ends[1]


def test_reputation_with_forgetting_ends_at_its_fixed_point() -> None:
    """``(p n + 1) / (n + 2)`` with ``n = 1 / (1 - phi)``: phi = 0.95 and p = 0.8 give 17/22 = 0.7727."""
    world = asking(0.8, 0.5, form=BETA, memory=0.95)
    live(world, 300)
    trust = world.residents.trust
    assert abs(trust.mean() - 17.0 / 22.0) < 4.5 * trust.std() / math.sqrt(PEOPLE)
    assert world.residents.evidence == pytest.approx(20.0, abs=1e-4)


def test_eight_of_ten_make_a_reputation_of_three_quarters_in_any_order() -> None:
    for order in ("1111111100", "0101111111", "1110111011"):
        world = asking(1.0, 0.5, people=50, form=BETA, memory=1.0)
        world.residents.evidence[:] = 0.0
        for met in order:
            answer(world, float(met))
            live(world, 1)
        assert world.residents.trust == pytest.approx(0.75, abs=1e-9), order


def test_expectation_follows_what_is_met() -> None:
    world = asking(1.0, 0.5, people=50, expectation_rate=0.1)
    world.residents.expectation[:] = 0.2
    live(world, 20)
    assert world.residents.expectation == pytest.approx(1.0 - 0.8 * 0.9**20, abs=1e-12)


def test_contacts_hear_of_it_with_the_weight_of_hearsay() -> None:
    """One of two people asks; the other hears of it with weight 0.3, so its trust moves by 0.3 of the step."""
    world = asking(1.0, 0.4, people=2, form=ASYMMETRIC, hearsay=0.3)
    world.contacts = (np.array([0, 1, 2], dtype=np.int64), np.array([1, 0], dtype=np.int32))
    set_groups(world, enquiry=0.0)
    world.residents.experience_sum[0] = world.residents.experience_n[0] = 1.0
    live(world, 1)
    assert world.residents.trust == pytest.approx([0.4 + 0.05 * 0.6, 0.4 + 0.3 * 0.05 * 0.6], abs=1e-12)


@pytest.mark.parametrize(("adopted", "met"), [(0.0, 0.1), (1.0, 0.9)])
def test_a_proposal_turned_down_costs_trust_and_one_adopted_earns_it(adopted: float, met: float) -> None:
    """Neither answered nor resolved, a proposal leaves how one was treated: ``y = 0.2 x 0.5``; adopted, all of it."""
    rules = {
        "participation": {**BARE, "base": SURE, "proposals": 1.0, "adoption": adopted},
        "diffusion": {"susceptibility": 0.0},
        "trust": {**ASK, "loss_ratio": 2.0, "adaptation": 0.0, "expectation_start": 0.3, "promise": 0.0},
        "skill": {"treatment": 0.5, "on_treatment": 0.0}, "efficacy": {"gain": 0.5, "loss": 0.1, "decay": 0.0},
    }  # fmt: skip
    world = town(on=("M1", "M4", "M12"), people=50, rules=rules, meeting_supply=1.0)
    world.residents.trust[:] = world.residents.anchor[:] = 0.5
    world.residents.efficacy[:] = 0.4
    live(world, 1)
    d = met - 0.3
    step = 0.05 * max(d, 0.0) * 0.5 - 0.05 * 2.0 * max(-d, 0.0) * 0.5
    assert world.residents.trust == pytest.approx(0.5 + step, abs=1e-12)
    assert world.residents.efficacy == pytest.approx(0.4 + 0.5 * 0.6 if adopted else 0.4 * 0.9, abs=1e-12)
