"""Welfare services: a service that is known of is claimed; where prevention is weak, claims outgrow it."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk

WEAK_PREVENTION = {"relief": 0.0, "relief_vulnerable": 0.0, "claim_ease": 1.2, "service_hours": 5.0}


def test_where_prevention_is_weak_claims_fill_the_queue_at_a_high_price() -> None:
    walk = Walk("welfare_services", OVERLOADED, WEAK_PREVENTION, {})
    assert (walk.change("voiced_share") > 0.0).all()
    assert walk.hurts("load") and walk.hurts("wait_mean_days") and walk.hurts("on_time")
    assert walk.hurts("trust_experienced", at_all=True) and walk.hurts("grievance", at_all=True)
    assert walk.hurts("cost_per_resident")
