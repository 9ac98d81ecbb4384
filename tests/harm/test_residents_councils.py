"""Residents' councils: one that few attend settles little, and what it hands back comes late."""

from __future__ import annotations

from tests.harm.walks import AT_EASE, Walk

WEAK = {"council.attendance_scale": 60, "council.success_ceiling": 0.3, "council.days": 45, "needs.common_share": 0.7}


def test_demands_wait_at_a_council_that_settles_little_and_come_back_late() -> None:
    walk = Walk("residents_councils", AT_EASE, {"demand_share": 0.3, "council_hours": 4.0}, WEAK)
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days")
    assert walk.hurts("backlog_per_1000", at_all=True) and walk.hurts("grievance", at_all=True)
    assert walk.hurts("case_hours_share"), "and it needs accompanying every week"
