"""Silent needs and latent conflicts are looked for (section 5.1)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings


class OpinionMonitoring(Policy):
    """Opinion monitoring."""

    name = "opinion_monitoring"
    title = "Opinion monitoring"
    section = "5.1, 6"
    claims = ("C31", "C38")
    summary = (
        "Section 5.1 asks for a mechanism that monitors public opinion, so that problems and conflicts "
        "are identified and answered in time. Needs that residents kept silent, and conflicts that nobody "
        "reported, are found before they lapse or escalate."
    )
    harm = (
        "What is found is work: it joins the same queue, together with false alarms, and delays those who "
        "had spoken up. Without capacity, monitoring turns needs that would have passed in silence into "
        "demands that run late, which residents hold against the service."
    )
    touches = ("monitoring",)
    reads = ("hazard", "watching_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {"monitoring": s["hazard"] * strength}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"monitoring": s["watching_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
