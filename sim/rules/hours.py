"""M16: workers' hours are finite. What programmes, enquiries and administration take, casework loses.

Without this ledger every claim of the paper would be true by construction.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of the hours ledger."""

    week: float  # hours of work a week, one worker
    workdays: float  # days worked a week: 5, or 7
    shift_start: float  # hour of the day at which a shift begins
    shift_hours: float  # how long the shift lasts; hours on cases spread evenly over it
    administration: float  # share of hours that administration takes
    programme_cap: float  # largest share of hours that programmes may take
    enquiry_minutes: float
    act_minutes: float  # staff time per act of participation
    attendance_minutes: float  # staff time per attendance at an activity or session
    feedback_minutes: float  # staff time per demand acknowledged and followed
    memory: float  # share of today in the running mean of attendance-driven hours
    scarcity: float  # 1 where hours are finite; 0 switches M16 off
    wage: float  # yuan per hour


def delivered(p: Parameters, wanted: float, available: float) -> float:
    """Share of programme hours that can be given, when ``wanted`` a week meet ``available`` paid hours."""
    if p.scarcity <= 0.0 or wanted <= 0.0:
        return 1.0
    if available <= 0.0:
        return 0.0
    return min(1.0, p.programme_cap * available / wanted)


def case_share(p: Parameters, wanted: float, given: float, available: float) -> float:
    """Share of paid hours left for cases: one less administration less programmes given."""
    if available <= 0.0:
        return 0.0
    if p.scarcity <= 0.0:
        return 1.0 - p.administration
    return max(1.0 - p.administration - wanted * given / available, 0.0)
