"""M8 (its memory): overdue and failed demands leave a grievance that fades."""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of grievance; shares per day or per event."""

    overdue: float  # g_w, per day with an overdue demand
    failed: float  # g_f, per demand that failed or lapsed
    silence: float  # per day with a need kept silent, as a share of g_w
    acknowledged: float  # share of the daily grievance that an acknowledgement takes away
    decay: float  # delta_g


def next_day(p: Parameters, grievance: float, overdue: float, failed: float) -> float:
    """``g' = g (1 - delta_g) + (1 - g)(g_w overdue + g_f failed)``, held below 1.

    ``overdue`` is the weight of today's overdue and silent needs, ``failed`` the number that failed or lapsed.
    """
    return min(grievance * (1.0 - p.decay) + (1.0 - grievance) * min(p.overdue * overdue + p.failed * failed, 1.0), 1.0)
