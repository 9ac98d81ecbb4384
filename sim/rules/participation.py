"""M1: taking part in governance as a random-utility choice.

On an occasion a resident chooses among staying away, a meeting, the council and an online channel by a nested logit
(McFadden): the three ways share a nest, so a further channel helps only as far as it is not a substitute.
Claims C2, C10, C21 to C25 and C34 of the paper (sections 3.2 and 4.2.2) run through here.
"""

import math
from typing import NamedTuple

from sim.rules.functions import safe_exp

STAY, MEETING, COUNCIL, ONLINE = 0, 1, 2, 3
LOG_3 = 1.0986122886681098


class Parameters(NamedTuple):
    """Parameters of M1; rates per day."""

    occasions: float  # chance of an occasion on a day
    base: float  # utility of taking part with every other term at zero
    b_knowledge: float
    b_efficacy: float
    b_belonging: float
    b_trust: float
    b_informed: float
    b_neighbours: float
    b_invited: float
    cost: float  # utility lost per hour, times the resident's value of time
    hours_meeting: float
    hours_council: float
    hours_online: float
    depth: float  # extra hurdle of the council, the deep form
    online_shift: float
    nesting: float  # dissimilarity of the nest, 0.3 (near substitutes) to 1 (independent)
    neighbour_days: float  # a contact counts as taking part for so many days
    adoption: float  # chance that a proposal made in a meeting or council is adopted
    proposals: float  # chance that an act carries a proposal


def inclination(
    p: Parameters, taste: float, knowledge: float, efficacy: float, belonging: float, trust: float,
    informed: float, invited: float,
) -> float:
    """Utility that every way of taking part shares, but for the contacts' part ``bN n``, which the caller adds.

    ``V = b0 + taste + bK k + bE e + bB B + bT (T - 1/2) + bI informed + bA asked (+ bN n)``, all states in [0, 1].
    """
    return (
        p.base + taste + p.b_knowledge * knowledge + p.b_efficacy * efficacy + p.b_belonging * belonging
        + p.b_trust * (trust - 0.5) + p.b_informed * informed + p.b_invited * invited
    )


def surely_stays(
    p: Parameters, common: float, time_value: float, meeting: bool, council: bool, online: bool, u: float
) -> bool:
    """Whether the draw ``u`` surely means staying away: one logarithm instead of four exponentials.

    As ``I <= max V_j + m log 3`` over the ways open, and ``exp I / (1 + exp I) <= exp I``, there is no way but to stay
    where ``log u`` is above that bound (and a little, for rounding). It never says yes where :func:`choose` would not.
    """
    best = -1.0e9
    if meeting:
        best = max(best, common - p.cost * p.hours_meeting * time_value)
    if council:
        best = max(best, common - p.cost * p.hours_council * time_value - p.depth)
    if online:
        best = max(best, common - p.cost * p.hours_online * time_value + p.online_shift)
    return math.log(max(u, 1e-300)) > best + p.nesting * LOG_3 + 1e-9


def choose(
    p: Parameters, common: float, time_value: float, meeting: bool, council: bool, online: bool, u: float
) -> int:
    """The way chosen on an occasion, by the uniform draw ``u``: STAY, MEETING, COUNCIL or ONLINE.

    With ``V_j = common - cost tau_j w + shift_j`` and dissimilarity ``m``: the inclusive value is
    ``I = m log sum_j exp(V_j / m)``, ``P(take part) = exp I / (1 + exp I)``, and within the nest
    ``P(j) = exp(V_j / m) / sum exp(V / m)``. Options not open have no weight.
    """
    m = p.nesting
    a = safe_exp((common - p.cost * p.hours_meeting * time_value) / m) if meeting else 0.0
    b = safe_exp((common - p.cost * p.hours_council * time_value - p.depth) / m) if council else 0.0
    c = safe_exp((common - p.cost * p.hours_online * time_value + p.online_shift) / m) if online else 0.0
    total = a + b + c
    if total <= 0.0:
        return STAY
    weight = safe_exp(m * math.log(total))
    chance = weight / (1.0 + weight)
    if u >= chance:
        return STAY
    r = u / chance * total
    if r < a:
        return MEETING
    if r < a + b:
        return COUNCIL
    if online:
        return ONLINE
    return COUNCIL if council else MEETING


def hours_of(p: Parameters, way: int) -> float:
    """Hours a resident spends on one act."""
    if way == MEETING:
        return p.hours_meeting
    if way == COUNCIL:
        return p.hours_council
    return p.hours_online
