"""M14: silent needs and latent conflicts are found early, and false alarms cost hours. Claim C31."""

from typing import NamedTuple

from sim.rules.functions import hazard_to_chance


class Parameters(NamedTuple):
    """Parameters of M14."""

    effect: float  # factor on the hazard of finding; 0 switches monitoring off
    false_alarms: float  # false alarms per need found
    visit_finds: float  # chance that a visit finds a silent need


def finds(p: Parameters, weekly_hazard: float) -> float:
    """Chance of finding a given silent need or latent conflict on a day."""
    return hazard_to_chance(p.effect * weekly_hazard, 1.0)
