"""Online channel: the door opens wider without a worker more, and those who are not online stay outside."""

from __future__ import annotations

from tests.harm.walks import COURT, OVERLOADED, Walk

WIDE_OPEN = {"supply": 0.8, "voice_ease": 0.5, "moderation_hours": 2.0}
SAME_TIME = {
    "population.time_value_18_29": 0.9, "population.time_value_30_49": 0.9, "population.time_value_50_59": 0.9,
    "population.time_value_60_69": 0.9, "population.time_value_70_plus": 0.9, "population.time_value_sd": 0.2,
}


def test_where_load_is_near_one_more_needs_are_voiced_and_all_wait_longer() -> None:
    walk = Walk("online_channel", OVERLOADED, WIDE_OPEN, {})
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days") and walk.hurts("load")
    assert walk.hurts("case_hours_share"), "moderation takes hours from casework"
    assert (walk.change("participation_30d") > 0.0).all(), "while more people take part"


def test_where_the_old_have_most_time_and_start_ahead_it_narrows_the_gap_between_ages() -> None:
    walk = Walk("online_channel", COURT, {}, {}, seeds=2)
    old, young = (walk.change("participation_30d", "age", band) for band in ("70_plus", "18_29"))
    assert (young > old).all() and (old > 0.0).all()
    assert (walk.change("participation_30d", "gap", "age") < 0.0).all()


def test_where_old_and_young_have_as_much_time_the_gap_between_them_widens_while_the_mean_rises() -> None:
    walk = Walk("online_channel", COURT, WIDE_OPEN, SAME_TIME, seeds=2)
    assert (walk.change("participation_30d") > 0.05).all()
    assert walk.hurts_gap("participation_30d", "age")
