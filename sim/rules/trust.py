"""M4: trust follows experience measured against expectation, and worse news weighs more.

Three forms, because evidence does not decide (structure is uncertain too): 0 expectancy-disconfirmation (Zhang et al.
2022), 1 beta reputation with forgetting (Josang and Ismail 2002), 2 plain asymmetric updating. Direction of the
asymmetry: Kampen, Van de Walle and Bouckaert 2006. Claims C6, C17, C26, C28 and X5.
"""

from typing import NamedTuple

from sim.rules.functions import clamp01

DISCONFIRMATION, BETA, ASYMMETRIC = 0.0, 1.0, 2.0


class Parameters(NamedTuple):
    """Parameters of M4; shares per experience."""

    start: float  # T0
    start_sd: float
    expectation_start: float  # E0, also the anchor of expectation
    gain: float  # a+
    loss_ratio: float  # a- / a+
    expectation_rate: float  # eta
    adaptation: float  # psi: 1 means that expectation adapts fully
    promise: float  # share of what is missing that a full promise adds to expectation
    act_promise: float  # promise that taking part implies by itself, in [0, 1]
    enquiry_weight: float  # weight of a light experience (an enquiry, a visit, a meeting) against a case
    hearsay: float  # omega_v: weight of what contacts went through
    form: float  # DISCONFIRMATION, BETA or ASYMMETRIC
    memory: float  # phi of the beta form
    evidence_start: float  # experiences that a newcomer's trust is worth in the beta form
    weight_timely: float
    weight_resolved: float
    weight_treatment: float
    low: float  # trust below this is low
    experience_days: float  # an experience counts as recent for so many days


def performance(p: Parameters, timely: float, resolved: float, treatment: float) -> float:
    """What a resident met, in [0, 1]: ``y = 0.4 timely + 0.4 resolved + 0.2 treatment`` at the default weights."""
    return p.weight_timely * timely + p.weight_resolved * resolved + p.weight_treatment * treatment


def disconfirmation(p: Parameters, y: float, expectation: float) -> float:
    """``d = y - (psi E + (1 - psi) E0)``: what was met less what was expected, partly anchored at E0."""
    return y - (p.adaptation * expectation + (1.0 - p.adaptation) * p.expectation_start)


def updated(p: Parameters, trust: float, evidence: float, expectation: float, y: float, weight: float) -> float:
    """Trust after meeting (``weight`` 1) or hearing of (``weight`` < 1) performance ``y``.

    Form 0: ``T' = T + a+ max(d, 0)(1 - T) - a- max(-d, 0) T``. Form 2: the same with ``y`` and ``1 - y`` for the two
    parts of d. Form 1: ``T' = (r' + 1) / (n' + 2)`` with ``r' = phi r + w y``, ``n' = phi n + w`` and
    ``r = T (n + 2) - 1``. Weight scales the step. A gain of zero leaves trust as it is in every form.
    """
    if p.gain <= 0.0:
        return trust
    if p.form == BETA:
        keep = 1.0 - weight * (1.0 - p.memory)
        r = keep * (trust * (evidence + 2.0) - 1.0) + weight * y
        n = keep * evidence + weight
        return clamp01((r + 1.0) / (n + 2.0))
    if p.form == ASYMMETRIC:
        better = y
        worse = 1.0 - y
    else:
        d = disconfirmation(p, y, expectation)
        better = max(d, 0.0)
        worse = max(-d, 0.0)
    step = p.gain * better * (1.0 - trust) - p.gain * p.loss_ratio * worse * trust
    return clamp01(trust + weight * step)


def evidence_after(p: Parameters, evidence: float, weight: float) -> float:
    """Worth of past experience in the beta form: ``n' = phi n + 1`` at full weight."""
    return (1.0 - weight * (1.0 - p.memory)) * evidence + weight


def expectation_after(p: Parameters, expectation: float, y: float) -> float:
    """``E' = E + eta (y - E)``: expectation follows experience (X5)."""
    return expectation + p.expectation_rate * (y - expectation)


def expectation_promised(p: Parameters, expectation: float, promise: float) -> float:
    """Expectation raised by a promise of strength ``promise`` in [0, 1] (X5)."""
    return expectation + p.promise * promise * (1.0 - expectation)
