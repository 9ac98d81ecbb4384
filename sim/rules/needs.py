"""M5 (the resident's side): needs arise, some are solved alone, some are voiced, the rest stay silent.

Rates are bounded by hotline volumes and cases per head (``docs/odd.md``); voice is the only way a need surfaces, so
online channels, feedback, welfare claims and participation act through it. Claims C8, C12 and C27, and X1.
"""

from typing import NamedTuple

from sim.rules.functions import clamp01, logistic


class Parameters(NamedTuple):
    """Parameters of needs and voice; rates per resident-day."""

    rate: float  # needs that take work, mean over all residents
    enquiries: float  # questions, mean over all residents
    vulnerable_ratio: float  # needs of a vulnerable resident over another's
    urgent_share: float
    outside_share: float  # xi: needs that take competence from outside social work
    common_share: float  # common ones among the categories in which a need can be common
    mix_health: float
    mix_safety: float
    mix_employment: float
    mix_hardship_and_welfare: float
    mix_housing_and_environment: float
    mix_culture_and_education: float
    self_help: float  # chance that a fully able and knowing resident solves a need alone
    voice_base: float  # logit of voicing with every other term at zero
    voice_trust: float
    voice_efficacy: float
    voice_participant: float  # for those who took part in the last 30 days
    voice_online: float  # for those who have an online channel at hand
    voice_urgent: float
    later_voice: float  # chance, at an act of participation, to voice a silent need after all
    lapse_silent: float  # chance a day that a silent need is given up
    lapse_waiting: float  # chance a day that a waiting demand is given up


def solves_alone(p: Parameters, efficacy: float, knowledge: float) -> float:
    """Chance that a resident solves a need alone: ``self_help e k`` (C12)."""
    return p.self_help * efficacy * knowledge


def voices(
    p: Parameters, trust: float, efficacy: float, participant: float, online: float, urgent: float, ease: float
) -> float:
    """Chance that a need is voiced: a logit in trust, efficacy, participation, the channel at hand and its ease."""
    return logistic(
        p.voice_base + p.voice_trust * (trust - 0.5) + p.voice_efficacy * efficacy
        + p.voice_participant * participant + p.voice_online * online + p.voice_urgent * urgent + ease
    )


def category(p: Parameters, u: float) -> int:
    """Category by the uniform draw: index into ``CATEGORIES``."""
    edge = p.mix_health
    if u < edge:
        return 0
    edge = edge + p.mix_safety
    if u < edge:
        return 1
    edge = edge + p.mix_employment
    if u < edge:
        return 2
    edge = edge + p.mix_hardship_and_welfare
    if u < edge:
        return 3
    edge = edge + p.mix_housing_and_environment
    if u < edge:
        return 4
    return 5


def relieved(relief: float, relief_vulnerable: float, vulnerable: bool) -> float:
    """Share of welfare needs that services prevent at the source."""
    if vulnerable:
        return clamp01(1.0 - (1.0 - relief) * (1.0 - relief_vulnerable))
    return clamp01(relief)
