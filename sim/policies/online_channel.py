"""An online way to take part in governance (section 4.2.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class OnlineChannel(Policy):
    """Online channel."""

    name = "online_channel"
    title = "Online channel"
    section = "4.2.2"
    claims = ("C22", "C23", "C25")
    summary = (
        "Section 4.2.2 finds that residents lack the time to take part and that ways to do so are "
        "relatively single, and proposes online governance, which saves time and is convenient. Residents "
        "who are online find a further way to take part, at any hour and in a quarter of an hour, and it "
        "is a little easier to report a need there."
    )
    harm = (
        "It opens the door wider without a single worker more: more needs are voiced and more acts have "
        "to be moderated, so hours leave casework and waits grow where load is near one. It serves those "
        "who are online and those who are short of time. Older people have most time and take part most "
        "without it, so at the defaults it narrows the gap between age bands; where old and young value "
        "their time alike, it leaves the old behind and the gap widens while the mean rises."
    )
    touches = ("online_supply", "voice_ease")
    reads = ("supply", "voice_ease", "moderation_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "online_supply": share(s["supply"], strength),
            "voice_ease": s["voice_ease"] * strength,
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"participation": s["moderation_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
