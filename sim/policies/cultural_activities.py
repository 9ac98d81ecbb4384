"""Festivals, exhibitions and performances that bring residents together (sections 1, 3.1 and 5.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import WEEKS_A_YEAR, Context, Policy, Settings, share


class CulturalActivities(Policy):
    """Cultural activities."""

    name = "cultural_activities"
    title = "Cultural activities"
    section = "1, 3.1, 5.2, 6"
    claims = ("C3", "C4", "C5", "C34")
    summary = (
        "Sections 1, 3.1 and 5.2 expect cultural and recreational activities to bring residents together, "
        "and cohesion and belonging to follow. Residents attend activities in their block; ties and "
        "belonging grow. Activities are exposure, not participation in governance."
    )
    harm = (
        "Organising takes hours from casework, week after week. And contact brings both: more ties are "
        "also more occasions for conflict, so that where trust is low and ties bring little belonging, "
        "conflicts rise."
    )
    touches = ("activity",)
    reads = ("attendance", "organising_hours", "money_per_attendance")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {"activity": share(s["attendance"], strength)}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"activities": s["organising_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        # Attendances a year, at the price of each.
        attendances = s["attendance"] * context.residents_covered * WEEKS_A_YEAR
        return s["money_per_attendance"] * attendances * strength
