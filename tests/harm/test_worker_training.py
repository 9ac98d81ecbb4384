"""Training: hours off the street at once, skill only later, and skilled workers who leave more easily."""

from __future__ import annotations

from tests.harm.walks import HALL, OVERLOADED, Walk


def test_where_load_is_near_one_the_backlog_built_up_meanwhile_costs_more_than_skill_returns() -> None:
    walk = Walk("worker_training", OVERLOADED, {"hours": 4.0}, {"skill.training_gain": 0.003})
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days") and walk.hurts("backlog_per_1000")
    assert walk.hurts("trust_experienced", at_all=True)
    assert (walk.change("skill") > 0.0).all(), "although workers do learn"


def test_where_skill_opens_doors_elsewhere_training_raises_turnover() -> None:
    condition = (
        "burn_in=0", "horizon=730", "community_overrides.agencies.office.staff.value=300",
        "community_overrides.groups.people.size.value=200",
    )  # fmt: skip
    easy_to_leave = {
        "workforce.quit_skill": 1.0, "workforce.quit": 0.3, "skill.training_gain": 0.02, "skill.start": 0.1,
    }  # fmt: skip
    walk = Walk("worker_training", condition, {"hours": 4.0}, easy_to_leave, scenario=HALL, seeds=2)
    assert walk.hurts("turnover")
