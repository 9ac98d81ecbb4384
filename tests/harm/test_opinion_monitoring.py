"""Opinion monitoring: what is found is work, and joins the same queue together with false alarms."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk


def test_without_capacity_what_is_found_runs_late_and_residents_hold_it_against_the_service() -> None:
    walk = Walk(
        "opinion_monitoring", OVERLOADED, {"hazard": 0.4, "watching_hours": 3.0}, {"monitoring.false_alarms": 1.0}
    )
    assert (walk.change("detected_per_1000") > 0.0).all()
    assert walk.hurts("load") and walk.hurts("backlog_per_1000") and walk.hurts("on_time")
    assert walk.hurts("trust_experienced", at_all=True) and walk.hurts("trust", at_all=True)
    assert walk.hurts("grievance", at_all=True)
