"""M6: load and missing support burn workers out; burnout, not load as such, makes them leave.

Caseload did not predict the intention to leave, stress did (Kim and Kao 2014, 22 studies): load acts only through
burnout. Whether skilled workers leave sooner is open; the sign of ``quit_skill`` is swept. Claim C35.
"""

from typing import NamedTuple

from sim.rules.functions import clamp01, safe_exp


class Parameters(NamedTuple):
    """Parameters of M6; per day."""

    burnout_start: float
    burnout_load: float  # kappa_d: burnout a day per unit of load above the threshold
    load_threshold: float  # rho_0
    burnout_recovery: float  # kappa_r: share of burnout that full support takes away in a day
    support_base: float  # support without any policy
    burnout_on_speed: float  # share of speed lost at full burnout
    quit: float  # q0: hazard a day without burnout
    quit_burnout: float  # beta_b
    quit_skill: float  # log factor at full skill
    quit_support: float  # log factor taken off at full support
    hire_days: float  # mean days that a post stands empty
    licensed: float  # share of workers with a licence
    load_memory: float  # share of today's load in the load that a worker feels


def burnout_after(p: Parameters, burnout: float, load: float, support: float) -> float:
    """``b' = b + kappa_d max(0, rho - rho_0)(1 - b) - kappa_r support b``, in [0, 1]."""
    strain = p.burnout_load * max(load - p.load_threshold, 0.0) * (1.0 - burnout)
    return clamp01(burnout + strain - p.burnout_recovery * support * burnout)


def quits(p: Parameters, burnout: float, skill: float, support: float) -> float:
    """Chance of leaving on a day: ``1 - exp(-q0 exp(beta_b b + beta_s s - beta_u support))``."""
    pressure = p.quit_burnout * burnout + p.quit_skill * skill - p.quit_support * support
    return 1.0 - safe_exp(-p.quit * safe_exp(pressure))
