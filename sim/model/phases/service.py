"""Phase 8: the service, on compiled kernels.

What happens to each demand is in :mod:`sim.model.service`, what happens when is in ``sim.model.service.loop``.
"""

from typing import Any

from sim.model.counters import institution, use
from sim.model.service.desk import ARRIVED, CASEWORK, MEDIATING, OFFERED, STARTS, open_desk
from sim.model.service.loop import serve_day
from sim.model.world import World


def run(world: World) -> None:
    """Serve demands on the day ``world.tick``.

    Reads the demands that earlier phases added (state ROUTING, ``next`` NEVER) and all open ones; leaves ended ones in
    the table, where the conflict phase finds the mediations among them, until
    :func:`sim.model.service.table.compact` drops them. Books flows, waits, hours, and what residents met.
    """
    desk = open_desk(world)
    serve_day(desk)
    book(world, desk)


def book(world: World, desk: Any) -> None:
    """Book the day's hours and waits."""
    offered, arrived = float(desk.totals[OFFERED]), float(desk.totals[ARRIVED])
    casework, mediation = float(desk.totals[CASEWORK]), float(desk.totals[MEDIATING])
    world.institution[institution("hours_cases_offered")] += offered
    world.institution[institution("hours_cases_used")] += casework + mediation
    world.institution[institution("work_arrived")] += arrived
    world.hours[use("casework")] += casework
    world.hours[use("mediation")] += mediation
    world.hours[use("unused")] += offered - (casework + mediation)
    starts = int(desk.counts[STARTS])
    if starts:
        world.waits.day.append(world.tick)
        world.waits.cell.append(desk.wait_cell[:starts].copy())
        world.waits.wait.append(desk.wait[:starts].copy())
