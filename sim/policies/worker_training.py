"""Professional training of social workers (sections 4.1, 4.2.4 and 5.3)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.policies.base import Context, Policy, Settings


class WorkerTraining(Policy):
    """Training of workers."""

    name = "worker_training"
    title = "Training of workers"
    section = "4.1, 4.2.4, 5.3"
    claims = ("C6", "C7", "C17", "C29", "C35")
    summary = (
        "Sections 4.1, 4.2.4 and 5.3 ask for professional training, systematic education and continual "
        "learning. Every worker spends some hours a week in training; skill grows, and with it the speed "
        "of work, the chance that it resolves a need, and listening and respect. What is not refreshed "
        "decays, and needs drift away from what was once learnt."
    )
    harm = (
        "Hours in training are hours off the street, at once, while skill takes months to grow: where "
        "load is near one and an hour of training teaches little, the backlog built up meanwhile costs "
        "more trust than skill returns. Skilled workers also find other posts more easily, so training "
        "can raise turnover."
    )
    touches = ("training",)
    reads = ("hours", "money_per_worker")

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        return {"training": s["hours"] * strength}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {"training": s["hours"] * strength * context.workers_covered}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return s["money_per_worker"] * context.workers_covered * strength
