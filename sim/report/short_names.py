"""Short names for the scenarios of a factorial: which policies are at work, and at which dose.

Written out, combinations of policies are so long that figures would cut them where they differ. Here each policy has
one word; the page says once what the words stand for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sim.report import words

__all__ = ["called", "key_of_names", "one_word", "short_names"]

ONE_WORD: Final = {
    "close_ties": "ties",
    "community_education": "education",
    "cross_sector_cooperation": "cooperation",
    "cultural_activities": "culture",
    "feedback_mechanism": "feedback",
    "online_channel": "online",
    "opinion_monitoring": "monitoring",
    "participatory_decisions": "decisions",
    "representative_elections": "elections",
    "residents_councils": "councils",
    "smart_platform": "platform",
    "welfare_services": "welfare",
    "worker_training": "training",
    "workforce": "staff",
}
"""The policies that come with the simulator; one of a user's own goes by its name."""


def short_names(experiment: Mapping[str, Any]) -> dict[str, str]:
    """The combinations of a factorial of two factors or more, by scenario: "Online 0.5 + staff".

    A policy has its dose behind it unless one is the only dose it has beside none.
    """
    factorial = experiment.get("factorial") or {}
    policies, cells = factorial.get("policies", {}), factorial.get("cells", {})
    if len(policies) < 2:
        return {}
    doses = {policy: {cell[policy] for cell in cells.values()} for policy in policies}
    found = {}
    levels = factorial.get("levels", {})
    for scenario, cell in cells.items():
        if scenario == experiment.get("baseline"):
            continue  # it has a name of its own
        parts = [
            called(policy, dose, doses[policy], levels)
            for policy, dose in cell.items()
            if dose > 0.0 or policy in levels
        ]
        base = scenario.split("+")[0]
        if parts and base.split("@")[0] not in policies:  # the factorial is laid over a scenario of its own
            parts.insert(0, base.replace("_", " "))
        if parts:
            text = " + ".join(parts)
            found[scenario] = f"{text[:1].upper()}{text[1:]}"
    return found


def key_of_names(experiment: Mapping[str, Any]) -> str | None:
    """What the short names stand for; None where there are none."""
    if not short_names(experiment):
        return None
    policies = experiment["factorial"]["policies"]
    said = words.join([f"“{one_word(policy)}” is {title}" for policy, title in policies.items()])
    values = " or the value" if experiment["factorial"].get("levels") else ""
    return f"In the names of scenarios {said}; a number behind it is the dose{values}."


def one_word(policy: str) -> str:
    """A policy in one word, or its own name."""
    return ONE_WORD.get(policy, policy.replace("_", " ").replace(".", " "))


def called(
    policy: str, dose: float, doses: Collection[float], levels: Mapping[str, Mapping[str, str]] | None = None
) -> str:
    """A policy at a dose in short, where these are all the doses that it has; anything else with its value."""
    if levels and policy in levels:
        return f"{one_word(policy)} {levels[policy][f'{dose:g}']}"
    return one_word(policy) if set(doses) - {0.0} == {1.0} else f"{one_word(policy)} {dose:g}"
