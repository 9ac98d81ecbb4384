"""Smart platform: hours to adopt before it returns any, and a slower way for everybody it does not see."""

from __future__ import annotations

import numpy as np

from tests.harm.walks import HALL, OVERLOADED, Walk


def test_in_the_first_half_year_adopting_it_takes_more_hours_than_it_returns() -> None:
    costly = {"adoption_hours": 5.0, "adoption_days": 365, "running_hours": 1.0, "depth": 0.3}
    walk = Walk("smart_platform", OVERLOADED, costly, {"technology.on_speed": 0.0, "technology.on_routing": 0.3})
    assert walk.hurts("on_time") and walk.hurts("wait_mean_days") and walk.hurts("case_hours_share")
    assert walk.hurts("trust_experienced", at_all=True)


def test_those_it_does_not_see_wait_longer_than_before_and_the_gap_between_ages_widens() -> None:
    condition = (
        "burn_in=0", "horizon=365", "community_overrides.groups.people.size.value=6000",
        "community_overrides.agencies.office.staff.value=12", "parameters.needs.rate=0.2",
    )  # fmt: skip
    unseen = {"technology.offline_delay": 0.5, "technology.on_routing": 0.9, "service.routing_days": 8,
              "population.online_70_plus": 0.15}
    walk = Walk("smart_platform", condition, {"depth": 0.9}, unseen, scenario=HALL)
    old, young = (walk.change("wait_mean_days", "age", band) for band in ("70_plus", "18_29"))
    assert (young < 0.0).all() and (old > young).all()
    assert np.mean(old) > 0.25, "the oldest wait longer than without it"
    assert np.mean(walk.change("wait_mean_days", "gap", "age")) > 1.0
