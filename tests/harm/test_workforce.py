"""Staff and funds: the dearest lever, whose posts fill slowly while the old hands' hours go to supervision."""

from __future__ import annotations

from sim.vocabulary.measures import INSTITUTION_INDEX
from tests.harm.walks import OVERLOADED, Walk

SLOW = {
    "posts": 1, "supervision_hours": 1.0, "induction_hours": 2.0, "money_per_worker": 15_000, "money_per_post": 30_000,
}  # fmt: skip


def test_in_the_first_weeks_posts_stand_empty_and_supervision_takes_hours_from_cases() -> None:
    walk = Walk("workforce", (*OVERLOADED, "horizon=42"), SLOW, {"workforce.hire_days": 120}, seeds=6)
    vacant = INSTITUTION_INDEX["vacant"]
    waiting = [k for k, (_, run) in enumerate(walk.pairs) if run.recorder.institution[:, vacant].min() >= 1.0]
    assert len(waiting) >= 3, "in half of the worlds the post is still empty after six weeks"
    assert (walk.change("on_time")[waiting] <= 0.0).all() and walk.change("on_time")[waiting].mean() < -0.005
    assert walk.change("wait_mean_days")[waiting].mean() > 0.0
    assert walk.change("case_hours_share")[waiting].max() < -0.01


def test_it_is_the_dearest_of_levers() -> None:
    walk = Walk("workforce", (*OVERLOADED, "horizon=90"), SLOW, {"workforce.hire_days": 120}, seeds=2)
    assert walk.hurts("cost_per_resident")
    assert walk.change("cost_per_resident").min() > 10.0
