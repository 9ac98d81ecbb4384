"""M0 and M11: who somebody is, both those who live here at the start and those who move in later.

Age comes from the group; online access follows age (M11: the digital divide, CNNIC and a survey of people over 65),
and so does the value of time. What differs between two people of one group and age is drawn once and kept: a fixed
taste for taking part, a factor on the value of time, a spread of the starting states. A newcomer starts with a
newcomer's states (X4), somebody who lives here at the start with a settled resident's.
"""

import math
from typing import NamedTuple

from sim.rules.functions import clamp01, safe_exp

CHILD, FIRST_OLD_BAND = 0, 4


class Parameters(NamedTuple):
    """Parameters of M0 and M11 that make a person."""

    online_0_17: float  # share with online access, by age band
    online_18_29: float
    online_30_49: float
    online_50_59: float
    online_60_69: float
    online_70_plus: float
    time_value_0_17: float  # value of an hour, 1 for the average adult, by age band
    time_value_18_29: float
    time_value_30_49: float
    time_value_50_59: float
    time_value_60_69: float
    time_value_70_plus: float
    time_value_sd: float  # standard deviation of its logarithm within an age band
    taste_sd: float  # standard deviation of the fixed personal term of taking part (logit)
    vulnerable_old_ratio: float  # chance of being vulnerable at 60 or more, against younger people of the group
    knowledge_settled: float  # means of states of those who live here at the start
    informed_settled: float
    efficacy_settled: float
    belonging_settled: float
    ties_settled: float
    expectation_settled: float
    states_spread: float  # half-width of a state's spread, as a share of the room there is on either side


class Start(NamedTuple):
    """Mean states somebody starts with: a settled resident's or a newcomer's."""

    knowledge: float
    informed: float
    efficacy: float
    belonging: float
    ties: float
    friction: float
    trust: float
    trust_sd: float
    expectation: float


class Traits(NamedTuple):
    """What a group decides: thresholds of the age bands for the first of a household and for the others."""

    head_1: float
    head_2: float
    head_3: float
    head_4: float
    head_5: float
    other_1: float
    other_2: float
    other_3: float
    other_4: float
    other_5: float
    vulnerable_young: float
    vulnerable_old: float
    trust_shift: float


class Draws(NamedTuple):
    """A person's own uniform draws, each in [0, 1)."""

    age: float
    vulnerable: float
    online: float
    time_value: float
    taste: float
    trust: float
    knowledge: float
    informed: float
    efficacy: float
    belonging: float
    ties: float


class Person(NamedTuple):
    """A person on arrival."""

    age: int
    vulnerable: int
    online: int
    time_value: float
    taste: float
    knowledge: float
    informed: float
    efficacy: float
    belonging: float
    trust: float
    expectation: float
    friction: float
    ties: float


def _ratio(
    r: float, a1: float, a2: float, a3: float, a4: float, a5: float, a6: float, a7: float,
    b1: float, b2: float, b3: float, b4: float, b5: float, b6: float, b7: float, a0: float,
) -> float:
    """Quotient of two polynomials of degree 7 in ``r``; the lower one has the constant 1."""
    upper = ((((((a7 * r + a6) * r + a5) * r + a4) * r + a3) * r + a2) * r + a1) * r + a0
    lower = ((((((b7 * r + b6) * r + b5) * r + b4) * r + b3) * r + b2) * r + b1) * r + 1.0
    return upper / lower


def normal_quantile(u: float) -> float:
    """Standard normal quantile, exact to about 1e-16 (Wichura 1988, algorithm AS 241, PPND16).

    ``u`` is held between 1e-300 and 1 - 2**-53, so that the result is finite.
    """
    p = min(max(u, 1e-300), 1.0 - 1.1102230246251565e-16)
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(
            0.180625 - q * q,
            1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4,
            6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
            4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
            3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
            3.3871328727963666080e0,
        )
    r = math.sqrt(-math.log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        z = _ratio(
            r - 1.6,
            4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
            2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
            2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
            1.05075007164441684324e-9,
            1.42343711074968357734e0,
        )
    else:
        z = _ratio(
            r - 5.0,
            5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
            1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
            5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
            2.04426310338993978564e-15,
            6.65790464350110377720e0,
        )
    return -z if q < 0.0 else z


def age_band(u: float, t1: float, t2: float, t3: float, t4: float, t5: float) -> int:
    """Age band whose share of the unit interval holds ``u``; ``t1`` to ``t5`` are where bands 1 to 5 begin."""
    return int(u >= t1) + int(u >= t2) + int(u >= t3) + int(u >= t4) + int(u >= t5)


def spread(mean: float, half_width: float, u: float) -> float:
    """A state around its mean within [0, 1]: ``m + s (2u - 1) min(m, 1 - m)``, whose mean is ``m`` exactly."""
    return mean + half_width * (2.0 * u - 1.0) * min(mean, 1.0 - mean)


def time_value(mean: float, sd: float, u: float) -> float:
    """Log-normal value of an hour, with the given mean: ``m exp(s z - s s / 2)``."""
    return mean * safe_exp(sd * normal_quantile(u) - 0.5 * sd * sd)


def child_share_of_heads(children: float, household_size: float) -> float:
    """Share of children among the first members of households: none unless the others cannot hold them all."""
    return clamp01(children * household_size - (household_size - 1.0))


def child_share_of_others(children: float, household_size: float) -> float:
    """Share of children among all other members, so that the group's own share comes out."""
    if household_size <= 1.0:
        return children
    heads = child_share_of_heads(children, household_size)
    return clamp01((children * household_size - heads) / (household_size - 1.0))


def vulnerable_young(share: float, old: float, ratio: float) -> float:
    """Chance of being vulnerable under 60, where ``old`` is the share of older people: the mean stays ``share``.

    ``p_young (1 - old) + p_old old = share`` with ``p_old = ratio p_young``, as far as ``p_old`` does not exceed 1.
    """
    young = share / (1.0 - old + ratio * old)
    if ratio * young <= 1.0 or old >= 1.0:
        return clamp01(young)
    return clamp01((share - old) / (1.0 - old))


def vulnerable_old(share: float, old: float, ratio: float) -> float:
    """Chance of being vulnerable at 60 or more (see :func:`vulnerable_young`)."""
    return clamp01(ratio * share / (1.0 - old + ratio * old))


def online_share(p: Parameters, age: int) -> float:
    """Share of an age band that has online access (M11)."""
    if age <= 2:
        return p.online_0_17 if age == 0 else (p.online_18_29 if age == 1 else p.online_30_49)
    return p.online_50_59 if age == 3 else (p.online_60_69 if age == 4 else p.online_70_plus)


def mean_time_value(p: Parameters, age: int) -> float:
    """Mean value of an hour in an age band."""
    if age <= 2:
        return p.time_value_0_17 if age == 0 else (p.time_value_18_29 if age == 1 else p.time_value_30_49)
    return p.time_value_50_59 if age == 3 else (p.time_value_60_69 if age == 4 else p.time_value_70_plus)


def person(p: Parameters, start: Start, group: Traits, head: bool, u: Draws) -> Person:
    """Make the person who comes to live in a place.

    Parameters
    ----------
    p : Parameters
    start : Start
        A settled resident's states at the start of a run, a newcomer's later.
    group : Traits
    head : bool
        Whether the place is the first of its household, which goes to an adult where there are enough.
    u : Draws
    """
    if head:
        age = age_band(u.age, group.head_1, group.head_2, group.head_3, group.head_4, group.head_5)
    else:
        age = age_band(u.age, group.other_1, group.other_2, group.other_3, group.other_4, group.other_5)
    vulnerable = group.vulnerable_old if age >= FIRST_OLD_BAND else group.vulnerable_young
    return Person(
        age,
        1 if u.vulnerable < vulnerable else 0,
        1 if u.online < online_share(p, age) else 0,
        time_value(mean_time_value(p, age), p.time_value_sd, u.time_value),
        p.taste_sd * normal_quantile(u.taste),
        spread(start.knowledge, p.states_spread, u.knowledge),
        spread(start.informed, p.states_spread, u.informed),
        spread(start.efficacy, p.states_spread, u.efficacy),
        spread(start.belonging, p.states_spread, u.belonging),
        clamp01(start.trust + group.trust_shift + start.trust_sd * normal_quantile(u.trust)),
        start.expectation,
        start.friction,
        spread(start.ties, p.states_spread, u.ties),
    )
