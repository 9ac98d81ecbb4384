"""M12 (the institution): a residents' council takes common demands and settles some of them.

``p_c = p_c0 (1 - exp(-attendance / n0))``, times what legitimacy adds. Claims C16, C18, C32 and C33.
"""

from typing import NamedTuple

from sim.rules.functions import clamp01, safe_exp


class Parameters(NamedTuple):
    """Parameters of councils."""

    success_ceiling: float  # p_c0
    attendance_scale: float  # n0: attendances in 30 days at which a council works at 63 per cent of its ceiling
    days: float  # how long a council takes over a demand
    legitimacy_start: float
    legitimacy_memory: float  # share a day by which legitimacy falls back to its start
    legitimacy_weight: float  # how much of the ceiling hangs on legitimacy
    attendance_memory: float  # share a day by which attendance fades: 1/30 counts a month


def settles(p: Parameters, attendance: float, legitimacy: float) -> float:
    """Chance that a council settles a common demand."""
    reach = 1.0 - safe_exp(-attendance / p.attendance_scale)
    return clamp01(p.success_ceiling * reach * (1.0 - p.legitimacy_weight + p.legitimacy_weight * legitimacy))
