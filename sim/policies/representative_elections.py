"""Residents' representatives are elected, with an effort at bringing voters in (section 5.2).

The model asks two of the settings for the programme's own election days: ``first_after_days`` after its start, and
``every_days`` from then on. The community's statutory election days come on top.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class RepresentativeElections(Policy):
    """Elections of representatives."""

    name = "representative_elections"
    title = "Elections of representatives"
    section = "5.2"
    claims = ("C33",)
    summary = (
        "Section 5.2 asks for the election of residents' representatives. On the days on which the "
        "community elects, an election is held with an effort at mobilising; turnout gives the council "
        "legitimacy, and the elected speak for the groups they come from. Between elections the "
        "representatives keep the council a little more open."
    )
    harm = (
        "A contested election divides: those who voted feel some friction towards the other side. Lists, "
        "candidates and canvassing take hours all year for a few days of voting, and a low turnout leaves "
        "the council no more legitimate than before."
    )
    begins_anew = "The programme's own election days count from each block's own first day."
    touches = ("election", "council_supply")
    reads = (
        "effort", "council_supply", "first_after_days", "every_days", "preparation_hours", "money_per_resident",
    )

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        # An election is an event: nothing is held on other days, and none at strength 0.
        effort = share(s["effort"], strength) if context.election_day else 0.0
        return {"election": effort, "council_supply": share(s["council_supply"], strength)}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"council": s["preparation_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
