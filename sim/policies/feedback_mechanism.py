"""Demands are collected, acknowledged, followed and answered for (section 4.2.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings, share


class FeedbackMechanism(Policy):
    """Feedback mechanism."""

    name = "feedback_mechanism"
    title = "Feedback mechanism"
    section = "4.2.3"
    claims = ("C26", "C27", "C28")
    summary = (
        "Section 4.2.3 traces a lack of trust and sharper conflicts to demands that are not answered in "
        "time, and proposes a residents' feedback mechanism. Demands are acknowledged at once, followed "
        "on their way (fewer wrong turns, kinder treatment), and closed with an answer; residents learn "
        "that speaking up is worth while and voice more. An acknowledgement is no substitute for work: it "
        "stops no clock."
    )
    harm = (
        "It promises. Expectation rises and more needs are voiced, while every demand followed takes "
        "minutes from casework; without capacity behind it, more demands run late against a higher "
        "expectation, and trust falls further than it would have."
    )
    touches = ("acknowledgement", "promise", "voice_ease")
    reads = ("acknowledged", "promise", "voice_ease", "desk_hours", "money_per_resident")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {
            "acknowledgement": share(s["acknowledged"], strength),
            "promise": share(s["promise"], strength),
            "voice_ease": s["voice_ease"] * strength,
        }

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"feedback": s["desk_hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_resident"] * context.residents_covered * strength
