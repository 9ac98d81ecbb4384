"""Elections of representatives: who votes, who stands (part of M1 and M12; claim C33).

Turnout by age: 13.77, 55.68 and 77.74 per cent at ages 18-29, 50-59 and 70-79 in Shanghai; the bands between are
interpolated. Participants stand; the elected speak for the groups they come from.
"""

from typing import NamedTuple

from sim.rules.functions import logistic, logit


class Parameters(NamedTuple):
    """Parameters of elections."""

    on: float  # 1 where elections can take place
    turnout_18_29: float
    turnout_30_49: float
    turnout_50_59: float
    turnout_60_69: float
    turnout_70_plus: float
    b_belonging: float
    b_trust: float
    mobilisation: float  # logit added by an election held with full effort
    stand: float  # chance that a resident who took part in the last 365 days stands
    legitimacy: float  # share of what is missing to full legitimacy that a turnout of one adds
    rivalry: float  # friction added to voters by a contested election, share of what is missing


def votes(p: Parameters, age: int, belonging: float, trust: float, effort: float) -> float:
    """Chance to vote: the age band's logit, shifted by belonging, trust and the effort at mobilising."""
    base = p.turnout_70_plus
    if age <= 1:
        base = p.turnout_18_29
    elif age == 2:
        base = p.turnout_30_49
    elif age == 3:
        base = p.turnout_50_59
    elif age == 4:
        base = p.turnout_60_69
    shift = p.b_belonging * (belonging - 0.5) + p.b_trust * (trust - 0.5) + p.mobilisation * effort
    return p.on * logistic(logit(base) + shift)
