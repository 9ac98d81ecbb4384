"""M8 and M9: conflict breaks out where grievance meets contact; then mediation and escalation race.

Parent of the onset rule: Epstein 2002 (grievance, legitimacy), with trust for legitimacy and no arrest term. The level
is held against 6 to 11 mediated disputes per 1,000 people a year (people's mediation statistics). Claims C5, C9, C27.
"""

from typing import NamedTuple

from sim.rules.functions import logistic, safe_exp


class Parameters(NamedTuple):
    """Parameters of M8 and M9; hazards per day."""

    onset: float  # h0: hazard a day per contact a week, for one without grievance, trust or belonging
    grievance: float  # beta_g: log of the factor at full grievance
    friction: float  # factor on contacts with another group at full friction
    institution: float  # contacts a week that the community's institutions count for
    reporting: float  # chance a day that a latent conflict becomes known
    escalation: float  # chance a day that an open conflict escalates
    fade: float  # chance a day that an open conflict fades
    hours: float  # mean hours of work a mediation takes
    success: float  # logit of success of a mediation with skill 0 of a fresh conflict
    success_skill: float
    success_age: float  # logit lost per 30 days of age
    relief: float  # share of grievance that a successful mediation takes away
    mediation: float  # 1 where conflicts are mediated; 0 switches the institution off


def onset_hazard(p: Parameters, contacts: float, grievance: float, trust: float, belonging: float) -> float:
    """``h = h0 contacts exp(beta_g g)(1 - T)(1 - B)``, a hazard a day."""
    return p.onset * contacts * safe_exp(p.grievance * grievance) * (1.0 - trust) * (1.0 - belonging)


def onset_bound(p: Parameters, contacts: float) -> float:
    """What the onset hazard can never exceed: lets most draws be settled without an exponential."""
    return p.onset * contacts * safe_exp(p.grievance)


def chance(hazard: float) -> float:
    """Chance that a daily hazard strikes within the day."""
    return 1.0 - safe_exp(-hazard)


def mediation_succeeds(p: Parameters, skill: float, days: float) -> float:
    """Chance that a mediation succeeds: a logit in the worker's skill, less the age of the conflict."""
    return logistic(p.success + p.success_skill * skill - p.success_age * days / 30.0)
