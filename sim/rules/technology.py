"""M15: a smart platform routes sooner, sorts better and speeds work; it sees mainly those online. Claims C37, C38."""

from typing import NamedTuple

from sim.rules.functions import clamp01


class Parameters(NamedTuple):
    """Parameters of M15; effects at full depth of use."""

    on_speed: float  # speed added
    on_routing: float  # share of routing time saved, for residents online
    on_triage: float  # share of triage errors avoided
    on_voice: float  # logit of voicing added, for residents online
    offline_delay: float  # share by which routing of residents who are not online takes longer


def routing_saved(p: Parameters, platform: float, online: bool) -> float:
    """Share of routing time saved; negative for residents whom the platform does not see."""
    return p.on_routing * platform if online else -p.offline_delay * platform


def triage(p: Parameters, base: float, platform: float) -> float:
    """Chance that urgency is judged rightly."""
    return clamp01(1.0 - (1.0 - base) * (1.0 - p.on_triage * platform))
