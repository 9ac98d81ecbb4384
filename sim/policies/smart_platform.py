"""A management platform and data on needs (section 5.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class SmartPlatform(Policy):
    """Smart platform."""

    name = "smart_platform"
    title = "Smart platform"
    section = "5.3, 6"
    claims = ("C37", "C38")
    summary = (
        "Section 5.3 asks for community management platforms, intelligent facilities and big data, to "
        "make service more efficient and to see needs better. Demands are routed sooner and sorted "
        "better, and work goes faster."
    )
    harm = (
        "It takes hours to adopt, most of all in the first half-year, before it returns any, and hours to "
        "keep running. It sees mainly those who are online: routing of everybody else's demands takes "
        "longer, and the gap between age bands widens."
    )
    begins_anew = "Each block adopts the platform anew: the hours of adoption count from the block's own first day."
    touches = ("platform",)
    reads = ("depth", "adoption_hours", "adoption_days", "running_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {"platform": share(s["depth"], strength)}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        # Learning takes most hours at first and none after `adoption_days`; running takes the same every week.
        left = max(1.0 - context.days_since_start / s["adoption_days"], 0.0)
        per_worker = s["running_hours"] + s["adoption_hours"] * left
        return {"platform": per_worker * context.workers_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
