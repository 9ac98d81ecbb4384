"""M7: training makes skill, skill and familiarity make speed, quality and a kind word.

Organisational training: d = 0.60 to 0.63 (Arthur et al. 2003), so that ln OR = 1.12 is an upper prior for fully
trained against untrained; skills decay without use (Arthur et al. 1998). Claims C6, C7, C17, C29, C35 and C36.
"""

from typing import NamedTuple

from sim.rules.functions import clamp01, logistic


class Parameters(NamedTuple):
    """Parameters of M7; decay per day."""

    start: float  # mean skill of a new worker without a licence
    start_sd: float
    licence: float  # skill that a licensed newcomer has beyond the mean of the others
    training_gain: float  # share of what is missing, per hour of training
    decay: float
    on_resolution: float  # a_s: logit of resolving, fully skilled against unskilled
    on_speed: float  # speed added at full skill
    on_treatment: float
    resolution: float  # a0: logit of resolving at skill 0
    outside_penalty: float  # logit lost when a need that takes outside competence is served without it
    treatment: float  # treatment by an unskilled worker
    familiarity_start: float
    familiarity_gain: float  # share of what is missing, per case or visit in the quarter
    familiarity_decay: float
    familiarity_on_resolution: float
    drift: float  # share of skill that a year of changing needs makes obsolete (drifting needs, C7), per day


def resolves(p: Parameters, skill: float, familiarity: float, unmatched: bool, tools: float) -> float:
    """Chance that work resolves a demand: a logit in skill, familiarity and tools, less what is out of competence."""
    x = p.resolution + p.on_resolution * skill + p.familiarity_on_resolution * familiarity + tools
    if unmatched:
        x = x - p.outside_penalty
    return logistic(x)


def treatment(p: Parameters, skill: float, acknowledged: float) -> float:
    """Listening and respect met, in [0, 1]."""
    return clamp01(p.treatment + p.on_treatment * skill + acknowledged)


def speed(p: Parameters, skill: float, burnout: float, burnout_loss: float, tools: float) -> float:
    """Speed of work against nominal: ``(1 + a s)(1 - c b)(1 + tools)``."""
    return (1.0 + p.on_speed * skill) * (1.0 - burnout_loss * burnout) * (1.0 + tools)


def trained(p: Parameters, skill: float, hours: float) -> float:
    """Skill a day later: ``s + gamma h (1 - s) - (delta + drift) s``."""
    return clamp01(skill + min(p.training_gain * hours, 1.0) * (1.0 - skill) - (p.decay + p.drift) * skill)
