"""Working agreements with government departments, social organisations and enterprises (section 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class CrossSectorCooperation(Policy):
    """Cross-sector cooperation."""

    name = "cross_sector_cooperation"
    title = "Cross-sector cooperation"
    section = "3.3, 4.2.1, 5.1, 6"
    claims = ("C13", "C15", "C20", "C30")
    summary = (
        "Section 5.1 asks for a cross-sectoral mechanism in which government departments, social "
        "organisations and enterprises share resources, information and expertise; 3.3 and 4.2.1 count on "
        "it for welfare and for coverage. Needs that take competence from outside are accepted sooner and "
        "more often, and partners open more of their hours."
    )
    harm = (
        "Meetings, minutes and agreements take hours from every worker, whether or not a need is referred "
        "that week. Where few needs take outside competence, or partners bring few hours, cooperation "
        "costs more casework than it returns."
    )
    touches = ("cooperation",)
    reads = ("depth", "coordination_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {"cooperation": share(s["depth"], strength)}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        hours = s["coordination_hours"] * context.workers_covered
        return {"coordination": hours * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
