"""Councils that residents take part in and that settle common matters (sections 4.1 and 5.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class ResidentsCouncils(Policy):
    """Residents' councils."""

    name = "residents_councils"
    title = "Residents' councils"
    section = "4.1, 5.2"
    claims = ("C11", "C12", "C18", "C33")
    summary = (
        "Section 4.1 counts residents' councils among what Xicheng has and 5.2 asks for more of them. The "
        "council is open to take part in on more occasions, and common demands are handed to it: those "
        "that it settles take no worker's time, and those who settled them believe more in themselves."
    )
    harm = (
        "A council needs accompanying, every week. One that few attend, or that nobody regards as "
        "legitimate, settles little: demands wait there, fail, and come back late, and meanwhile its "
        "hours were taken from casework."
    )
    touches = ("council_supply", "council_share")
    reads = ("supply", "demand_share", "council_hours", "money_per_block")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "council_supply": share(s["supply"], strength),
            "council_share": share(s["demand_share"], strength),
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"council": s["council_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_block"] * context.blocks_covered * strength
