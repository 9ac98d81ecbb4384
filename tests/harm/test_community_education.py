"""Education and publicity: people who know more voice more and expect more, with no worker more to answer them."""

from __future__ import annotations

from tests.harm.walks import OVERLOADED, Walk

MUCH = {"attendance": 0.05, "reach": 0.4, "teaching_hours": 3.0, "publicity_minutes": 0.5}


def test_without_capacity_what_is_taught_is_paid_for_with_waits_and_trust() -> None:
    walk = Walk("community_education", OVERLOADED, MUCH, {"needs.voice_participant": 1.0, "needs.later_voice": 0.4})
    assert (walk.change("knowledge") > 0.01).all() and (walk.change("participation_30d") > 0.0).all()
    assert walk.hurts("load") and walk.hurts("on_time") and walk.hurts("backlog_per_1000")
    assert walk.hurts("satisfaction") and walk.hurts("trust_experienced", at_all=True)
