"""Sessions that teach how governance works, and publicity about it (sections 1, 3.2 and 4.2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class CommunityEducation(Policy):
    """Education and publicity."""

    name = "community_education"
    title = "Education and publicity"
    section = "1, 3.2, 4.2.2"
    claims = ("C1", "C2", "C21", "C24")
    summary = (
        "Sections 1, 3.2 and 4.2.2 hold that residents do not know enough about how governance works, and "
        "ask for education, training and publicity. Some attend sessions and gain knowledge that lasts "
        "for months; many are reached by publicity and are informed for weeks."
    )
    harm = (
        "It raises demand: those who know more take part and voice more, and expect more, with no worker "
        "more to answer them. Sessions and publicity take hours, and what is taught is forgotten, so the "
        "hours are owed for ever."
    )
    touches = ("session", "publicity")
    reads = ("attendance", "reach", "teaching_hours", "publicity_minutes", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "session": share(s["attendance"], strength),
            "publicity": share(s["reach"], strength),
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        told = s["reach"] * context.residents_covered * s["publicity_minutes"] / 60.0
        return {"education": (s["teaching_hours"] * context.blocks_covered + told) * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
