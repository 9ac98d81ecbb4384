"""Close ties: visits are the most expensive minutes there are, and find needs, which is work."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk


def test_where_load_is_near_one_visits_cost_more_casework_than_they_return() -> None:
    many = {"visits": 0.02, "visit_minutes": 40, "handover_hours": 1.0}
    walk = Walk("close_ties", OVERLOADED, many, {})
    assert (walk.change("detected_per_1000") > 0.0).all()
    assert walk.hurts("case_hours_share") and walk.hurts("load")
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days")
    assert walk.hurts("trust_experienced", at_all=True) and walk.hurts("grievance", at_all=True)


def test_familiarity_goes_with_the_worker_who_leaves() -> None:
    """Where workers soon leave, the familiarity that keeping to one's quarters was to build does not last."""
    lost = []
    for quits in (0.08, 0.3):
        walk = Walk(
            "close_ties", (*OVERLOADED, "parameters.workforce.hire_days=20"), {"continuity": 0.95},
            {"workforce.quit": quits, "workforce.quit_burnout": 3.0 if quits > 0.1 else 0.5}, seeds=2,
        )  # fmt: skip
        lost.append(walk.change("familiarity").mean())
    assert lost[0] > lost[1]
