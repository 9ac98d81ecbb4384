"""M3: information and opinions pass along contacts.

Information spreads as in the SI and Bass models. Opinions follow Friedkin and Johnsen: what one says lies between the
mean of one's contacts and an anchor that only own experience moves; plain averaging (DeGroot) would collapse the spread
of trust within two years.
"""

from typing import NamedTuple

from sim.rules.functions import safe_exp


class Parameters(NamedTuple):
    """Parameters of M3; meet per day, pass_on per contact and week."""

    meet: float  # chance that a resident talks matters over with the contacts on a day
    pass_on: float  # hazard a week of hearing from one informed contact, the resident's contacts taken together
    susceptibility: float  # s of Friedkin and Johnsen


def chance_to_hear(p: Parameters, informed_share: float) -> float:
    """Chance, at one round of talk, of hearing what a share of the contacts know.

    Rounds come ``meet`` a day, so that the hazard a week is ``pass_on`` times the share informed (SI).
    """
    if p.meet <= 0.0:
        return 0.0
    return 1.0 - safe_exp(-p.pass_on * informed_share / (7.0 * p.meet))


def opinion(p: Parameters, anchor: float, contacts_mean: float) -> float:
    """``x = s mean + (1 - s) anchor``."""
    return p.susceptibility * contacts_mean + (1.0 - p.susceptibility) * anchor
