"""M10: ties, belonging, and friction between groups.

Contact brings both: attending together strengthens ties, and ties feed belonging (claims C3 and C4); contact across
groups lowers out-group friction a little (Paluck, Green and Green 2018: allow zero), while conflicts one takes part in
or hears of raise it. More ties also mean more contacts at which conflict can start (C5).
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of M10; shares per day or per event."""

    start: float  # belonging of a newcomer
    gain: float  # share of what is missing, per attendance
    decay: float
    from_ties: float  # belonging gained a day from ties at full strength
    ties_start: float
    ties_gain: float
    ties_decay: float
    ties_floor: float  # share of contacts kept up without any joint activity
    contact_rate: float  # contacts a week with each contact at full ties
    friction_start: float
    friction_contact: float  # share of friction lost at an attendance
    friction_witness: float  # share of what is missing, per conflict witnessed
    friction_decay: float
    conflict_loss: float  # share of belonging lost when a conflict of one's own escalates


def contact_intensity(p: Parameters, ties: float) -> float:
    """Contacts a week with one contact: ``rate (floor + (1 - floor) ties)``."""
    return p.contact_rate * (p.ties_floor + (1.0 - p.ties_floor) * ties)
