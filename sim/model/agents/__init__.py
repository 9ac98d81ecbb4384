"""Mesa agents, and the driver that steps them one at a time.

:func:`step` is the agents driver's day, as :func:`sim.model.day.step` is the compiled driver's.
"""

from sim.model.agents.agency import Agency
from sim.model.agents.council import ResidentsCouncil
from sim.model.agents.day import live_a_day
from sim.model.agents.records import Conflict, Demand
from sim.model.agents.resident import DemandRecord, Resident
from sim.model.agents.worker import SocialWorker
from sim.model.day import Watcher
from sim.model.world import World

__all__ = [
    "Agency", "Conflict", "Demand", "DemandRecord", "Resident", "ResidentsCouncil", "SocialWorker", "live_a_day",
    "step",
]  # fmt: skip


def step(world: World, watch: Watcher | None = None) -> None:
    """Live one day with agents; a world that no model shows yet gets one."""
    from sim.model.community import CommunityModel

    live_a_day(CommunityModel.around(world), watch)
