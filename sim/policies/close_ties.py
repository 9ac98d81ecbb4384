"""Workers keep to their own quarters and visit (section 5.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class CloseTies(Policy):
    """Close ties with residents."""

    name = "close_ties"
    title = "Close ties with residents"
    section = "2, 5.3"
    claims = ("C6", "C36")
    summary = (
        "Section 5.3 asks for close ties between workers and residents, so that needs are better "
        "understood; section 2 speaks of listening and respect. Workers keep to their own quarters and "
        "visit households: familiarity grows, needs are known earlier, and a visit is an experience of "
        "its own."
    )
    harm = (
        "Visits are the most expensive minutes there are, and reach few; they also find needs, which is "
        "work. Handing quarters over takes hours, and familiarity goes with the worker who leaves."
    )
    touches = ("visit", "continuity")
    reads = ("visits", "continuity", "visit_minutes", "handover_hours", "money_per_worker")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "visit": share(s["visits"], strength),
            "continuity": share(s["continuity"], strength),
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        visiting = s["visits"] * context.residents_covered * s["visit_minutes"] / 60.0
        keeping = s["handover_hours"] * context.workers_covered
        return {"outreach": (visiting + keeping) * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_worker"] * context.workers_covered * strength
