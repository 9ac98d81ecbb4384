"""More posts, better supervised and better paid (sections 4.2.1, 4.2.4, 5.3 and 6)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class Workforce(Policy):
    """Staff and funds."""

    name = "workforce"
    title = "Staff and funds"
    section = "4.2.1, 4.2.4, 5.3, 6"
    claims = ("C14", "C15", "C19", "C20", "C35")
    summary = (
        "Section 4.2.1 names insufficient funds and staff as the first problem, 4.2.4 compares the "
        "licensed workforce with the national target, and 5.3 and 6 ask for a stronger workforce with "
        "career prospects. Posts are added, in the agencies that exist, and supervision, pay and "
        "prospects keep the workers. The posts are those of the whole community: a block that covers a "
        "part of it adds, in each agency, the part of them that goes to the residents covered, and in the "
        "pools that serve them."
    )
    harm = (
        "It is the dearest of the levers, and its posts fill slowly with workers who are new: unskilled, "
        "strange to their quarters, and in need of the old hands' supervision, whose hours leave casework "
        "first. Better service also raises what residents expect."
    )
    touches = ("extra_staff", "support")
    reads = (
        "posts", "support", "supervision_hours", "induction_hours", "money_per_post", "money_per_worker",
    )

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            # Posts of all own agencies together, for everybody; what of them a block adds is the model's business.
            "extra_staff": s["posts"] * strength,
            "support": share(s["support"], strength),
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        supervision = s["supervision_hours"] * context.workers_covered
        return {"coordination": (supervision + s["induction_hours"] * s["posts"] * context.service_covered) * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        care = s["money_per_worker"] * context.workers_covered
        return (s["money_per_post"] * s["posts"] * context.service_covered + care) * strength
