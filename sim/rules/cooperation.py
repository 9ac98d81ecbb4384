"""M13: needs that take competence from outside are referred, and accepted the sooner the closer partners work together.

Claims C13, C20 and C30. Without cooperation a referral is mostly refused and time is lost; with it partners also bring
hours, while coordination takes some.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of M13."""

    accept_base: float  # chance that a referral is accepted without any agreement
    accept_full: float  # with full cooperation
    days_base: float  # days a referral takes without any agreement
    days_full: float
    partner_share: float  # share of a partner's hours that are open to the community without any agreement
    partner_full: float  # with full cooperation


def between(base: float, full: float, cooperation: float) -> float:
    """Value between the base and full cooperation, linear."""
    return base + (full - base) * cooperation
