"""Participatory decisions: asking raises expectations, and most of what is proposed is turned down."""

from __future__ import annotations

from tests.harm.walks import AT_EASE, Walk

TURNED_DOWN = {
    "trust.promise": 0.3, "participation.adoption": 0.1, "participation.proposals": 0.6, "efficacy.loss": 0.3,
    "efficacy.gain": 0.1,
}


def test_proposals_that_are_turned_down_lower_efficacy_and_trust_of_those_who_made_them() -> None:
    walk = Walk("participatory_decisions", AT_EASE, {"promise": 0.6, "adoption": 0.1, "invitation": 0.05}, TURNED_DOWN)
    assert (walk.change("participation_30d") > 0.02).all(), "more take part"
    assert walk.hurts("efficacy", at_all=True)
    assert walk.hurts("satisfaction")
    assert walk.hurts("trust_experienced", at_all=True)
    assert walk.hurts("case_hours_share"), "meetings and invitations take hours"
