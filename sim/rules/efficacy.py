"""M12 (one resident's side): the sense of being able to change something grows with success and fades.

A first report that succeeds raises the chance of a second by 57 per cent (FixMyStreet, n = 399,364); a proposal that is
turned down, or a demand that fails, lowers it. Claims C11, C12 and C18.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of efficacy; shares per event, decay per day."""

    start: float
    gain: float
    loss: float
    decay: float


def after(p: Parameters, efficacy: float, success: bool) -> float:
    """Efficacy after one's own success ``e + a (1 - e)`` or failure ``e (1 - b)``."""
    if success:
        return efficacy + p.gain * (1.0 - efficacy)
    return efficacy * (1.0 - p.loss)
