"""Residents are asked to meetings, and what they propose is more often done (sections 3.2 and 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class ParticipatoryDecisions(Policy):
    """Participatory decisions."""

    name = "participatory_decisions"
    title = "Participatory decisions"
    section = "3.2, 4.1, 5.1"
    claims = ("C10", "C16", "C32")
    summary = (
        "Sections 3.2 and 5.1 ask that residents be guided into decision-making and that decisions be "
        "taken with them. More often a residents' meeting is there to go to, residents are asked in "
        "person, and a proposal made there has a better chance of being adopted."
    )
    harm = (
        "Asking people raises what they expect: a proposal turned down lowers the proposer's efficacy and "
        "trust, and there are now more of them. Meetings and invitations take hours, and those who take "
        "part voice more needs."
    )
    touches = ("meeting_supply", "invitation", "adoption", "promise")
    reads = (
        "supply", "invitation", "adoption", "promise", "meeting_hours", "invitation_minutes",
        "money_per_block",
    )

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "meeting_supply": share(s["supply"], strength),
            "invitation": share(s["invitation"], strength),
            "adoption": share(s["adoption"], strength),
            "promise": share(s["promise"], strength),
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        asked = s["invitation"] * context.residents_covered * s["invitation_minutes"] / 60.0
        return {"participation": (s["meeting_hours"] * context.blocks_covered + asked) * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_block"] * context.blocks_covered * strength
