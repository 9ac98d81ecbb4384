"""Feedback mechanism: it promises, and without capacity the promise is not kept."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk

MUCH_PROMISED = {"acknowledged": 0.95, "promise": 0.8, "voice_ease": 0.6, "desk_hours": 1.5}


def test_without_capacity_more_demands_run_late_against_a_higher_expectation_and_trust_falls() -> None:
    walk = Walk("feedback_mechanism", OVERLOADED, MUCH_PROMISED, {"trust.promise": 0.3, "hours.feedback_minutes": 30})
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days") and walk.hurts("case_hours_share")
    assert (walk.change("expectation") > 0.005).all()
    assert walk.hurts("satisfaction")
    assert walk.hurts("trust_experienced", at_all=True) and walk.hurts("trust", at_all=True)
    assert walk.hurts("grievance", at_all=True)
