"""Elections: a contested one divides, and lists and canvassing take hours all year."""

from __future__ import annotations

from tests.harm.walks import AT_EASE, Walk

CONTESTED = {"election.rivalry": 0.1, "election.stand": 0.1, "conflict.friction": 3.0, "conflict.onset": 0.025}
OFTEN = {"first_after_days": 30, "every_days": 180, "preparation_hours": 2.0}


def test_a_contested_election_leaves_friction_and_friction_conflict() -> None:
    walk = Walk("representative_elections", (*AT_EASE, "horizon=300"), OFTEN, CONTESTED, seeds=4)
    assert walk.hurts("friction")
    more = walk.change("conflicts_per_1000")
    assert (more >= 0.0).all() and more.sum() > 0.0


def test_preparing_it_takes_hours_from_cases_all_year() -> None:
    walk = Walk("representative_elections", AT_EASE, OFTEN, CONTESTED, seeds=2)
    assert walk.hurts("case_hours_share") and walk.hurts("wait_mean_days", at_all=True)
