"""Cooperation: meetings and minutes from every worker, whether or not a need is referred that week."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk

LITTLE_TO_GAIN = {
    "needs.outside_share": 0.1, "cooperation.partner_share": 0.5, "cooperation.partner_full": 0.5,
    "cooperation.days_base": 7, "cooperation.days_full": 7,
}


def test_where_few_needs_go_to_partners_who_bring_few_hours_coordination_costs_more_than_it_returns() -> None:
    walk = Walk("cross_sector_cooperation", OVERLOADED, {"coordination_hours": 2.5, "depth": 0.4}, LITTLE_TO_GAIN)
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days") and walk.hurts("case_hours_share")
    assert walk.hurts("trust_experienced", at_all=True) and walk.hurts("grievance", at_all=True)
