"""Cultural activities: more ties are more occasions for conflict, and organising takes hours."""

from __future__ import annotations

from tests.harm.walks import AT_EASE, OVERLOADED, Walk

TIES_WITHOUT_BELONGING = {
    "belonging.gain": 0.0, "belonging.from_ties": 0.2, "belonging.ties_gain": 0.3, "belonging.friction_contact": 0.0,
    "belonging.ties_floor": 0.3, "trust.start": 0.4,
}
MANY = {"attendance": 0.15, "organising_hours": 4.0}


def test_where_trust_is_low_and_ties_bring_no_belonging_contact_brings_conflict() -> None:
    walk = Walk("cultural_activities", AT_EASE, MANY, TIES_WITHOUT_BELONGING)
    assert (walk.change("contacts_week") > 0.1).all()
    assert walk.hurts("conflicts_per_1000")


def test_where_load_is_near_one_organising_costs_casework() -> None:
    walk = Walk("cultural_activities", OVERLOADED, MANY, {}, seeds=2)
    assert walk.hurts("case_hours_share") and walk.hurts("on_time") and walk.hurts("wait_mean_days")
