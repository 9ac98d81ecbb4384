"""Health, safety and employment services and protection, first for the vulnerable (section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class WelfareServices(Policy):
    """Welfare services."""

    name = "welfare_services"
    title = "Welfare services"
    section = "3.1, 3.3"
    claims = ("C8", "C13", "C15")
    summary = (
        "The abstract and section 3.3 ask for welfare and protection: community health, safety and "
        "employment services, with particular regard to the disadvantaged (3.1). Some needs are prevented "
        "at the source, more of them among the vulnerable, and a service that is known of is easier to "
        "claim."
    )
    harm = (
        "A service that is known of is claimed: needs that would have stayed silent now queue. Where "
        "prevention is weak, claims outgrow what is prevented; load, waits and disappointment rise, at a "
        "high price in money and hours."
    )
    touches = ("relief", "relief_vulnerable", "claim_ease")
    reads = ("relief", "relief_vulnerable", "claim_ease", "service_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "relief": share(s["relief"], strength),
            "relief_vulnerable": share(s["relief_vulnerable"], strength),
            "claim_ease": s["claim_ease"] * strength,
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"welfare": s["service_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
