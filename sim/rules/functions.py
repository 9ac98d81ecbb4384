"""Elementary functions that several rules share."""

import math


def clamp01(x: float) -> float:
    """``x`` held within [0, 1]."""
    return min(max(x, 0.0), 1.0)


def safe_exp(x: float) -> float:
    """``exp(x)`` with ``x`` held within [-700, 700], where it neither overflows nor raises."""
    return math.exp(min(max(x, -700.0), 700.0))


def logistic(x: float) -> float:
    """``1 / (1 + exp(-x))``: the probability whose logit is ``x``."""
    return 1.0 / (1.0 + safe_exp(-x))


def logit(p: float) -> float:
    """``log(p / (1 - p))`` with ``p`` held away from 0 and 1 by 1e-12."""
    q = min(max(p, 1e-12), 1.0 - 1e-12)
    return math.log(q / (1.0 - q))


def union(a: float, b: float) -> float:
    """Chance that at least one of two independent chances comes true: ``1 - (1 - a)(1 - b)``."""
    return 1.0 - (1.0 - a) * (1.0 - b)


def weekly_to_daily(p: float) -> float:
    """Daily chance of something that happens with chance ``p`` in a week: ``1 - (1 - p)^(1/7)``."""
    return -math.expm1(math.log1p(-min(p, 1.0 - 1e-12)) / 7.0)


def hazard_to_chance(rate: float, days: float) -> float:
    """Chance that a hazard of ``rate`` per week strikes within ``days``: ``1 - exp(-rate days / 7)``."""
    return -math.expm1(max(-rate * days / 7.0, -700.0))


def exponential_time(u: float, chance: float) -> float:
    """Days until something strikes that has this ``chance`` a day, by a uniform draw ``u``.

    ``t = log(1 - u) / log(1 - chance)``, so that it strikes within a day with exactly that chance; a billion days
    where it never does.
    """
    if chance <= 0.0:
        return 1.0e9
    return math.log1p(-min(u, 1.0 - 1e-16)) / math.log1p(-min(chance, 1.0 - 1e-12))
