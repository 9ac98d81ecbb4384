"""Every rule gives the number that its equation gives by hand, to the last few bits.

Limits of whole days and queues are held by ``tests/analytic`` within statistical tolerances, and both drivers call the
same rule, so that neither would notice a rule that is a few per cent off. Here each equation of ``docs/odd.md`` is
worked out once more, with numbers in which no factor is 0 or 1.
"""

from __future__ import annotations

import math
from math import exp, log
from typing import Any

import pytest

from sim.rules import (
    belonging,
    conflict,
    cooperation,
    council,
    diffusion,
    efficacy,
    election,
    functions,
    grievance,
    hours,
    knowledge,
    monitoring,
    needs,
    network,
    participation,
    population,
    service,
    skill,
    technology,
    trust,
    workforce,
)
from tests.project.sources import module_name, python_files


def given(module: Any, **values: float) -> Any:
    """Parameters of a rule module with these values, and 0 where a test gives none."""
    return module.Parameters(**dict.fromkeys(module.Parameters._fields, 0.0) | values)


def sigmoid(x: float) -> float:
    """The inverse of the logit."""
    return 1.0 / (1.0 + exp(-x))


M4 = given(
    trust, gain=0.05, loss_ratio=3.0, adaptation=0.4, expectation_start=0.3, expectation_rate=0.2, promise=0.25,
    weight_timely=0.4, weight_resolved=0.35, weight_treatment=0.25, memory=0.9,
)  # fmt: skip
M1 = given(
    participation, base=-2.0, b_knowledge=0.9, b_efficacy=0.8, b_belonging=0.7, b_trust=0.6, b_informed=0.5,
    b_invited=0.4, cost=0.6, hours_meeting=2.0, hours_council=3.0, hours_online=0.5, depth=0.7, online_shift=0.2,
    nesting=0.6,
)  # fmt: skip
COMMON = -2.0 + 0.3 + 0.9 * 0.1 + 0.8 * 0.2 + 0.7 * 0.4 + 0.6 * (0.7 - 0.5) + 0.5 * 0.6 + 0.4 * 0.9
WAYS = [exp((COMMON - 0.6 * 2.0 * 1.1) / 0.6), exp((COMMON - 0.6 * 3.0 * 1.1 - 0.7) / 0.6),
        exp((COMMON - 0.6 * 0.5 * 1.1 + 0.2) / 0.6)]  # fmt: skip
TAKES_PART = sum(WAYS) ** 0.6 / (1.0 + sum(WAYS) ** 0.6)
M5 = given(
    needs, self_help=0.3, voice_base=-0.4, voice_trust=1.2, voice_efficacy=0.7, voice_participant=0.5, voice_online=0.3,
    voice_urgent=0.9,
)  # fmt: skip
SERVICE = given(service, routing_days=6.0, due_urgent=3.0, due_ordinary=7.0)
LOGNORMAL = given(service, work_form=service.LOGNORMAL, work_cv2=1.5)
M6 = given(
    workforce, burnout_load=0.02, load_threshold=0.6, burnout_recovery=0.03, quit=0.004, quit_burnout=1.6,
    quit_skill=0.5, quit_support=0.7,
)  # fmt: skip
M7 = given(
    skill, on_speed=0.3, on_treatment=0.35, on_resolution=1.1, resolution=0.2, outside_penalty=0.8, treatment=0.4,
    familiarity_on_resolution=0.45, training_gain=0.01, decay=0.002, drift=0.0005,
)  # fmt: skip
M8 = given(grievance, overdue=0.04, failed=0.15, decay=0.01)
M9 = given(conflict, onset=0.002, grievance=1.8, success=1.1, success_skill=0.9, success_age=0.35)
M12 = given(council, success_ceiling=0.8, attendance_scale=40.0, legitimacy_weight=0.3)
M15 = given(technology, on_routing=0.6, offline_delay=0.15, on_triage=0.5)
M16 = given(hours, scarcity=1.0, programme_cap=0.35, administration=0.3)
VOTES = given(election, on=1.0, turnout_18_29=0.14, turnout_30_49=0.35, turnout_50_59=0.56, turnout_60_69=0.67,
              turnout_70_plus=0.78, b_belonging=1.2, b_trust=0.8, mobilisation=0.5)  # fmt: skip
M10 = given(belonging, contact_rate=0.8, ties_floor=0.25)
M3 = given(diffusion, meet=0.2, pass_on=0.15, susceptibility=0.3)
SHIFT = 1.2 * (0.6 - 0.5) + 0.8 * (0.4 - 0.5) + 0.5 * 0.7
OTHER = 1.6 / 7.0  # a household is 1 + Binomial(7, OTHER) people: 1 or 2 with this chance
TWO_AT_MOST = (1.0 - OTHER) ** 7 + 7.0 * OTHER * (1.0 - OTHER) ** 6
DIVIDE = given(
    population, online_0_17=0.1, online_18_29=0.2, online_30_49=0.3, online_50_59=0.4, online_60_69=0.5,
    online_70_plus=0.6, time_value_0_17=1.1, time_value_18_29=1.2, time_value_30_49=1.3, time_value_50_59=1.4,
    time_value_60_69=1.5, time_value_70_plus=1.6,
)  # fmt: skip

EQUATIONS: dict[str, tuple[float, float]] = {
    # M0, M11
    "population.spread": (population.spread(0.3, 0.8, 0.9), 0.3 + 0.8 * 0.8 * 0.3),
    "population.spread above half": (population.spread(0.7, 0.8, 0.2), 0.7 - 0.8 * 0.6 * 0.3),
    "population.time_value": (population.time_value(1.4, 0.5, 0.975), 1.4 * exp(0.5 * 1.959963984540054 - 0.125)),
    "population.vulnerable_young": (population.vulnerable_young(0.12, 0.2, 3.0), 0.12 / (0.8 + 3.0 * 0.2)),
    "population.vulnerable_old": (population.vulnerable_old(0.12, 0.2, 3.0), 3.0 * 0.12 / (0.8 + 3.0 * 0.2)),
    "population.child_share_of_heads": (population.child_share_of_heads(0.8, 2.5), 0.8 * 2.5 - 1.5),
    "population.child_share_of_others": (population.child_share_of_others(0.2, 2.5), 0.2 * 2.5 / 1.5),
    **{
        f"population.online_share {age}": (population.online_share(DIVIDE, age), 0.1 + 0.1 * age) for age in range(6)
    },
    **{
        f"population.mean_time_value {age}": (population.mean_time_value(DIVIDE, age), 1.1 + 0.1 * age)
        for age in range(6)
    },
    "population.age_band": (population.age_band(0.5, 0.1, 0.2, 0.4, 0.6, 0.8), 3),
    "population.normal_quantile": (population.normal_quantile(0.9), 1.2815515655446004),
    "network.sought": (network.sought(0.6, 9.0, 2.0, 0.25), int(0.5 * 7.0 / 0.75 + 0.6)),
    "network.household_size": (network.household_size(TWO_AT_MOST - 1e-9, 2.6, 8.0), 2),
    "network.household_size above": (network.household_size(TWO_AT_MOST + 1e-9, 2.6, 8.0), 3),
    # M1
    "participation.inclination": (participation.inclination(M1, 0.3, 0.1, 0.2, 0.4, 0.7, 0.6, 0.9), COMMON),
    "participation.hours_of": (participation.hours_of(M1, participation.COUNCIL), 3.0),
    **{
        f"election.votes {age}": (election.votes(VOTES, age, 0.6, 0.4, 0.7), sigmoid(log(p / (1.0 - p)) + SHIFT))
        for age, p in ((1, 0.14), (2, 0.35), (3, 0.56), (4, 0.67), (5, 0.78))
    },
    # M2, M10 and what they share
    "knowledge.gained": (knowledge.gained(0.3, 0.2), 0.3 + 0.2 * 0.7),
    "knowledge.lost": (knowledge.lost(0.3, 0.2), 0.3 * 0.8),
    "belonging.contact_intensity": (belonging.contact_intensity(M10, 0.6), 0.8 * (0.25 + 0.75 * 0.6)),
    # M3
    "diffusion.chance_to_hear": (diffusion.chance_to_hear(M3, 0.4), 1.0 - exp(-0.15 * 0.4 / (7.0 * 0.2))),
    "diffusion.opinion": (diffusion.opinion(M3, 0.6, 0.2), 0.3 * 0.2 + 0.7 * 0.6),
    # M4
    "trust.performance": (trust.performance(M4, 1.0, 0.5, 0.7), 0.4 + 0.35 * 0.5 + 0.25 * 0.7),
    "trust.disconfirmation": (trust.disconfirmation(M4, 0.8, 0.6), 0.8 - (0.4 * 0.6 + 0.6 * 0.3)),
    "trust.updated, better": (trust.updated(M4, 0.5, 4.0, 0.6, 0.8, 0.7), 0.5 + 0.7 * 0.05 * (0.8 - 0.42) * 0.5),
    "trust.updated, worse": (trust.updated(M4, 0.5, 4.0, 0.6, 0.1, 0.7), 0.5 - 0.7 * 0.15 * (0.42 - 0.1) * 0.5),
    "trust.updated, plain": (
        trust.updated(M4._replace(form=trust.ASYMMETRIC), 0.5, 4.0, 0.6, 0.8, 0.7),
        0.5 + 0.7 * (0.05 * 0.8 * 0.5 - 0.15 * 0.2 * 0.5),
    ),
    "trust.updated, reputation": (  # keep 1 - 0.7 * 0.1; r = 0.5 * 6 - 1
        trust.updated(M4._replace(form=trust.BETA), 0.5, 4.0, 0.6, 0.8, 0.7),
        (0.93 * 2.0 + 0.7 * 0.8 + 1.0) / (0.93 * 4.0 + 0.7 + 2.0),
    ),
    "trust.evidence_after": (trust.evidence_after(M4, 4.0, 0.7), 0.93 * 4.0 + 0.7),
    "trust.expectation_after": (trust.expectation_after(M4, 0.6, 0.1), 0.6 - 0.2 * 0.5),
    "trust.expectation_promised": (trust.expectation_promised(M4, 0.6, 0.5), 0.6 + 0.25 * 0.5 * 0.4),
    # M5
    "needs.solves_alone": (needs.solves_alone(M5, 0.6, 0.5), 0.3 * 0.6 * 0.5),
    "needs.voices": (
        needs.voices(M5, 0.7, 0.4, 1.0, 0.6, 1.0, 0.25),
        sigmoid(-0.4 + 1.2 * 0.2 + 0.7 * 0.4 + 0.5 + 0.3 * 0.6 + 0.9 + 0.25),
    ),
    "needs.relieved": (needs.relieved(0.2, 0.3, False), 0.2),
    "needs.relieved, vulnerable": (needs.relieved(0.2, 0.3, True), 1.0 - 0.8 * 0.7),
    "service.routing_time": (service.routing_time(SERVICE, 0.35, 0.2), 6.0 * 0.35 * 0.8),
    "service.work": (service.work(SERVICE, 4.0, 0.6, 0.0), -4.0 * log(0.4)),
    "service.work, fixed": (service.work(SERVICE._replace(work_form=service.FIXED), 4.0, 0.6, 0.3), 4.0),
    "service.work, lognormal": (
        service.work(LOGNORMAL, 4.0, 0.6, 0.8), 4.0 * exp(math.sqrt(log(2.5)) * 0.8 - 0.5 * log(2.5))
    ),
    "service.due": (service.due(SERVICE, False), 7.0),
    "service.due, urgent": (service.due(SERVICE, True), 3.0),
    # M6, M7
    "workforce.burnout_after": (
        workforce.burnout_after(M6, 0.3, 1.1, 0.5), 0.3 + 0.02 * 0.5 * 0.7 - 0.03 * 0.5 * 0.3
    ),
    "workforce.quits": (
        workforce.quits(M6, 0.3, 0.4, 0.5), 1.0 - exp(-0.004 * exp(1.6 * 0.3 + 0.5 * 0.4 - 0.7 * 0.5))
    ),
    "skill.resolves": (skill.resolves(M7, 0.4, 0.6, False, 0.0), sigmoid(0.2 + 1.1 * 0.4 + 0.45 * 0.6)),
    "skill.resolves, unmatched": (skill.resolves(M7, 0.4, 0.6, True, 0.0), sigmoid(0.2 + 0.44 + 0.27 - 0.8)),
    "skill.treatment": (skill.treatment(M7, 0.4, 0.1), 0.4 + 0.35 * 0.4 + 0.1),
    "skill.speed": (skill.speed(M7, 0.4, 0.5, 0.3, 0.1), 1.12 * 0.85 * 1.1),
    "skill.trained": (skill.trained(M7, 0.4, 3.0), 0.4 + 0.03 * 0.6 - 0.0025 * 0.4),
    # M8, M9
    "grievance.next_day": (grievance.next_day(M8, 0.3, 1.5, 1.0), 0.3 * 0.99 + 0.7 * (0.04 * 1.5 + 0.15)),
    "conflict.onset_hazard": (
        conflict.onset_hazard(M9, 6.0, 0.4, 0.6, 0.3), 0.002 * 6.0 * exp(1.8 * 0.4) * 0.4 * 0.7
    ),
    "conflict.onset_bound": (conflict.onset_bound(M9, 6.0), 0.002 * 6.0 * exp(1.8)),
    "conflict.chance": (conflict.chance(0.03), 1.0 - exp(-0.03)),
    "conflict.mediation_succeeds": (
        conflict.mediation_succeeds(M9, 0.4, 45.0), sigmoid(1.1 + 0.9 * 0.4 - 0.35 * 1.5)
    ),
    # M12 to M16
    "efficacy.after success": (efficacy.after(given(efficacy, gain=0.1, loss=0.2), 0.4, True), 0.4 + 0.1 * 0.6),
    "efficacy.after failure": (efficacy.after(given(efficacy, gain=0.1, loss=0.2), 0.4, False), 0.4 * 0.8),
    "council.settles": (council.settles(M12, 30.0, 0.5), 0.8 * (1.0 - exp(-0.75)) * (0.7 + 0.3 * 0.5)),
    "cooperation.between": (cooperation.between(0.2, 0.9, 0.6), 0.2 + 0.7 * 0.6),
    "monitoring.finds": (monitoring.finds(given(monitoring, effect=0.8), 0.3), 1.0 - exp(-0.8 * 0.3 / 7.0)),
    "technology.routing_saved": (technology.routing_saved(M15, 0.5, True), 0.3),
    "technology.routing_saved, offline": (technology.routing_saved(M15, 0.5, False), -0.075),
    "technology.triage": (technology.triage(M15, 0.8, 0.5), 1.0 - 0.2 * 0.75),
    "hours.delivered": (hours.delivered(M16, 500.0, 1200.0), 0.35 * 1200.0 / 500.0),
    "hours.delivered, all of it": (hours.delivered(M16, 400.0, 1200.0), 1.0),
    "hours.case_share": (hours.case_share(M16, 300.0, 0.9, 1200.0), 0.7 - 300.0 * 0.9 / 1200.0),
    # what several share
    "functions.logit": (functions.logit(0.3), log(0.3 / 0.7)),
    "functions.logistic": (functions.logistic(-1.3), sigmoid(-1.3)),
    "functions.union": (functions.union(0.3, 0.4), 0.58),
    "functions.clamp01": (functions.clamp01(0.4), 0.4),
    "functions.safe_exp": (functions.safe_exp(1.2), exp(1.2)),
    "functions.weekly_to_daily": (functions.weekly_to_daily(0.3), 1.0 - 0.7 ** (1.0 / 7.0)),
    "functions.hazard_to_chance": (functions.hazard_to_chance(0.3, 2.0), 1.0 - exp(-0.6 / 7.0)),
    "functions.exponential_time": (functions.exponential_time(0.6, 0.05), log(0.4) / log(0.95)),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUATIONS)
def test_a_rule_is_its_equation(name: str) -> None:
    found, by_hand = EQUATIONS[name]
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_a_choice_falls_where_the_nested_logit_puts_its_edges() -> None:
    """Ways follow one another along the draw, each as long as its chance; beyond them one stays away."""
    edges = [TAKES_PART * sum(WAYS[:k]) / sum(WAYS) for k in (1, 2, 3)]
    assert 0.04 < edges[0] < edges[1] < edges[2] < 0.95
    for edge, before, after in zip(
        edges,
        (participation.MEETING, participation.COUNCIL, participation.ONLINE),
        (participation.COUNCIL, participation.ONLINE, participation.STAY),
        strict=True,
    ):
        for u, way in ((edge - 1e-9, before), (edge + 1e-9, after)):
            assert participation.choose(M1, COMMON, 1.1, True, True, True, u) == way


def test_what_surely_stays_would_have_stayed() -> None:
    for u in (k / 1000.0 + 0.0005 for k in range(1000)):
        if participation.surely_stays(M1, COMMON - 3.0, 1.1, True, True, True, u):
            assert participation.choose(M1, COMMON - 3.0, 1.1, True, True, True, u) == participation.STAY


def test_categories_share_the_draw_in_their_order() -> None:
    shares = (0.15, 0.1, 0.2, 0.25, 0.2)
    names = ("health", "safety", "employment", "hardship_and_welfare", "housing_and_environment")
    p = given(needs, **{f"mix_{name}": share for name, share in zip(names, shares, strict=True)})
    edge = 0.0
    for place, share in enumerate(shares):
        assert needs.category(p, edge + 1e-9) == place
        edge += share
        assert needs.category(p, edge - 1e-9) == place
    assert needs.category(p, 0.95) == 5


def test_no_rule_is_left_out() -> None:
    """A new rule gets its line here; what makes a whole person is held by ``tests/model/test_population.py``."""
    import importlib

    elsewhere = {"participation.choose", "participation.surely_stays", "needs.category", "population.person"}
    held = elsewhere | {name.replace(",", " ").split()[0] for name in EQUATIONS}
    for file in python_files("rules"):
        module = importlib.import_module(module_name(file))
        for name, value in vars(module).items():
            if callable(value) and not isinstance(value, type) and not name.startswith("_"):
                if getattr(value, "__module__", "") == module.__name__:
                    assert f"{file.stem}.{name}" in held, f"{file.stem}.{name} has no equation here"
