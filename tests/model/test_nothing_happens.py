"""Where there is nobody, or nothing switched on, nothing happens; trust does not move without an experience."""

from __future__ import annotations

import numpy as np

from sim.model.build import build_world
from sim.model.counters import flow, use
from sim.vocabulary.mechanisms import MECHANISMS
from tests.analytic.towns import live, scenario, town, with_rules
from tests.model import stressed

ALL = tuple(m.id for m in MECHANISMS)


def test_without_any_mechanism_a_year_leaves_everybody_as_they_were() -> None:
    rules = {"knowledge": {"informed_decay": 0.0}, "belonging": {"friction_decay": 0.0}}
    world = town(on=("M16",), people=500, rules=rules)
    states = ("trust", "anchor", "knowledge", "informed", "efficacy", "belonging", "ties", "friction", "grievance",
              "expectation", "acts", "generation")
    before = {name: getattr(world.residents, name).copy() for name in states}
    total = np.zeros(world.flows.shape[1])
    live(world, 365, lambda w: total.__iadd__(w.flows.sum(axis=0)))
    elections = {flow("electors")}  # the day is called; the mechanism by which people vote is off
    assert not set(np.flatnonzero(total)) - elections
    for name, column in before.items():
        assert (getattr(world.residents, name) == column).all(), name
    assert world.demands.count == world.conflicts.count == 0


def test_where_nobody_lives_nothing_happens_whatever_the_policies() -> None:
    world = build_world(stressed.scenario(), 1)
    world.residents.present[:] = 0
    totals = np.zeros(world.flows.shape[1])
    for evening in stressed.days(world, 100):  # May to August: newcomers come in September
        totals += evening.flows.sum(axis=0)
    assert totals.sum() == 0.0
    assert world.stocks.sum() == 0.0 and world.demands.count == world.conflicts.count == 0


def test_without_workers_nothing_is_worked_on_or_mediated_and_no_programme_is_given() -> None:
    sets = ["community_overrides.agencies.office.staff.value=0", "parameters.policy.workforce.posts=0",
            "policies.workforce.off=true"]
    world = build_world(stressed.scenario(sets), 1)
    totals = np.zeros(world.flows.shape[1])
    for evening in stressed.days(world, 120):
        totals += evening.flows.sum(axis=0)
        assert evening.hours.sum() == 0.0
    for name in ("conflicts_mediated", "activity_visits", "session_visits", "home_visits", "acknowledged"):
        assert totals[flow(name)] == 0.0, name
    assert totals[flow("enquiries")] > 100 and totals[flow("enquiries_answered")] == 0.0
    assert totals[flow("needs_arose")] > 100 and world.demands.count > 0
    assert world.hours[use("casework")] == 0.0


def test_trust_stays_where_it_is_without_needs_conflicts_and_talk() -> None:
    """Everything on but what brings an experience: needs, enquiries, conflicts, proposals and meetings."""
    on = tuple(m for m in ALL if m not in ("M5", "M8"))
    sets = ["policies.participatory_decisions.dose=1.0", "policies.cultural_activities.dose=1.0"]
    world = build_world(scenario("college", on=on, sets=sets), 2)
    with_rules(world, {
        "participation": {"proposals": 0.0}, "diffusion": {"susceptibility": 0.0}, "trust": {"enquiry_weight": 0.0},
    })
    trust, generation = world.residents.trust.copy(), world.residents.generation.copy()
    live(world, 200)
    stayed = (world.residents.generation == generation) & (world.residents.present == 1)
    assert stayed.sum() > 8_000
    assert (world.residents.trust[stayed] == trust[stayed]).all()
    assert world.residents.acts.sum() > 1_000, "and much went on otherwise"


def test_talk_alone_keeps_trust_where_everybody_agrees() -> None:
    world = town(on=("M0", "M3"), people=800)
    world.residents.trust[:] = world.residents.anchor[:] = 0.61
    live(world, 100)
    assert np.abs(world.residents.trust - 0.61).max() < 1e-12
