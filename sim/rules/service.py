"""M5 (the service's side): triage, routing, work, and when a response is late.

On time means that substantive work began within the due time of voicing; an acknowledgement stops no clock.
Claims C19, C26 to C28 and C30; verification against Erlang C, Cobham and M/G/1 is in ``tests/analytic``.
"""

import math
from typing import NamedTuple

from sim.rules.functions import safe_exp

EXPONENTIAL, FIXED, LOGNORMAL = 0.0, 1.0, 2.0


class Parameters(NamedTuple):
    """Parameters of the service; times in days unless said."""

    due_urgent: float
    due_ordinary: float
    triage: float  # chance that urgency is judged rightly
    routing_days: float  # routing takes a uniform time up to this
    bounce: float  # chance that a demand goes to the wrong place first
    bounce_days: float  # what a wrong turn costs
    work_hours: float  # mean hours of work a demand takes, at nominal speed
    work_form: float  # EXPONENTIAL, FIXED or LOGNORMAL
    work_cv2: float  # squared coefficient of variation of the lognormal form
    reopen: float  # chance that failed work is taken up again
    vulnerable_first: float  # 1 where vulnerable residents' ordinary demands are served with the urgent ones
    acknowledge_routing: float  # share of wrong turns that following a demand up prevents, at full coverage
    acknowledge_treatment: float  # what an acknowledgement adds to treatment


def routing_time(p: Parameters, u: float, quicker: float) -> float:
    """Days from voicing to the queue: uniform up to ``routing_days``, less the share ``quicker``."""
    return p.routing_days * u * (1.0 - quicker)


def work(p: Parameters, mean: float, u: float, z: float) -> float:
    """Hours of work at nominal speed, with the given mean, from a uniform ``u`` and its normal quantile ``z``."""
    if p.work_form == FIXED:
        return mean
    if p.work_form == LOGNORMAL:
        s2 = math.log1p(p.work_cv2)
        return mean * safe_exp(math.sqrt(s2) * z - 0.5 * s2)
    return -mean * math.log1p(-min(u, 1.0 - 1e-16))


def due(p: Parameters, urgent: bool) -> float:
    """Days within which work must begin."""
    return p.due_urgent if urgent else p.due_ordinary
