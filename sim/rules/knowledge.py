"""M2: knowledge from sessions, information from publicity, and forgetting.

``knowledge`` is knowing how governance works, gained in sessions and by doing; ``informed`` is being aware of what is
going on, gained from publicity and word of mouth and soon gone. Half-lives of trained performance: Tatel and Ackerman,
1,344 effects (6.5 to 13 months without use). Claims C1, C21 and C24.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of M2; shares per day."""

    start: float  # knowledge of a newcomer
    informed_start: float
    gain: float  # share of what is missing that a session teaches
    practice: float  # the same for one act of participation, as a share of a session's gain
    decay: float  # share forgotten a day
    informed_gain: float
    informed_decay: float


def gained(level: float, share: float) -> float:
    """``x' = x + share (1 - x)``: a share of what is missing is gained."""
    return level + share * (1.0 - level)


def lost(level: float, share: float) -> float:
    """``x' = x (1 - share)``: a share of what is there is lost."""
    return level * (1.0 - share)
